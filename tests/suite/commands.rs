//! The program as somebody runs it by hand, on a database that a town works on.

use liandong_engine::rules::{
    actor::Actor,
    calendar::Allowance,
    limit::LimitKind,
    register::command::{Command, LimitOf},
};
use liandong_tests::{
    fixtures, on_both_stores,
    server::program,
    stores::Trouble,
    town::{self, Town},
};

/// Whether the program was content, and all that it said.
async fn run(town: &Town, words: &[&str]) -> Result<(bool, String), Trouble> {
    let command = tokio::process::Command::new(program()?).args(words).args(["--database", &town.db.url]).output();
    let said = command.await?;
    let text = [said.stdout, said.stderr].concat();
    Ok((said.status.success(), String::from_utf8(text)?))
}

on_both_stores! {
    "story-limits" =>
    async fn limits_are_recomputed_by_hand(town) {
        let id = town.log("P5", "H11", "water-pipe").await?;
        let of = LimitOf { ladder: Some("everyday".parse()?), matter: None, rung: None, kind: LimitKind::Finish };
        town.change(Command::ChangeLimit { of, allowance: Some(Allowance::WorkingDays(5)) }).await?;
        let finish = async || {
            let request = town.engine.request(&Actor::Operator, id).await?;
            let due = request.as_ref().and_then(|r| r.handle()?.finish).map(|finish| finish.due);
            Ok::<_, Trouble>(due.ok_or("the limit is gone")?)
        };
        // The fifth working day is a Saturday that is worked.
        let (before, after) = (town::instant("2024-05-08T17:30+08:00")?, town::instant("2024-05-11T17:30+08:00")?);

        let (content, said) = run(&town, &["request", "recompute"]).await?;
        assert!(content && said.contains("1 件在办 open, 0 件将变动 would move"), "{said}");
        let (content, said) = run(&town, &["request", "recompute", "--rules-of-today"]).await?;
        assert!(content && said.contains("1 件将变动 would move"), "{said}");
        assert!(said.contains("2024-05-08T17:30") && said.contains("2024-05-11T17:30"), "{said}");
        assert_eq!(finish().await?, before, "looking changes nothing");

        let (content, said) = run(&town, &["request", "recompute", "--rules-of-today", "--unit", "G2", "--reason", "x"]).await?;
        assert!(content && said.contains("0 件在办 open"), "nothing is open there: {said}");
        for (wrong, named) in [("--unit", "unit `nowhere`"), ("--matter", "matter `nowhere`")] {
            let (content, said) = run(&town, &["request", "recompute", wrong, "nowhere", "--reason", "x"]).await?;
            assert!(!content && said.contains(named), "{said}");
        }
        assert_eq!(finish().await?, before);

        let order = ["request", "recompute", "--rules-of-today", "--reason", "时限改了"];
        let (content, said) = run(&town, &order).await?;
        assert!(content && said.contains("1 件已重算 reckoned anew"), "{said}");
        assert_eq!(finish().await?, after);
        let (content, said) = run(&town, &order).await?;
        assert!(content && said.contains("0 件已重算 reckoned anew"), "a second time there is nothing to do: {said}");
        Ok(town.engine.stop().await?)
    }
}

#[test]
fn the_coverage_of_a_stretch_of_time_is_printed_and_a_stretch_backward_is_refused() {
    let check = |until: &str| {
        let directory = fixtures::directory("vacant");
        let words = ["--coverage", "--at", "2024-05-06", "--until", until];
        let mut command = std::process::Command::new(program().unwrap());
        let said = command.args(["register", "check"]).arg(directory).args(words).output().unwrap();
        (said.status.success(), String::from_utf8([said.stdout, said.stderr].concat()).unwrap())
    };
    let (content, said) = check("2025-05-06");
    assert!(content && said.contains("逐日覆盖 day by day") && said.contains("2025-05-06"), "{said}");
    let (content, said) = check("2024-05-06");
    assert!(!content && said.contains("--until is not after the day of --coverage"), "{said}");
}
