//! GraphQL over HTTP, as <https://graphql.github.io/graphql-over-http/draft/> has it, and the page for people.

use hyper::Method;
use liandong_graphql_api::Config;
use liandong_tests::{client::Client, stores::Trouble};
use serde_json::{Value, json};

use super::{GRAPHQL, JSON, Sent, on_hamlet, raw};

/// Status, content type and the code of the first error, as `200 application/json`; what differs.
async fn check(client: &Client, name: &str, sent: Sent<'_>, expected: &str) -> Result<Option<String>, Trouble> {
    let reply = sent.by(client).await?;
    let kind = reply.content_type.split(';').next().unwrap_or_default();
    let found = format!("{} {kind} {}", reply.status.as_u16(), reply.error_code());
    let json = reply.json();
    let whole = json.get("data").is_some() || json.get("errors").is_some_and(|errors| *errors != json!([]));
    let same = found.trim_end() == expected && whole;
    Ok((!same).then(|| format!("{name}\n- {expected}\n+ {found}: {}", reply.text)))
}

fn query(text: &str) -> String {
    json!({ "query": text }).to_string()
}

fn with(text: &str, variables: Value) -> String {
    json!({ "query": text, "variables": variables }).to_string()
}

fn named(name: &str) -> String {
    let text = "query A { me { kind } } query B { me { world } }";
    json!({ "query": text, "operationName": name }).to_string()
}

const TYPED: &str = "query($first: Int, $at: Instant, $who: AssignmentsFilter) {
    requests(first: $first) { edges { node { id } } }
    assignments(filter: $who) { edges { node { no } } }
    unit(code: \"V\", asOf: $at) { name }
}";

const NEEDS: &str = "query($id: ID!) { request(id: $id) { id } }";

/// What some bodies come to, for who accepts the one kind of answer and for who accepts the other.
type Group = (&'static str, &'static str, Vec<(&'static str, String)>);

fn bodies() -> Vec<Group> {
    let extended = json!({ "query": "{ me { kind } }", "operationName": null, "variables": null, "extensions": {} });
    let done = vec![
        ("a query", query("{ me { kind } }")),
        ("with variables", with(TYPED, json!({ "first": 1, "at": "2024-05-06", "who": null }))),
        ("with variables left out", query(TYPED)),
        ("with more variables than it has", with("{ me { kind } }", json!({ "more": 1 }))),
        ("introspection", query("{ __schema { queryType { name } } }")),
        ("one of two", named("B")),
        ("with nothing at all", extended.to_string()),
    ];
    let no_operation = vec![
        ("no JSON", "{".to_owned()),
        ("nothing", String::new()),
        ("a number", "7".to_owned()),
        ("a batch", json!([{ "query": "{ me { kind } }" }]).to_string()),
        ("an empty batch", "[]".to_owned()),
        ("no query", json!({ "operationName": "A" }).to_string()),
        ("an empty query", query("  ")),
        ("a query that is a number", json!({ "query": 7 }).to_string()),
        ("a name that is a number", json!({ "query": "{ me { kind } }", "operationName": 7 }).to_string()),
        ("variables that are a text", with("{ me { kind } }", json!("x"))),
        ("variables that are a list", with("{ me { kind } }", json!([1]))),
        ("extensions that are a text", json!({ "query": "{ me { kind } }", "extensions": "x" }).to_string()),
        ("a subscription", query("subscription { assignmentsChanged { kind } }")),
    ];
    let no_graphql = vec![
        ("half a document", query("{ me {")),
        ("more than a document", query("{ me { kind } } }")),
        ("a comment", query("# nothing")),
        ("another language", query("SELECT * FROM request")),
        ("a fragment alone", query("fragment F on Me { kind }")),
    ];
    let invalid = vec![
        ("no such field", query("{ mee { kind } }")),
        ("no such argument", query("{ me(x: 1) { kind } }")),
        ("a missing argument", query("{ request { id } }")),
        ("no selection", query("{ me }")),
        ("a selection where there is none", query("{ me { kind { x } } }")),
        ("an unknown fragment", query("{ me { ...F } }")),
        ("an unknown directive", query("{ me @x { kind } }")),
        ("two fields of one name", query("{ a: me { kind } a: request(id: \"x\") { id } }")),
        ("which of two", query("query A { me { kind } } query B { me { world } }")),
        ("none of two", named("C")),
        ("not this one", json!({ "query": "query A { me { kind } }", "operationName": "B" }).to_string()),
        ("a literal of the wrong type", query("{ requests(first: \"x\") { edges { cursor } } }")),
        ("a literal of no word", query("{ requests(filter: { stages: [Asleep] }) { edges { cursor } } }")),
        ("a variable of the wrong type", with(TYPED, json!({ "first": "x" }))),
        ("a variable with an unknown field", with(TYPED, json!({ "who": { "x": 1 } }))),
        ("a variable of no word", with(TYPED, json!({ "who": { "duty": "Sleep" } }))),
        ("a variable of an unknown type", query("query($x: Nothing) { unit(code: $x) { name } }")),
        ("a variable that is not declared", query("{ request(id: $id) { id } }")),
        (
            "a command before a variable that is missing",
            query(
                "mutation($k: String!) { a: addNote(request: \"00000000000000000000000000000000\", text: \"x\", idempotencyKey: \"z\") { id } b: accept(request: \"00000000000000000000000000000000\", idempotencyKey: $k) { id } }",
            ),
        ),
        ("a variable that is null", with(NEEDS, json!({ "id": null }))),
        ("an id that is a list", with(NEEDS, json!({ "id": [1] }))),
        ("a number too large", query("{ requests(first: 10000000000) { edges { cursor } } }")),
        ("a variable too large", with(TYPED, json!({ "first": 10_000_000_000_i64 }))),
        ("a depth below nothing", query("{ responsibilityMap(root: \"V\", depth: -1) { cutOff } }")),
        ("a variable that is missing", query(NEEDS)),
        ("a date that is none", with(TYPED, json!({ "at": "yesterday" }))),
        ("a date that is a number", with(TYPED, json!({ "at": 7 }))),
        ("a date that is a number in the text", query("{ unit(code: \"V\", asOf: 7) { name } }")),
    ];
    let bad_input = vec![
        ("an id that is none", with(NEEDS, json!({ "id": "x" }))),
        (
            "neither of two",
            query("mutation { changeMandate(to: { post: \"\" }, matter: \"x\", idempotencyKey: \"z\") { world } }"),
        ),
        (
            "a mutation about nothing",
            query("mutation { addNote(request: \"x\", text: \"y\", idempotencyKey: \"z\") { id } }"),
        ),
    ];
    vec![
        ("200", "200", done),
        ("400 BAD_REQUEST", "400 BAD_REQUEST", no_operation),
        ("400 GRAPHQL_PARSE_FAILED", "200 GRAPHQL_PARSE_FAILED", no_graphql),
        ("400 GRAPHQL_VALIDATION_FAILED", "200 GRAPHQL_VALIDATION_FAILED", invalid),
        ("200 BAD_INPUT", "200 BAD_INPUT", bad_input),
    ]
}

#[test]
fn what_is_posted_is_answered_with_the_status_and_the_kind_that_the_specification_says() {
    on_hamlet(|api| async move {
        let client = api.client("P5").await?;
        let mut differences = Vec::new();
        for (modern, old, bodies) in bodies() {
            for (name, body) in bodies {
                for (accept, expected) in [(GRAPHQL, modern), (JSON, old)] {
                    let (status, code) = expected.split_once(' ').unwrap_or((expected, ""));
                    let expected = format!("{status} {accept} {code}");
                    differences.extend(check(&client, name, Sent::post(accept, &body), expected.trim_end()).await?);
                }
            }
        }
        assert!(differences.is_empty(), "{}", differences.join("\n"));
        api.close().await
    });
}

/// A query string.
fn asked(parameters: &[(&str, &str)]) -> String {
    let escaped = |text: &str| text.bytes().map(|b| format!("%{b:02x}")).collect::<String>();
    parameters.iter().map(|(name, text)| format!("{name}={}", escaped(text))).collect::<Vec<_>>().join("&")
}

const CHANGES: &str = "mutation B { addNote(request: \"x\", text: \"y\", idempotencyKey: \"z\") { id } }";

#[test]
fn methods_headers_and_addresses_are_kept_to() {
    on_hamlet(|api| async move {
        let client = api.client("P5").await?;
        let fine = || Sent::post(GRAPHQL, query("{ me { kind } }"));
        let accept = |kind| fine().header("accept", kind);
        let typed = |kind| fine().header("content-type", kind);
        let get = |accept, parameters: &[(&str, &str)]| Sent::get(accept, &asked(parameters));
        let me = ("query", "{ me { kind } }");
        let one = ("query", "query A($c: String!) { unit(code: $c) { name } }");
        let two = format!("query A {{ me {{ kind }} }} {CHANGES}");
        let groups: Vec<(&str, Vec<(&str, Sent<'_>)>)> = vec![
            (
                "200 application/graphql-response+json",
                vec![
                    ("what clients send", accept("application/graphql-response+json, application/json;q=0.9")),
                    ("with a charset", typed("application/json; charset=utf-8")),
                    ("GET a query", get(GRAPHQL, &[me])),
                ],
            ),
            (
                "200 application/json",
                vec![
                    ("no Accept", accept("")),
                    ("any Accept", accept("*/*")),
                    ("any application", accept("application/*")),
                    ("what axios sends", accept("application/json, text/plain, */*")),
                    ("GET a query, any Accept", get("*/*", &[me])),
                    ("JSON before", accept("application/json, application/graphql-response+json;q=0.5")),
                    ("GET a query", get(JSON, &[me])),
                    ("GET with variables", get(JSON, &[one, ("variables", "{\"c\":\"V\"}"), ("operationName", "A")])),
                    ("GET the query of two", get(JSON, &[("query", &two), ("operationName", "A")])),
                ],
            ),
            (
                "400 application/graphql-response+json BAD_REQUEST",
                vec![
                    ("GET nothing", Sent::get(GRAPHQL, "")),
                    ("GET the same twice", get(GRAPHQL, &[me, me])),
                    ("GET an empty query", get(GRAPHQL, &[("query", "")])),
                    ("GET bad variables", get(GRAPHQL, &[me, ("variables", "x")])),
                    ("GET what is no text", Sent::get(GRAPHQL, "query=%ff%fe&variables=%ff")),
                    ("GET a subscription", get(GRAPHQL, &[("query", "subscription { assignmentsChanged { kind } }")])),
                ],
            ),
            ("400 application/json BAD_REQUEST", vec![("GET nothing", Sent::get(JSON, ""))]),
            (
                "400 application/graphql-response+json GRAPHQL_PARSE_FAILED",
                vec![("GET no GraphQL", get(GRAPHQL, &[("query", "{")]))],
            ),
            (
                "400 application/graphql-response+json GRAPHQL_VALIDATION_FAILED",
                vec![("GET one of two, not said which", get(GRAPHQL, &[("query", &two)]))],
            ),
            ("200 application/json GRAPHQL_PARSE_FAILED", vec![("GET no GraphQL", get(JSON, &[("query", "{")]))]),
            (
                "405 application/graphql-response+json BAD_REQUEST",
                vec![
                    ("GET a mutation", get(GRAPHQL, &[("query", CHANGES)])),
                    ("PUT", fine().method(Method::PUT)),
                    ("DELETE", fine().method(Method::DELETE)),
                    ("OPTIONS", fine().method(Method::OPTIONS)),
                ],
            ),
            (
                "405 application/json BAD_REQUEST",
                vec![
                    ("GET a mutation", get(JSON, &[("query", CHANGES)])),
                    ("GET the mutation of two", get(JSON, &[("query", &two), ("operationName", "B")])),
                ],
            ),
            (
                "406 application/graphql-response+json BAD_REQUEST",
                vec![
                    ("a picture", accept("image/png")),
                    ("a page by POST", accept("text/html")),
                    ("a picture by GET", get("image/png", &[me])),
                ],
            ),
            (
                "415 application/graphql-response+json BAD_REQUEST",
                vec![
                    ("another charset", typed("application/json; charset=gb18030")),
                    ("a form", typed("application/x-www-form-urlencoded")),
                    ("a form with files", typed("multipart/form-data; boundary=x")),
                    ("plain text", typed("text/plain")),
                    ("the document itself", typed("application/graphql")),
                    ("no type", typed("")),
                ],
            ),
            (
                "404 application/graphql-response+json BAD_REQUEST",
                vec![("another page", Sent { path: "/nothing".to_owned(), ..fine() })],
            ),
            (
                "404 application/json BAD_REQUEST",
                vec![("another page, any Accept", Sent { path: "/nothing".to_owned(), ..accept("*/*") })],
            ),
            ("405 application/json BAD_REQUEST", vec![("PUT, any Accept", accept("*/*").method(Method::PUT))]),
        ];
        let mut differences = Vec::new();
        for (expected, sent) in groups {
            for (name, sent) in sent {
                differences.extend(check(&client, name, sent, expected).await?);
            }
        }
        assert!(differences.is_empty(), "{}", differences.join("\n"));
        let token = api.token("P5").await?;
        let changes = format!("/graphql?{}", asked(&[("query", CHANGES)]));
        for (method, path, allow) in [("GET", changes.as_str(), "post"), ("PUT", "/graphql", "get, post")] {
            let head = format!(
                "{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
            );
            let answer = raw(&api.serving, head.as_bytes()).await?.to_ascii_lowercase();
            assert!(answer.contains(&format!("\r\nallow: {allow}\r\n")), "{answer}");
        }
        api.close().await
    });
}

#[test]
fn a_body_that_is_too_long_is_answered_413() {
    on_hamlet(|api| async move {
        let client = api.client("P5").await?;
        let most = Config::default().max_body;
        let padded = |length: usize| {
            let body = json!({ "query": "{ me { kind } }" }).to_string();
            format!("{body}{}", " ".repeat(length - body.len()))
        };
        for accept in [GRAPHQL, JSON] {
            assert_eq!(
                check(&client, "just fits", Sent::post(accept, padded(most)), &format!("200 {accept}")).await?,
                None
            );
            let too_long = format!("413 {accept} BAD_REQUEST");
            assert_eq!(check(&client, "one byte more", Sent::post(accept, padded(most + 1)), &too_long).await?, None);
        }
        api.close().await
    });
}

#[test]
fn the_page_for_people_comes_whole_from_this_server() {
    on_hamlet(|api| async move {
        let head = "GET /graphql HTTP/1.1\r\nHost: x\r\nAccept: text/html,*/*;q=0.8\r\nConnection: close\r\n\r\n";
        let answer = raw(&api.serving, head.as_bytes()).await?;
        let (head, page) = answer.split_once("\r\n\r\n").unwrap();
        let head = head.to_ascii_lowercase();
        assert!(head.starts_with("http/1.1 200"), "{head}");
        assert!(head.contains("content-type: text/html"), "{head}");
        let policy = head.lines().find_map(|line| line.strip_prefix("content-security-policy: ")).unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("http") && !policy.contains('*') && !policy.contains("unsafe-eval"), "{policy}");
        let mut assets = 0;
        for attribute in ["src=\"", "href=\""] {
            for rest in page.split(attribute).skip(1) {
                let reference = rest.split('"').next().unwrap();
                if reference.starts_with("data:") {
                    continue;
                }
                assert!(!reference.contains("//") && !reference.contains(':'), "{reference} is on another host");
                let asset = api.serving.client.get(&format!("/{}", reference.trim_start_matches('/'))).await?;
                assert_eq!(asset.status, 200, "{reference}");
                let kind = if reference.ends_with(".css") { "text/css" } else { "text/javascript" };
                assert!(asset.content_type.starts_with(kind), "{reference} is {}", asset.content_type);
                assets += 1;
            }
        }
        assert!(assets >= 3, "{assets} assets");
        let start = api.serving.client.get("/graphiql/start.js").await?.text;
        assert!(!start.contains("http://") && !start.contains("https://"), "{start}");
        for path in
            ["/graphiql/../Cargo.toml", "/graphiql/..%2fCargo.toml", "/graphiql/%2e%2e/Cargo.toml", "/graphiql/x"]
        {
            assert_eq!(api.serving.client.get(path).await?.status, 404, "{path}");
        }
        api.close().await
    });
}
