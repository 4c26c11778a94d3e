//! Duplicates and corrected places as a client meets them.

use liandong_tests::on_both_stores;
use serde_json::{Value, json};

use super::{Api, input, log, order};

const SEEN: &str = "query($id: ID!) { request(id: $id) {
    stage mergedInto { id } relay { person { code } } resolution { outcome words }
} }";

const MERGE: &str = "mutation($id: ID!, $into: ID!, $key: String!) {
    merge(request: $id, into: $into, reason: \"同一个水塔\", idempotencyKey: $key) { position refusal { code message } }
}";

on_both_stores! {
    "hamlet" => async fn whoever_does_not_see_the_other_request_is_not_told_of_it(town) {
        let api = Api::of(town).await?;
        let (cadre, second, dispatcher) = (api.client("P5").await?, api.client("P3").await?, api.client("P7").await?);
        let (first, _) = log(&cadre, "1", input("H11", "water-pipe")).await?;
        let (other, receipt) = log(&cadre, "2", input("H21", "water-pipe")).await?;
        let refused = async |into: &str, key: &str| {
            let data = second.ask(MERGE, json!({ "id": other, "into": into, "key": key })).await?;
            let refusal = data["merge"]["refusal"].clone();
            let message = refusal["message"].as_str().unwrap_or_default().replace(into, "ID");
            Ok::<_, liandong_tests::stores::Trouble>((refusal["code"].clone(), message))
        };
        let hidden = refused(&first, "a").await?;
        assert_eq!(hidden.0, "UnknownRequest");
        assert_eq!(hidden, refused("01890a5dac96774bbcceb302099a8057", "b").await?, "as if there were none");
        let merged = dispatcher.ask(MERGE, json!({ "id": other, "into": first, "key": "c" })).await?;
        let again = dispatcher.ask(MERGE, json!({ "id": other, "into": first, "key": "c" })).await?;
        assert_eq!((&merged["merge"]["refusal"], &merged), (&Value::Null, &again), "once, however often it is sent");
        let citizen = api.serving.client.receipt(&receipt);
        for (who, sees) in [(&cadre, json!({ "id": first })), (&second, Value::Null), (&citizen, Value::Null)] {
            let seen = who.ask(SEEN, json!({ "id": other })).await?["request"].clone();
            assert_eq!((&seen["stage"], &seen["mergedInto"]), (&json!("Merged"), &sees));
        }
        let holder = api.client("P2").await?;
        assert_eq!(order(&holder, "resolve", &first, "outcome: Solved, words: \"水塔修好了\",").await?, "done");
        let seen = citizen.ask(SEEN, json!({ "id": other })).await?["request"].clone();
        assert_eq!(seen["resolution"], json!({ "outcome": "Solved", "words": "水塔修好了" }));
        assert_eq!(cadre.ask(SEEN, json!({ "id": other })).await?["request"]["relay"]["person"]["code"], "P3");
        api.close().await
    }

    "hamlet" => async fn a_corrected_place_is_shown_before_it_is_done_and_lists_go_by_it(town) {
        let api = Api::of(town).await?;
        let (cadre, first, second) = (api.client("P5").await?, api.client("P2").await?, api.client("P3").await?);
        let (id, _) = log(&cadre, "1", input("H11", "water-pipe")).await?;
        let preview = "query($id: ID!, $matter: String, $place: String) {
            correctionPreview(request: $id, matter: $matter, place: $place) {
                keeps post { code } person { code } refusal { code }
            }
        }";
        let shown = first.ask(preview, json!({ "id": id, "place": "H21" })).await?["correctionPreview"].clone();
        let expected = json!({ "keeps": false, "post": { "code": "G2-LEAD" }, "person": { "code": "P3" }, "refusal": null });
        assert_eq!(shown, expected);
        let same = first.ask(preview, json!({ "id": id, "place": "H11" })).await?;
        assert_eq!(same["correctionPreview"]["refusal"]["code"], "NothingToCorrect");
        for wrong in [json!({ "id": id }), json!({ "id": id, "place": "H21", "matter": "street-lamp" })] {
            assert_eq!(first.post(preview, wrong).await?.error_code(), "BAD_INPUT");
        }
        let list = "{ requests(first: 5) { edges { node { id place { code } } } } }";
        let none = second.ask(list, json!({})).await?;
        assert_eq!(none["requests"]["edges"], json!([]));
        assert_eq!(order(&first, "correctPlace", &id, "place: \"H21\", reason: \"是二组的\",").await?, "done");
        let listed = second.ask(list, json!({})).await?;
        assert_eq!(listed["requests"]["edges"], json!([{ "node": { "id": id, "place": { "code": "H21" } } }]));
        let elsewhere = "{ requests(filter: { unit: \"G1\" }, first: 5) { edges { node { id } } } }";
        assert_eq!(cadre.ask(elsewhere, json!({})).await?["requests"]["edges"], json!([]));
        api.close().await
    }
}
