//! Notices over the API: what is told, how it goes out, and what could not be delivered.

use liandong_tests::{
    on_both_stores,
    receiver::{Answer, Receiver},
    town::instant,
};
use serde_json::{Value, json};

use crate::http::{Api, input, log};

const MINE: &str = "{ notices { edges { node {
    kind urgency urgencyZh deliverAt over delivery { id state stateZh attempts error endedAt person { code } }
} } } }";

const DEAD: &str = "{ deadLetters { edges { cursor node { id state attempts error urgency person { code } } } } }";

const REPLAY: &str = "mutation($id: ID!, $key: String!) {
    replayDelivery(delivery: $id, idempotencyKey: $key) { delivery { state attempts } refusal { code zh } }
}";

fn nodes(list: &Value) -> Vec<Value> {
    list["edges"].as_array().into_iter().flatten().map(|edge| edge["node"].clone()).collect()
}

on_both_stores! {
    "story-limits" => async fn a_notice_shows_when_it_is_told_and_what_became_of_it(town) {
        let receiver = Receiver::start(|_| Answer::Status(200)).await?;
        town.engine.deliver_to(receiver.webhook()?);
        let api = Api::of(town).await?;
        let (contact, leader) = (api.client("P1").await?, api.client("P2").await?);
        log(&contact, "1", input("H11", "water-pipe")).await?;
        api.town.engine.deliver().await?;
        api.town.clock.set(instant("2024-05-06T19:00:00+08:00")?);
        let (_, receipt) = log(&contact, "2", input("H12", "water-pipe")).await?;
        let withdraw = "mutation { withdraw(request: \"ID\", reason: \"好了\", idempotencyKey: \"w\") { refusal { code } } }";
        let citizen = api.serving.client.receipt(&receipt);
        let id = citizen.ask("{ me { request { id } } }", Value::Null).await?["me"]["request"]["id"].clone();
        citizen.ask(&withdraw.replace("ID", id.as_str().unwrap_or_default()), Value::Null).await?;
        let notices = nodes(&leader.ask(MINE, Value::Null).await?["notices"]);
        assert_eq!((&notices[0]["kind"], &notices[0]["over"]), (&json!("Withdrawn"), &json!(false)));
        assert_eq!(notices[1], json!({
            "kind": "Assigned", "urgency": "Digest", "urgencyZh": "汇总", "deliverAt": "2024-05-07T08:35:00+08:00",
            "over": true,
            "delivery": {
                "id": format!("d.P2.{}", instant("2024-05-07T08:35:00+08:00")?.0), "state": "Waiting",
                "stateZh": "待投递", "attempts": 0, "error": null, "endedAt": null, "person": { "code": "P2" },
            },
        }));
        assert_eq!((&notices[2]["urgency"], &notices[2]["over"]), (&json!("Prompt"), &json!(false)));
        assert_eq!(notices[2]["delivery"]["state"], "Delivered");
        assert_eq!(notices[2]["delivery"]["endedAt"], "2024-05-06T09:00:00+08:00");
        api.close().await
    }

    "roster" => async fn a_change_of_duty_is_delivered_like_any_notice(town) {
        let receiver = Receiver::start(|_| Answer::Status(200)).await?;
        town.engine.deliver_to(receiver.webhook()?);
        town.clock.set(instant("2026-11-24T09:00:00+08:00")?);
        let api = Api::of(town).await?;
        let (owner, taker) = (api.client("P9").await?, api.client("P5").await?);
        let order = |what: &str| format!("mutation {{ it: {what} {{ refusal {{ code }} }} }}");
        let offer = "offerSwap(roster: \"V-SP\", shift: \"2026-01-05#49\", to: \"P5\", idempotencyKey: \"a\")";
        let over = "takeOverDuty(roster: \"V-SP\", out: \"P9\", reason: \"发烧\", idempotencyKey: \"b\")";
        for (who, what) in [(&owner, offer), (&taker, over)] {
            assert_eq!(who.ask(&order(what), Value::Null).await?["it"]["refusal"], Value::Null, "{what}");
        }
        assert_eq!(api.town.engine.deliver().await?, 1, "who is off duty by now is told at once");
        api.town.clock.set(instant("2026-11-30T08:35:00+08:00")?);
        assert_eq!(api.town.engine.deliver().await?, 1, "the offer of a later week with the digest");
        let heard = receiver.heard();
        let found: Vec<Value> = heard.iter().map(|heard| {
            let notice = &heard.json()["data"]["notices"][0];
            json!([heard.json()["type"], heard.json()["data"]["person"], notice["kind"], notice["dutyChange"],
                notice["request"], notice["acceptBy"], notice["absence"], notice["over"]])
        }).collect();
        assert_eq!(found, [
            json!(["notice.prompt", "P9", "DutyTakenOver", "DUTY-2", null, null, null, false]),
            json!(["notice.digest", "P5", "SwapOffered", "DUTY-1", null, null, null, false]),
        ]);
        assert!(!heard[0].body.contains("发烧"), "{}", heard[0].body);
        api.close().await
    }

    "story-limits" => async fn what_is_given_up_is_for_the_leader_to_see_and_to_replay(town) {
        let receiver = Receiver::start(|_| Answer::Status(410)).await?;
        town.engine.deliver_to(receiver.webhook()?);
        let api = Api::of(town).await?;
        let (contact, leader) = (api.client("P1").await?, api.client("P8").await?);
        let (_, receipt) = log(&contact, "1", input("H11", "street-lamp")).await?;
        log(&contact, "2", input("H12", "street-lamp")).await?;
        for _ in 0..12 {
            api.town.engine.deliver().await?;
            api.town.clock.set(api.town.engine.now().plus_minutes(8 * 60));
        }
        let dead = nodes(&leader.ask(DEAD, Value::Null).await?["deadLetters"]);
        assert_eq!(dead.len(), 2);
        let id = dead[0]["id"].clone();
        assert_eq!(dead[0], json!({
            "id": id, "state": "Dead", "attempts": 12, "error": "HTTP 410", "urgency": "Urgent", "person": { "code": "P6" },
        }));
        // One by one, by the cursor.
        let page = leader.ask("{ deadLetters(first: 1) { edges { cursor node { id } } pageInfo { hasNextPage } } }", Value::Null).await?;
        let cursor = page["deadLetters"]["edges"][0]["cursor"].as_str().unwrap_or_default().to_owned();
        assert_eq!(page["deadLetters"]["pageInfo"]["hasNextPage"], true);
        let next = format!("{{ deadLetters(first: 5, after: {cursor:?}) {{ edges {{ node {{ id }} }} }} }}");
        assert_eq!(nodes(&leader.ask(&next, Value::Null).await?["deadLetters"]), [json!({ "id": dead[1]["id"] })]);
        // Nobody else sees any of it, and the person told is not told how the machine failed.
        let own = api.client("P6").await?;
        for other in [&own, &contact, &api.serving.client.receipt(&receipt)] {
            assert_eq!(nodes(&other.ask(DEAD, Value::Null).await?["deadLetters"]), Vec::<Value>::new());
            let refused = other.ask(REPLAY, json!({ "id": id, "key": "k" })).await?["replayDelivery"].clone();
            assert_eq!(refused["refusal"], json!({ "code": "UnknownDelivery", "zh": "没有这条投递" }));
        }
        let mine = nodes(&own.ask(MINE, Value::Null).await?["notices"]);
        assert_eq!((&mine[0]["delivery"]["state"], &mine[0]["delivery"]["error"]), (&json!("Dead"), &Value::Null));
        // The same key gives the first answer again; another key finds that it waits already.
        for (key, refusal) in [("k", Value::Null), ("k", Value::Null), ("l", json!("NotDead"))] {
            let found = leader.ask(REPLAY, json!({ "id": id, "key": key })).await?["replayDelivery"].clone();
            assert_eq!(found["refusal"]["code"], refusal, "{key}");
            if refusal.is_null() {
                assert_eq!(found["delivery"], json!({ "state": "Waiting", "attempts": 0 }));
            }
        }
        let metrics = api.serving.client.get("/metrics").await?.text;
        for line in [
            "liandong_deliveries_total{outcome=\"dead\"} 2",
            "liandong_deliveries_total{outcome=\"failed\"} 22",
            "liandong_created_to_delivered_seconds_count 0",
        ] {
            assert!(metrics.contains(line), "{line}\n{metrics}");
        }
        let visible = metrics.lines().find_map(|line| line.strip_prefix("liandong_created_to_visible_seconds_count "));
        assert!(visible.is_some_and(|count| count.parse::<u32>().is_ok_and(|count| count >= 2)), "{metrics}");
        api.close().await
    }
}
