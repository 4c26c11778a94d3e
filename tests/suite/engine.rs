//! One `execute` for everything: once, together, in the newest world, and verifiable.

use std::sync::Arc;

use futures_util::StreamExt;
use liandong_engine::{
    rules::{
        actor::Actor,
        id::RequestId,
        matter::{Mandated, Power},
        post::{PostKind, Rank},
        register::command::Command as Change,
        request::{
            Duty, How, Outcome, StageKind,
            command::{Command as Act, LogRequest},
        },
        world::Register,
    },
    run::{
        engine::{Command, Order},
        query::RequestFilter,
        store::journal::Happened,
        verify::verify,
    },
};
use liandong_tests::{
    on_both_stores,
    stores::Kind,
    town::{self, Town, code, instant, person, request},
};

fn accept() -> Act {
    Act::Accept
}

fn resolve() -> Act {
    Act::Resolve { outcome: Outcome::Solved, words: "已经修好".to_owned(), face_to_face: false }
}

async fn verified(town: &Town) -> Result<u64, liandong_tests::stores::Trouble> {
    let store = liandong_engine::run::store::Store::connect(&town.db.url).await?;
    let found = verify(&store).await?;
    assert_eq!(found.differences, Vec::<String>::new());
    Ok(found.requests)
}

on_both_stores! {
    "hamlet" => async fn the_same_command_with_the_same_key_gives_the_first_answer_and_no_second_event(town) {
        let order = Order { actor: person("P5")?, key: "once".to_owned(), command: Command::Log(request("H21", "water-pipe")?) };
        let first = town.engine.execute(order.clone()).await?;
        let before = town.engine.feed().position();
        let again = town.engine.execute(order).await?;
        assert_eq!(first, again);
        assert_eq!(town.engine.feed().position(), before);
        Ok(())
    }

    "hamlet" => async fn a_key_that_stands_for_another_command_is_refused(town) {
        let order = |matter: &str| -> Result<Order, liandong_tests::stores::Trouble> {
            Ok(Order { actor: person("P5")?, key: "twice".to_owned(), command: Command::Log(request("H21", matter)?) })
        };
        assert!(town.engine.execute(order("water-pipe")?).await?.is_ok());
        assert_eq!(code(&town.engine.execute(order("street-lamp")?).await?), Some("KeyReused"));
        let empty = Order { key: String::new(), ..order("water-pipe")? };
        assert_eq!(code(&town.engine.execute(empty).await?), Some("BadKey"));
        Ok(())
    }

    "hamlet" => async fn two_people_may_use_the_same_key(town) {
        for who in ["P5", "P6"] {
            let order = Order { actor: person(who)?, key: "same".to_owned(), command: Command::Log(request("H21", "water-pipe")?) };
            assert!(town.engine.execute(order).await?.is_ok());
        }
        assert_eq!(verified(&town).await?, 2);
        Ok(())
    }

    "hamlet" => async fn commands_that_arrive_together_share_commits_and_a_refused_one_harms_no_other(town) {
        let before = town.engine.counts().commits.load(std::sync::atomic::Ordering::SeqCst);
        let orders = (0..200).map(|n| {
            let place = if n % 10 == 3 { "NOWHERE" } else { "H21" };
            let engine = Arc::clone(&town.engine);
            let order = person("P5").and_then(|actor| {
                Ok(Order { actor, key: format!("k{n}"), command: Command::Log(request(place, "water-pipe")?) })
            });
            async move { engine.execute(order.unwrap()).await.unwrap() }
        });
        let answers = futures_util::future::join_all(orders).await;
        let refused = answers.iter().filter(|a| code(a) == Some("UnknownPlace")).count();
        assert_eq!((answers.len() - refused, refused), (180, 20));
        let commits = town.engine.counts().commits.load(std::sync::atomic::Ordering::SeqCst) - before;
        assert!(commits < 100, "{commits} commits for 200 commands that arrived together");
        assert_eq!(verified(&town).await?, 180);
        Ok(())
    }

    "hamlet" => async fn a_request_goes_its_whole_way_and_the_journal_verifies(town) {
        let id = town.log("P5", "H11", "water-pipe").await?;
        let request = town.engine.request(&person("P2")?, id).await?.unwrap();
        assert_eq!(request.handle().map(|a| (a.person.as_str(), a.duty)), Some(("P2", Duty::Handle)));
        town.act("P2", id, accept()).await?;
        town.act("P2", id, resolve()).await?;
        let relay = town.engine.request(&person("P1")?, id).await?.unwrap();
        assert_eq!(relay.relay().map(|a| a.person.as_str()), Some("P1"));
        let when = instant("2024-05-06T08:00:00+08:00")?;
        town.act("P1", id, Act::ConfirmRelay { told: true, whom: "韦某".to_owned(), when, how: How::FaceToFace }).await.unwrap_err();
        town.clock.set(instant("2024-05-06T10:00:00+08:00")?);
        let when = instant("2024-05-06T09:59:00+08:00")?;
        town.act("P1", id, Act::ConfirmRelay { told: true, whom: "韦某".to_owned(), when, how: How::FaceToFace }).await?;
        town.order(Actor::Citizen(id), Command::Act { request: id, command: Act::Rate { satisfied: true, words: String::new() } }).await??;
        let closed = town.engine.request(&Actor::Citizen(id), id).await?.unwrap();
        assert_eq!(closed.stage.kind(), StageKind::Closed);
        assert_eq!(verified(&town).await?, 1);
        Ok(())
    }

    "hamlet" => async fn a_register_change_of_one_process_is_honoured_by_the_next_commit_of_another(town) {
        let other = Town::engine(&town.db, &town.clock).await?;
        town.change(Change::Relieve { post: "G1-LEAD".parse()?, person: "P2".parse()?, successor: Some("P3".parse()?) }).await?;
        // The other process has not looked since; its very next commit must know.
        let order = Order { actor: person("P5")?, key: "other".to_owned(), command: Command::Log(request("H11", "water-pipe")?) };
        let done = other.execute(order).await?.unwrap();
        let request = other.request(&person("P5")?, done.request.unwrap()).await?.unwrap();
        assert_eq!(request.handle().map(|a| a.person.as_str()), Some("P3"));
        assert_eq!(other.world().version(), town.engine.world().version());
        other.stop().await?;
        verified(&town).await?;
        Ok(())
    }

    "hamlet" => async fn whoever_is_relieved_hands_over_every_open_assignment_in_the_same_transaction(town) {
        let mut ids = Vec::new();
        for household in ["H11", "H12", "H13"] {
            ids.push(town.log("P5", household, "water-pipe").await?);
        }
        town.change(Change::Relieve { post: "G1-LEAD".parse()?, person: "P2".parse()?, successor: None }).await?;
        for id in ids {
            let request = town.engine.request(&person("P5")?, id).await?.unwrap();
            assert_eq!(request.handle().map(|a| a.person.as_str()), Some("P5"), "the village answers where the group is vacant");
            let journal = town.engine.journal_of(&person("P5")?, id, 0, 100).await?;
            assert!(journal.iter().any(|e| e.kind() == "HandedOver"));
        }
        verified(&town).await?;
        Ok(())
    }

    "hamlet" => async fn a_unit_that_moves_takes_its_requests_into_the_view_of_its_new_superiors(town) {
        let id = town.log("P5", "H11", "water-pipe").await?;
        town.change(Change::MoveUnit { unit: "H11".parse()?, parent: "G2".parse()? }).await?;
        let filter = liandong_engine::run::query::RequestFilter::default();
        let sees = |who: &'static str| {
            let (engine, filter) = (Arc::clone(&town.engine), filter.clone());
            async move { engine.requests(&person(who).unwrap(), &filter, None, 10).await.unwrap().0.iter().any(|r| r.id == id) }
        };
        assert!(sees("P3").await, "the leader of the new group sees it");
        assert!(sees("P2").await, "who holds it still sees it");
        verified(&town).await?;
        Ok(())
    }

    "hamlet" => async fn the_answer_about_the_past_does_not_change(town) {
        let world = town.engine.world();
        let question = |world: &liandong_engine::rules::world::World, at| {
            let (place, matter) = (world.find_unit("H11").unwrap(), world.find_matter("water-pipe").unwrap());
            liandong_engine::rules::routing::Question::new(place, matter, at)
        };
        let past = instant("2019-06-01")?;
        let before = town.engine.who_is_responsible(&world, &question(&world, past), &liandong_engine::rules::routing::Exclusions::default()).await?;
        let name = |world: &liandong_engine::rules::world::World, route: &liandong_engine::rules::routing::Route| {
            world.person_code(route.found.unwrap().person).unwrap().to_string()
        };
        assert_eq!(name(&world, &before), "P2");
        town.change(Change::Relieve { post: "G1-LEAD".parse()?, person: "P2".parse()?, successor: Some("P3".parse()?) }).await?;
        town.change(Change::Appoint { post: "G1-LEAD".parse()?, person: "P4".parse()?, rank: Rank::Substitute }).await?;
        let world = town.engine.world();
        let after = town.engine.who_is_responsible(&world, &question(&world, past), &liandong_engine::rules::routing::Exclusions::default()).await?;
        assert_eq!(name(&world, &after), "P2");
        let now = town.engine.who_is_responsible(&world, &question(&world, instant("2024-05-07")?), &liandong_engine::rules::routing::Exclusions::default()).await?;
        assert_eq!(name(&world, &now), "P3");
        Ok(())
    }

    "hamlet" => async fn a_listener_that_comes_back_misses_nothing_and_hears_nothing_twice(town) {
        let start = town.engine.feed().position();
        let other = Town::engine(&town.db, &town.clock).await?;
        let writers = (0..120).map(|n| {
            let engine = Arc::clone(if n % 2 == 0 { &town.engine } else { &other });
            async move {
                let command = Command::Log(request("H21", "water-pipe").unwrap());
                engine.execute(Order { actor: person("P5").unwrap(), key: format!("w{n}"), command }).await.unwrap().unwrap()
            }
        });
        let listen = async {
            let mut heard: Vec<(i64, RequestId)> = Vec::new();
            let mut after = start;
            // Every stretch of seven entries the listener goes away and comes back with `after`.
            while heard.len() < 120 {
                let mut entries = Box::pin(town.engine.listen(after)).take(7.min(120 - heard.len()));
                while let Some(entry) = entries.next().await {
                    let entry = entry.unwrap();
                    after = entry.position;
                    if let Happened::Request(id, _) = entry.happened { heard.push((entry.position, id)) }
                }
            }
            heard
        };
        let (_, heard) = tokio::join!(futures_util::future::join_all(writers), listen);
        let positions: Vec<i64> = heard.iter().map(|(position, _)| *position).collect();
        assert_eq!(positions, (start + 1..=start + 120).collect::<Vec<_>>());
        other.stop().await?;
        verified(&town).await?;
        Ok(())
    }

    "hamlet" => async fn after_the_stop_nothing_is_taken_and_what_was_taken_is_there(town) {
        let orders = (0..50).map(|n| {
            let engine = Arc::clone(&town.engine);
            async move {
                let command = Command::Log(request("H21", "water-pipe").unwrap());
                engine.execute(Order { actor: person("P5").unwrap(), key: format!("s{n}"), command }).await
            }
        });
        let (answers, stopped) = tokio::join!(futures_util::future::join_all(orders), town.engine.stop());
        stopped?;
        let done = answers.iter().filter(|a| matches!(a, Ok(Ok(_)))).count() as u64;
        let command = Command::Log(request("H21", "water-pipe")?);
        let late = town.engine.execute(Order { actor: person("P5")?, key: "late".to_owned(), command }).await;
        assert!(matches!(late, Err(liandong_engine::run::error::Error::Stopping)));
        assert_eq!(verified(&town).await?, done);
        Ok(())
    }

    "hamlet" => async fn a_changed_row_is_found_by_the_verification(town) {
        use sea_orm::ConnectionTrait;
        let id = town.log("P5", "H11", "water-pipe").await?;
        let db = sea_orm::Database::connect(&town.db.url).await?;
        db.execute_unprepared("UPDATE request SET words = 'changed by hand'").await?;
        let store = liandong_engine::run::store::Store::connect(&town.db.url).await?;
        let found = verify(&store).await?;
        assert_eq!(found.differences, [format!("request {id}: the row differs from the fold of its journal")]);
        Ok(())
    }

    "hamlet" => async fn an_entry_that_is_swapped_doubled_or_dropped_is_named_by_the_verification(town) {
        use sea_orm::ConnectionTrait;
        let id = town.log("P5", "H11", "water-pipe").await?;
        town.act("P2", id, accept()).await?;
        town.act("P2", id, Act::AddNote { text: "带上扳手".to_owned() }).await?;
        town.act("P2", id, resolve()).await?;
        verified(&town).await?;
        let last = town.engine.feed().position();
        let (accepted, resolved) = (last - 2, last);
        let db = sea_orm::Database::connect(&town.db.url).await?;
        let store = liandong_engine::run::store::Store::connect(&town.db.url).await?;
        let said = async |statements: &[String]| -> Result<Vec<String>, liandong_tests::stores::Trouble> {
            for statement in statements {
                db.execute_unprepared(statement).await?;
            }
            let mut said = verify(&store).await?.differences;
            // Entries keep their instants.
            said.retain(|difference| !difference.starts_with("time runs backward"));
            Ok(said)
        };
        let to = |from: i64, to: i64, seq: i64| {
            format!("UPDATE journal SET position = {to}, seq = {seq} WHERE position = {from}")
        };
        // The numbers were put right as well, so that only what happened tells.
        let swap = [to(accepted, -1, 4), to(resolved, accepted, 2), to(-1, resolved, 4)];
        assert_eq!(
            said(&swap).await?,
            [format!(
                "position {resolved}: request {id}: Accepted does not fit a request that is Resolved: it cannot happen at that stage"
            )]
        );
        assert_eq!(said(&swap).await?, Vec::<String>::new());
        let kept = "SELECT kind, actor, body, at, request FROM journal";
        let double = [
            format!("INSERT INTO journal (position, seq, kind, actor, body, at, request) SELECT {last} + 1, 5, k.* FROM ({kept} WHERE position = {resolved}) k"),
            format!("UPDATE head SET position = {last} + 1"),
        ];
        assert_eq!(
            said(&double).await?,
            [format!(
                "position {}: request {id}: Resolved does not fit a request that is Resolved: it opens assignment 2, the next one is 3",
                last + 1
            )]
        );
        let undo = [format!("DELETE FROM journal WHERE position > {last}"), format!("UPDATE head SET position = {last}")];
        assert_eq!(said(&undo).await?, Vec::<String>::new());
        let drop = [
            format!("DELETE FROM journal WHERE position = {}", accepted - 1),
            to(accepted, accepted - 1, 1),
            to(accepted + 1, accepted, 2),
            to(resolved, accepted + 1, 3),
            format!("UPDATE head SET position = {last} - 1"),
        ];
        assert_eq!(
            said(&drop).await?,
            [format!("position {}: request {id}: Accepted does not fit: the request was not logged", accepted - 1)]
        );
        Ok(())
    }

    "hamlet" => async fn a_request_that_is_listed_where_it_does_not_lie_is_found_by_the_verification(town) {
        use sea_orm::ConnectionTrait;
        let id = town.log("P5", "H11", "water-pipe").await?;
        // Ids are in the order of time, by the millisecond.
        town.clock.set(instant("2024-05-06T09:00:01+08:00")?);
        let other = town.log("P5", "H21", "water-pipe").await?;
        verified(&town).await?;
        let db = sea_orm::Database::connect(&town.db.url).await?;
        let store = liandong_engine::run::store::Store::connect(&town.db.url).await?;
        db.execute_unprepared("UPDATE request_unit SET unit = 'H12' WHERE unit = 'H11'").await?;
        assert_eq!(
            verify(&store).await?.differences,
            [
                format!("request {id} is listed in unit `H12` and does not lie there"),
                format!("request {id} is not listed in 1 of the units that it lies in"),
            ]
        );
        db.execute_unprepared("UPDATE request_unit SET unit = 'H11' WHERE unit = 'H12'").await?;
        verified(&town).await?;
        db.execute_unprepared("DELETE FROM request_unit WHERE unit IN ('T', 'V', 'G2')").await?;
        assert_eq!(
            verify(&store).await?.differences,
            [
                format!("request {id} is not listed in 2 of the units that it lies in"),
                format!("request {other} is not listed in 3 of the units that it lies in"),
            ]
        );
        Ok(())
    }

    "hamlet" => async fn what_was_done_is_seen_at_once_also_when_the_clock_was_put_back(town) {
        let other = Town::engine(&town.db, &town.clock).await?;
        let leader = async |engine: &liandong_engine::run::engine::Engine| -> Result<String, liandong_tests::stores::Trouble> {
            let (world, at) = (engine.world(), engine.now());
            let (place, matter) = (world.find_unit("H11").unwrap(), world.find_matter("water-pipe").unwrap());
            let question = liandong_engine::rules::routing::Question::new(place, matter, at);
            let route = engine.who_is_responsible(&world, &question, &liandong_engine::rules::routing::Exclusions::default()).await?;
            Ok(world.person_code(route.found.unwrap().person).unwrap().to_string())
        };
        let relieve = |who: &str, next: &str| -> Result<Change, liandong_tests::stores::Trouble> {
            Ok(Change::Relieve { post: "G1-LEAD".parse()?, person: who.parse()?, successor: Some(next.parse()?) })
        };
        town.change(relieve("P2", "P3")?).await?;
        town.clock.set(instant("2024-05-01")?);
        assert_eq!(leader(&town.engine).await?, "P3", "what was done before the clock was put back");
        town.change(relieve("P3", "P4")?).await?;
        assert_eq!(leader(&town.engine).await?, "P4", "and after");
        let id = town.log("P5", "H11", "water-pipe").await?;
        assert!(town.engine.request(&person("P4")?, id).await?.is_some(), "the new leader sees it");
        assert!(town.engine.now() > instant("2024-05-06")?);
        // The same for a process that only hears of it: here by its own next commit.
        let order = Order { actor: person("P5")?, key: "other".to_owned(), command: Command::Log(request("H12", "water-pipe")?) };
        assert!(other.execute(order).await?.is_ok());
        assert_eq!(leader(&other).await?, "P4");
        // And for one that is started now.
        let third = Town::engine(&town.db, &town.clock).await?;
        assert_eq!(leader(&third).await?, "P4");
        third.stop().await?;
        other.stop().await?;
        // When the clock has caught up it is followed again.
        town.clock.set(instant("2024-06-01")?);
        assert_eq!(town.engine.now(), instant("2024-06-01")?);
        verified(&town).await?;
        Ok(())
    }

    "hamlet" => async fn whoever_comes_to_stand_above_the_holder_of_a_complaint_takes_it_from_them(town) {
        let resolves = Change::ChangeMandate {
            to: Mandated::Kind(PostKind::ResidentCadre),
            matter: "cadre-conduct".parse()?,
            power: Some(Power::Resolve),
        };
        town.change(resolves).await?;
        let about = LogRequest { accused: vec!["P2".parse()?], ..request("H11", "cadre-conduct")? };
        let mut ids = Vec::new();
        for _ in 0..2 {
            let done = town.order(person("P7")?, Command::Log(about.clone())).await??;
            ids.push(done.0.request.unwrap());
        }
        let holders = async || -> Result<Vec<String>, liandong_tests::stores::Trouble> {
            let mut holders = Vec::new();
            for id in &ids {
                let request = town.engine.request(&Actor::Operator, *id).await?.unwrap();
                holders.push(request.open().next().map(|a| a.person.to_string()).unwrap_or_default());
            }
            Ok(holders)
        };
        assert_eq!(holders().await?, ["P6", "P6"]);
        // One is told already and waits for the citizen's word: nobody holds it any more.
        town.act("P6", ids[1], Act::Resolve { outcome: Outcome::Explained, words: "谈过话".to_owned(), face_to_face: false }).await?;
        let carrier = holders().await?;
        town.change(Change::Appoint { post: "T-DUTY".parse()?, person: "P2".parse()?, rank: Rank::Substitute }).await?;
        assert_eq!(holders().await?[0], "P8", "the leader on duty commands the village, not the supervisor");
        assert_ne!(holders().await?[1], "P6", "nor does {carrier:?} carry the answer from below");
        assert!(town.engine.request(&person("P6")?, ids[0]).await?.is_none());
        verified(&town).await?;
        Ok(())
    }
}

/// A household of the hamlet that goes to the other group on a day.
fn with_a_move(day: &str) -> Result<Register, liandong_tests::stores::Trouble> {
    let mut rows = liandong_tests::fixtures::register("hamlet");
    let household = rows.units.iter_mut().find(|u| u.code.as_str() == "H11").ok_or("no such household")?;
    let mut later = household.clone();
    (household.span.to, later.span.from) = (instant(day)?, instant(day)?);
    later.parent = Some("G2".parse()?);
    rows.units.push(later);
    Ok(rows)
}

fn a_move_by_date_takes_the_requests_along(kind: Kind) {
    town::run(kind, with_a_move("2024-05-10").unwrap(), async |town| {
        let id = town.log("P5", "H11", "water-pipe").await?;
        let filter =
            |unit: &str| RequestFilter { unit: town.engine.world().find_unit(unit), ..RequestFilter::default() };
        let lies = async |unit: &str| -> Result<bool, liandong_tests::stores::Trouble> {
            let found = town.engine.requests(&Actor::Operator, &filter(unit), None, 10).await?.0;
            Ok(found.iter().any(|r| r.id == id))
        };
        assert_eq!((lies("G1").await?, lies("G2").await?), (true, false));
        town.clock.set(instant("2024-05-11")?);
        // Whatever is done next, even if it is refused, finds the day come.
        town.act("P3", id, accept()).await.unwrap_err();
        assert_eq!((lies("G1").await?, lies("G2").await?), (false, true));
        assert_eq!((lies("V").await?, lies("T").await?, lies("H11").await?), (true, true, true));
        verified(&town).await?;
        town.log("P5", "H11", "water-pipe").await?;
        verified(&town).await?;
        Ok(())
    });
}

#[test]
fn a_move_by_date_takes_the_requests_along_on_sqlite() {
    a_move_by_date_takes_the_requests_along(Kind::Sqlite);
}

#[test]
fn a_move_by_date_takes_the_requests_along_on_postgres() {
    a_move_by_date_takes_the_requests_along(Kind::Postgres);
}
