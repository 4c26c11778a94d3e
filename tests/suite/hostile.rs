//! What is sent to break it: too much, too deep, no text, no GraphQL. It is answered, never with a 500.

use std::{cell::RefCell, collections::BTreeMap};

use hyper::Method;
use liandong_engine::run::verify::verify;
use liandong_tests::{
    client::{Client, Reply},
    fixtures, on_both_stores,
    random::config,
    serving::PATIENCE,
    stores::{Kind, Trouble},
    town,
};
use proptest::{prelude::*, sample::Index, test_runner::TestRunner};
use serde_json::{Value, json};

use crate::http::{Api, input, log, on_hamlet, order, raw};

/// Sends a query and compares the code of the first error, and that there is nothing else; what differs.
async fn check(client: &Client, name: &str, query: &str, code: &str) -> Result<Option<String>, Trouble> {
    let reply = tokio::time::timeout(PATIENCE, client.post(query, Value::Null)).await??;
    let status = if code.starts_with("GRAPHQL") { 400 } else { 200 };
    let same = (reply.status.as_u16(), reply.error_code().as_str()) == (status, code) && reply.text.len() < 10_000;
    let shown: String = reply.text.chars().take(300).collect();
    Ok((!same).then(|| format!("{name}\n- {status} {code}\n+ {} {}: {shown}", reply.status, reply.error_code())))
}

/// A text so many times.
fn times(text: &str, count: usize) -> String {
    text.repeat(count)
}

fn fragments(count: usize, body: impl Fn(usize) -> String, last: &str) -> String {
    let mut query = "{ me { person { ...F0 } } }".to_owned();
    for n in 0..count {
        query += &format!(" fragment F{n} on Person {{ {} }}", body(n));
    }
    query + &format!(" fragment F{count} on Person {{ {last} }}")
}

#[test]
fn a_query_that_asks_too_much_is_refused_before_it_costs_anything() {
    const NO: &str = "GRAPHQL_VALIDATION_FAILED";
    on_hamlet(|api| async move {
        let client = api.client("P5").await?;
        let deep =
            |n: usize| format!("{{ unit(code: \"H11\") {}name{} }}", times("{ parent ", n) + "{ ", times(" }", n + 1));
        let wide = |n: usize| format!("{{ {} }}", (0..n).map(|n| format!("a{n}: me {{ kind }} ")).collect::<String>());
        let all = "{ post { holders { person { holdings { post { name } } } } } }";
        let all = format!(
            "{{ requests(first: 100) {{ edges {{ node {{ a: assignments {all} b: assignments {all} c: assignments {all} }} }} }} }}"
        );
        let lists = |n: usize| {
            let nested = "children(first: 100) { edges { node { ";
            format!("{{ unit(code: \"T\") {{ {} name {} }} }}", times(nested, n), times("} } }", n))
        };
        let bomb = fragments(18, |n| format!("...F{} ...F{}", n + 1, n + 1), "code name");
        let lists_of_arguments = format!(
            "{{ requests(filter: {{ stages: {}Routed{} }}) {{ edges {{ cursor }} }} }}",
            times("[", 50),
            times("]", 50)
        );
        let cases: Vec<(&str, String, &str)> = vec![
            ("as deep as may be", deep(10), ""),
            ("one deeper", deep(11), NO),
            ("much deeper", deep(50), NO),
            ("deeper than a stack", deep(20_000), NO),
            ("brackets and nothing else", times("{", 100_000), NO),
            ("lists in a list", lists_of_arguments, NO),
            ("lists without an end", format!("{{ a(b: {}", times("[", 100_000)), NO),
            ("objects without an end", format!("{{ a(b: {}", times("{c:", 50_000)), NO),
            ("types without an end", format!("query($a: {}", times("[", 100_000)), NO),
            ("lists of lists", lists(3), NO),
            ("lists of everything", all, NO),
            ("many aliases", wide(30), ""),
            ("too many aliases", wide(2_001), NO),
            (
                "too many aliases of something dear",
                format!("{{ {} }}", (0..50).map(|n| format!("a{n}: coverage {{ asOf }} ")).collect::<String>()),
                NO,
            ),
            ("the same field so often", format!("{{ me {{ {} }} }}", times("kind ", 2_001)), NO),
            ("fragments that multiply", bomb, NO),
            ("a fragment within itself", "{ me { person { ...A } } } fragment A on Person { ...A }".to_owned(), NO),
            ("a circle of fragments", fragments(5, |n| format!("...F{}", n + 1), "...F0"), NO),
            (
                "a circle that nobody asks for",
                "{ me { kind } } fragment A on Person { ...B } fragment B on Person { ...A }".to_owned(),
                NO,
            ),
            ("a chain of fragments", fragments(900, |n| format!("...F{}", n + 1), "name"), NO),
            (
                "inline fragments in each other",
                format!("{{ me {{ {} kind {} }} }}", times("... on Me { ", 50), times("}", 50)),
                NO,
            ),
            ("many directives", format!("{{ me {{ kind {} }} }}", times("@include(if: true) ", 2_000)), NO),
            (
                "many variables",
                format!(
                    "query({}) {{ me {{ kind }} }}",
                    (0..5_000).map(|n| format!("$v{n}: Int ")).collect::<String>()
                ),
                NO,
            ),
            ("many operations", (0..900).map(|n| format!("query Q{n} {{ me {{ kind }} }} ")).collect::<String>(), NO),
            (
                "introspection that goes round",
                format!(
                    "{{ __schema {{ types {} name {} }} }}",
                    times("{ fields { type ", 12) + "{",
                    times("} }", 12) + "}"
                ),
                NO,
            ),
            ("no items", "{ requests(first: 0) { edges { cursor } } }".to_owned(), "BAD_INPUT"),
            ("fewer than none", "{ requests(first: -1) { edges { cursor } } }".to_owned(), "BAD_INPUT"),
            ("more than a page", "{ requests(first: 101) { edges { cursor } } }".to_owned(), "BAD_INPUT"),
            ("a billion", "{ requests(first: 1000000000) { edges { cursor } } }".to_owned(), "BAD_INPUT"),
            ("no cursor", "{ requests(after: \"x'; --\") { edges { cursor } } }".to_owned(), "BAD_INPUT"),
            (
                "the cursor of another list",
                "{ assignments(after: \"7\") { edges { cursor } } }".to_owned(),
                "BAD_INPUT",
            ),
            (
                "a cursor beyond numbers",
                "{ escalations(after: \"99999999999999999999\") { edges { cursor } } }".to_owned(),
                "BAD_INPUT",
            ),
            (
                "a cursor at the end of numbers",
                "{ escalations(after: \"-9223372036854775808\") { edges { cursor } } }".to_owned(),
                "BAD_INPUT",
            ),
            ("a long code", format!("{{ unit(code: \"{}\") {{ name }} }}", times("x", 100_000)), "BAD_INPUT"),
            ("a long id", format!("{{ request(id: \"{}\") {{ id }} }}", times("0", 100_000)), "BAD_INPUT"),
            (
                "a long search",
                format!("{{ matters(search: \"{}\") {{ edges {{ cursor }} }} }}", times("水", 50_000)),
                "",
            ),
            ("a code that is SQL", "{ unit(code: \"V' OR '1'='1\") { name } }".to_owned(), "BAD_INPUT"),
            ("a code with nothing in it", "{ unit(code: \"\\u0000\") { name } }".to_owned(), "BAD_INPUT"),
            (
                "a filter with nothing in it",
                "{ requests(filter: { matter: \"\\u0000\" }) { edges { cursor } } }".to_owned(),
                "BAD_INPUT",
            ),
            ("before all time", "{ unit(code: \"V\", asOf: \"-9999-01-01\") { name } }".to_owned(), NO),
            (
                "after all time",
                "{ unit(code: \"V\", asOf: \"9999-12-30\") { name since until exists } }".to_owned(),
                "",
            ),
            ("a day that is none", "{ unit(code: \"V\", asOf: \"2023-02-29\") { name } }".to_owned(), NO),
            ("too deep a map", "{ responsibilityMap(root: \"T\", depth: 13) { cutOff } }".to_owned(), "BAD_INPUT"),
            (
                "a map as deep as numbers go",
                "{ responsibilityMap(root: \"T\", depth: 4294967295) { cutOff } }".to_owned(),
                NO,
            ),
        ];
        let mut differences = Vec::new();
        for (name, query, code) in &cases {
            differences.extend(check(&client, name, query, code).await?);
        }
        assert!(differences.is_empty(), "{}", differences.join("\n"));
        // And it is as well as before.
        assert_eq!(client.ask("{ me { kind } }", Value::Null).await?["me"]["kind"], "Person");
        api.close().await
    });
}

#[test]
fn a_thousand_operations_in_one_body_are_not_taken() {
    on_hamlet(|api| async move {
        let client = api.client("P5").await?;
        let batch: Vec<Value> = (0..1_000).map(|_| json!({ "query": "{ me { kind } }" })).collect();
        let headers = [("content-type", "application/json"), ("accept", "application/json")];
        let reply = client.send(Method::POST, "/graphql", &headers, json!(batch).to_string()).await?;
        assert_eq!((reply.status.as_u16(), reply.error_code().as_str()), (400, "BAD_REQUEST"), "{}", reply.text);
        api.close().await
    });
}

/// Texts that people never type, and those that break what is badly made.
fn texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "👨‍👩‍👧‍👦 🏳️‍🌈 🇨🇳 𠮷野家 𪚥",
        "مرحبا\u{202e}abc\u{202c} שלום",
        "e\u{301}\u{301}\u{301}\u{301} ﷽ Z̷̈́͝a̸l̷g̶o̵",
        "'); DROP TABLE request; --",
        "\" OR \"\"=\"",
        "$1 ?1 :name @p0 %s %n {0} ${jndi:ldap://x} #{7*7} {{7*7}}",
        "<script>alert(1)</script><img src=x onerror=alert(1)> &lt;b&gt; &#0; ]]>",
        "\\ \\\\ \\' \\\" \\n \\u0000 \\x00 /* */ -- # ;",
        "第一行\n第二行\r\n第三行\t完",
        "a\u{2028}b\u{2029}c\u{85}d".trim_end_matches('\u{85}'),
        "x\u{feff}y\u{200b}z\u{fffd}\u{ffff}\u{10ffff}",
        "null",
        "undefined",
        "NaN",
        "true",
        "0",
        "1e999",
        "[]",
        "{}",
        "../../../../etc/passwd",
        "=CMD|' /C calc'!A0",
        "a\u{0}b",
        "\u{0}",
        "\u{7}",
        "\u{1b}[31m",
        "a\u{7f}b",
        "a\u{9b}b",
        "",
        " ",
        "\u{3000}\u{3000}",
    ]
    .map(ToOwned::to_owned)
    .to_vec();
    texts.extend([times("水", 2_000), times("水", 2_001), times("👨‍👩‍👧‍👦", 200), times("x", 100_000)]);
    texts
}

/// What becomes of a text that has to say something, by what is promised of it.
fn promised(text: &str, most: usize, required: bool) -> Result<String, &'static str> {
    let text = text.trim();
    // Of the texts above; what people write and what they do not is told sign by sign where the rule is.
    let bad =
        |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t') || "\u{200b}\u{202e}\u{2028}\u{feff}".contains(c);
    if text.chars().count() > most {
        Err("TooLong")
    } else if text.chars().any(|c| bad(c) || most == 60 && matches!(c, '\n' | '\r' | '\t')) {
        Err("BadText")
    } else if text.is_empty() && required {
        Err("WordsMissing")
    } else {
        Ok(text.to_owned())
    }
}

const LOG: &str = "mutation($input: LogRequestInput!, $key: String!) {
    logRequest(input: $input, idempotencyKey: $key) {
        id refusal { code }
        request { words citizen { name phone } journal(first: 1) { edges { node { words } } } }
    }
}";

on_both_stores! {
    "hamlet" => async fn every_text_comes_back_as_it_was_sent_or_is_refused_by_a_code(town) {
        let api = Api::of(town).await?;
        let client = api.client("P5").await?;
        let (mut told, mut refused) = (BTreeMap::new(), BTreeMap::<&str, usize>::new());
        for (n, text) in texts().into_iter().enumerate() {
            let shown: String = text.chars().take(40).collect();
            for (field, most, required) in [("words", 2_000, true), ("name", 60, false), ("phone", 60, false)] {
                let mut sent = input("H11", "water-pipe");
                let place = if field == "words" { &mut sent["words"] } else { &mut sent["citizen"][field] };
                *place = json!(text);
                let reply = client.post(LOG, json!({ "input": sent, "key": format!("{field}-{n}") })).await?;
                let data = reply.data()?;
                let done = &data["logRequest"];
                let dialled = field != "phone" || text.trim().chars().all(|c| c.is_ascii_digit());
                match promised(&text, most, required).and_then(|kept| if dialled { Ok(kept) } else { Err("BadText") }) {
                    Err(code) => {
                        assert_eq!(done["refusal"]["code"], code, "{field} `{shown:?}`: {}", reply.text);
                        *refused.entry(code).or_default() += 1;
                    }
                    Ok(kept) => {
                        let request = &done["request"];
                        let found = if field == "words" { &request["words"] } else { &request["citizen"][field] };
                        assert_eq!(found, &json!(kept), "{field} `{shown:?}`");
                        if field == "words" {
                            assert_eq!(request["journal"]["edges"][0]["node"]["words"], json!(kept));
                            told.insert(done["id"].as_str().unwrap().to_owned(), kept);
                        }
                    }
                }
            }
        }
        assert_eq!(refused.keys().copied().collect::<Vec<_>>(), ["BadText", "TooLong", "WordsMissing"]);
        // And once more from the disk, in a list, by somebody else.
        let other = api.client("P6").await?;
        let list = other.ask("{ requests(first: 100) { edges { node { id words } } } }", Value::Null).await?;
        let found: BTreeMap<String, String> = list["requests"]["edges"]
            .as_array()
            .unwrap()
            .iter()
            .map(|edge| (edge["node"]["id"].as_str().unwrap().to_owned(), edge["node"]["words"].as_str().unwrap().to_owned()))
            .collect();
        for (id, words) in &told {
            assert_eq!(found.get(id), Some(words));
        }
        let store = liandong_engine::run::store::Store::connect(&api.town.db.url).await?;
        assert_eq!(verify(&store).await?.differences, Vec::<String>::new());
        api.close().await
    }

    "hamlet" => async fn every_other_text_of_a_command_is_kept_or_refused_too(town) {
        let api = Api::of(town).await?;
        let (cadre, registrar) = (api.client("P5").await?, api.client("P8").await?);
        let (id, _) = log(&cadre, "first", input("H21", "water-pipe")).await?;
        let note = "mutation($id: ID!, $text: String!, $key: String!) {
            addNote(request: $id, text: $text, idempotencyKey: $key) { id refusal { code } }
        }";
        let rename = "mutation($text: String!, $key: String!) {
            renameUnit(unit: \"H21\", name: $text, idempotencyKey: $key) { world refusal { code } }
        }";
        let mut name = "岑土生户".to_owned();
        for (n, text) in texts().into_iter().enumerate() {
            let shown: String = text.chars().take(40).collect();
            // As a note, as the name of a unit, as a key, and as every code and id.
            api.later(1_000_000);
            let reply = cadre.post(note, json!({ "id": id, "text": text, "key": format!("n{n}") })).await?;
            let expected = promised(&text, 2_000, true).err().unwrap_or_default();
            assert_eq!(reply.data()?["addNote"]["refusal"]["code"].as_str().unwrap_or_default(), expected, "{shown:?}");
            let reply = registrar.post(rename, json!({ "text": text, "key": format!("r{n}") })).await?;
            let done = reply.data()?;
            api.later(1_000_000);
            let expected = match promised(&text, 60, true) {
                Err("BadText") => "BadText",
                Err(_) => "WouldBreak",
                Ok(kept) if kept == name => "NothingChanges",
                Ok(kept) => {
                    name = kept;
                    ""
                }
            };
            assert_eq!(done["renameUnit"]["refusal"]["code"].as_str().unwrap_or_default(), expected, "{shown:?}");
            let unit = cadre.ask("{ unit(code: \"H21\") { name } }", Value::Null).await?;
            assert_eq!(unit["unit"]["name"], json!(name), "{shown:?}");
            let reply = cadre.post(note, json!({ "id": id, "text": "好", "key": text })).await?;
            let bad = text.is_empty() || text.len() > 100 || promised(&text, 60, false) == Err("BadText");
            let expected = if bad { "BadKey" } else { "" };
            let found = reply.data().map_err(|error| format!("the key {shown:?}: {error}"))?;
            assert_eq!(found["addNote"]["refusal"]["code"].as_str().unwrap_or_default(), expected, "the key {shown:?}");
            for (place, query) in [
                ("id", "query($text: ID!) { request(id: $text) { id } }"),
                ("unit", "query($text: String!) { unit(code: $text) { name } }"),
                ("filter", "query($text: String!) { requests(filter: { unit: $text }) { edges { cursor } } }"),
                ("matter", "query($text: String!) { requests(filter: { matter: $text }) { edges { cursor } } }"),
                ("person", "query($text: String!) { assignments(filter: { person: $text }) { edges { cursor } } }"),
                ("after", "query($text: String!) { notices(after: $text) { edges { cursor } } }"),
                ("after", "query($text: String!) { deadLetters(after: $text) { edges { cursor } } }"),
            ] {
                let reply = cadre.post(query, json!({ "text": text })).await?;
                assert_eq!((reply.status.as_u16(), reply.error_code().as_str()), (200, "BAD_INPUT"), "{place} {shown:?}: {}", reply.text);
            }
            let reply = cadre.post("query($text: String!) { matters(search: $text) { edges { cursor } } }", json!({ "text": text })).await?;
            assert!(reply.data().is_ok(), "search {shown:?}: {}", reply.text);
            let replay = "mutation($text: ID!) { replayDelivery(delivery: $text, idempotencyKey: \"k\") { refusal { code } } }";
            let reply = cadre.post(replay, json!({ "text": text })).await?;
            let refused = reply.json()["data"]["replayDelivery"]["refusal"]["code"].as_str().map(ToOwned::to_owned);
            let refused = refused.unwrap_or_else(|| reply.error_code());
            assert!(["BAD_INPUT", "UnknownDelivery", "KeyReused"].contains(&refused.as_str()), "{shown:?}: {}", reply.text);
        }
        let store = liandong_engine::run::store::Store::connect(&api.town.db.url).await?;
        assert_eq!(verify(&store).await?.differences, Vec::<String>::new());
        api.close().await
    }
}

#[test]
fn bytes_that_are_no_text_are_answered_400() {
    on_hamlet(|api| async move {
        let client = api.client("P5").await?;
        let headers = [("content-type", "application/json"), ("accept", "application/json")];
        let bodies: Vec<(&str, Vec<u8>)> = vec![
            ("malformed UTF-8", b"{\"query\":\"{ me { kind } } # \xff\xfe\"}".to_vec()),
            ("an overlong sign", b"{\"query\":\"{ me { kind } } # \xc0\x80\"}".to_vec()),
            ("half a sign", b"{\"query\":\"{ me { kind } } # \xe6\xb0\"}".to_vec()),
            ("a surrogate", b"{\"query\":\"{ me { kind } } # \xed\xa0\x80\"}".to_vec()),
            ("a surrogate by escape", b"{\"query\":\"{ me { kind } } # \\ud800\"}".to_vec()),
            ("a null byte", b"{\"query\":\"{ me { kind } } \x00\"}".to_vec()),
            ("GB18030", b"{\"query\":\"{ unit(code: \\\"\xd7\xe9\\\") { name } }\"}".to_vec()),
            ("UTF-16", "{\"query\":\"{ me { kind } }\"}".encode_utf16().flat_map(u16::to_le_bytes).collect()),
            ("nothing but zeros", vec![0; 1_000]),
            ("brackets", vec![b'['; 200_000]),
            ("objects", b"{\"a\":".repeat(40_000)),
        ];
        for (name, body) in bodies {
            let reply = client.send(Method::POST, "/graphql", &headers, body).await?;
            assert_eq!(
                (reply.status.as_u16(), reply.error_code().as_str()),
                (400, "BAD_REQUEST"),
                "{name}: {}",
                reply.text
            );
        }
        // What is text for JSON and none for GraphQL.
        for (name, body) in [
            ("a null in the query", "{\"query\":\"{ me { kind } } \\u0000\"}"),
            ("a bell", "{\"query\":\"{ me \\u0007 { kind } }\"}"),
        ] {
            let reply = client.send(Method::POST, "/graphql", &headers, body).await?;
            assert_eq!(
                (reply.status.as_u16(), reply.error_code().as_str()),
                (200, "GRAPHQL_PARSE_FAILED"),
                "{name}: {}",
                reply.text
            );
        }
        let token = api.token("P5").await?;
        let heads: Vec<(&str, String)> = vec![
            (
                "no length",
                format!(
                    "POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
                ),
            ),
            (
                "a bad length",
                format!(
                    "POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: -1\r\nConnection: close\r\n\r\n"
                ),
            ),
            (
                "a header that never ends",
                format!("GET /graphql HTTP/1.1\r\nHost: x\r\nX: {}\r\nConnection: close\r\n\r\n", times("x", 900_000)),
            ),
            ("no HTTP", "\u{16}\u{3}\u{1}\r\n\r\n".to_owned()),
        ];
        for (name, head) in heads {
            let answer = raw(&api.serving, head.as_bytes()).await.unwrap_or_default();
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{name}: {answer}");
        }
        assert_eq!(client.ask("{ me { kind } }", Value::Null).await?["me"]["kind"], "Person");
        api.close().await
    });
}

/// Queries that are good, to be spoilt.
const GOOD: &[&str] = &[
    "{ me { kind at position world person { code name phone holdings { rank post { code } } } request { id } } }",
    "query A($first: Int = 5, $stages: [Stage!] = [Routed, InHand]) { requests(first: $first, filter: { stages: $stages, unit: \"V\" }) { edges { cursor node { id words place { name above { name } } } } pageInfo { hasNextPage endCursor } } }",
    "{ whoIsResponsible(place: \"H11\", matter: \"water-pipe\", at: \"2024-05-06\") { found { post { name } person { name } rank } passed { verdictZh post { code } } unrouted } }",
    "{ assignments(filter: { ended: false, duty: Handle }) { edges { node { ...A } } } } fragment A on Assignment { no person { name } request { ... on Request { id citizen { name } } } }",
    "mutation { addNote(request: \"00000000000000000000000000000000\", text: \"\"\"记\"\"\", idempotencyKey: \"k\") { id refusal { code message zh } } }",
    "mutation M($key: String! = \"m\") { logRequest(input: { place: \"H11\", matter: \"water-pipe\", channel: HomeVisit, words: \"水\", citizen: { name: \"韦\" } }, idempotencyKey: $key) { id receipt request { handle { person { name } } } } }",
    "{ responsibilityMap(root: \"T\", depth: 3) { nodes { depth unit { code posts { name holders { person { name } } } } } } }",
    "{ escalations(first: 3) { edges { node { kind reason opens { account { passed { verdict } } } } } } notices(first: 1) { edges { node { kind } } } }",
    "{ deadLetters(first: 2) { edges { cursor node { id state attempts error person { code } } } } }",
    "subscription { noticesRaised(after: 0) { position notices { kind urgency deliverAt over } } }",
    "query I { __schema { types { name kind fields { name args { name type { name ofType { name } } } } } } }",
    "{ coverage(asOf: \"2024-05-06\") { asOf } workload(unit: \"V\") { handles person { name } } matters(search: \"水\") { edges { node { mandates { kind } } } } }",
    "mutation { relieve(post: \"G1-LEAD\", person: \"P2\", idempotencyKey: \"r\") { world refusal { code } } }",
    "query B($id: ID!, $at: Instant!, $key: String!, $who: AssignmentsFilter!) { request(id: $id) { id } unit(code: $key, asOf: $at) { name } assignments(filter: $who) { edges { cursor } } }",
    "subscription { requestChanged(id: \"00000000000000000000000000000000\", after: 0) { position } }",
];

/// What is put in.
const BITS: &[&str] = &[
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "!",
    "$",
    "...",
    ":",
    "=",
    "@",
    "|",
    "&",
    "#",
    ",",
    "\"",
    "\"\"\"",
    "\\",
    "\\u0000",
    "\\ud83d",
    "\n",
    "水",
    "👨‍👩‍👧‍👦",
    "\u{0}",
    "\u{7}",
    "\u{feff}",
    "\u{202e}",
    "' OR 1=1 --",
    "fragment",
    "on",
    "@skip(if: $no)",
    "...A",
];

/// What stands for a value.
const VALUES: &[&str] = &[
    "null",
    "true",
    "-1",
    "0",
    "101",
    "1e400",
    "99999999999999999999",
    "0.1",
    "\"x\"",
    "\"\"",
    "\"\\u0000\"",
    "\"H11\"",
    "\"P2\"",
    "\"G1\"",
    "\"水\"",
    "\"\"\"\"\"\"",
    "{x: 1}",
    "{}",
    "[]",
    "[1, [2]]",
    "[null]",
    "$first",
    "$key",
    "$no",
    "Routed",
    "Solved",
    "Asleep",
    "\"2024-05-06\"",
    "\"9999-12-30\"",
    "\"-9999-01-01\"",
    "4294967296",
    "2147483647",
    "-2147483648",
];

#[derive(Clone, Debug)]
enum Spoil {
    /// A word for a word, a value for a value: mostly still GraphQL.
    Change(Index, Index),
    /// What stands between two words goes, with one of them.
    Drop(Index),
    /// A stretch comes twice.
    Twice(Index, usize),
    /// Two words change places.
    Swap(Index, Index),
    /// Noise between two words.
    Put(Index, usize),
    /// Noise of any kind.
    Noise(Index, String),
}

fn spoils() -> impl Strategy<Value = (usize, Vec<Spoil>, Option<Value>)> {
    let place = any::<Index>;
    let spoil = prop_oneof![
        12 => (place(), place()).prop_map(|(at, from)| Spoil::Change(at, from)),
        1 => place().prop_map(Spoil::Drop),
        1 => (place(), 1..8_usize).prop_map(|(at, n)| Spoil::Twice(at, n)),
        1 => (place(), place()).prop_map(|(a, b)| Spoil::Swap(a, b)),
        1 => (place(), 0..BITS.len()).prop_map(|(at, n)| Spoil::Put(at, n)),
        1 => (place(), "\\PC{1,4}").prop_map(|(at, noise)| Spoil::Noise(at, noise)),
    ];
    let variables = prop_oneof![
        Just(Value::Null),
        Just(json!({})),
        Just(json!({ "first": -1 })),
        Just(json!({ "first": "x", "key": 7 })),
        Just(json!({ "first": 10_000_000_000_i64 })),
        Just(json!({ "stages": "Routed" })),
        Just(json!({ "stages": [null, 1] })),
        Just(json!({ "key": "\u{0}" })),
        Just(json!({ "key": { "x": [] } })),
        Just(json!({ "id": "x", "at": 7, "who": { "person": null } })),
        Just(json!({ "id": "00000000000000000000000000000000", "at": "2024-05-06", "key": "V", "who": {} })),
    ];
    (0..GOOD.len(), prop::collection::vec(spoil, 1..4), prop::option::of(variables))
}

/// A query as words, values and signs.
fn words(query: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut signs = query.chars().peekable();
    while let Some(sign) = signs.next() {
        let mut word = sign.to_string();
        let wordly = |c: &char| c.is_alphanumeric() || *c == '_' || *c == '$' || *c == '-';
        if wordly(&sign) {
            while let Some(next) = signs.next_if(wordly) {
                word.push(next);
            }
        } else if sign == '"' {
            while let Some(next) = signs.next() {
                word.push(next);
                if next == '"' && signs.peek() != Some(&'"') {
                    break;
                }
            }
        }
        words.push(word);
    }
    words
}

/// Whether something stands for a value.
fn is_value(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '"' | '-' | '$'))
        || ["true", "false", "null"].contains(&word)
}

fn spoilt(which: usize, spoils: &[Spoil]) -> String {
    let mut words = words(GOOD[which]);
    let names: Vec<String> =
        GOOD.iter().flat_map(|good| self::words(good)).filter(|w| w.starts_with(char::is_alphabetic)).collect();
    for spoil in spoils {
        if words.is_empty() {
            break;
        }
        let length = words.len();
        match spoil {
            Spoil::Change(at, from) => {
                let at = at.index(length);
                // The next that is a word.
                let place = (at..length)
                    .find(|n| words[*n].chars().count() > 1 || words[*n].starts_with(char::is_alphanumeric));
                if let Some(word) = place.and_then(|place| words.get_mut(place)) {
                    let value = is_value(word) && !word.starts_with('$');
                    *word = if value {
                        VALUES[from.index(VALUES.len())].to_owned()
                    } else {
                        names[from.index(names.len())].clone()
                    };
                }
            }
            Spoil::Drop(at) => drop(words.remove(at.index(length))),
            Spoil::Twice(at, n) => {
                let at = at.index(length);
                let again = words[at..length.min(at + n)].to_vec();
                words.splice(at..at, again);
            }
            Spoil::Swap(a, b) => words.swap(a.index(length), b.index(length)),
            Spoil::Put(at, n) => words.insert(at.index(length), BITS[*n].to_owned()),
            Spoil::Noise(at, noise) => words.insert(at.index(length), noise.clone()),
        }
    }
    words.concat()
}

fn unharmed(reply: &Reply) -> Result<(), String> {
    let json = reply.json();
    let answered = json.get("data").is_some() || json.get("errors").is_some();
    let internal =
        json["errors"].as_array().is_some_and(|all| all.iter().any(|e| e["extensions"]["code"] == "INTERNAL"));
    if reply.status.is_server_error() || internal || !answered {
        return Err(format!("{}: {}", reply.status, reply.text));
    }
    Ok(())
}

#[test]
fn a_thousand_spoilt_queries_are_answered_and_none_with_a_500() {
    town::run(Kind::Sqlite, fixtures::register("hamlet"), |town| async {
        let api = Api::of(town).await?;
        let (registrar, cadre) = (api.client("P8").await?, api.client("P2").await?);
        let (_, receipt) = log(&api.client("P5").await?, "1", input("H11", "water-pipe")).await?;
        let citizen = api.serving.client.receipt(&receipt);
        let runtime = tokio::runtime::Handle::current();
        let codes = RefCell::new(BTreeMap::<String, usize>::new());
        let check = |(which, spoils, variables): (usize, Vec<Spoil>, Option<Value>)| {
            let (query, variables) = (spoilt(which, &spoils), variables.unwrap_or_default());
            for client in [&registrar, &cadre, &citizen] {
                let reply = tokio::time::timeout(PATIENCE, client.post(&query, variables.clone()));
                let failed = |why: String| TestCaseError::fail(format!("{query}\n{variables}\n{why}"));
                let reply = runtime.block_on(async { reply.await.map_err(|_| "no answer".into()).flatten() });
                let reply = reply.map_err(|error: Trouble| failed(error.to_string()))?;
                unharmed(&reply).map_err(failed)?;
                *codes.borrow_mut().entry(reply.error_code()).or_default() += 1;
            }
            Ok(())
        };
        tokio::task::block_in_place(|| TestRunner::new(config(1_000)).run(&spoils(), check))?;
        eprintln!("answers by code: {:?}", codes.borrow());
        assert!(codes.borrow().len() >= 5 && codes.borrow().values().all(|n| *n >= 5), "{codes:?}");
        assert_eq!(
            order(&cadre, "addNote", "00000000000000000000000000000000", "text: \"x\"").await?,
            "UnknownRequest"
        );
        let store = liandong_engine::run::store::Store::connect(&api.town.db.url).await?;
        assert_eq!(verify(&store).await?.differences, Vec::<String>::new());
        api.close().await
    });
}
