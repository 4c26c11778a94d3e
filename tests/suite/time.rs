//! Time as an actor: limits take effect once, never early, late rather than never, whoever looks.

use std::sync::{Arc, Mutex, PoisonError};

use liandong_engine::{
    rules::{
        actor::Actor,
        id::RequestId,
        instant::Instant,
        request::{StageKind, command::Command as Act, event::Event},
    },
    run::{
        engine::Engine,
        source::{Clock, Entropy},
        store::{Store, journal::Happened},
        verify::verify,
    },
};
use liandong_tests::{
    on_both_stores,
    stores::{Kind, Trouble},
    town::{Town, instant},
};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

/// How often limits took effect on a request, as its journal says.
async fn effects(engine: &Engine, id: RequestId) -> Result<usize, Trouble> {
    let entries = engine.journal_of(&Actor::Operator, id, 0, 100).await?;
    Ok(entries.iter().filter(|e| *e.acted() == Actor::System).count())
}

async fn stage(engine: &Engine, id: RequestId) -> Result<StageKind, Trouble> {
    let found = engine.request(&Actor::Operator, id).await?;
    Ok(found.ok_or("the request is gone")?.stage.kind())
}

async fn logged(town: &Town, many: usize) -> Result<Vec<RequestId>, Trouble> {
    let mut ids = Vec::with_capacity(many);
    for n in 0..many {
        ids.push(town.log("P1", ["H11", "H12", "H13"][n % 3], "water-pipe").await?);
    }
    Ok(ids)
}

async fn verified(town: &Town) -> Result<(), Trouble> {
    let store = Store::connect(&town.db.url).await?;
    assert_eq!(verify(&store).await?.differences, Vec::<String>::new());
    Ok(())
}

on_both_stores! {
    "story-limits" => async fn nothing_takes_effect_before_its_time_and_everything_at_it(town) {
        let id = logged(&town, 1).await?[0];
        let due = town.engine.request(&Actor::Operator, id).await?.and_then(|r| r.handle().cloned());
        let due = due.and_then(|held| held.accept).ok_or("there is no limit")?.due;
        town.clock.set(Instant(due.0 - 1));
        assert_eq!(town.engine.tick().await?, 0);
        assert_eq!(effects(&town.engine, id).await?, 0);
        town.clock.set(due);
        assert_eq!(town.engine.tick().await?, 1);
        assert_eq!(town.engine.tick().await?, 0);
        assert_eq!(effects(&town.engine, id).await?, 1);
        verified(&town).await
    }

    "story-limits" => async fn a_limit_takes_effect_once_however_many_look_at_once(town) {
        let ids = logged(&town, 60).await?;
        town.clock.set(instant("2024-05-06T15:30:00+08:00")?);
        let looks: Vec<_> = (0..4).map(|_| Arc::clone(&town.engine)).map(|e| async move { e.tick().await }).collect();
        for look in futures_util::future::join_all(looks).await {
            look?;
        }
        for id in &ids {
            assert_eq!(effects(&town.engine, *id).await?, 1, "{id}");
        }
        verified(&town).await
    }

    "story-limits" => async fn what_was_missed_while_nothing_ran_is_done_late_after_the_restart(town) {
        let ids = logged(&town, 10).await?;
        town.engine.stop().await?;
        town.clock.set(instant("2024-05-20T10:00:00+08:00")?);
        let engine = Town::engine(&town.db, &town.clock).await?;
        assert_eq!(engine.tick().await?, 10 * 2, "a step up for each, and the promise that ran out");
        for id in &ids {
            assert_eq!((effects(&engine, *id).await?, stage(&engine, *id).await?), (2, StageKind::Routed));
        }
        assert_eq!(engine.tick().await?, 0, "who has it now has the whole of the time");
        engine.stop().await?;
        verified(&town).await
    }

    "story-limits" => async fn a_clock_that_was_put_back_makes_nothing_early_and_nothing_twice(town) {
        let id = logged(&town, 1).await?[0];
        town.clock.set(instant("2024-05-06T15:30:00+08:00")?);
        assert_eq!(town.engine.tick().await?, 1);
        town.clock.set(instant("2024-05-05T09:00:00+08:00")?);
        assert_eq!(town.engine.tick().await?, 0);
        // What is done now still comes after what was done; the next limit waits for its own time.
        town.act("P5", id, Act::AddNote { text: "看过".to_owned() }).await?;
        assert_eq!(town.engine.tick().await?, 0);
        town.clock.set(instant("2024-05-07T15:00:00+08:00")?);
        assert_eq!(town.engine.tick().await?, 1);
        assert_eq!(effects(&town.engine, id).await?, 2);
        verified(&town).await
    }

    "story-limits" => async fn what_somebody_does_in_time_is_not_taken_from_them(town) {
        let ids = logged(&town, 2).await?;
        town.act("P2", ids[0], Act::Accept).await?;
        town.clock.set(instant("2024-05-06T15:30:00+08:00")?);
        assert_eq!(town.engine.tick().await?, 1);
        let whose = |request: Option<liandong_engine::rules::request::Request>| {
            request.and_then(|r| r.handle().map(|a| a.person.to_string()))
        };
        let mut held = Vec::new();
        for id in ids {
            held.push(whose(town.engine.request(&Actor::Operator, id).await?).unwrap_or_default());
        }
        assert_eq!(held, ["P2", "P5"]);
        Ok(())
    }

    "story-limits" => async fn the_auditor_speaks_when_the_due_index_is_broken(town) {
        let ids = logged(&town, 3).await?;
        let db = sea_orm::Database::connect(&town.db.url).await?;
        db.execute_unprepared("UPDATE request SET due_at = NULL").await?;
        assert_eq!(town.engine.audit().await?.missed, 0, "nothing is over yet");
        town.clock.set(instant("2024-05-06T15:30:00+08:00")?);
        assert_eq!(town.engine.tick().await?, 0, "the ticker sees only what the index holds");
        let found = town.engine.audit().await?;
        assert_eq!((found.missed, found.since.is_some()), (3, true));
        let store = Store::connect(&town.db.url).await?;
        assert_eq!(verify(&store).await?.differences.len(), ids.len());
        Ok(())
    }

    "story-limits" => async fn the_auditor_reads_an_index_and_no_row(town) {
        // Which way PostgreSQL takes depends on what it knows of the table; SQLite always takes the same.
        if town.db.kind == Kind::Postgres {
            return Ok(());
        }
        let said = Arc::new(Mutex::new(Vec::new()));
        let mut store = Store::connect(&town.db.url).await?;
        let hears = Arc::clone(&said);
        store.on_read(move |sql| hears.lock().unwrap_or_else(PoisonError::into_inner).push(sql.to_owned()));
        let engine = Engine::open(store, town.clock.clone(), Entropy::System).await?;
        engine.audit().await?;
        engine.stop().await?;
        let said = std::mem::take(&mut *said.lock().unwrap_or_else(PoisonError::into_inner));
        let looks: Vec<String> = said.into_iter().filter(|sql| sql.contains("\"assignment\"")).collect();
        assert_eq!(looks.len(), 2, "{looks:?}");
        let db = sea_orm::Database::connect(&town.db.url).await?;
        for look in looks {
            let plan = Statement::from_string(DbBackend::Sqlite, format!("EXPLAIN QUERY PLAN {look}"));
            let rows = db.query_all_raw(plan).await?;
            let plan: Vec<String> = rows.iter().map(|row| row.try_get("", "detail")).collect::<Result<_, _>>()?;
            assert_eq!(plan, ["SCAN assignment USING COVERING INDEX assignment_post"], "{look}");
        }
        Ok(())
    }

    "story-limits" => async fn the_auditor_is_silent_when_time_was_obeyed(town) {
        logged(&town, 5).await?;
        for hour in 0..400 {
            town.clock.set(instant("2024-05-06T09:00:00+08:00")?.plus_minutes(60 * hour));
            town.engine.tick().await?;
            assert_eq!(town.engine.audit().await?.missed, 0, "hour {hour}");
        }
        verified(&town).await
    }

    "story-limits" => async fn open_work_is_counted_by_its_colour(town) {
        let ids = logged(&town, 6).await?;
        town.act("P2", ids[0], Act::Accept).await?;
        town.act("P1", ids[1], Act::Withdraw { reason: "自己修好了".to_owned() }).await?;
        town.act("P2", ids[2], Act::Escalate { reason: "要换主管".to_owned() }).await?;
        let mut seen = std::collections::BTreeSet::new();
        for hour in 0..90 {
            let now = instant("2024-05-06T09:00:01+08:00")?.plus_minutes(60 * hour);
            town.clock.set(now);
            let mut expected = std::collections::BTreeMap::new();
            for held in town.engine.assignments_of(&ids).await?.values().flatten() {
                if let Some(colour) = held.colour(now) {
                    *expected.entry(colour).or_insert(0) += 1;
                }
            }
            let found = town.engine.audit().await?.colours;
            assert_eq!(found.into_iter().filter(|(_, count)| *count > 0).collect::<std::collections::BTreeMap<_, _>>(), expected, "hour {hour}");
            seen.insert(found.map(|(_, count)| count));
        }
        assert!(seen.contains(&[5, 0, 0]) && seen.contains(&[0, 0, 5]) && seen.len() >= 4, "{seen:?}");
        Ok(())
    }

    "story-limits" => async fn whoever_is_overtaken_by_time_is_told_and_so_are_the_leaders(town) {
        let id = logged(&town, 1).await?[0];
        for day in ["2024-05-07", "2024-05-08", "2024-05-10", "2024-05-20"] {
            town.clock.set(instant(day)?.plus_minutes(10 * 60));
            town.engine.tick().await?;
        }
        let told = |who: &str| {
            let (engine, who) = (Arc::clone(&town.engine), who.parse());
            async move {
                let (notices, _) = engine.notices(&who?, None, 50).await?;
                Ok::<_, Trouble>(notices.iter().rev().map(|p| p.notice.kind.word()).collect::<Vec<_>>())
            }
        };
        assert_eq!(told("P2").await?, ["Assigned", "TakenUp"]);
        assert_eq!(told("P5").await?, ["Assigned", "TakenUp"]);
        assert_eq!(told("P8").await?, ["Assigned", "Overdue", "Overdue", "Overdue", "Overdue"]);
        let entries = town.engine.journal_of(&Actor::Operator, id, 0, 100).await?;
        let red = entries.iter().filter(|entry| match &entry.happened {
            Happened::Request(_, recorded) => matches!(recorded.event, Event::LimitPassed { .. }),
            Happened::Register(_) => false,
        });
        assert_eq!(red.count(), 1, "the promise is broken once");
        Ok(())
    }
}

/// Two nodes on one database, one of which believes that it is later.
#[test]
fn two_nodes_do_no_limit_twice() {
    use liandong_tests::stores::Kind;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let outcome: Result<(), Trouble> = runtime.block_on(async {
        let Some(town) = Town::open(Kind::Postgres, liandong_tests::fixtures::register("story-limits")).await? else {
            eprintln!("skipped: there is no PostgreSQL here");
            return Ok(());
        };
        let ids = logged(&town, 30).await?;
        let ahead = Clock::manual(instant("2024-05-06T15:30:00+08:00")?);
        let other = Town::engine(&town.db, &ahead).await?;
        let (here, there) = tokio::join!(town.engine.tick(), other.tick());
        assert_eq!((here?, there?), (0, 30), "only the node whose clock says so finds them over");
        town.clock.set(instant("2024-05-06T15:30:00+08:00")?);
        assert_eq!(town.engine.tick().await?, 0, "and nobody does it again");
        for id in ids {
            assert_eq!(effects(&town.engine, id).await?, 1);
        }
        other.stop().await?;
        verified(&town).await
    });
    outcome.unwrap();
}
