//! Who is there, as a client reads and orders it: duty rosters, changes of duty, absences.

use std::future::Future;

use liandong_tests::{
    client::Client,
    fixtures, on_both_stores,
    stores::{Kind, Trouble},
    town::{self, instant},
};
use serde_json::{Value, json};

use super::{Api, input, log, order};

/// On a Tuesday of the week that is P9's; the one after it is left to nobody.
fn on_a_town_with_rosters<F: Future<Output = Result<(), Trouble>>>(test: impl FnOnce(Api) -> F) {
    town::run(Kind::Sqlite, fixtures::register("roster"), |town| async {
        let api = Api::of(town).await?;
        api.town.clock.set(instant("2026-11-24T09:00:00+08:00")?);
        test(api).await
    });
}

/// A change of the register: the code of the refusal, or `done`.
async fn change(client: &Client, key: &str, mutation: &str) -> Result<String, Trouble> {
    let (name, args) = mutation.split_once('(').ok_or("no arguments")?;
    let args = args.strip_suffix(')').ok_or("no end")?;
    let query =
        format!("mutation {{ it: {name}({args}, idempotencyKey: \"{key}\") {{ position refusal {{ code zh }} }} }}");
    let data = client.ask(&query, Value::Null).await?;
    match data["it"]["refusal"]["code"].as_str() {
        Some(code) => Ok(code.to_owned()),
        None => data["it"]["position"].as_i64().map(|_| "done".to_owned()).ok_or_else(|| data.to_string().into()),
    }
}

const STINT: &str = "posts postsZh since until gap empty exclusive
    people { person { code } roster name kindZh shift by { code } absent } changes { code }";

#[test]
fn who_is_on_duty_is_read_for_now_and_for_any_other_time() {
    on_a_town_with_rosters(|api| async move {
        let client = api.client("P2").await?;
        let query = format!("query($at: Instant) {{ onDuty(unit: \"V\", at: $at) {{ {STINT} }} }}");
        let now = client.ask(&query, Value::Null).await?;
        let week = json!([{
            "posts": "StandingCadre", "postsZh": "村常务干部",
            "since": "2026-11-23T00:00:00+08:00", "until": "2026-11-30T00:00:00+08:00",
            "gap": false, "empty": false, "exclusive": true, "changes": [],
            "people": [{
                "person": { "code": "P9" }, "roster": "V-SP", "name": "便民服务点坐班", "kindZh": "坐班",
                "shift": "2026-01-05#46", "by": null, "absent": false,
            }],
        }]);
        assert_eq!(now["onDuty"], week);
        let then = client.ask(&query, json!({ "at": "2026-11-29T23:59:59+08:00" })).await?;
        assert_eq!(then["onDuty"], week);
        let next = client.ask(&query, json!({ "at": "2026-12-01" })).await?;
        let next = &next["onDuty"][0];
        assert_eq!(
            (&next["empty"], &next["gap"], &next["exclusive"], &next["people"]),
            (&json!(true), &json!(false), &json!(true), &json!([]))
        );
        let nobody = client.ask("{ onDuty(unit: \"G1\") { gap } }", Value::Null).await?;
        assert_eq!(nobody["onDuty"], json!([]), "where no roster is nobody is on duty");
        api.close().await
    });
}

#[test]
fn the_roster_shows_each_change_of_duty_with_its_history() {
    on_a_town_with_rosters(|api| async move {
        let (owner, taker, reader) = (api.client("P9").await?, api.client("P5").await?, api.client("P2").await?);
        let offer = "offerSwap(roster: \"V-SP\", shift: \"2026-01-05#49\", reason: \"进城\")";
        assert_eq!(change(&owner, "a", offer).await?, "done");
        // The same key gives the same answer and no second offer.
        assert_eq!(change(&owner, "a", offer).await?, "done");
        let offers = "{ dutyChanges(unit: \"V\", stage: Offered) { count items { code in { code } shift since } } }";
        let open = reader.ask(offers, Value::Null).await?;
        assert_eq!(
            open["dutyChanges"],
            json!({ "count": 1, "items": [
                { "code": "DUTY-1", "in": null, "shift": "2026-01-05#49", "since": "2026-12-14T00:00:00+08:00" },
            ] })
        );
        assert_eq!(change(&taker, "b", "takeSwap(change: \"DUTY-1\")").await?, "done");
        assert_eq!(reader.ask(offers, Value::Null).await?["dutyChanges"]["count"], 0);
        let query = "{ dutyRoster(unit: \"V\", from: \"2026-12-14\", to: \"2026-12-21\") {
            since until changes { code }
            people { person { code } shift by {
                code roster kind kindZh stage stageZh shift since until out { code } in { code } offeredTo { code }
                against reason history {
                    at what whatZh acted { kind person { code } } responsible { code }
                    onBehalfOf { kind } byOrderOf { kind }
                }
            } }
        } }";
        let shown = reader.ask(query, Value::Null).await?;
        let step = |what: &str, zh: &str, acted: &str, at: &Value| {
            json!({
                "at": at, "what": what, "whatZh": zh, "acted": { "kind": "Person", "person": { "code": acted } },
                "responsible": { "code": "P9" }, "onBehalfOf": null, "byOrderOf": null,
            })
        };
        let by = &shown["dutyRoster"][0]["people"][0]["by"];
        let at = |no: usize| &by["history"][no]["at"];
        assert_eq!(
            shown["dutyRoster"],
            json!([{
                "since": "2026-12-14T00:00:00+08:00", "until": "2026-12-21T00:00:00+08:00",
                "changes": [{ "code": "DUTY-1" }],
                "people": [{ "person": { "code": "P5" }, "shift": "2026-01-05#49", "by": {
                    "code": "DUTY-1", "roster": "V-SP", "kind": "Swap", "kindZh": "换班", "stage": "InForce",
                    "stageZh": "已生效", "shift": "2026-01-05#49", "since": "2026-12-14T00:00:00+08:00",
                    "until": "2026-12-21T00:00:00+08:00", "out": { "code": "P9" }, "in": { "code": "P5" },
                    "offeredTo": null, "against": null, "reason": null,
                    "history": [step("Offered", "发起换班", "P9", at(0)), step("Taken", "接班", "P5", at(1))],
                } }],
            }])
        );
        assert!(at(0).as_str() <= at(1).as_str() && at(0).is_string(), "{by}");
        // Why is for who takes part, and not for everybody who reads the roster.
        for party in [&owner, &taker] {
            let shown = party.ask(query, Value::Null).await?;
            assert_eq!(shown["dutyRoster"][0]["people"][0]["by"]["reason"], "进城");
        }
        api.close().await
    });
}

#[test]
fn what_the_roster_shows_is_what_routing_uses() {
    on_a_town_with_rosters(|api| async move {
        let (superior, leader) = (api.client("P6").await?, api.client("P2").await?);
        let shown = "{ onDuty(unit: \"V\") { people { person { code } } } }";
        for (no, (cover, person)) in
            [("in: \"P5\", out: \"P9\"", "P5"), ("in: \"P10\", out: \"P5\"", "P10")].into_iter().enumerate()
        {
            let arrange = format!(
                "arrangeCover(input: {{ roster: \"V-SP\", {cover}, to: \"2026-11-27\", reason: \"主任住院\" }})"
            );
            assert_eq!(change(&superior, &no.to_string(), &arrange).await?, "done");
            let on_duty = leader.ask(shown, Value::Null).await?;
            assert_eq!(on_duty["onDuty"][0]["people"], json!([{ "person": { "code": person } }]));
            let (id, _) = log(&leader, &format!("log{no}"), super::input("H11", "water-pipe")).await?;
            assert_eq!(order(&leader, "escalate", &id, "reason: \"要换总管\",").await?, "done");
            let query = "query($id: ID!) { request(id: $id) { handle { person { code } } } }";
            let handled = leader.ask(query, json!({ "id": id })).await?;
            assert_eq!(handled["request"]["handle"]["person"]["code"], person);
        }
        api.close().await
    });
}

#[test]
fn a_roster_is_set_up_changed_and_ended_and_read_as_it_is_kept() {
    on_a_town_with_rosters(|api| async move {
        let (leader, cadre) = (api.client("P8").await?, api.client("P6").await?);
        let rota = "{ name: \"夜间值守\", kind: Night, on: [Every], hours: \"18:00-08:00\", turn: Daily,
            start: \"2026-11-24\", order: [\"P5\", \"-\", \"P9\"] }";
        let new =
            format!("setUpRoster(input: {{ code: \"V-NIGHT\", unit: \"V\", posts: StandingCadre, rota: {rota} }})");
        assert_eq!(change(&cadre, "a", &new).await?, "NotYourRegister");
        assert_eq!(change(&leader, "a", &new).await?, "done");
        let shorter = rota.replace("\"-\", ", "");
        let later = format!("changeRoster(roster: \"V-NIGHT\", rota: {shorter}, from: \"2026-12-01\")");
        assert_eq!(change(&leader, "b", &later).await?, "done");
        assert_eq!(change(&leader, "c", "endRoster(roster: \"V-NIGHT\", from: \"2026-12-31\")").await?, "done");
        let query = "{ rosters(unit: \"V\") { count items {
            code name kind kindZh posts exclusive on handOver hours turn weekBegins width start order { code } since until
        } } }";
        let kept = cadre.ask(query, Value::Null).await?;
        assert_eq!(kept["rosters"]["count"], 3);
        let (first, second) = (&kept["rosters"]["items"][0], &kept["rosters"]["items"][1]);
        assert_eq!(
            *second,
            json!({
                "code": "V-NIGHT", "name": "夜间值守", "kind": "Night", "kindZh": "夜间值班", "posts": "StandingCadre",
                "exclusive": false, "on": ["Every"], "handOver": "00:00", "hours": "18:00-08:00", "turn": "Daily",
                "weekBegins": "Monday", "width": 1, "start": "2026-11-24", "order": [{ "code": "P5" }, { "code": "P9" }],
                "since": "2026-12-01T00:00:00+08:00", "until": "2026-12-31T00:00:00+08:00",
            })
        );
        assert_eq!(first["order"], json!([{ "code": "P5" }, null, { "code": "P9" }]));
        assert_eq!(first["until"], second["since"]);
        api.close().await
    });
}

#[test]
fn an_argument_about_duty_that_cannot_be_read_is_named() {
    on_a_town_with_rosters(|api| async move {
        let client = api.client("P8").await?;
        let rota = |what: &str| {
            let all = format!(
                "name: \"x\", kind: Night, on: [Every], turn: Daily, start: \"2026-11-24\", order: [\"P5\"], {what}"
            );
            format!("changeRoster(roster: \"V-SP\", rota: {{ {all} }}, idempotencyKey: \"k\")")
        };
        let cover = |what: &str| {
            format!("arrangeCover(input: {{ roster: \"V-SP\", reason: \"x\", {what} }}, idempotencyKey: \"k\")")
        };
        for (mutation, argument) in [
            ("offerSwap(roster: \"V-SP\", shift: \"monday\", idempotencyKey: \"k\")".to_owned(), "`shift`"),
            ("offerSwap(roster: \"a b\", shift: \"2026-01-05#1\", idempotencyKey: \"k\")".to_owned(), "`roster`"),
            ("takeSwap(change: \"DUTY-1\", against: \"#1\", idempotencyKey: \"k\")".to_owned(), "`against`"),
            ("undoDutyChange(change: \"\", idempotencyKey: \"k\")".to_owned(), "`change`"),
            (cover("to: \"2026-12-01\""), "`in`"),
            (cover("in: \"P5\""), "`to`"),
            (cover("in: \"P5\", shift: \"2026-01-05#47\", to: \"2026-12-01\""), "`to`"),
            (cover("in: \"P 5\", to: \"2026-12-01\""), "`in`"),
            (rota("hours: \"all day\""), "`rota.hours`"),
            (rota("handOver: \"8 Uhr\""), "`rota.handOver`"),
            (rota("width: 256"), "`rota.width`"),
        ] {
            let query = format!("mutation {{ it: {mutation} {{ position }} }}");
            let reply = client.post(&query, Value::Null).await?;
            assert_eq!(reply.error_code(), "BAD_INPUT", "{mutation}: {}", reply.text);
            let message = reply.json()["errors"][0]["message"].as_str().unwrap_or_default().to_owned();
            assert!(message.starts_with(argument), "{message}");
        }
        let days = "{ dutyRoster(unit: \"V\", from: \"2026-01-01\", to: \"2026-12-01\") { gap } }";
        let reply = client.post(days, Value::Null).await?;
        assert_eq!(reply.error_code(), "BAD_INPUT", "a hundred days at most: {}", reply.text);
        api.close().await
    });
}

#[test]
fn whoever_a_change_of_duty_or_an_absence_concerns_reads_it_as_a_notice() {
    on_a_town_with_rosters(|api| async move {
        let (owner, taker, other) = (api.client("P9").await?, api.client("P5").await?, api.client("P10").await?);
        let superior = api.client("P6").await?;
        let query = "{ notices { edges { node {
            kind kindZh urgency deliverAt over request { id } assignment
            dutyChange { code stage out { code } } absence { code person { code } }
        } } } }";
        let told = |kind: &str, zh: &str, over: bool, stage: &str| {
            json!({ "node": {
                "kind": kind, "kindZh": zh, "urgency": "Digest", "deliverAt": "2026-11-30T08:35:00+08:00",
                "over": over, "request": null, "assignment": null,
                "dutyChange": { "code": "DUTY-1", "stage": stage, "out": { "code": "P9" } }, "absence": null,
            } })
        };
        let offer = "offerSwap(roster: \"V-SP\", shift: \"2026-01-05#49\", reason: \"进城\")";
        assert_eq!(change(&owner, "a", offer).await?, "done");
        for who in [&taker, &other] {
            let found = who.ask(query, Value::Null).await?;
            assert_eq!(found["notices"]["edges"], json!([told("SwapOffered", "有班可接", false, "Offered")]));
        }
        assert_eq!(owner.ask(query, Value::Null).await?["notices"]["edges"], json!([]), "that was oneself");
        assert_eq!(change(&taker, "b", "takeSwap(change: \"DUTY-1\")").await?, "done");
        let found = owner.ask(query, Value::Null).await?;
        assert_eq!(found["notices"]["edges"], json!([told("SwapTaken", "您的班已有人接", false, "InForce")]));
        let found = other.ask(query, Value::Null).await?;
        let gone = told("SwapGone", "该班已有他人接", false, "InForce");
        assert_eq!(found["notices"]["edges"], json!([gone, told("SwapOffered", "有班可接", true, "InForce")]));
        // An absence from now on, recorded by somebody else: told at once to both.
        let away =
            "recordAbsence(input: { person: \"P9\", to: \"2026-11-27\", reason: \"住院\", substitute: \"P10\" })";
        assert_eq!(change(&superior, "c", away).await?, "done");
        for (who, kind) in [(&owner, "AbsenceRecorded"), (&other, "StandIn")] {
            let newest = who.ask(query, Value::Null).await?["notices"]["edges"][0]["node"].clone();
            assert_eq!(
                (&newest["kind"], &newest["urgency"], &newest["dutyChange"], &newest["absence"]),
                (&json!(kind), &json!("Prompt"), &Value::Null, &json!({ "code": "ABS-1", "person": { "code": "P9" } }))
            );
        }
        assert_eq!(superior.ask(query, Value::Null).await?["notices"]["edges"], json!([]));
        // Another rota: told to who stands in it, and to who does no longer. The swap ends with it, which the owner is told
        // as well.
        let ends = "endRoster(roster: \"V-SP\", from: \"2026-11-28T00:00:00+08:00\")";
        assert_eq!(change(&api.client("P8").await?, "d", ends).await?, "done");
        for (who, place) in [(&owner, 1), (&other, 0)] {
            let newest = "{ notices(first: 2) { edges { node { kind kindZh urgency over request { id } roster { code until } } } } }";
            assert_eq!(
                who.ask(newest, Value::Null).await?["notices"]["edges"][place]["node"],
                json!({
                    "kind": "RosterChanged", "kindZh": "值班安排已调整", "urgency": "Prompt", "over": false, "request": null,
                    "roster": { "code": "V-SP", "until": "2026-11-28T00:00:00+08:00" },
                })
            );
        }
        api.close().await
    });
}

on_both_stores! {
    "roster" => async fn who_stands_in_and_who_comes_back_have_a_list_of_what_was_handed_over_and_back(town) {
        let api = Api::of(town).await?;
        api.town.clock.set(instant("2026-11-24T09:00:00+08:00")?);
        let (logger, lead) = (api.client("P1").await?, api.client("P2").await?);
        let (absent, instead, superior) = (api.client("P9").await?, api.client("P10").await?, api.client("P6").await?);
        // The village's cadre on duty has one case in hand and one that waits.
        let mut ids = Vec::new();
        let climbs = async |key: &str| {
            let (id, _) = log(&logger, key, input("H11", "water-pipe")).await?;
            order(&lead, "escalate", &id, "reason: \"要换总管\",").await?;
            Ok::<_, Trouble>(id)
        };
        ids.push(climbs("a").await?);
        api.town.clock.set(instant("2026-11-24T09:10:00+08:00")?);
        ids.push(climbs("b").await?);
        order(&absent, "accept", &ids[1], "").await?;
        let away =
            "recordAbsence(input: { person: \"P9\", to: \"2026-11-27\", reason: \"住院\", substitute: \"P10\" })";
        assert_eq!(change(&superior, "away", away).await?, "done");
        // One comes meanwhile; the first is done by who stands in.
        ids.push(climbs("c").await?);
        order(&instead, "accept", &ids[0], "").await?;
        order(&instead, "resolve", &ids[0], "outcome: Solved, words: \"修好了\", faceToFace: false,").await?;
        let list = "{ stoodIn(absence: \"ABS-1\") {
            assignment { no person { code } request { id } endedHow }
            takenFrom { no person { code } } back { no person { code } }
        } }";
        let one = |id: &str, no: u16, ended: Value, taken: Option<u16>, back: Option<u16>| {
            let own = |no: Option<u16>| no.map(|no| json!({ "no": no, "person": { "code": "P9" } }));
            json!({
                "assignment": { "no": no, "person": { "code": "P10" }, "request": { "id": id }, "endedHow": ended },
                "takenFrom": own(taken), "back": own(back),
            })
        };
        let while_away = json!([
            one(&ids[2], 2, Value::Null, None, None),
            one(&ids[1], 3, Value::Null, Some(2), None),
            one(&ids[0], 3, json!("Resolved"), Some(2), None),
        ]);
        for who in [&absent, &instead, &superior] {
            assert_eq!(who.ask(list, Value::Null).await?["stoodIn"], while_away);
        }
        assert_eq!(change(&absent, "back", "endAbsence(absence: \"ABS-1\")").await?, "done");
        let at_the_end = json!([
            one(&ids[2], 2, json!("HandedOver"), None, Some(3)),
            one(&ids[1], 3, json!("HandedOver"), Some(2), Some(4)),
            one(&ids[0], 3, json!("Resolved"), Some(2), None),
        ]);
        for who in [&absent, &instead, &superior] {
            assert_eq!(who.ask(list, Value::Null).await?["stoodIn"], at_the_end);
        }
        // Who sees none of the requests sees no line of it; and an absence for other matters has nothing to do with it.
        let stranger = api.client("P3").await?;
        assert_eq!(stranger.ask(list, Value::Null).await?["stoodIn"], json!([]));
        let other = "recordAbsence(input: { person: \"P9\", to: \"2026-12-27\", reason: \"避嫌\", matters: [\"street-lamp\"] })";
        assert_eq!(change(&superior, "other", other).await?, "done");
        let none = superior.ask("{ stoodIn(absence: \"ABS-2\") { assignment { no } } }", Value::Null).await?;
        assert_eq!(none["stoodIn"], json!([]));
        let unknown = superior.post("{ stoodIn(absence: \"ABS-9\") { assignment { no } } }", Value::Null).await?;
        assert_eq!(unknown.error_code(), "BAD_INPUT");
        api.close().await
    }
}

#[test]
fn absences_are_read_by_unit_and_by_person() {
    on_a_town_with_rosters(|api| async move {
        let (cadre, superior) = (api.client("P9").await?, api.client("P6").await?);
        let own = "recordAbsence(input: { person: \"P9\", to: \"2026-11-27\", reason: \"住院\", substitute: \"P10\" })";
        assert_eq!(change(&cadre, "a", own).await?, "done");
        let some = "recordAbsence(input: { person: \"P5\", from: \"2026-12-01\", to: \"2026-12-03\", reason: \"避嫌\",
            matters: [\"water-pipe\"] })";
        assert_eq!(change(&superior, "a", some).await?, "done");
        let fields = "code person { code } since until running reason matters { code } substitute { code }
            recordedBy { code } endedAt";
        let query = format!("{{ absences(unit: \"V\") {{ count items {{ {fields} }} }} }}");
        let all = superior.ask(&query, Value::Null).await?;
        let later = json!({
            "code": "ABS-2", "person": { "code": "P5" }, "since": "2026-12-01T00:00:00+08:00",
            "until": "2026-12-03T00:00:00+08:00", "running": false, "reason": "避嫌",
            "matters": [{ "code": "water-pipe" }], "substitute": null, "recordedBy": { "code": "P6" }, "endedAt": null,
        });
        assert_eq!(all["absences"]["count"], 2);
        assert_eq!(all["absences"]["items"][0], later);
        let running = &all["absences"]["items"][1];
        assert_eq!(
            (&running["code"], &running["running"], &running["matters"], &running["substitute"]["code"]),
            (&json!("ABS-1"), &json!(true), &Value::Null, &json!("P10"))
        );
        // Whoever is on duty and away is shown so, and is back when that is said.
        let absent = "{ onDuty(unit: \"V\") { people { person { code absences { code } } absent } } }";
        let shown = cadre.ask(absent, Value::Null).await?;
        let person = json!({ "code": "P9", "absences": [{ "code": "ABS-1" }] });
        assert_eq!(shown["onDuty"][0]["people"], json!([{ "person": person, "absent": true }]));
        assert_eq!(change(&cadre, "b", "endAbsence(absence: \"ABS-1\")").await?, "done");
        let shown = cadre.ask(absent, Value::Null).await?;
        let person = json!({ "code": "P9", "absences": [] });
        assert_eq!(shown["onDuty"][0]["people"], json!([{ "person": person, "absent": false }]));
        let query =
            format!("{{ person(code: \"P5\") {{ absences {{ {fields} }} }} absences(unit: \"V\") {{ count }} }}");
        let one = superior.ask(&query, Value::Null).await?;
        assert_eq!(one["person"]["absences"], json!([later]));
        assert_eq!(one["absences"]["count"], 1);
        let none = superior.ask("{ absences(unit: \"G2\") { count } }", Value::Null).await?;
        assert_eq!(none["absences"]["count"], 0, "those of another place are not of this one");
        api.close().await
    });
}

#[test]
fn a_receipt_reads_nothing_about_who_is_there() {
    on_a_town_with_rosters(|api| async move {
        let leader = api.client("P2").await?;
        let (_, receipt) = log(&leader, "1", super::input("H11", "water-pipe")).await?;
        let citizen = api.serving.client.receipt(&receipt);
        for query in [
            "{ onDuty(unit: \"V\") { gap } }",
            "{ dutyRoster(unit: \"V\", from: \"2026-11-24\", to: \"2026-11-25\") { gap } }",
            "{ dutyChanges(unit: \"V\") { count } }",
            "{ rosters(unit: \"V\") { count } }",
            "{ absences(unit: \"V\") { count } }",
        ] {
            let reply = citizen.post(query, Value::Null).await?;
            assert_eq!(reply.error_code(), "FORBIDDEN", "{query}: {}", reply.text);
        }
        let offer = "offerSwap(roster: \"V-SP\", shift: \"2026-01-05#49\")";
        assert_eq!(change(&citizen, "a", offer).await?, "NotYourDuty");
        api.close().await
    });
}
