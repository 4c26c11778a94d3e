//! What goes over the network: signed, so that the receiver knows whose it is, and nothing in it that is not its business.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use liandong_engine::rules::{
    actor::Actor,
    instant::{Instant, Zone},
    limit::Limit,
};
use liandong_tests::{
    on_both_stores,
    receiver::{Answer, Receiver, SECRET},
    stores::Trouble,
};
use serde_json::json;
use sha2::{Digest, Sha256};

/// HMAC-SHA-256 as RFC 2104 says it, for keys shorter than a block.
fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let pad = |with: u8| -> Vec<u8> { (0..64).map(|n| key.get(n).copied().unwrap_or(0) ^ with).collect() };
    let inner = Sha256::digest([pad(0x36).as_slice(), message].concat());
    Sha256::digest([pad(0x5c).as_slice(), inner.as_slice()].concat()).to_vec()
}

#[test]
fn the_reckoning_of_this_test_gives_the_result_of_the_rfc() {
    // RFC 4231, test case 2.
    let found: String =
        hmac(b"Jefe", b"what do ya want for nothing?").iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(found, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

on_both_stores! {
    "story-limits" => async fn a_signature_is_accepted_by_an_independent_reckoning(town) {
        let receiver = Receiver::start(|_| Answer::Status(200)).await?;
        town.engine.deliver_to(receiver.webhook()?);
        let id = town.log("P1", "H11", "water-pipe").await?;
        town.engine.deliver().await?;
        let heard = receiver.heard();
        let [one] = heard.as_slice() else { return Err(format!("{heard:?}").into()) };
        let key = BASE64_STANDARD.decode(SECRET.trim_start_matches("whsec_")).map_err(|bad| bad.to_string())?;
        let seconds = (town.clock.now().0 / 1_000_000).to_string();
        assert_eq!(one.header("webhook-timestamp"), seconds);
        let signed = hmac(&key, format!("{}.{seconds}.{}", one.id(), one.body).as_bytes());
        assert_eq!(one.header("webhook-signature"), format!("v1,{}", BASE64_STANDARD.encode(signed)));
        assert_eq!(one.header("content-type"), "application/json");
        let held = town.engine.request(&Actor::Operator, id).await?.and_then(|r| r.handle().cloned());
        let held = held.ok_or("nobody holds it")?;
        let text = |at: Instant| at.rfc3339(&Zone::china());
        let due = |limit: Option<Limit>| limit.map(|limit| text(limit.due));
        assert_eq!(one.json(), json!({
            "type": "notice.prompt",
            "timestamp": text(held.opened_at),
            "data": {
                "delivery": one.id(),
                "person": "P2",
                "notices": [{
                    "position": one.json()["data"]["notices"][0]["position"],
                    "kind": "Assigned",
                    "kindZh": "新交办",
                    "at": text(held.opened_at),
                    "request": id.to_string(),
                    "assignment": 1,
                    "dutyChange": null,
                    "absence": null,
                    "roster": null, "post": null, "unit": null,
                    "acceptBy": due(held.accept),
                    "finishBy": "2024-05-08T17:30:00+08:00",
                    "over": false,
                }],
                "more": false,
            },
        }));
        Ok(())
    }

    "story-limits" => async fn no_word_of_the_citizen_leaves_the_house(town) {
        let receiver = Receiver::start(|_| Answer::Status(200)).await?;
        town.engine.deliver_to(receiver.webhook()?);
        town.log("P1", "H11", "water-pipe").await?;
        town.clock.set(liandong_tests::town::instant("2024-05-13T17:00:00+08:00")?);
        town.engine.tick().await?;
        town.engine.deliver().await?;
        town.clock.set(liandong_tests::town::instant("2024-05-14T08:35:00+08:00")?);
        town.engine.deliver().await?;
        let heard = receiver.heard();
        assert!(heard.len() >= 3, "{heard:?}");
        for one in heard {
            for word in ["水管破了", "韦某", "00000000000", "韦水生", "H11", "water-pipe"] {
                assert!(!one.body.contains(word), "{word}: {}", one.body);
            }
        }
        Ok::<_, Trouble>(())
    }
}
