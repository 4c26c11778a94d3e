//! Who takes their time: over the head of a request, over its body, over the next request, over reading the answer.

use std::time::Duration;

use liandong_graphql_api::Config;
use liandong_tests::{serving::PATIENCE, stores::Trouble};

use super::{FAR_TOO_MUCH, Line, ME, begin, behind, patient, post};

const MOMENT: Duration = Duration::from_millis(50);

#[test]
fn half_a_head_no_head_and_no_next_request_are_waited_for_no_longer_than_is_said() {
    behind(Config { header_time: MOMENT, ..patient() }, |api| async move {
        for head in ["", "G", "GET /health/live HTTP/1.1\r\nhost: x\r\nx-more: "] {
            let mut line = Line::to(&api).await?;
            line.say(head).await?;
            assert_eq!(line.rest().await?, "", "{head}");
        }
        let mut line = Line::to(&api).await?;
        assert_eq!(line.ask("/health/live").await?.status, 200);
        assert_eq!(line.rest().await?, "");
        api.close().await
    });
}

#[test]
fn half_a_body_is_answered_when_it_is_too_late() {
    behind(Config { request_time: Duration::from_secs(1), ..patient() }, |api| async move {
        let token = api.token("P5").await?;
        let mut line = Line::to(&api).await?;
        begin(&mut line, &token, ME.len()).await?;
        line.say(&ME[..10]).await?;
        let answer = line.hear().await?;
        assert_eq!((answer.status, &*answer.code()), (408, "TIMEOUT"), "{answer:?}");
        assert_eq!(answer.header("connection"), Some("close"));
        assert_eq!(line.rest().await?, "");
        api.close().await
    });
}

#[test]
fn a_head_that_is_too_long_is_answered_as_such() {
    behind(patient(), |api| async move {
        let token = api.token("P5").await?;
        let (long, fine) = ("x".repeat(70_000), "x".repeat(30_000));
        for (more, status) in [(long, 431), (fine, 200)] {
            let mut line = Line::to(&api).await?;
            line.say(format!("{}x-more: {more}\r\ncontent-length: {}\r\n\r\n{ME}", post(&token), ME.len())).await?;
            assert_eq!(line.hear().await?.status, status);
        }
        api.close().await
    });
}

/// How many connections were let in, and how many are open.
async fn numbers(line: &mut Line) -> Result<(u64, u64), Trouble> {
    let page = line.ask("/metrics").await?.body;
    let number = |name: &str| page.lines().find_map(|line| line.strip_prefix(name)?.parse().ok()).ok_or(page.clone());
    Ok((number("liandong_connections_total ")?, number("liandong_connections_open ")?))
}

#[test]
fn whoever_does_not_read_is_broken_off() {
    behind(Config { stall_time: MOMENT, ..patient() }, |api| async move {
        let mut watch = Line::to(&api).await?;
        let before = numbers(&mut watch).await?;
        let mut line = Line::to(&api).await?;
        line.ask_without_reading().await?;
        // It reads on only once it was given up.
        let given_up = async {
            while numbers(&mut watch).await? != (before.0 + 1, before.1) {}
            Ok::<_, Trouble>(())
        };
        tokio::time::timeout(PATIENCE, given_up).await??;
        let came = line.gone().await?;
        assert!(came < FAR_TOO_MUCH, "{came} bytes came of what was not waited for");
        api.close().await
    });
}
