//! The stop: bounded, and in order, whoever sits there.

use std::time::Duration;

use liandong_graphql_api::Config;
use liandong_tests::{serving::PATIENCE, stores::Trouble};
use sea_orm::{ConnectOptions, ConnectionTrait, Database};

use super::{FAR_TOO_MUCH, FOR_EVER, HERE, Line, ME, begin, behind, logging, patient};
use crate::{
    http::Api,
    subscriptions::{Heard, MINE, Socket},
};

/// One that has said nothing, one that was answered, one with half a head, and one with half a head after an answer.
async fn sitting(api: &Api) -> Result<Vec<Line>, Trouble> {
    let mut lines = Vec::new();
    for (asks, says) in
        [(false, ""), (true, ""), (false, "GET /hea"), (true, "GET /health/live HTTP/1.1\r\nhost: x\r\n")]
    {
        let mut line = Line::to(api).await?;
        if asks {
            assert_eq!(line.ask("/health/live").await?.status, 200);
        }
        line.say(says).await?;
        lines.push(line);
    }
    Ok(lines)
}

#[test]
fn a_stopping_server_answers_what_is_in_flight_and_waits_for_nobody_who_only_sits_there() {
    behind(Config { stop_time: FOR_EVER, ..patient() }, |mut api| async move {
        let token = api.token("P5").await?;
        let mut idle = sitting(&api).await?;
        let mut socket = Socket::of_person(&api, "P2").await?;
        socket.subscribe("a", MINE, serde_json::json!({})).await?;
        socket.settled().await?;
        let mut unknown = Socket::open(&api.serving).await?;
        let mut slow = Line::to(&api).await?;
        slow.ask_without_reading().await?;
        // Somebody else holds the store, so the command waits.
        let other = Database::connect(ConnectOptions::new(&api.town.db.url).max_connections(1).clone()).await?;
        other.execute_unprepared("BEGIN IMMEDIATE").await?;
        let mut working = Line::to(&api).await?;
        let command = logging("k");
        begin(&mut working, &token, command.len()).await?;
        working.say(command).await?;

        api.serving.ask_to_stop();
        for line in &mut idle {
            assert_eq!(line.gone().await?, 0, "they go while the command still waits");
        }
        let late = Line::from(HERE, api.serving.address).await;
        assert!(late.is_err(), "nobody is let in any more");
        other.execute_unprepared("ROLLBACK").await?;
        let answer = working.hear().await?;
        assert!(answer.json()["data"]["logRequest"]["id"].is_string(), "{answer:?}");
        assert_eq!(answer.header("connection"), Some("close"));
        assert_eq!(working.rest().await?, "");
        let came = slow.gone().await?;
        assert!(came < FAR_TOO_MUCH, "{came} bytes came of what was not waited for");
        assert_eq!(unknown.hear().await?, Heard::Closed(1001));
        // What was done is told before that, for its listener would not learn of it else.
        let told = socket.hear().await?.next("a");
        assert_eq!(told["assignmentsChanged"]["kind"], "RequestLogged");
        let complete = serde_json::json!({ "type": "complete", "id": "a" });
        assert_eq!(socket.hear().await?, Heard::Message(complete));
        assert_eq!(socket.hear().await?, Heard::Closed(1001));
        api.close().await
    });
}

#[test]
fn a_stopping_server_gives_up_a_request_that_does_not_end() {
    behind(Config { stop_time: Duration::from_millis(50), ..patient() }, |mut api| async move {
        let token = api.token("P5").await?;
        let mut half = Line::to(&api).await?;
        begin(&mut half, &token, ME.len()).await?;
        half.say(&ME[..10]).await?;
        api.serving.ask_to_stop();
        assert_eq!(half.gone().await?, 0);
        tokio::time::timeout(PATIENCE, api.close()).await?
    });
}

/// They never answer it, and it stops all the same.
#[test]
fn a_stopping_server_says_good_bye_to_web_sockets_that_say_nothing() {
    behind(patient(), |mut api| async move {
        let mut lines = Vec::new();
        for _ in 0..3 {
            let mut line = Line::to(&api).await?;
            line.say(
                "GET /graphql/ws HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
                 sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\
                 sec-websocket-protocol: graphql-transport-ws\r\n\r\n",
            )
            .await?;
            assert_eq!(line.hear().await?.status, 101);
            lines.push(line);
        }
        api.serving.ask_to_stop();
        for line in &mut lines {
            let mut frame = [0; 4];
            tokio::time::timeout(PATIENCE, tokio::io::AsyncReadExt::read_exact(&mut line.0, &mut frame)).await??;
            assert_eq!((frame[0], u16::from_be_bytes([frame[2], frame[3]])), (0x88, 1001));
        }
        api.close().await
    });
}
