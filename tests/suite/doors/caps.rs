//! How many are let in, and who makes room for whom.

use std::net::Ipv4Addr;

use liandong_graphql_api::Config;
use liandong_tests::{serving::PATIENCE, stores::Trouble};

use super::{ELSEWHERE, FAR_TOO_MUCH, HERE, Line, ME, begin, behind, get, patient};

/// A server with so few places.
fn narrow(most: usize, of_one: usize) -> Config {
    Config { max_connections: Some(most), max_connections_per_address: Some(of_one), ..patient() }
}

/// Waits until so many connections are open, and no more.
async fn come_to_be_open(most: usize, line: &mut Line) -> Result<(), Trouble> {
    let line_of_it = format!("\nliandong_connections_open {most}\n");
    let open = async {
        while !line.ask("/metrics").await?.body.contains(&line_of_it) {}
        Ok(())
    };
    tokio::time::timeout(PATIENCE, open).await?
}

#[test]
fn whoever_sat_idle_for_longest_makes_room_and_nobody_else_does() {
    // The client of the server itself sat there first, so it goes when the third of these comes.
    behind(narrow(3, 3), |api| async move {
        let mut lines = Vec::new();
        for _ in 0..3 {
            lines.push(Line::to(&api).await?);
        }
        // The first is used, so the second is the one that did nothing for longest.
        assert_eq!(lines[0].ask("/health/live").await?.status, 200);
        let mut fourth = Line::to(&api).await?;
        assert_eq!(fourth.ask("/health/live").await?.status, 200);
        assert_eq!(lines[1].rest().await?, "");
        for line in [0, 2] {
            assert_eq!(lines[line].ask("/health/live").await?.status, 200, "{line}");
        }
        let numbers = fourth.ask("/metrics").await?.body;
        assert!(numbers.contains("\nliandong_connections_evicted_total 2\n"), "{numbers}");
        come_to_be_open(3, &mut fourth).await?;
        api.close().await
    });
}

#[test]
fn an_address_that_has_all_its_places_makes_room_itself() {
    behind(narrow(8, 2), |api| async move {
        let server = api.serving.address;
        let mut honest = Line::from(ELSEWHERE, server).await?;
        let mut lines = Vec::new();
        for _ in 0..6 {
            lines.push(Line::from(HERE, server).await?);
        }
        for line in &mut lines[..4] {
            assert_eq!(line.rest().await?, "");
        }
        for line in lines[4..].iter_mut().chain([&mut honest]) {
            assert_eq!(line.ask("/health/live").await?.status, 200);
        }
        api.close().await
    });
}

#[test]
fn idle_sockets_from_everywhere_keep_no_honest_user_out() {
    behind(narrow(6, 3), |api| async move {
        let mut idle = Vec::new();
        for n in 0..60 {
            idle.push(Line::from(Ipv4Addr::new(127, 0, 1, n % 20), api.serving.address).await?);
        }
        let token = api.token("P5").await?;
        for _ in 0..3 {
            let mut honest = Line::from(ELSEWHERE, api.serving.address).await?;
            begin(&mut honest, &token, ME.len()).await?;
            honest.say(ME).await?;
            assert_eq!(honest.hear().await?.json()["data"]["me"]["kind"], "Person");
        }
        for line in &mut idle[..30] {
            line.gone().await?;
        }
        api.close().await
    });
}

/// Refused, in words.
async fn refused(mut line: Line) -> Result<(), Trouble> {
    // It sends all that it wanted to before it reads, and reads what it is told all the same.
    drop(line.say(get("/health/live").repeat(2_000)).await);
    let answer = line.hear().await?;
    assert_eq!((answer.status, &*answer.code()), (503, "BUSY"), "{answer:?}");
    assert_eq!(answer.header("retry-after"), Some("5"));
    assert_eq!(answer.header("connection"), Some("close"));
    assert!(answer.header("content-type").is_some_and(|kind| kind.starts_with("application/json")), "{answer:?}");
    assert_eq!(line.rest().await?, "");
    Ok(())
}

#[test]
fn who_comes_when_all_are_at_work_is_told_so_and_nobody_is_cut_off() {
    behind(narrow(3, 2), |api| async move {
        let (server, token) = (api.serving.address, api.token("P5").await?);
        let mut busy = Vec::new();
        for source in [HERE, HERE, ELSEWHERE] {
            let mut line = Line::from(source, server).await?;
            begin(&mut line, &token, ME.len()).await?;
            busy.push(line);
            if busy.len() == 2 {
                refused(Line::from(HERE, server).await?).await?;
            }
        }
        refused(Line::from(Ipv4Addr::new(127, 0, 0, 3), server).await?).await?;
        for line in &mut busy {
            line.say(ME).await?;
            assert_eq!(line.hear().await?.json()["data"]["me"]["kind"], "Person");
        }
        // Now that somebody has nothing to do there is room again.
        let numbers = Line::from(Ipv4Addr::new(127, 0, 0, 3), server).await?.ask("/metrics").await?.body;
        for full in ["address", "all"] {
            let expected = format!("\nliandong_connections_refused_total{{full=\"{full}\"}} 1\n");
            assert!(numbers.contains(&expected), "{numbers}");
        }
        api.close().await
    });
}

/// While the first answers are written a newcomer may be told to come again; after that they make room.
#[test]
fn whoever_does_not_read_keeps_nobody_out() {
    behind(narrow(2, 2), |api| async move {
        let mut slow = [Line::to(&api).await?, Line::to(&api).await?];
        for line in &mut slow {
            line.ask_without_reading().await?;
        }
        let let_in = async {
            loop {
                let mut honest = Line::from(ELSEWHERE, api.serving.address).await?;
                match honest.ask("/health/live").await?.status {
                    200 => return Ok::<_, Trouble>(honest),
                    status => assert_eq!(status, 503),
                }
            }
        };
        let mut honest = tokio::time::timeout(PATIENCE, let_in).await??;
        // One of them is gone before it reads anything more.
        come_to_be_open(2, &mut honest).await?;
        let [one, other] = &mut slow;
        let came = tokio::select! { came = one.gone() => came?, came = other.gone() => came? };
        assert!(came < FAR_TOO_MUCH, "{came} bytes came of what was not waited for");
        api.close().await
    });
}
