//! Bodies that are too long: the answer is read, whatever the client still sends.

use liandong_graphql_api::Config;
use liandong_tests::serving::PATIENCE;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{Answer, Line, ME, behind, patient, post};

const LENGTHS: [&str; 2] = ["content-length", "chunked"];

/// A body of spaces that is far too long, with what stands in the head about it.
fn far_too_long(how: &str) -> (String, Vec<u8>) {
    let spaces = vec![b' '; 4 << 20];
    match how {
        "chunked" => {
            let mut chunks = format!("{:x}\r\n", spaces.len()).into_bytes();
            chunks.extend(spaces);
            chunks.extend(b"\r\n0\r\n\r\n");
            ("transfer-encoding: chunked\r\n".to_owned(), chunks)
        }
        _ => (format!("content-length: {}\r\n", spaces.len()), spaces),
    }
}

fn check(answer: &Answer, how: &str) {
    assert_eq!((answer.status, &*answer.code()), (413, "BAD_REQUEST"), "{how}: {answer:?}");
    let message = answer.json()["errors"][0]["message"].clone();
    let expected = format!("the body is longer than {} bytes; ask for less at once", Config::default().max_body);
    assert_eq!(message, expected, "{how}");
    assert_eq!(answer.header("connection"), Some("close"), "{how}");
    assert!(answer.header("content-type").is_some_and(|kind| kind.starts_with("application/json")), "{answer:?}");
}

#[test]
fn whoever_sends_all_of_a_long_body_before_reading_reads_that_it_is_too_long() {
    behind(patient(), |api| async move {
        let token = api.token("P5").await?;
        for how in LENGTHS {
            let (length, body) = far_too_long(how);
            let mut line = Line::to(&api).await?;
            line.say(format!("{}{length}\r\n", post(&token))).await?;
            line.say(body).await?;
            check(&line.hear().await?, how);
            assert_eq!(line.rest().await?, "", "{how}");
        }
        api.close().await
    });
}

#[test]
fn whoever_reads_while_sending_reads_that_it_is_too_long() {
    behind(patient(), |api| async move {
        let token = api.token("P5").await?;
        for how in LENGTHS {
            let (length, body) = far_too_long(how);
            let mut line = Line::to(&api).await?;
            line.say(format!("{}{length}\r\n", post(&token))).await?;
            let (reading, mut writing) = tokio::io::split(line.0.into_inner());
            let mut reading = tokio::io::BufReader::new(reading);
            let send = async {
                writing.write_all(&body).await?;
                writing.shutdown().await
            };
            let read = async {
                let mut text = String::new();
                reading.read_to_string(&mut text).await?;
                Ok::<_, std::io::Error>(text)
            };
            let (sent, read) = tokio::time::timeout(PATIENCE, async { tokio::join!(send, read) }).await?;
            sent?;
            let text = read?;
            assert!(text.starts_with("HTTP/1.1 413 ") && text.ends_with("}]}"), "{how}: {text}");
        }
        api.close().await
    });
}

#[test]
fn nobody_is_told_to_go_on_with_a_body_that_is_too_long() {
    behind(patient(), |api| async move {
        let token = api.token("P5").await?;
        let most = Config::default().max_body;
        let mut line = Line::to(&api).await?;
        line.say(format!("{}expect: 100-continue\r\ncontent-length: {}\r\n\r\n", post(&token), most + 1)).await?;
        check(&line.hear().await?, "nothing of it was sent");
        assert_eq!(line.rest().await?, "");
        // Who may go on is told so.
        let mut line = Line::to(&api).await?;
        line.say(format!("{}expect: 100-continue\r\ncontent-length: {most}\r\n\r\n", post(&token))).await?;
        assert_eq!(line.hear().await?.status, 100);
        line.say(format!("{ME}{}", " ".repeat(most - ME.len()))).await?;
        assert_eq!(line.hear().await?.status, 200);
        // A body that does not say how long it is has to come to be too long.
        let mut line = Line::to(&api).await?;
        let (length, body) = far_too_long("chunked");
        line.say(format!("{}expect: 100-continue\r\n{length}\r\n", post(&token))).await?;
        assert_eq!(line.hear().await?.status, 100);
        line.say(body).await?;
        check(&line.hear().await?, "chunked");
        api.close().await
    });
}

/// Nobody is known by then, so nothing of the body is read, however long it is.
#[test]
fn whoever_is_not_known_reads_so_whatever_they_send() {
    behind(patient(), |api| async move {
        let (length, body) = far_too_long("content-length");
        let mut line = Line::to(&api).await?;
        line.say(format!("{}{length}\r\n", post("ld_0"))).await?;
        line.say(body).await?;
        let answer = line.hear().await?;
        assert_eq!((answer.status, &*answer.code()), (401, "UNAUTHENTICATED"), "{answer:?}");
        api.close().await
    });
}
