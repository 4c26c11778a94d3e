//! Two villages of the demo town merge: what hung on the one that is gone ends with it, as a client sees it.

use liandong_tests::{
    client::Client,
    fixtures,
    stores::{Kind, Trouble},
    town::{self, instant},
};
use serde_json::{Value, json};

use super::Api;

const GONE: &str = "522325105218";

/// A change of the register: the code of the refusal, or `done`.
async fn change(client: &Client, key: &str, mutation: &str) -> Result<String, Trouble> {
    let query = mutation.replacen("KEY", &format!("idempotencyKey: \"{key}\""), 1);
    let data =
        client.ask(&format!("mutation {{ it: {query} {{ position refusal {{ code }} }} }}"), Value::Null).await?;
    Ok(data["it"]["refusal"]["code"].as_str().unwrap_or("done").to_owned())
}

/// How many stretches of duty there are there in the weeks to come.
async fn planned(client: &Client) -> Result<usize, Trouble> {
    let query = format!("{{ dutyRoster(unit: \"{GONE}\", from: \"2026-11-26\", to: \"2027-01-26\") {{ gap }} }}");
    Ok(client.ask(&query, Value::Null).await?["dutyRoster"].as_array().map_or(0, Vec::len))
}

#[test]
fn nothing_of_a_village_outlives_its_merger() {
    town::run(Kind::Sqlite, fixtures::register("lugong"), |town| async {
        let api = Api::of(town).await?;
        api.town.clock.set(instant("2026-11-24T09:00:00+08:00")?);
        let (leader, member) = (api.client("P0003").await?, api.client("P0519").await?);
        let open = "mutation($of: CalendarOf!) { openCalendarFeed(of: $of) { path } }";
        let opened = member.ask(open, json!({ "of": { "unit": GONE } })).await?;
        let path = opened["openCalendarFeed"]["path"].as_str().ok_or("no path")?.to_owned();
        assert_eq!(api.serving.client.get(&path).await?.status, 200);
        assert!(planned(&leader).await? > 20);
        let offer = format!("offerSwap(roster: \"{GONE}-SP-DUTY\", shift: \"2026-01-05#49\", KEY)");
        assert_eq!(change(&member, "offer", &offer).await?, "done");

        let merge = format!("mergeUnits(from: \"{GONE}\", into: \"522325105216\", KEY)");
        assert_eq!(change(&leader, "merge", &merge).await?, "done");

        assert_eq!(planned(&leader).await?, 0, "nobody is on duty at a place that is gone");
        let duty = leader.ask(&format!("{{ onDuty(unit: \"{GONE}\") {{ gap }} }}"), Value::Null).await?;
        assert_eq!(duty["onDuty"], json!([]));
        assert_eq!(api.serving.client.get(&path).await?.status, 404, "its calendar is shown no longer");
        let feeds = member.ask("{ calendarFeeds { code } }", Value::Null).await?;
        assert_eq!(feeds["calendarFeeds"], json!([]), "nor listed");
        let changes = leader
            .ask(&format!("{{ dutyChanges(unit: \"{GONE}\") {{ items {{ stage expiry }} }} }}"), Value::Null)
            .await?;
        assert_eq!(changes["dutyChanges"]["items"], json!([{ "stage": "Expired", "expiry": "ShiftGone" }]));
        let told = member.ask("{ notices { edges { node { kind } } } }", Value::Null).await?;
        for kind in ["RosterChanged", "DutyChangeExpired"] {
            assert!(told.to_string().contains(kind), "{kind}: {told}");
        }
        // Whoever keeps the register above decides what is left to decide.
        let end = format!("endRoster(roster: \"{GONE}-SP-DUTY\", KEY)");
        assert_eq!(change(&leader, "end", &end).await?, "NothingChanges", "it ended with the village");
        for calendar in ["cn", "village"] {
            let day = "{ date: \"2027-01-01\", name: \"元旦\", kind: Holiday }";
            let declare = format!("declareDays(calendar: \"{calendar}\", days: [{day}], KEY)");
            assert_eq!(change(&leader, calendar, &declare).await?, "done", "{calendar}");
        }
        api.close().await
    });
}
