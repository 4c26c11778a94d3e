//! Limits as a client sees them: until when, why then, in which colour, and what became of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
};

use liandong_engine::rules::{
    id::RequestId,
    limit::Colour,
    request::{Duty, Outcome, command::Command as Act},
};
use liandong_tests::{
    client::Client,
    fixtures,
    stores::{Kind, Trouble},
    town::{self, instant},
};
use sea_orm::ConnectionTrait;
use serde_json::json;

use super::{Api, input, log};

fn on_a_town_with_limits<F: Future<Output = Result<(), Trouble>>>(test: impl FnOnce(Api) -> F) {
    let rows = fixtures::register("story-limits");
    town::run(Kind::Sqlite, rows, |town| async { test(Api::of(town).await?).await });
}

#[test]
fn a_limit_is_shown_with_its_arithmetic() {
    on_a_town_with_limits(|api| async move {
        let client = api.client("P5").await?;
        // A Friday afternoon before a Saturday that is worked.
        api.town.clock.set(instant("2024-05-10T16:30:00+08:00")?);
        let (id, _) = log(&client, "1", input("H11", "water-pipe")).await?;
        let query = "query($id: ID!) { request(id: $id) {
            committedBy handle { acceptBy finishBy colour }
            journal(first: 1) { edges { node { limits {
                kind kindZh start due allowance allowanceZh calendar beyondPublished
                stretches { from to counted whyZh name periods }
            } } } }
        } }";
        let data = client.ask(query, json!({ "id": id })).await?;
        let handle = &data["request"]["handle"];
        assert_eq!(handle["acceptBy"], "2024-05-11T11:30:00+08:00");
        assert_eq!(handle["finishBy"], "2024-05-13T17:30:00+08:00");
        assert_eq!(handle["colour"], "Normal");
        let limits = &data["request"]["journal"]["edges"][0]["node"]["limits"];
        let of = |kind: &str| {
            let all = limits.as_array().cloned().unwrap_or_default();
            all.into_iter().find(|limit| limit["kind"] == kind).unwrap_or_default()
        };
        assert_eq!(
            of("Accept"),
            json!({
                "kind": "Accept", "kindZh": "接收时限", "start": "2024-05-10T16:30:00+08:00",
                "due": "2024-05-11T11:30:00+08:00", "allowance": "4wh", "allowanceZh": "4工作小时", "calendar": "town",
                "beyondPublished": false,
                "stretches": [
                    { "from": "2024-05-10", "to": "2024-05-10", "counted": 60, "whyZh": "工作日", "name": null,
                      "periods": ["08:30-12:00", "14:00-17:30"] },
                    { "from": "2024-05-11", "to": "2024-05-11", "counted": 180, "whyZh": "调休上班", "name": "劳动节",
                      "periods": ["08:30-12:00", "14:00-17:30"] },
                ],
            })
        );
        let finish = of("Finish");
        let days = finish["stretches"].as_array().cloned().unwrap_or_default();
        let why: Vec<_> = days.iter().map(|day| day["whyZh"].as_str().unwrap_or_default()).collect();
        assert_eq!(why, ["起始日不计", "调休上班", "休息日", "工作日"]);
        assert_eq!(of("Committed")["due"], data["request"]["committedBy"]);
        api.close().await
    });
}

#[test]
fn an_assignment_turns_from_normal_to_due_soon_to_overdue() {
    on_a_town_with_limits(|api| async move {
        let client = api.client("P5").await?;
        let (id, _) = log(&client, "1", input("H11", "water-pipe")).await?;
        let mut colours = Vec::new();
        for time in ["09:00", "11:59", "14:00", "14:59", "15:00"] {
            api.town.clock.set(instant(&format!("2024-05-06T{time}:01+08:00"))?);
            let query = "query($id: ID!) { request(id: $id) { handle { colour colourZh } } }";
            let data = client.ask(query, json!({ "id": id })).await?;
            colours.push(data["request"]["handle"]["colour"].as_str().unwrap_or_default().to_owned());
        }
        assert_eq!(colours, ["Normal", "Normal", "DueSoon", "DueSoon", "Overdue"]);
        api.close().await
    });
}

#[test]
fn what_time_did_is_told_with_its_cause_and_the_citizen_reads_no_marks() {
    on_a_town_with_limits(|api| async move {
        let client = api.client("P5").await?;
        let (id, receipt) = log(&client, "1", input("H11", "water-pipe")).await?;
        api.town.clock.set(instant("2024-05-06T15:30:00+08:00")?);
        api.town.engine.tick().await?;
        let query = "query($id: ID!) {
            request(id: $id) { marks { card cardZh limit person { code } } journal(first: 9) { edges { node { kind cause acted { kind } } } } }
            escalations(first: 5) { edges { node { kind cause } } }
        }";
        let data = client.ask(query, json!({ "id": id })).await?;
        let marks = &data["request"]["marks"];
        assert_eq!(
            *marks,
            json!([{ "card": "Yellow", "cardZh": "黄牌", "limit": "Accept", "person": { "code": "P2" } }])
        );
        let last = data["request"]["journal"]["edges"][1]["node"].clone();
        assert_eq!(last, json!({ "kind": "Escalated", "cause": "NotAccepted", "acted": { "kind": "System" } }));
        let escalations = &data["escalations"]["edges"];
        assert_eq!(*escalations, json!([{ "node": { "kind": "Escalated", "cause": "NotAccepted" } }]));
        let citizen = api.serving.client.receipt(&receipt);
        let seen = citizen
            .ask("query($id: ID!) { request(id: $id) { committedBy marks { card } } }", json!({ "id": id }))
            .await?;
        assert_eq!(seen["request"]["marks"], json!([]));
        assert!(seen["request"]["committedBy"].is_string(), "until when is the citizen's to know: {seen}");
        api.close().await
    });
}

#[test]
fn lateness_and_what_was_missed_can_be_watched() {
    on_a_town_with_limits(|api| async move {
        let client = api.client("P5").await?;
        log(&client, "1", input("H11", "water-pipe")).await?;
        api.town.clock.set(instant("2024-05-06T15:00:20+08:00")?);
        api.town.engine.tick().await?;
        let text = api.serving.client.get("/metrics").await?.text;
        let sample = |name: &str| text.lines().find(|line| line.starts_with(name)).unwrap_or(name).to_owned();
        assert_eq!(sample("liandong_limit_lateness_seconds_count"), "liandong_limit_lateness_seconds_count 1");
        assert!(text.contains("liandong_limit_lateness_seconds_bucket{le=\"5.0\"} 0"), "{text}");
        assert!(text.contains("liandong_limit_lateness_seconds_bucket{le=\"30.0\"} 1"), "{text}");
        assert_eq!(sample("liandong_limits_missed"), "liandong_limits_missed 0");
        // The rule that fills the due index is broken: the ticker sees nothing, and the auditor says so.
        let db = sea_orm::Database::connect(&api.town.db.url).await?;
        db.execute_unprepared("UPDATE request SET due_at = NULL").await?;
        api.town.clock.set(instant("2024-05-10T09:00:00+08:00")?);
        assert_eq!(api.town.engine.tick().await?, 0);
        let health = async || Ok::<_, Trouble>(api.serving.client.get("/health/ready").await?.text);
        assert_eq!(health().await?, "ready\n");
        api.town.engine.audit().await?;
        let said = "ready, but limits ran out and did not take effect: 2, the oldest at 2024-05-07T10:00:20+08:00\n";
        assert_eq!(health().await?, said);
        let text = api.serving.client.get("/metrics").await?.text;
        let missed = "liandong_limits_missed 2\n";
        assert!(text.contains(missed) && text.contains("liandong_open_assignments{colour=\"Overdue\"} 1\n"), "{text}");
        api.close().await
    });
}

/// Whoever leads, helps, does a step or carries a result is late, and is told so every morning: the count of what is
/// overdue says so all the time, and none of it was missed.
#[test]
fn what_is_overdue_is_counted_as_overdue_until_it_ends() {
    on_a_town_with_limits(|api| async move {
        let client = api.client("P5").await?;
        let mut ids = Vec::new();
        for key in ["1", "2", "3"] {
            let (id, _) = log(&client, key, input("H11", "water-pipe")).await?;
            ids.push(id.parse::<RequestId>()?);
        }
        let act = async |who: &str, id: RequestId, act: Act| api.town.act(who, id, act).await;
        // One climbs until nobody is above; one is helped with, and has a step; of one the result is not carried.
        act("P2", ids[1], Act::CallHelp { to: "WATER-HEAD".parse()?, reason: "主管爆裂".to_owned() }).await?;
        act("P2", ids[1], Act::Delegate { to: "H11-C".parse()?, instruction: "关总阀".to_owned() }).await?;
        let done = Act::Resolve { outcome: Outcome::Solved, words: "修好了".to_owned(), face_to_face: false };
        act("P2", ids[2], done).await?;
        let (mut late, mut mornings) = (BTreeSet::new(), BTreeMap::new());
        for hour in 0..24 * 21 {
            let now = instant("2024-05-06T09:00:00+08:00")?.plus_minutes(60 * hour);
            api.town.clock.set(now);
            api.town.engine.tick().await?;
            let all = api.town.engine.assignments_of(&ids).await?;
            let open = all.iter().flat_map(|(id, all)| all.iter().map(move |a| (*id, a)));
            let open: Vec<_> = open.filter(|(_, a)| a.ended.is_none()).collect();
            let over = open.iter().filter(|(_, a)| a.colour(now) == Some(Colour::Overdue));
            let over: BTreeMap<_, _> = over.map(|(id, a)| ((*id, a.no), a.duty)).collect();
            for (id, a) in &open {
                assert!(
                    over.contains_key(&(*id, a.no)) || !late.contains(&(*id, a.no)),
                    "{a:?} is late no more at {now:?}"
                );
            }
            late.extend(over.keys().copied());
            if hour % 24 == 0 {
                for duty in over.values().collect::<BTreeSet<_>>() {
                    *mornings.entry(*duty).or_insert(0) += 1;
                }
                assert_eq!(api.town.engine.audit().await?.missed, 0, "at {now:?}");
                let text = api.serving.client.get("/metrics").await?.text;
                let expected = format!("liandong_open_assignments{{colour=\"Overdue\"}} {}\n", over.len());
                assert!(text.contains(&expected), "{expected} at {now:?}: {text}");
                assert!(text.contains("liandong_limits_missed 0\n"), "{text}");
            }
        }
        assert_eq!(
            mornings.keys().copied().collect::<Vec<_>>(),
            [Duty::Handle, Duty::CoHandle, Duty::Step, Duty::Relay]
        );
        assert!(mornings.values().all(|mornings| *mornings > 1), "each of them after it was told again: {mornings:?}");
        api.close().await
    });
}

#[test]
fn what_a_late_holiday_moves_is_shown_before_it_is_done_and_recorded_when_it_is() {
    on_a_town_with_limits(|api| async move {
        let (cadre, leader) = (api.client("P5").await?, api.client("P8").await?);
        api.town.clock.set(instant("2024-05-13T09:00:00+08:00")?);
        let (id, _) = log(&cadre, "1", input("H11", "water-pipe")).await?;
        let preview = "query($unit: String) { recomputePreview(unit: $unit) { edges { node {
            request { id } moves { assignment was minutes is { kind due stretches { whyZh name } } }
        } } } }";
        let moves = async |unit: &str| {
            let data = leader.ask(preview, json!({ "unit": unit })).await?;
            Ok::<_, Trouble>(data["recomputePreview"]["edges"][0]["node"].clone())
        };
        assert_eq!(moves("V").await?, json!({ "request": { "id": id }, "moves": [] }));
        let declare = "mutation { declareDays(calendar: \"town\", idempotencyKey: \"d\", days: [
            { date: \"2024-05-14\", name: \"大风停工\", kind: LocalOff }
        ]) { refusal { code } } }";
        leader.ask(declare, json!({})).await?;
        let shown = moves("V").await?;
        let moved = shown["moves"].as_array().cloned().unwrap_or_default();
        let kinds: Vec<_> = moved.iter().map(|m| (m["is"]["kind"].clone(), m["assignment"].clone())).collect();
        assert_eq!(
            kinds,
            [(json!("Finish"), json!(1)), (json!("Committed"), json!(null))],
            "a day later, each: {shown}"
        );
        assert_eq!(moved[0]["was"], "2024-05-15T17:30:00+08:00");
        assert_eq!(moved[0]["is"]["due"], "2024-05-16T17:30:00+08:00");
        assert_eq!(moved[0]["minutes"], 24 * 60);
        assert!(
            moved[0]["is"]["stretches"].as_array().is_some_and(|days| days.iter().any(|d| d["name"] == "大风停工"))
        );
        assert_eq!(moves("G2").await?, json!(null), "nothing is open there");
        let cadres = cadre.ask(preview, json!({ "unit": "V" })).await?;
        assert_eq!(cadres["recomputePreview"]["edges"], json!([]), "who does not keep the register moves nothing");

        let order = "mutation($id: ID!) { recompute(request: $id, reason: \"大风停工\", idempotencyKey: \"r\") {
            refusal { code } request { committedBy handle { finishBy } }
        } }";
        let done = leader.ask(order, json!({ "id": id })).await?;
        assert_eq!(done["recompute"]["request"]["handle"]["finishBy"], "2024-05-16T17:30:00+08:00");
        assert_eq!(leader.ask(order, json!({ "id": id })).await?, done, "the same key gives the first answer");
        assert_eq!(moves("V").await?["moves"], json!([]), "nothing is left to move");
        let journal = "query($id: ID!) { request(id: $id) { journal(first: 9) { edges { node { kind words limits { kind } } } } } }";
        let data = leader.ask(journal, json!({ "id": id })).await?;
        let last = data["request"]["journal"]["edges"].as_array().and_then(|edges| edges.last().cloned());
        let kinds = json!([{ "kind": "Finish" }, { "kind": "Committed" }]);
        assert_eq!(last, Some(json!({ "node": { "kind": "Recomputed", "words": "大风停工", "limits": kinds } })));
        api.close().await
    });
}

#[test]
fn what_a_corrected_matter_comes_to_is_shown_before_it_is_done() {
    on_a_town_with_limits(|api| async move {
        let (logger, holder, next) = (api.client("P5").await?, api.client("P2").await?, api.client("P6").await?);
        let (id, _) = log(&logger, "1", input("H11", "water-pipe")).await?;
        let preview = "query($id: ID!, $matter: String!) { correctionPreview(request: $id, matter: $matter) {
            keeps post { code } person { code } limits { kind due } refusal { code }
        } }";
        let shown = async |matter: &str| {
            let data = holder.ask(preview, json!({ "id": id, "matter": matter })).await?;
            Ok::<_, Trouble>(data["correctionPreview"].clone())
        };
        let lamp = shown("street-lamp").await?;
        let limits = lamp["limits"].as_array().cloned().unwrap_or_default();
        assert_eq!(limits[0]["kind"], "Accept");
        let expected = [
            json!({ "kind": "Finish", "due": "2024-05-08T17:30:00+08:00" }),
            json!({ "kind": "Committed", "due": "2024-05-15T17:30:00+08:00" }),
            json!({ "kind": "Statutory", "due": "2024-05-31T17:30:00+08:00" }),
        ];
        assert_eq!(limits[1..], expected);
        let who = (&lamp["keeps"], &lamp["post"]["code"], &lamp["person"]["code"], &lamp["refusal"]);
        assert_eq!(who, (&json!(false), &json!("V-RC"), &json!("P6"), &json!(null)));
        assert_eq!(shown("cadre-conduct").await?["refusal"]["code"], "AccusedMissing");
        assert_eq!(shown("no-such-matter").await?["refusal"]["code"], "UnknownMatter");
        let strangers = next.ask(preview, json!({ "id": id, "matter": "street-lamp" })).await?;
        assert_eq!(strangers["correctionPreview"]["refusal"]["code"], "NotAllowed", "looking asks for the same right");

        let order = "mutation($id: ID!) {
            correctMatter(request: $id, matter: \"street-lamp\", reason: \"其实是路灯\", idempotencyKey: \"c\") {
                refusal { code } request { matter { code } committedBy handle { post { code } finishBy } }
            }
        }";
        let done = logger.ask(order, json!({ "id": id })).await?;
        let request = &done["correctMatter"]["request"];
        assert_eq!(request["matter"]["code"], "street-lamp", "{done}");
        let handle = json!({ "post": { "code": "V-RC" }, "finishBy": "2024-05-08T17:30:00+08:00" });
        assert_eq!(request["handle"], handle, "as it was shown");
        let journal = "query($id: ID!) { request(id: $id) { journal(first: 9) { edges { node {
            kind words ends matter { code }
        } } } } }";
        let data = logger.ask(journal, json!({ "id": id })).await?;
        let entries = data["request"]["journal"]["edges"].clone();
        assert_eq!(entries[0]["node"]["matter"]["code"], "water-pipe");
        let last = json!({ "node": { "kind": "Corrected", "words": "其实是路灯", "ends": 1,
            "matter": { "code": "street-lamp" } } });
        assert_eq!(entries[1], last);
        let told = "{ notices { edges { node { kind } } } }";
        let kinds = async |client: &Client| {
            let data = client.ask(told, json!({})).await?;
            Ok::<_, Trouble>(data["notices"]["edges"][0]["node"]["kind"].clone())
        };
        assert_eq!(kinds(&next).await?, "Assigned");
        assert_eq!(kinds(&holder).await?, "Taken");
        assert_eq!(kinds(&logger).await?, json!(null), "nobody is told of what they did themselves");
        api.close().await
    });
}
