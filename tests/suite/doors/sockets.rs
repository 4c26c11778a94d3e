//! What closes a web socket, and what is refused on it.

use liandong_graphql_api::Config;
use liandong_tests::{serving, stores::Trouble};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::{
    MaybeTlsStream,
    tungstenite::{
        Message,
        protocol::frame::{
            Frame,
            coding::{Data, OpCode},
        },
    },
};

use super::behind;
use crate::subscriptions::{CLIMBS, Heard, MINE, ONE, Socket, TOLD};

fn part(bytes: Vec<u8>, code: Data, last: bool) -> Message {
    Message::Frame(Frame::message(bytes, OpCode::Data(code), last))
}

#[test]
fn a_frame_and_a_message_that_are_too_large_close_as_such() {
    behind(serving::config(), |api| async move {
        let most = Config::default().max_body;
        let half = || vec![b' '; most / 2];
        let large: Vec<(&str, Vec<Message>)> = vec![
            ("a text", vec![Message::text(" ".repeat(most + 1))]),
            ("bytes", vec![Message::binary(vec![b' '; most + 1])]),
            (
                "a message in parts",
                vec![
                    part(half(), Data::Text, false),
                    part(half(), Data::Continue, false),
                    part(vec![b' '], Data::Continue, true),
                ],
            ),
            (
                "a message whose first part is too large",
                vec![part(vec![b' '; most + 1], Data::Text, false), part(half(), Data::Continue, true)],
            ),
        ];
        for (name, messages) in large {
            for introduced in [false, true] {
                let mut socket = match introduced {
                    true => Socket::of_person(&api, "P5").await?,
                    false => Socket::open(&api.serving).await?,
                };
                for message in messages.clone() {
                    socket.send(message).await?;
                }
                assert_eq!(socket.hear().await?, Heard::Closed(1009), "{name}");
            }
        }
        // What just fits is read.
        let mut socket = Socket::of_person(&api, "P5").await?;
        let ping = json!({ "type": "ping" }).to_string();
        socket.send(Message::text(format!("{ping}{}", " ".repeat(most - ping.len())))).await?;
        assert_eq!(socket.hear().await?, Heard::Message(json!({ "type": "pong" })));
        api.close().await
    });
}

#[test]
fn what_is_no_frame_and_no_text_closes_as_such() {
    behind(serving::config(), |api| async move {
        let bytes: [(&str, &[u8], u16); 5] = [
            // Of a frame that says that it is larger than anything, nothing has to come.
            ("a size alone", &[0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4], 1009),
            ("a reserved kind", &[0x83, 0x80, 1, 2, 3, 4], 1002),
            ("a reserved bit", &[0xc1, 0x80, 1, 2, 3, 4], 1002),
            ("no mask", &[0x81, 0x02, b'{', b'}'], 1002),
            ("no text", &[0x81, 0x81, 0, 0, 0, 0, 0xff], 1007),
        ];
        for (name, bytes, code) in bytes {
            let mut socket = Socket::open(&api.serving).await?;
            let MaybeTlsStream::Plain(tcp) = socket.0.get_mut() else { return Err("not plain".into()) };
            tcp.write_all(bytes).await?;
            assert_eq!(socket.hear().await?, Heard::Closed(code), "{name}");
        }
        api.close().await
    });
}

/// The code of the error that ends an operation before it began.
fn refused(heard: Heard, id: &str) -> Result<String, Trouble> {
    let Heard::Message(message) = heard else { return Err(format!("{id}: {heard:?}").into()) };
    let error = match message["type"].as_str() {
        Some("error") => &message["payload"][0],
        _ => &message["payload"]["errors"][0],
    };
    assert_eq!(message["id"], id, "{message}");
    Ok(error["extensions"]["code"].as_str().ok_or_else(|| message.to_string())?.to_owned())
}

#[test]
fn a_subscription_has_one_root_field_however_it_is_written() {
    behind(serving::config(), |api| async move {
        let mut socket = Socket::of_person(&api, "P5").await?;
        let (a, b) = ("assignmentsChanged { kind }", "noticesRaised { position }");
        let fragment = |body: &str| format!("fragment F on Subscription {{ {body} }}");
        for query in [
            format!("subscription {{ {a} {b} }}"),
            format!("subscription {{ {a} {a} }}"),
            format!("subscription {{ x: {a} y: {a} }}"),
            format!("subscription {{ {a} __typename }}"),
            "subscription { __typename }".to_owned(),
            format!("subscription {{ {a} ... on Subscription {{ {b} }} }}"),
            format!("subscription {{ ... {{ {a} {b} }} }}"),
            format!("subscription {{ {a} ...F }} {}", fragment(b)),
            format!("subscription {{ ...F }} {}", fragment(&format!("{a} {b}"))),
            format!("subscription {{ assignmentsChanged @skip(if: true) {{ kind }} {b} }}"),
            format!("subscription($x: Boolean = true) {{ {b} ... @include(if: $x) {{ {a} }} }}"),
            format!("subscription {{ ...F @include(if: false) {b} }} {}", fragment(a)),
        ] {
            socket.subscribe("two", &query, Value::Null).await?;
            let heard = socket.hear().await?;
            let Heard::Message(message) = &heard else { return Err(format!("{query}: {heard:?}").into()) };
            assert_eq!(message["type"], "error", "{query}: {message}");
            assert_eq!(refused(heard, "two")?, "GRAPHQL_VALIDATION_FAILED", "{query}");
        }
        // The socket goes on, and one field under another name is one field.
        socket.subscribe("one", &format!("subscription {{ mine: {a} }}"), Value::Null).await?;
        socket.settled().await?;
        api.close().await
    });
}

#[test]
fn what_is_to_go_on_after_the_end_of_the_journal_is_told_so() {
    behind(serving::config(), |api| async move {
        let client = api.client("P5").await?;
        let (id, _) = crate::http::log(&client, "1", crate::http::input("H11", "water-pipe")).await?;
        let end = api.town.engine.feed().position();
        let mut socket = Socket::of_person(&api, "P5").await?;
        let subscriptions = [("mine", MINE), ("climbs", CLIMBS), ("told", TOLD), ("one", ONE)];
        for (name, query) in subscriptions {
            for after in [end + 1, i64::from(i32::MAX), (1 << 53) - 1] {
                socket.subscribe(name, query, json!({ "id": id, "after": after })).await?;
                assert_eq!(refused(socket.hear().await?, name)?, "BAD_INPUT", "{name} {after}");
                let complete = Heard::Message(json!({ "type": "complete", "id": name }));
                assert_eq!(socket.hear().await?, complete);
            }
        }
        // Where the journal ends is no mistake.
        for (name, query) in subscriptions {
            socket.subscribe(name, query, json!({ "id": id, "after": end })).await?;
        }
        socket.settled().await?;
        let cursors = [("escalations", end + 1, ""), ("notices", end + 1, ".0")];
        for (list, position, rest) in cursors {
            let query = format!("query($after: String) {{ {list}(after: $after) {{ edges {{ cursor }} }} }}");
            let reply = client.post(&query, json!({ "after": format!("{position}{rest}") })).await?;
            assert_eq!(reply.error_code(), "BAD_INPUT", "{}", reply.text);
            assert!(reply.text.contains("beyond the end of the journal"), "{}", reply.text);
            let fine = client.post(&query, json!({ "after": format!("{end}{rest}") })).await?;
            assert!(fine.data().is_ok(), "{}", fine.text);
        }
        let inner = "query($id: ID!) { request(id: $id) { journal(after: \"999\") { edges { cursor } } } }";
        assert_eq!(client.post(inner, json!({ "id": id })).await?.error_code(), "BAD_INPUT");
        api.close().await
    });
}
