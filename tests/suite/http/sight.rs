//! Who gets in, and who sees what.

use std::collections::{BTreeMap, BTreeSet};

use hyper::Method;
use liandong_engine::rules::{
    absence::{Scope, Substitute},
    instant::Instant,
    post::Rank,
    register::command::{Command as Change, NewAbsence},
};
use liandong_graphql_api::Config;
use liandong_tests::{client::Client, on_both_stores, stores::Trouble};
use serde_json::{Value, json};

use super::{Api, GRAPHQL, JSON, LOG, ids, input, log, on_hamlet, order, raw};

fn operations() -> Vec<(Method, String, String)> {
    let post = |body: Value| (Method::POST, "/graphql".to_owned(), body.to_string());
    vec![
        post(json!({ "query": "{ me { kind } }" })),
        post(json!({ "query": "{ __typename }" })),
        post(json!({ "query": "{ __schema { types { name } } }" })),
        post(json!({ "query": "{ __type(name: \"Request\") { fields { name } } }" })),
        post(json!({ "query": "{ matters { edges { node { name } } } }" })),
        post(json!({ "query": "{ no such thing" })),
        post(json!({ "query": "mutation { withdraw(request: \"x\", reason: \"y\", idempotencyKey: \"z\") { id } }" })),
        post(json!({ "query": LOG, "variables": { "input": input("H11", "water-pipe"), "key": "k" } })),
        post(json!([{ "query": "{ me { kind } }" }])),
        (Method::POST, "/graphql".to_owned(), "{".to_owned()),
        (Method::POST, "/graphql".to_owned(), String::new()),
        (Method::GET, "/graphql?query=%7Bme%7Bkind%7D%7D".to_owned(), String::new()),
        (Method::GET, "/graphql?query=%7B__schema%7BqueryType%7Bname%7D%7D%7D".to_owned(), String::new()),
        (Method::GET, "/graphql".to_owned(), String::new()),
    ]
}

#[test]
fn without_a_good_token_every_operation_is_answered_401_and_nothing_else() {
    on_hamlet(|api| async move {
        let revoked = api.token("P5").await?;
        let good = api.serving.client.bearer(&revoked);
        assert_eq!(good.ask("{ me { person { code } } }", Value::Null).await?["me"]["person"]["code"], "P5");
        assert_eq!(api.town.engine.revoke_tokens(&"P5".parse()?).await?, 1);
        // An identity is believed for a while.
        api.later(i64::try_from(Config::default().identity_time.as_micros())?);
        let before = api.town.engine.feed().position();
        let wrong = [
            api.serving.client.clone(),
            good,
            api.serving.client.bearer("ld_0000000000000000000000000000000000000000000000000000000000000000"),
            api.serving.client.bearer("ld_"),
            api.serving.client.bearer(""),
            api.serving.client.bearer("x' OR '1'='1"),
            api.serving.client.bearer(&format!("ld_{}", "x".repeat(5_000))),
            api.serving.client.receipt("2222-3333-4444"),
            api.serving.client.receipt("%"),
            api.serving.client.receipt(""),
        ];
        for client in &wrong {
            for (method, path, body) in operations() {
                let headers = [("content-type", JSON), ("accept", GRAPHQL)];
                let reply = client.send(method, &path, &headers, body.clone()).await?;
                let errors = reply.json();
                assert_eq!(reply.status, 401, "{path} {body}: {}", reply.text);
                assert_eq!(reply.error_code(), "UNAUTHENTICATED");
                assert_eq!(errors.as_object().map(|o| o.keys().collect::<Vec<_>>()), Some(vec![&"errors".to_owned()]));
                assert_eq!(errors["errors"].as_array().map(Vec::len), Some(1));
            }
        }
        assert_eq!(api.town.engine.feed().position(), before, "nothing happened");
        let head = raw(&api.serving, b"GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await?;
        assert!(head.to_ascii_lowercase().contains("\r\nwww-authenticate: bearer"), "{head}");
        api.close().await
    });
}

/// Everything that a request shows, as far as it goes without the map.
const WHOLE: &str = "fragment Whole on Request {
    id words channel stage stageZh returns reopened events outcome question loggedAt closedAt
    matter { code name rungs { no kind } } place { code name above { name } }
    citizen { name phone } accused { code name }
    loggedBy { kind person { code name phone } }
    resolution { outcome words post { name } person { name } rung }
    told { whom how by { name } } rating { satisfied words }
    handle { no post { name } person { code name phone } } relay { no person { name } }
    assignments { no person { name } }
    journal(first: 100) { edges { node { seq kind words acted { kind person { name } } responsible { name }
        opens { person { name } account { found { person { name } } passed { post { name } } } } } } }
}";

#[test]
fn a_receipt_sees_its_own_request_only_and_nobody_who_handles_it() {
    on_hamlet(|api| async move {
        let cadre = api.client("P5").await?;
        let (mine, receipt) = log(&cadre, "1", input("H11", "water-pipe")).await?;
        let (other, _) = log(&cadre, "2", input("H11", "street-lamp")).await?;
        let handler = api.client("P2").await?;
        assert_eq!(order(&handler, "escalate", &mine, "reason: \"要换主管\"").await?, "done");
        let citizen = api.serving.client.receipt(&format!("{}-{} ", &receipt[..4].to_lowercase(), &receipt[4..]));

        let query = format!(
            "query($other: ID!, $mine: ID!) {{
                me {{ kind person {{ code }} request {{ id }} }}
                mine: request(id: $mine) {{ ...Whole }}
                other: request(id: $other) {{ id }}
                requests(first: 1) {{ edges {{ node {{ ...Whole }} }} pageInfo {{ hasNextPage }} }}
                notices {{ edges {{ node {{ kind }} }} }}
            }} {WHOLE}"
        );
        let reply = citizen.post(&query, json!({ "other": other, "mine": mine })).await?;
        let data = reply.data()?;
        assert_eq!(data["me"], json!({ "kind": "Citizen", "person": null, "request": { "id": mine } }));
        assert_eq!(data["other"], Value::Null);
        assert_eq!(ids(&data["requests"], "/id"), BTreeSet::from([mine.clone()]));
        assert_eq!(data["notices"]["edges"], json!([]));
        assert_eq!(data["mine"]["citizen"], json!({ "name": "韦某某", "phone": "18912345678" }));
        assert_eq!(data["mine"]["stage"], "Routed");
        assert_eq!(data["mine"]["journal"]["edges"].as_array().map(Vec::len), Some(2));
        let people = &api.town.engine.world().register().people.clone();
        let posts = &api.town.engine.world().register().posts.clone();
        let shown = reply.text.replace("韦水生户", "");
        for name in people.iter().map(|p| &p.name).chain(posts.iter().map(|p| &p.name)) {
            assert!(!shown.contains(name.as_str()), "{name} in {shown}");
        }

        // What is not about the one request is not for a receipt.
        for query in [
            "{ assignments { edges { node { no } } } }",
            "{ escalations { edges { node { reason opens { person { name } } } } } }",
            "{ unit(code: \"V\") { name } }",
            "{ post(code: \"V-SC\") { name } }",
            "{ person(code: \"P5\") { name } }",
            "{ chain(place: \"H11\") { person { name } } }",
            "{ matters { edges { node { name } } } }",
            "{ coverage { asOf } }",
            "{ workload(unit: \"V\") { handles } }",
            "{ responsibilityMap(root: \"V\") { cutOff } }",
            "{ whoIsResponsible(place: \"H11\", matter: \"water-pipe\") { unrouted } }",
            "{ me { request { place { chain { person { name } } } } } }",
            "{ me { request { place { posts { name } } } } }",
            "{ me { request { place { children { edges { node { name } } } } } } }",
        ] {
            let reply = citizen.post(query, Value::Null).await?;
            assert_eq!(reply.error_code(), "FORBIDDEN", "{query}: {}", reply.text);
        }

        // What the citizen may do, and what not.
        let asks = "question: \"哪天在家\"";
        let boss = api.client("P5").await?;
        assert_eq!(order(&citizen, "addNote", &mine, "text: \"在后院\"").await?, "done");
        assert_eq!(order(&citizen, "resume", &mine, "answer: \"在\"").await?, "WrongStage");
        assert_eq!(order(&boss, "askCitizen", &mine, asks).await?, "done");
        assert_eq!(order(&citizen, "resume", &mine, "answer: \"初八\"").await?, "done");
        for (name, args) in [
            ("resolve", "outcome: Solved, words: \"x\","),
            ("escalate", "reason: \"x\""),
            ("transfer", "to: \"V-SC\", reason: \"x\""),
            ("askCitizen", asks),
        ] {
            assert_eq!(order(&citizen, name, &mine, args).await?, "NotAllowed", "{name}");
        }
        for (name, args) in [("addNote", "text: \"x\""), ("withdraw", "reason: \"x\""), ("accept", "")] {
            assert_eq!(order(&citizen, name, &other, args).await?, "UnknownRequest", "{name}");
        }
        let logs = citizen.ask(LOG, json!({ "input": input("H11", "water-pipe"), "key": "c" })).await?;
        assert!(logs["logRequest"]["refusal"]["code"].is_string(), "{logs}");
        let changes = "mutation { renameUnit(unit: \"V\", name: \"x\", idempotencyKey: \"c1\") { refusal { code } } }";
        let changes = citizen.ask(changes, Value::Null).await?;
        assert_eq!(changes["renameUnit"]["refusal"]["code"], "NotYourRegister");
        assert_eq!(order(&boss, "resolve", &mine, "outcome: Solved, words: \"好了\", faceToFace: true").await?, "done");
        assert_eq!(order(&citizen, "rate", &mine, "satisfied: true,").await?, "done");
        assert_eq!(order(&cadre, "withdraw", &other, "reason: \"不要了\"").await?, "done");
        let done = citizen.post(&query, json!({ "other": other, "mine": mine })).await?;
        assert_eq!(done.data()?["mine"]["outcome"], "Solved");
        let shown = done.text.replace("韦水生户", "");
        for name in people.iter().map(|p| &p.name).chain(posts.iter().map(|p| &p.name)) {
            assert!(!shown.contains(name.as_str()), "{name} in {shown}");
        }
        api.close().await
    });
}

/// What everybody of the hamlet sees of some requests, by every way that there is.
async fn check_sight(api: &Api, named: &[(&str, &str)], expected: &[(&str, &[&str])]) -> Result<(), Trouble> {
    const LISTS: &str = "{
        requests(first: 100) { edges { node { id } } }
        escalations(first: 100) { edges { node { request { id } } } }
        assignments(first: 100) { edges { node { request { id } } } }
        ended: assignments(first: 100, filter: { ended: true }) { edges { node { request { id } } } }
        notices(first: 100) { edges { node { request { id } } } }
    }";
    let names: BTreeMap<&str, &str> = named.iter().map(|(name, id)| (*id, *name)).collect();
    for (who, sees) in expected {
        let client = api.client(who).await?;
        let sees: BTreeSet<&str> = sees.iter().copied().collect();
        let data = client.ask(LISTS, Value::Null).await?;
        let listed = ids(&data["requests"], "/id");
        let listed: BTreeSet<&str> = listed.iter().filter_map(|id| names.get(id.as_str()).copied()).collect();
        assert_eq!(listed, sees, "{who} in the list");
        for list in ["escalations", "assignments", "ended", "notices"] {
            for id in ids(&data[list], "/request/id") {
                assert!(sees.contains(names[id.as_str()]), "{who} in {list}: {}", names[id.as_str()]);
            }
        }
        for (name, id) in named {
            let one = client.ask(&format!("{{ request(id: \"{id}\") {{ id }} }}"), Value::Null).await?;
            assert_eq!(one["request"].is_object(), sees.contains(name), "{who} by the id of {name}");
            if !sees.contains(name) {
                for (act, args) in [("addNote", "text: \"x\""), ("accept", ""), ("withdraw", "reason: \"x\"")] {
                    assert_eq!(order(&client, act, id, args).await?, "UnknownRequest", "{who} {act} {name}");
                }
            }
        }
    }
    Ok(())
}

on_both_stores! {
    "hamlet" => async fn everybody_sees_the_requests_of_their_units_and_what_they_hold_or_held(town) {
        let api = Api::of(town).await?;
        let cadre = api.client("P5").await?;
        let (one, _) = log(&cadre, "1", input("H11", "water-pipe")).await?;
        let (two, _) = log(&cadre, "2", input("H21", "water-pipe")).await?;
        let (lamp, _) = log(&cadre, "3", input("H12", "street-lamp")).await?;
        let named = [("one", one.as_str()), ("two", &two), ("lamp", &lamp)];
        let all: &[&str] = &["one", "two", "lamp"];
        let first: &[&str] = &["one", "lamp"];
        let expected: &[(&str, &[&str])] = &[
            ("P1", first), ("P2", first), ("P3", &["two"]), ("P4", &[]), ("P5", all), ("P6", all), ("P7", all), ("P8", all),
        ];
        check_sight(&api, &named, expected).await?;
        // Who leaves the only post sees nothing any more, and with another one what they held.
        assert_eq!(order(&api.client("P2").await?, "escalate", &one, "reason: \"要换主管\"").await?, "done");
        let relieved = Change::Relieve { post: "G1-LEAD".parse()?, person: "P2".parse()?, successor: Some("P4".parse()?) };
        api.town.change(relieved).await?;
        api.later(1_000_000);
        check_sight(&api, &named, &[("P2", &[]), ("P4", first), ("P3", &["two"]), ("P8", all)]).await?;
        let appointed = Change::Appoint { post: "G2-LEAD".parse()?, person: "P2".parse()?, rank: Rank::Substitute };
        api.town.change(appointed).await?;
        api.later(1_000_000);
        check_sight(&api, &named, &[("P2", &["one", "two"])]).await?;
        api.close().await
    }

    "hamlet" => async fn a_request_about_conduct_is_not_there_for_whom_it_is_about_nor_for_those_below(town) {
        let api = Api::of(town).await?;
        let mut conduct = input("H12", "cadre-conduct");
        conduct["accused"] = json!(["P5"]);
        let (conduct, _) = log(&api.client("P2").await?, "1", conduct).await?;
        let (pipe, _) = log(&api.client("P2").await?, "2", input("H12", "water-pipe")).await?;
        let named = [("conduct", conduct.as_str()), ("pipe", &pipe)];
        let both: &[&str] = &["conduct", "pipe"];
        let expected: &[(&str, &[&str])] =
            &[("P1", &["pipe"]), ("P2", both), ("P3", &[]), ("P5", &["pipe"]), ("P6", both), ("P8", both)];
        check_sight(&api, &named, expected).await?;
        api.close().await
    }

    "hamlet" => async fn who_merely_watches_sees_the_matter_and_not_the_person(town) {
        let api = Api::of(town).await?;
        let (one, receipt) = log(&api.client("P5").await?, "1", input("H11", "water-pipe")).await?;
        let query = format!(
            "{{ one: request(id: \"{one}\") {{ ...Who }} requests {{ edges {{ node {{ ...Who }} }} }} }}
             fragment Who on Request {{ words citizen {{ name phone }} }}"
        );
        let known = json!({ "name": "韦某某", "phone": "18912345678" });
        let check = async |client: Client, who: &str, knows: bool| -> Result<(), Trouble> {
            let reply = client.post(&query, Value::Null).await?;
            let data = reply.data()?;
            let expected = if knows { &known } else { &Value::Null };
            assert_eq!(&data["one"]["citizen"], expected, "{who}");
            assert_eq!(&data["requests"]["edges"][0]["node"]["citizen"], expected, "{who} in a list");
            assert_eq!(data["one"]["words"], "水管破了", "{who}");
            assert_eq!(reply.text.contains("18912345678"), knows, "{who}");
            Ok(())
        };
        for (who, knows) in [("P1", true), ("P2", true), ("P5", true), ("P6", true), ("P8", false)] {
            check(api.client(who).await?, who, knows).await?;
        }
        check(api.serving.client.receipt(&receipt), "the citizen", true).await?;
        // Who gets it to handle needs to know.
        assert_eq!(order(&api.client("P2").await?, "escalate", &one, "reason: \"要换主管\"").await?, "done");
        assert_eq!(order(&api.client("P5").await?, "escalate", &one, "reason: \"镇里的管\"").await?, "done");
        check(api.client("P8").await?, "P8, who has it now", true).await?;
        api.close().await
    }

    "story-two-villages" => async fn what_somebody_held_elsewhere_is_not_for_their_new_superiors(town) {
        let api = Api::of(town).await?;
        log(&api.client("P1").await?, "1", input("H11", "street-lamp")).await?;
        let relieved = Change::Relieve { post: "V1-SC".parse()?, person: "P1".parse()?, successor: Some("P3".parse()?) };
        api.town.change(relieved).await?;
        let appointed = Change::Appoint { post: "G2-LEAD".parse()?, person: "P1".parse()?, rank: Rank::Substitute };
        api.town.change(appointed).await?;
        api.later(1_000_000);
        let query = "{ assignments(filter: { person: \"P1\", ended: true }) { edges { node { no request { words } } } } }";
        let own = api.client("P1").await?.ask(query, Value::Null).await?;
        assert_eq!(own["assignments"]["edges"][0]["node"]["request"]["words"], "水管破了");
        let new_superior = api.client("P2").await?.ask(query, Value::Null).await?;
        assert!(!new_superior.to_string().contains("水管破了"), "{new_superior}");
        let above_both = api.client("P5").await?.ask(query, Value::Null).await?;
        assert_eq!(above_both["assignments"]["edges"][0]["node"]["request"]["words"], "水管破了");
        api.close().await
    }

    "hamlet" => async fn who_holds_no_post_reads_nothing_but_who_they_are(town) {
        let api = Api::of(town).await?;
        let leader = api.client("P2").await?;
        let (mine, _) = log(&leader, "1", input("H12", "water-pipe")).await?;
        let (held, _) = log(&api.client("P5").await?, "2", input("H11", "water-pipe")).await?;
        assert_eq!(order(&leader, "escalate", &held, "reason: \"要换主管\"").await?, "done");
        let query = format!("{{
            requests {{ edges {{ node {{ id }} }} }} assignments {{ edges {{ node {{ no }} }} }}
            ended: assignments(filter: {{ ended: true }}) {{ edges {{ node {{ no }} }} }}
            escalations {{ edges {{ node {{ kind }} }} }} notices {{ edges {{ node {{ kind }} }} }}
            deadLetters {{ edges {{ node {{ id }} }} }}
            mine: request(id: \"{mine}\") {{ citizen {{ phone }} }} held: request(id: \"{held}\") {{ words }}
            me {{ person {{ code name }} }}
        }}");
        let before = leader.ask(&query, Value::Null).await?;
        assert_eq!(before["mine"]["citizen"]["phone"], "18912345678");
        assert!(before["notices"]["edges"].as_array().is_some_and(|all| !all.is_empty()), "{before}");
        let relieved = Change::Relieve { post: "G1-LEAD".parse()?, person: "P2".parse()?, successor: Some("P4".parse()?) };
        api.town.change(relieved).await?;
        api.later(1_000_000);
        let none = json!({ "edges": [] });
        let expected = json!({
            "requests": none, "assignments": none, "ended": none, "escalations": none, "notices": none,
            "deadLetters": none, "mine": null, "held": null, "me": { "person": { "code": "P2", "name": "罗河边" } },
        });
        assert_eq!(leader.ask(&query, Value::Null).await?, expected);
        for id in [&mine, &held] {
            assert_eq!(order(&leader, "addNote", id, "text: \"x\"").await?, "UnknownRequest");
        }
        api.close().await
    }

    "hamlet" => async fn why_somebody_is_absent_is_for_oneself_a_superior_who_recorded_it_and_who_stands_in(town) {
        let api = Api::of(town).await?;
        api.town.change(Change::RecordAbsence(NewAbsence {
            person: "P2".parse()?,
            from: None,
            to: Instant(api.town.engine.now().0 + 86_400_000_000),
            reason: "住院,不想让人知道".to_owned(),
            scope: Scope::All,
            substitute: Substitute::Person("P3".parse()?),
        })).await?;
        api.later(1_000_000);
        let query = "{ person(code: \"P2\") { absences { code reason } } absences(unit: \"V\") { items { reason } } }";
        for (who, reads) in [("P2", true), ("P3", true), ("P5", true), ("P6", true), ("P8", true), ("P1", false)] {
            let data = api.client(who).await?.ask(query, Value::Null).await?;
            let reason = if reads { json!("住院,不想让人知道") } else { Value::Null };
            assert_eq!(data["person"]["absences"][0]["reason"], reason, "{who}");
            assert_eq!(data["absences"]["items"][0]["reason"], reason, "{who}");
        }
        api.close().await
    }

    "flat" => async fn who_acted_in_another_s_stead_finds_the_request_again(town) {
        let api = Api::of(town).await?;
        let (pipe, _) = log(&api.client("P1").await?, "1", input("H1", "water-pipe")).await?;
        let substitute = api.client("P3").await?;
        let query = format!("mutation {{ escalate(request: \"{pipe}\", reason: \"要镇里协调\", idempotencyKey: \"e\") {{
            refusal {{ code }} request {{ id citizen {{ phone }} assignments {{ no endedHow }} }}
        }} }}");
        let done = substitute.ask(&query, Value::Null).await?;
        assert_eq!(done["escalate"], json!({ "refusal": null, "request": {
            "id": pipe, "citizen": { "phone": "18912345678" },
            "assignments": [{ "no": 1, "endedHow": "Escalated" }, { "no": 2, "endedHow": null }],
        } }));
        let listed = substitute.ask("{ requests { edges { node { id } } } }", Value::Null).await?;
        assert_eq!(ids(&listed["requests"], "/id"), BTreeSet::from([pipe]));
        api.close().await
    }

    "lugong" => async fn a_complaint_changes_no_answer_for_whom_it_is_hidden_from(town) {
        town.clock.set(liandong_tests::town::instant("2024-05-06T09:00:00+08:00")?);
        let api = Api::of(town).await?;
        let household = "522325105220-G01-H001";
        let cadre = api.client("P0049").await?;
        let who = "found { post { code } person { code } insteadOf { code } } passed { verdict post { code } }";
        let query = format!("{{
            requests(first: 100) {{ edges {{ node {{ id }} }} pageInfo {{ hasNextPage }} }}
            assignments {{ edges {{ node {{ id }} }} pageInfo {{ hasNextPage }} }}
            ended: assignments(filter: {{ ended: true }}) {{ edges {{ node {{ id }} }} }}
            escalations {{ edges {{ node {{ position }} }} pageInfo {{ hasNextPage }} }}
            notices {{ edges {{ node {{ kind }} }} }}
            village: workload(unit: \"522325105220\") {{ handles person {{ code }} }}
            office: workload(unit: \"522325105-B2\") {{ handles person {{ code }} }}
            town: workload(unit: \"522325105000\") {{ handles person {{ code }} }}
            own: whoIsResponsible(place: \"{household}\", matter: \"absent-cadre\") {{ {who} }}
            about: whoIsResponsible(place: \"{household}\", matter: \"absent-cadre\", accused: [\"P0567\"]) {{ {who} }}
        }}");
        // The accused, a household contact below, and whoever sits beside the accused in the service team.
        let people = ["P0567", "P0570"];
        let mut before = Vec::new();
        for person in people {
            before.push(api.client(person).await?.ask(&query, Value::Null).await?);
        }
        let mut complaint = input(household, "absent-cadre");
        complaint["accused"] = json!(["P0567"]);
        let (complaint, _) = log(&cadre, "complaint", complaint).await?;
        let seen = cadre.ask(&format!("{{ request(id: \"{complaint}\") {{ handle {{ person {{ code }} }} }} }}"), Value::Null).await?;
        assert_eq!(seen["request"]["handle"]["person"], before[0]["about"]["found"]["person"], "the preview says who");
        assert_eq!(order(&cadre, "escalate", &complaint, "reason: \"请挂办领导办\"").await?, "done");
        for (person, before) in people.into_iter().zip(before) {
            let client = api.client(person).await?;
            assert_eq!(client.ask(&query, Value::Null).await?, before, "{person}");
            let one = client.ask(&format!("{{ request(id: \"{complaint}\") {{ id }} }}"), Value::Null).await?;
            assert_eq!(one["request"], Value::Null, "{person}");
        }
        api.close().await
    }
}
