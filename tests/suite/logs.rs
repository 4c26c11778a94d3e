//! What a log says, and what it never does, of a server that logs all that it can.

use liandong_tests::{fixtures, server::Server, stores::Kind, town};
use serde_json::json;

use super::http::{input, log};

/// Words of people, by which they are found.
const TOLD: [&str; 5] = ["韦小满", "00098765432", "井水发黄", "接头换好了", "谢谢你们"];

#[test]
fn no_log_holds_who_asked_what_or_with_which_secret() {
    town::run(Kind::Sqlite, fixtures::register("hamlet"), |town| async move {
        let token = town.engine.issue_token(&"P5".parse()?).await?;
        town.engine.stop().await?;
        let file = town.db.dir().join("log");
        let server = Server::logging(&town.db.url, &file).await?;
        let cadre = server.client.bearer(&token);
        let [name, phone, words, done, thanks] = TOLD;
        let mut asked = input("H11", "water-pipe");
        asked["citizen"] = json!({ "name": name, "phone": phone });
        asked["words"] = json!(words);
        let (id, receipt) = log(&cadre, "1", asked).await?;
        let act = async |client: &liandong_tests::client::Client, command: &str| {
            let query = format!("mutation {{ {command} {{ refusal {{ code message }} }} }}");
            client.ask(&query, json!(null)).await
        };
        act(&cadre, &format!("accept(request: \"{id}\", idempotencyKey: \"2\")")).await?;
        let text = format!("addNote(request: \"{id}\", text: \"{words} {name}\", idempotencyKey: \"3\")");
        act(&cadre, &text).await?;
        let resolve = format!(
            "resolve(request: \"{id}\", outcome: Solved, words: \"{done}\", faceToFace: true, idempotencyKey: \"4\")"
        );
        act(&cadre, &resolve).await?;
        let citizen = server.client.receipt(&receipt);
        act(&citizen, &format!("rate(request: \"{id}\", satisfied: true, words: \"{thanks}\", idempotencyKey: \"5\")"))
            .await?;
        // What is refused, and what is not understood, is in no log either.
        act(&cadre, &format!("addNote(request: \"{id}\", text: \"{words}\u{202E}\", idempotencyKey: \"6\")")).await?;
        cadre.post(&format!("{{ nothing(word: \"{words}\") {{ {name} }} }}"), json!(null)).await?;
        server.client.receipt("2222-3333-4444").post("{ me { kind } }", json!(null)).await?;
        server.kill().await?;

        let log = std::fs::read_to_string(&file)?;
        let command = format!("command=addNote actor=person:P5 request={id}").replace("addNote", "AddNote");
        assert!(log.contains(&command), "{log}");
        assert!(log.contains(&format!("actor=citizen:{id}")), "{log}");
        for line in log.lines().filter(|line| line.contains("command{")) {
            for field in ["request=", "actor=", "command=", "code=", "position="] {
                assert!(line.matches(field).count() <= 1, "`{field}` stands twice: {line}");
            }
        }
        for told in TOLD.into_iter().chain([token.as_str(), receipt.as_str(), "222233334444", "2222-3333-4444"]) {
            assert!(!log.contains(told), "`{told}` is in the log");
        }
        Ok(())
    });
}
