//! What the register leaves open, now and over a stretch of time, as a client reads it.

use liandong_engine::rules::{instant::Zone, register::survey::coverage_between};
use liandong_tests::{on_both_stores, town::instant};
use serde_json::{Value, json};

use super::Api;

const AHEAD: &str = "query($from: Instant, $until: Instant, $first: Int) {
    coverage(asOf: $from, until: $until) {
        asOf ahead(first: $first) { count items {
            since until uncovered(first: 10) { count items { matter { code } households first { code } nobody } }
        } }
    }
}";

on_both_stores! {
    "two-towns" => async fn a_leader_reads_what_nobody_may_resolve_at_every_instant_of_a_year(town) {
        let api = Api::of(town).await?;
        let leader = api.client("P6").await?;
        // While the only one who may resolve it there is away, a quarrel would be the dispatcher's.
        let away = "mutation { recordAbsence(idempotencyKey: \"a\", input: {
            person: \"P6\", from: \"2024-07-01\", to: \"2024-07-08\", reason: \"培训\"
        }) { refusal { code } } }";
        assert_eq!(leader.ask(away, Value::Null).await?["recordAbsence"]["refusal"], Value::Null);
        let (from, until) = (instant("2024-05-06")?, instant("2025-05-07")?);
        let text = |at: liandong_engine::rules::instant::Instant| at.rfc3339(&Zone::china());
        let expected: Vec<Value> = coverage_between(&api.town.engine.world(), from, until).into_iter().map(|stretch| {
            let holes: Vec<Value> = stretch.uncovered.iter().map(|hole| json!({
                "matter": { "code": hole.matter }, "households": hole.households, "first": { "code": hole.first },
                "nobody": hole.nobody,
            })).collect();
            json!({
                "since": text(stretch.from), "until": text(stretch.to),
                "uncovered": { "count": holes.len(), "items": holes },
            })
        }).collect();
        assert_eq!(expected.len(), 3, "before, meanwhile and after: {expected:?}");
        assert_eq!(expected[1]["since"], "2024-07-01T00:00:00+08:00");
        assert_ne!(expected[1]["uncovered"], expected[2]["uncovered"]);
        // 366 days, the most; the second time it is the report that is kept.
        let whole = json!({ "from": "2024-05-06", "until": "2025-05-07", "first": 20 });
        for _ in 0..2 {
            let data = leader.ask(AHEAD, whole.clone()).await?;
            assert_eq!(data["coverage"]["asOf"], text(from));
            assert_eq!(data["coverage"]["ahead"], json!({ "count": expected.len(), "items": expected }));
        }
        // Fewer are shown, and all counted; a shorter time is another report.
        let data = leader.ask(AHEAD, json!({ "from": "2024-05-06", "until": "2025-05-07", "first": 1 })).await?;
        assert_eq!(data["coverage"]["ahead"], json!({ "count": expected.len(), "items": expected[..1] }));
        let data = leader.ask(AHEAD, json!({ "from": "2024-05-06", "until": "2024-05-07" })).await?;
        assert_eq!(data["coverage"]["ahead"]["items"][0]["until"], "2024-05-07T00:00:00+08:00");
        let data = leader.ask(AHEAD, json!({ "from": "2024-05-06" })).await?;
        assert_eq!(data["coverage"]["ahead"], Value::Null, "nobody asked for it");
        api.close().await
    }

    "two-towns" => async fn a_time_that_is_backward_too_long_or_none_is_named_with_the_mend(town) {
        let api = Api::of(town).await?;
        let leader = api.client("P6").await?;
        let span = "`until`: it must be later than `asOf`, by 366 days at most; ask for a shorter time";
        for (from, until) in [
            (json!("2024-05-06"), "2025-05-08"),
            (json!("2024-05-06"), "9999-12-30"),
            (json!("2024-05-06"), "2024-05-06"),
            (json!("2024-05-06"), "2024-05-05T23:59:59+08:00"),
            (Value::Null, "2024-05-01"),
        ] {
            let reply = leader.post(AHEAD, json!({ "from": from, "until": until })).await?;
            assert_eq!(reply.error_code(), "BAD_INPUT", "{from} {until}: {}", reply.text);
            assert_eq!(reply.json()["errors"][0]["message"], span, "{from} {until}");
        }
        for (until, first, code) in [("2023-02-29", 1, "GRAPHQL_VALIDATION_FAILED"), ("2024-05-07", 0, "BAD_INPUT")] {
            let reply = leader.post(AHEAD, json!({ "from": "2024-05-06", "until": until, "first": first })).await?;
            assert_eq!(reply.error_code(), code, "{until}: {}", reply.text);
        }
        // Who would ask for many years at once is told that it costs too much.
        let year = |n: i32| format!("y{n}: coverage(asOf: \"202{n}-01-01\", until: \"202{n}-12-31\") {{ asOf }} ");
        let all = format!("{{ {} }}", (0..5).map(year).collect::<String>());
        let reply = leader.post(&all, Value::Null).await?;
        assert_eq!(reply.error_code(), "GRAPHQL_VALIDATION_FAILED", "{}", reply.text);
        api.close().await
    }
}
