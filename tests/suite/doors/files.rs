//! A server that may open few files.

use std::net::Ipv4Addr;

use liandong_engine::run::store::Store;
use liandong_tests::{
    fixtures,
    server::Server,
    stores::{Kind, Trouble},
    town,
};

use super::{ELSEWHERE, Line, logging, post};

#[test]
fn hundreds_of_idle_sockets_under_a_small_limit_of_files_keep_nobody_from_work() {
    town::run(Kind::Sqlite, fixtures::register("hamlet"), |town| async move {
        let token = town.engine.issue_token(&"P5".parse()?).await?;
        town.engine.stop().await?;
        let file = town.db.dir().join("log");
        let server = Server::under_logging(&town.db.url, "ulimit -n 128", &file).await?;
        let address = server.listen.parse()?;
        let (mut idle, mut logged) = (Vec::new(), 0);
        for n in 0..400 {
            idle.push(Line::from(Ipv4Addr::new(127, 0, 1, n as u8 % 4), address).await?);
            if n % 40 == 39 {
                let body = logging(&n.to_string());
                let mut honest = Line::from(ELSEWHERE, address).await?;
                honest.say(format!("{}content-length: {}\r\n\r\n{body}", post(&token), body.len())).await?;
                let answer = honest.hear().await?;
                assert!(answer.json()["data"]["logRequest"]["id"].is_string(), "{answer:?}");
                logged += 1;
            }
        }
        server.kill().await?;
        let log = std::fs::read_to_string(&file)?;
        for line in ["most=32 wish=4096 files=128", "most=32 most_of_one=16"] {
            assert!(log.contains(line), "{line} is not in it:\n{log}");
        }
        assert!(!log.contains("nobody can be let in"), "{log}");
        let store = Store::connect(&town.db.url).await?;
        assert_eq!(liandong_engine::run::verify::verify(&store).await?.differences, Vec::<String>::new());
        assert_eq!(logged, 10);
        Ok::<_, Trouble>(())
    });
}
