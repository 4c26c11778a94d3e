//! The courier on a store: one digest for many notices, nothing twice, nothing lost, nobody held up.

use std::{collections::BTreeSet, sync::Arc};

use liandong_engine::{
    rules::{
        actor::Actor,
        id::RequestId,
        notice::delivery::{DeliveryId, State},
        request::{Outcome, command::Command as Act},
    },
    run::{
        courier::MAX_ATTEMPTS,
        engine::{Command, Engine},
        store::delivery::Delivery,
    },
};
use liandong_tests::{
    fixtures, on_both_stores,
    receiver::{Answer, Heard, Receiver},
    serving::PATIENCE,
    stores::{Kind, Trouble},
    town::{Town, code, instant, person, request},
};

const EVENING: &str = "2024-05-06T19:00:00+08:00";
const NEXT_MORNING: &str = "2024-05-07T08:35:00+08:00";

fn set(town: &Town, at: &str) -> Result<(), Trouble> {
    town.clock.set(instant(at)?);
    Ok(())
}

/// A receiver that takes everything, and the town's engine that delivers to it.
async fn receiver(town: &Town) -> Result<Receiver, Trouble> {
    answering(town, |_| Answer::Status(204)).await
}

async fn answering(
    town: &Town,
    answers: impl Fn(usize) -> Answer + Send + Sync + 'static,
) -> Result<Receiver, Trouble> {
    let receiver = Receiver::start(answers).await?;
    town.engine.deliver_to(receiver.webhook()?);
    Ok(receiver)
}

fn ids(heard: &[Heard]) -> Vec<&str> {
    heard.iter().map(Heard::id).collect()
}

async fn stored(engine: &Engine, id: &str) -> Result<Delivery, Trouble> {
    let id: DeliveryId = id.parse()?;
    let mut found = engine.deliveries(std::slice::from_ref(&id)).await?;
    found.remove(&id).ok_or_else(|| format!("there is no {id}").into())
}

async fn replay(town: &Town, who: Actor, id: &str) -> Result<Option<String>, Trouble> {
    let delivery: DeliveryId = id.parse()?;
    let answer = town.order(who, Command::Replay { delivery }).await?;
    Ok(code(&answer.map(|done| done.0).map_err(|refused| refused.0)).map(ToOwned::to_owned))
}

on_both_stores! {
    "story-limits" => async fn several_notices_of_an_evening_are_one_digest_in_the_morning(town) {
        let receiver = receiver(&town).await?;
        set(&town, EVENING)?;
        for (who, place) in [("P1", "H11"), ("P1", "H12"), ("P5", "H21"), ("P1", "H13")] {
            town.log(who, place, "water-pipe").await?;
        }
        for too_early in [EVENING, "2024-05-07T07:00:00+08:00", "2024-05-07T08:34:59+08:00"] {
            set(&town, too_early)?;
            assert_eq!(town.engine.deliver().await?, 0, "{too_early}");
        }
        set(&town, NEXT_MORNING)?;
        assert_eq!(town.engine.deliver().await?, 2, "two people, each with a digest");
        let heard = receiver.heard();
        let mine = heard.iter().find(|h| h.json()["data"]["person"] == "P2").ok_or("nothing for P2")?;
        assert_eq!(mine.told(), ["Assigned", "Assigned", "Assigned"]);
        assert_eq!(mine.json()["type"], "notice.digest");
        let places: Vec<i64> = mine.json()["data"]["notices"].as_array().into_iter().flatten()
            .filter_map(|n| n["position"].as_i64()).collect();
        assert!(places.is_sorted() && places.len() == 3, "{places:?}");
        assert_eq!(town.engine.deliver().await?, 0, "and never again");
        Ok(())
    }

    "story-limits" => async fn nothing_is_delivered_again_after_a_restart(town) {
        let receiver = receiver(&town).await?;
        town.log("P1", "H11", "water-pipe").await?;
        set(&town, EVENING)?;
        town.log("P1", "H12", "water-pipe").await?;
        set(&town, NEXT_MORNING)?;
        assert_eq!(town.engine.deliver().await?, 2, "what could not wait, late, and the digest");
        town.engine.stop().await?;
        let again = Town::engine(&town.db, &town.clock).await?;
        again.deliver_to(receiver.webhook()?);
        set(&town, "2024-05-08T09:00:00+08:00")?;
        assert_eq!(again.deliver().await?, 0);
        again.stop().await?;
        assert_eq!(receiver.heard().len(), 2);
        Ok(())
    }

    "story-limits" => async fn what_can_wait_is_not_told_at_night_even_when_it_is_late(town) {
        let receiver = receiver(&town).await?;
        set(&town, EVENING)?;
        town.log("P1", "H11", "water-pipe").await?;
        // Nothing goes out over the morning and the day, and the machine comes back at night.
        set(&town, "2024-05-07T09:00:00+08:00")?;
        town.log("P1", "H13", "water-pipe").await?;
        set(&town, "2024-05-07T23:00:00+08:00")?;
        town.log("P1", "H12", "street-lamp").await?;
        assert_eq!(town.engine.deliver().await?, 1, "what cannot wait goes out at night");
        set(&town, "2024-05-08T06:59:59+08:00")?;
        assert_eq!(town.engine.deliver().await?, 0);
        set(&town, "2024-05-08T07:00:00+08:00")?;
        assert_eq!(town.engine.deliver().await?, 2);
        let kinds: Vec<_> = receiver.heard().iter().map(|heard| heard.json()["type"].clone()).collect();
        assert_eq!(kinds, ["notice.urgent", "notice.prompt", "notice.digest"]);
        assert_eq!(receiver.heard()[2].json()["timestamp"], NEXT_MORNING);
        Ok(())
    }

    "story-limits" => async fn what_ended_meanwhile_is_told_as_over(town) {
        let receiver = receiver(&town).await?;
        set(&town, EVENING)?;
        let gone = town.log("P1", "H11", "water-pipe").await?;
        town.log("P1", "H12", "water-pipe").await?;
        town.act("P1", gone, Act::Withdraw { reason: "自己修好了".to_owned() }).await?;
        set(&town, NEXT_MORNING)?;
        town.engine.deliver().await?;
        assert_eq!(receiver.heard()[0].told(), ["Assigned over", "Assigned", "Withdrawn"]);
        let notices = &receiver.heard()[0].json()["data"]["notices"];
        assert_eq!(notices[0]["acceptBy"], serde_json::Value::Null);
        assert_eq!(notices[1]["acceptBy"], "2024-05-07T12:30:00+08:00".replace("12:30", "14:30"));
        Ok(())
    }

    "story-limits" => async fn a_receiver_that_fails_twice_gets_it_the_third_time_under_the_same_id(town) {
        let receiver = answering(&town, |n| Answer::Status([503, 500, 200][n.min(2)])).await?;
        town.log("P1", "H11", "water-pipe").await?;
        assert_eq!((town.engine.deliver().await?, receiver.heard().len()), (0, 1));
        assert_eq!((town.engine.deliver().await?, receiver.heard().len()), (0, 1), "not before the pause is over");
        town.clock.set(town.engine.now().plus_minutes(1));
        assert_eq!((town.engine.deliver().await?, receiver.heard().len()), (0, 2));
        town.clock.set(town.engine.now().plus_minutes(1));
        assert_eq!((town.engine.deliver().await?, receiver.heard().len()), (1, 3));
        let heard = receiver.heard();
        assert_eq!(ids(&heard).into_iter().collect::<BTreeSet<_>>().len(), 1);
        let found = stored(&town.engine, heard[0].id()).await?;
        assert_eq!((found.state, found.attempts, found.error), (State::Delivered, 3, None));
        Ok(())
    }

    "story-limits" => async fn what_always_fails_is_given_up_listed_replayed_and_delivered(town) {
        let receiver = answering(&town, |n| Answer::Status(if n < usize::from(MAX_ATTEMPTS) { 500 } else { 200 })).await?;
        town.log("P1", "H11", "street-lamp").await?;
        let many = usize::from(MAX_ATTEMPTS);
        for attempt in 1..=many + 3 {
            assert_eq!(town.engine.deliver().await?, 0);
            assert_eq!(receiver.heard().len(), attempt.min(many));
            town.clock.set(town.engine.now().plus_minutes(8 * 60));
        }
        let heard = receiver.heard();
        let id = heard[0].id();
        for (who, sees) in [("P8", 1), ("P6", 0), ("P5", 0)] {
            let (dead, more) = town.engine.dead_letters(&person(who)?, None, 10).await?;
            assert_eq!((dead.len(), more), (sees, None), "{who}");
        }
        let (dead, _) = town.engine.dead_letters(&Actor::Operator, None, 10).await?;
        assert_eq!((dead[0].id.as_str(), dead[0].attempts, dead[0].error.as_deref()), (id, 12, Some("HTTP 500")));
        assert_eq!(replay(&town, person("P6")?, id).await?.as_deref(), Some("UnknownDelivery"));
        assert_eq!(replay(&town, person("P8")?, "n.999.1").await?.as_deref(), Some("UnknownDelivery"));
        assert_eq!(replay(&town, person("P8")?, id).await?, None);
        assert_eq!(replay(&town, person("P8")?, id).await?.as_deref(), Some("NotDead"));
        assert_eq!(town.engine.deliver().await?, 1);
        assert_eq!(receiver.heard().last().map(|h| h.id().to_owned()), Some(id.to_owned()));
        assert_eq!(replay(&town, Actor::Operator, id).await?.as_deref(), Some("NotDead"));
        assert_eq!(town.engine.dead_letters(&Actor::Operator, None, 10).await?.0, []);
        Ok(())
    }

    "story-limits" => async fn what_was_delivered_is_forgotten_after_a_month_and_what_was_given_up_is_not(town) {
        let many = usize::from(MAX_ATTEMPTS);
        // The first is never taken; everything after it is.
        let receiver = answering(&town, move |n| Answer::Status(if n < many { 500 } else { 200 })).await?;
        town.log("P1", "H11", "street-lamp").await?;
        for _ in 0..many {
            town.engine.deliver().await?;
            town.clock.set(town.engine.now().plus_minutes(8 * 60));
        }
        set(&town, "2024-05-13T09:00:00+08:00")?;
        for _ in 0..205 {
            town.log("P1", "H11", "water-pipe").await?;
        }
        let delivered = town.engine.deliver().await?;
        set(&town, "2024-05-20T09:00:00+08:00")?;
        town.log("P1", "H12", "water-pipe").await?;
        assert_eq!((delivered, town.engine.deliver().await?), (205, 1));
        let heard = receiver.heard();
        let ids = heard.iter().map(|heard| heard.id().parse()).collect::<Result<BTreeSet<DeliveryId>, _>>()?;
        let ids: Vec<DeliveryId> = ids.into_iter().collect();
        assert_eq!((ids.len(), town.engine.deliveries(&ids).await?.len()), (207, 207));
        set(&town, "2024-06-12T09:00:00+08:00")?;
        assert!(!town.engine.forget_delivered().await?);
        assert_eq!(town.engine.deliveries(&ids).await?.len(), 207, "a month is not over yet");
        set(&town, "2024-06-12T09:05:00+08:00")?;
        assert!(town.engine.forget_delivered().await?, "a batch, and there is more");
        assert_eq!(town.engine.deliveries(&ids).await?.len(), 7);
        assert!(!town.engine.forget_delivered().await?);
        assert_eq!(town.engine.deliveries(&ids).await?.len(), 2, "what was given up, and what is younger");
        // The courier does so by itself; what was given up is there to be replayed, and what was told to be read.
        set(&town, "2024-07-20T09:00:00+08:00")?;
        town.engine.start_courier();
        let alone = async {
            while town.engine.deliveries(&ids).await?.len() > 1 {
                tokio::task::yield_now().await;
            }
            Ok::<_, Trouble>(())
        };
        tokio::time::timeout(PATIENCE, alone).await??;
        let (dead, _) = town.engine.dead_letters(&Actor::Operator, None, 10).await?;
        assert_eq!(dead.len(), 1);
        assert_eq!(replay(&town, Actor::Operator, dead[0].id.as_str()).await?, None);
        let (told, _) = town.engine.notices(&"P2".parse()?, None, 10).await?;
        assert_eq!(told.len(), 10);
        town.engine.stop().await?;
        Ok(())
    }

    "story-limits" => async fn what_was_sent_but_not_marked_is_sent_again_under_the_same_id(town) {
        let receiver = answering(&town, |n| if n == 0 { Answer::Hang } else { Answer::Status(200) }).await?;
        town.log("P1", "H11", "water-pipe").await?;
        // The node dies after the receiver has heard it, and before it could write that down.
        tokio::select! {
            delivered = town.engine.deliver() => return Err(format!("it ended: {delivered:?}").into()),
            heard = receiver.hears(1) => heard?,
        }
        let other = Town::engine(&town.db, &town.clock).await?;
        other.deliver_to(receiver.webhook()?);
        assert_eq!(other.deliver().await?, 0, "it is still claimed");
        town.clock.set(town.engine.now().plus_minutes(2));
        assert_eq!(other.deliver().await?, 1);
        other.stop().await?;
        let heard = receiver.heard();
        assert_eq!((heard.len(), heard[0].id(), &heard[0].body), (2, heard[1].id(), &heard[1].body));
        Ok(())
    }

    "story-limits" => async fn a_receiver_that_says_nothing_holds_nobody_up(town) {
        let receiver = answering(&town, |_| Answer::Hang).await?;
        town.engine.start_courier();
        let work = async {
            let first = town.log("P1", "H11", "water-pipe").await?;
            receiver.hears(1).await?;
            town.act("P2", first, Act::Accept).await?;
            for _ in 0..40 {
                let id = town.log("P1", "H12", "water-pipe").await?;
                let (outcome, words) = (Outcome::Solved, "接头换好了".to_owned());
                town.act("P2", id, Act::Resolve { outcome, words, face_to_face: false }).await?;
            }
            town.engine.stop().await?;
            Ok::<_, Trouble>(())
        };
        tokio::time::timeout(PATIENCE, work).await??;
        Ok(())
    }

    "story-limits" => async fn where_nobody_delivers_nothing_is_written_for_it(town) {
        town.log("P1", "H11", "water-pipe").await?;
        let (notices, _) = town.engine.notices(&"P2".parse()?, None, 10).await?;
        let ids: Vec<DeliveryId> = notices.iter().map(|n| DeliveryId::of(n.position, n.no, &n.notice)).collect();
        assert_eq!((ids.len(), town.engine.deliveries(&ids).await?.len()), (1, 0));
        // Who is told from now on is not told of what was before.
        let receiver = receiver(&town).await?;
        assert_eq!((town.engine.deliver().await?, receiver.heard().len()), (0, 0));
        Ok(())
    }

    "story-limits" => async fn what_is_said_while_the_digest_goes_out_is_in_that_one_or_in_the_next(town) {
        let receiver = receiver(&town).await?;
        set(&town, EVENING)?;
        let before = town.clock.now();
        let town = Arc::new(town);
        let loggers: Vec<_> = (0..4).map(|_| {
            let town = Arc::clone(&town);
            tokio::spawn(async move {
                for _ in 0..20 {
                    town.log("P1", "H11", "water-pipe").await?;
                }
                Ok::<_, Trouble>(())
            })
        }).collect();
        // The clock comes to the hour and goes back again while people write.
        while !loggers.iter().all(tokio::task::JoinHandle::is_finished) {
            set(&town, NEXT_MORNING)?;
            town.engine.deliver().await?;
            town.clock.set(before);
            tokio::task::yield_now().await;
        }
        for logger in loggers {
            logger.await??;
        }
        set(&town, "2024-05-20T09:00:00+08:00")?;
        town.engine.deliver().await?;
        let heard = receiver.heard();
        assert_eq!(ids(&heard).into_iter().collect::<BTreeSet<_>>().len(), heard.len(), "{:?}", ids(&heard));
        let told: Vec<String> = heard.iter().flat_map(|h| {
            let notices = h.json()["data"]["notices"].as_array().cloned().unwrap_or_default();
            notices.into_iter().map(|n| n["request"].to_string()).collect::<Vec<_>>()
        }).collect();
        assert_eq!((told.len(), told.iter().collect::<BTreeSet<_>>().len()), (80, 80));
        Ok(())
    }
}

/// Two nodes on one database, both of which deliver.
#[test]
fn two_nodes_deliver_nothing_twice() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let outcome: Result<(), Trouble> = runtime.block_on(async {
        let Some(town) = Town::open(Kind::Postgres, fixtures::register("story-limits")).await? else {
            eprintln!("skipped: there is no PostgreSQL here");
            return Ok(());
        };
        let receiver = receiver(&town).await?;
        let other = Town::engine(&town.db, &town.clock).await?;
        other.deliver_to(receiver.webhook()?);
        let mut logged: Vec<RequestId> = Vec::new();
        for _ in 0..60 {
            logged.push(town.log("P1", "H11", "water-pipe").await?);
        }
        set(&town, EVENING)?;
        for who in [&town.engine, &other] {
            let order = Command::Log(request("H12", "water-pipe")?);
            let key = format!("{:p}", Arc::as_ptr(who));
            let order = liandong_engine::run::engine::Order { actor: person("P1")?, key, command: order };
            who.execute(order).await?.map_err(|refused| refused.message)?;
        }
        set(&town, NEXT_MORNING)?;
        let (here, there) = tokio::join!(town.engine.deliver(), other.deliver());
        assert_eq!(here? + there?, 61, "each that could not wait, and one digest for both");
        let heard = receiver.heard();
        assert_eq!((heard.len(), ids(&heard).into_iter().collect::<BTreeSet<_>>().len()), (61, 61));
        assert_eq!(
            heard.iter().filter(|h| h.json()["type"] == "notice.digest").map(|h| h.told().len()).sum::<usize>(),
            2
        );
        other.stop().await?;
        Ok(())
    });
    outcome.unwrap();
}
