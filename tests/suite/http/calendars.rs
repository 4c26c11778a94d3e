//! Calendars under secret addresses, read back by a parser that has nothing in common with what writes them.

use std::collections::BTreeSet;

use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarProperty as Property, ICalendarValue,
};
use hyper::{Method, header};
use liandong_engine::rules::{
    calendar_feed::{DAYS_AHEAD, DAYS_BACK},
    id::PersonCode,
    instant::Instant,
    post::PostKind,
    register::command::{Command, NewAbsence},
};
use liandong_tests::{
    client::{Client, Reply},
    fixtures, on_both_stores,
    server::Server,
    stores::{Kind, Trouble},
    town::{self, Town, instant},
};
use serde_json::{Value, json};

use super::{Api, log, raw};

/// A Monday morning in a week that is P9's at the service point.
const NOW: &str = "2026-11-23T09:00:00+08:00";

async fn api(town: Town) -> Result<Api, Trouble> {
    town.clock.set(instant(NOW)?);
    Api::of(town).await
}

/// Opens a feed; its path and its code, or the code of the refusal.
async fn open(client: &Client, of: Value) -> Result<Result<(String, String), String>, Trouble> {
    let query = "mutation($of: CalendarOf!) { openCalendarFeed(of: $of) {
        path feed { code openedAt person { code } unit { code } openedBy { code } } refusal { code message zh }
    } }";
    let data = client.ask(query, json!({ "of": of })).await?;
    let opened = &data["openCalendarFeed"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let refused = text(&opened["refusal"]["code"]);
    Ok(if refused.is_empty() { Ok((text(&opened["path"]), text(&opened["feed"]["code"]))) } else { Err(refused) })
}

async fn revoke(client: &Client, feed: &str) -> Result<String, Trouble> {
    let query = "mutation($feed: String!) { revokeCalendarFeed(feed: $feed) { refusal { code } } }";
    let data = client.ask(query, json!({ "feed": feed })).await?;
    Ok(data["revokeCalendarFeed"]["refusal"]["code"].as_str().unwrap_or("done").to_owned())
}

async fn listed(client: &Client, of: &str) -> Result<Vec<String>, Trouble> {
    let data = client.ask(&format!("{{ calendarFeeds{of} {{ code }} }}"), Value::Null).await?;
    let all = data["calendarFeeds"].as_array().cloned().unwrap_or_default();
    Ok(all.iter().filter_map(|feed| feed["code"].as_str()).map(ToOwned::to_owned).collect())
}

async fn read(api: &Api, path: &str) -> Result<Vec<Event>, Trouble> {
    let reply = api.serving.client.get(path).await?;
    assert_eq!(
        (reply.status.as_u16(), reply.content_type.as_str()),
        (200, "text/calendar; charset=utf-8"),
        "{}",
        reply.text
    );
    events(&reply.text)
}

/// An event as the other parser understands it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Event {
    from: Instant,
    to: Instant,
    uid: String,
    title: String,
    place: String,
    notes: String,
}

fn events(text: &str) -> Result<Vec<Event>, Trouble> {
    let calendar = ICalendar::parse(text).map_err(|entry| format!("no calendar: {entry:?}"))?;
    let of = |component: &ICalendarComponent| {
        let value = |name: Property| component.entries.iter().find(|e| e.name == name).and_then(|e| e.values.first());
        let text = |name: Property| match value(name) {
            Some(ICalendarValue::Text(text)) => text.clone(),
            _ => String::new(),
        };
        let time = |name: Property| match value(name) {
            // In UTC, or it is nothing that we wrote.
            Some(ICalendarValue::PartialDateTime(time)) if (time.tz_hour, time.tz_minute) == (Some(0), Some(0)) => {
                time.to_timestamp().map(|seconds| Instant(seconds * 1_000_000))
            }
            _ => None,
        };
        time(Property::Dtstamp)?;
        Some(Event {
            from: time(Property::Dtstart)?,
            to: time(Property::Dtend)?,
            uid: text(Property::Uid),
            title: text(Property::Summary),
            place: text(Property::Location),
            notes: text(Property::Description),
        })
    };
    let all = calendar.components.iter().filter(|c| c.component_type == ICalendarComponentType::VEvent);
    all.map(|component| of(component).ok_or_else(|| format!("no event: {component:?}").into())).collect()
}

on_both_stores! {
    "roster" => async fn what_a_person_and_a_unit_read_is_who_is_on_duty_hour_by_hour(town) {
        let api = api(town).await?;
        let mine = open(&api.client("P9").await?, json!({ "person": "P9" })).await?.map_err(Trouble::from)?.0;
        let leaders = open(&api.client("P8").await?, json!({ "unit": "T" })).await?.map_err(Trouble::from)?.0;
        let (mine, leaders) = (read(&api, &mine).await?, read(&api, &leaders).await?);
        let world = api.town.engine.world();
        let (village, town) = (world.find_unit("V").ok_or("no V")?, world.find_unit("T").ok_or("no T")?);
        let p9: PersonCode = "P9".parse()?;
        let midnight = instant("2026-11-23")?;
        let mut hours = [0, 0];
        for hour in (-24 * DAYS_BACK..24 * DAYS_AHEAD).map(|hour| midnight.plus_minutes(60 * hour)) {
            let shown = |events: &[Event], name: &str| events.iter().filter(|e| e.from <= hour && hour < e.to && e.title.contains(name)).count();
            let is_on = world.on_duty(village, PostKind::StandingCadre, hour).has(&p9);
            assert_eq!(shown(&mine, "坐班") == 1, is_on, "{hour:?}");
            hours[0] += usize::from(is_on);
            let on_duty = world.on_duty(town, PostKind::DutyLeader, hour);
            for (code, name) in [("P8", "王值督"), ("P11", "韦副镇")] {
                let rosters = on_duty.people.iter().filter(|duty| duty.person.as_str() == code).count();
                assert_eq!(shown(&leaders, name), rosters, "{hour:?} {name}");
                hours[1] += rosters;
            }
        }
        assert!(hours[0] > 24 * 60 && hours[1] > 14 * 200, "{hours:?}");
        for events in [&mine, &leaders] {
            let names: BTreeSet<&str> = events.iter().map(|event| event.uid.as_str()).collect();
            assert_eq!(names.len(), events.len(), "one name for two events");
        }
        let monday = mine.iter().find(|e| e.from == midnight).ok_or("nothing on Monday")?;
        assert_eq!((monday.title.as_str(), monday.place.as_str(), monday.notes.as_str()), ("便民服务点坐班", "河边村", "坐班 · 村常务干部"));
        assert_eq!(monday.to, instant("2026-11-30")?);
        let market = instant("2026-11-26T09:00:00+08:00")?;
        let market = leaders.iter().find(|e| e.from == market).ok_or("nobody receives")?;
        assert_eq!((market.title.as_str(), market.notes.as_str()), ("赶场天领导接访：王值督", "领导接访 · 值班领导"));
        api.close().await
    }

    "roster" => async fn what_changes_is_seen_at_the_next_look_and_keeps_its_name(town) {
        let api = api(town).await?;
        let client = api.client("P9").await?;
        let path = open(&client, json!({ "person": "P9" })).await?.map_err(Trouble::from)?.0;
        let unit = open(&client, json!({ "unit": "V" })).await?.map_err(Trouble::from)?.0;
        let (before, village) = (read(&api, &path).await?, read(&api, &unit).await?);
        assert!(before.iter().all(|e| e.title == "便民服务点坐班"), "{before:?}");
        let away = NewAbsence {
            person: "P9".parse()?,
            from: None,
            to: instant("2026-11-25")?,
            reason: "住院,不想让人知道".to_owned(),
            scope: liandong_engine::rules::absence::Scope::All,
            substitute: liandong_engine::rules::absence::Substitute::Person("P5".parse()?),
        };
        api.town.change(Command::RecordAbsence(away)).await?;
        let after = read(&api, &path).await?;
        let names = |events: &[Event]| events.iter().map(|e| e.uid.clone()).collect::<BTreeSet<_>>();
        let new: Vec<&Event> = after.iter().filter(|e| !names(&before).contains(&e.uid)).collect();
        let [absence] = new[..] else { return Err(format!("{new:?}").into()) };
        assert_eq!((absence.title.as_str(), absence.notes.as_str()), ("不在岗", "替岗：陆新支"));
        assert_eq!(absence.to, instant("2026-11-25")?);
        assert!(names(&after).is_superset(&names(&before)));
        let titles = |events: &[Event]| events.iter().filter(|e| e.title.contains("（不在岗）")).count();
        assert_eq!((titles(&before), titles(&after)), (0, 1));
        let seen = read(&api, &unit).await?;
        assert_eq!((names(&village), titles(&seen)), (names(&seen), 1));
        // A month later the same shifts have the same names.
        api.town.clock.set(instant("2026-12-14T09:00:00+08:00")?);
        let later: BTreeSet<(Instant, String)> = read(&api, &path).await?.into_iter().map(|e| (e.from, e.uid)).collect();
        let kept = after.iter().filter(|e| later.contains(&(e.from, e.uid.clone()))).count();
        assert!(kept >= 9, "{kept} of {} in {later:?}", after.len());
        api.close().await
    }

    "roster" => async fn an_address_that_is_revoked_or_replaced_or_was_never_one_is_no_page(town) {
        let api = api(town).await?;
        let client = api.client("P9").await?;
        let (first, _) = open(&client, json!({ "unit": "V" })).await?.map_err(Trouble::from)?;
        read(&api, &first).await?;
        let (second, code) = open(&client, json!({ "unit": "V" })).await?.map_err(Trouble::from)?;
        assert_eq!(listed(&client, "").await?, [code.as_str()]);
        read(&api, &second).await?;
        assert_eq!(revoke(&client, &code).await?, "done");
        assert_eq!(revoke(&client, &code).await?, "UnknownFeed");
        assert!(listed(&client, "").await?.is_empty());
        let mut answers = BTreeSet::new();
        let unknown = format!("/calendar/{}.ics", "0".repeat(64));
        for path in [&first, &second, &unknown, "/calendar/x.ics", "/calendar/x", &unknown.replace(".ics", ""), "/nothing"] {
            let Reply { status, headers, text, .. } = api.serving.client.get(path).await?;
            let mut headers: Vec<String> = headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
            headers.retain(|header| !header.starts_with("date"));
            answers.insert((status.as_u16(), headers, text));
        }
        assert_eq!(answers.len(), 1, "{answers:?}");
        assert_eq!(answers.first().map(|(status, ..)| *status), Some(404));
        // What is opened again after a revocation is a new one.
        let (third, _) = open(&client, json!({ "unit": "V" })).await?.map_err(Trouble::from)?;
        read(&api, &third).await?;
        api.close().await
    }
}

fn on_rosters<F: Future<Output = Result<(), Trouble>>>(test: impl FnOnce(Api) -> F) {
    town::run(Kind::Sqlite, fixtures::register("roster"), |town| async { test(api(town).await?).await });
}

#[test]
fn a_calendar_is_for_whom_it_is_about_and_who_has_a_post_there() {
    on_rosters(|api| async move {
        for (who, of, expected) in [
            ("P9", json!({ "person": "P9" }), "done"),
            ("P9", json!({ "person": "P10" }), "NotYourCalendar"),
            ("P8", json!({ "person": "P9" }), "NotYourCalendar"),
            ("P9", json!({ "person": "P99" }), "NotInRegister"),
            ("P9", json!({ "unit": "nowhere" }), "NotInRegister"),
            ("P9", json!({ "unit": "V" }), "done"),
            ("P6", json!({ "unit": "V" }), "done"),
            ("P8", json!({ "unit": "V" }), "done"),
            ("P9", json!({ "unit": "T" }), "NotYourCalendar"),
            ("P2", json!({ "unit": "V" }), "NotYourCalendar"),
        ] {
            let opened = open(&api.client(who).await?, of.clone()).await?;
            assert_eq!(opened.err().as_deref().unwrap_or("done"), expected, "{who} {of}");
        }
        let (_, receipt) = log(&api.client("P2").await?, "k", super::input("H11", "water-pipe")).await?;
        let citizen = api.serving.client.receipt(&receipt);
        assert_eq!(open(&citizen, json!({ "unit": "V" })).await?.err().as_deref(), Some("NotYourCalendar"));
        api.close().await
    });
}

#[test]
fn a_feed_is_revoked_by_who_opened_it_and_who_keeps_the_register() {
    on_rosters(|api| async move {
        let (cadre, other, keeper) = (api.client("P9").await?, api.client("P10").await?, api.client("P8").await?);
        let (path, code) = open(&cadre, json!({ "unit": "V" })).await?.map_err(Trouble::from)?;
        assert_eq!(revoke(&other, &code).await?, "NotYourCalendar");
        assert!(listed(&other, "").await?.is_empty());
        let refused = other.post("{ calendarFeeds(unit: \"V\") { code } }", Value::Null).await?;
        assert_eq!(refused.error_code(), "FORBIDDEN");
        assert_eq!(listed(&keeper, "(unit: \"V\")").await?, [code.as_str()]);
        read(&api, &path).await?;
        assert_eq!(revoke(&keeper, &code).await?, "done");
        assert_eq!(api.serving.client.get(&path).await?.status, 404);
        api.close().await
    });
}

#[test]
fn a_feed_ends_with_the_post_that_it_was_opened_by() {
    on_rosters(|api| async move {
        let client = api.client("P10").await?;
        let (unit, _) = open(&client, json!({ "unit": "V" })).await?.map_err(Trouble::from)?;
        let (own, code) = open(&client, json!({ "person": "P10" })).await?.map_err(Trouble::from)?;
        for path in [&unit, &own] {
            read(&api, path).await?;
        }
        let relieve = Command::Relieve { post: "V-SC3".parse()?, person: "P10".parse()?, successor: None };
        api.town.change(relieve).await?;
        for path in [&unit, &own] {
            assert_eq!(api.serving.client.get(path).await?.status, 404);
        }
        assert_eq!(revoke(&client, &code).await?, "done", "who opened it may still put it out of use");
        api.close().await
    });
}

#[test]
fn a_calendar_that_has_not_changed_is_not_sent_again() {
    on_rosters(|api| async move {
        let path = open(&api.client("P9").await?, json!({ "person": "P9" })).await?.map_err(Trouble::from)?.0;
        let first = api.serving.client.get(&path).await?;
        let tag = first.headers[header::ETAG].to_str()?.to_owned();
        assert_eq!(first.headers[header::CACHE_CONTROL], "private, no-cache");
        api.later(3_600_000_000);
        let ask =
            async |known: &str| api.serving.client.send(Method::GET, &path, &[("if-none-match", known)], "").await;
        for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
            let again = ask(&known).await?;
            assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""), "{known}");
            assert_eq!(again.headers[header::ETAG], tag);
        }
        assert_eq!(ask("\"x\"").await?.text, first.text);
        let head = api.serving.client.send(Method::HEAD, &path, &[], "").await?;
        assert_eq!((head.status.as_u16(), head.text.as_str()), (200, ""));
        let posted = api.serving.client.send(Method::POST, &path, &[], "x").await?;
        assert_eq!((posted.status.as_u16(), &posted.headers[header::ALLOW]), (405, &"GET, HEAD".parse()?));
        // A change makes it another.
        let away = NewAbsence {
            person: "P9".parse()?,
            from: None,
            to: instant("2026-11-25")?,
            reason: "开会".to_owned(),
            scope: liandong_engine::rules::absence::Scope::All,
            substitute: liandong_engine::rules::absence::Substitute::ByPost,
        };
        api.town.change(Command::RecordAbsence(away)).await?;
        assert_eq!(ask(&tag).await?.status, 200);
        api.close().await
    });
}

#[test]
fn no_name_breaks_a_line_or_a_character_or_the_calendar() {
    let hostile = "坐班;,\\:\"\r\nEND:VEVENT\nBEGIN:VEVENT\tSUMMARY:黑";
    let long = "轮流坐班轮流坐班".repeat(7);
    for name in [hostile, long.as_str(), "x\\n,\\;", "🀄".repeat(50).as_str()] {
        let mut rows = fixtures::register("roster");
        // A roster has a name of one line; a person of an older database may have any.
        for row in &mut rows.rosters {
            row.name = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        }
        for person in &mut rows.people {
            person.name = name.to_owned();
        }
        town::run(Kind::Sqlite, rows, |town| async move {
            let api = api(town).await?;
            let path = open(&api.client("P9").await?, json!({ "unit": "V" })).await?.map_err(Trouble::from)?.0;
            let head = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
            let answer = raw(&api.serving, head.as_bytes()).await?;
            assert!(!answer.contains(char::REPLACEMENT_CHARACTER), "a character is broken: {answer}");
            let text = api.serving.client.get(&path).await?.text;
            let lines: Vec<&str> = text.split_terminator("\r\n").collect();
            assert!(lines.iter().all(|line| line.len() <= 75 && !line.contains(['\r', '\n'])), "{text}");
            let shown: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            let events = events(&text)?;
            assert!(events.len() > 10);
            assert!(
                events.iter().all(|e| e.title == format!("{shown}：{shown}") || e.title.starts_with("空岗：")),
                "{events:?}"
            );
            api.close().await
        });
    }
}

#[test]
fn no_log_holds_a_secret_address() {
    town::run(Kind::Sqlite, fixtures::register("roster"), |town| async move {
        let token = town.engine.issue_token(&"P9".parse()?).await?;
        town.engine.stop().await?;
        let file = town.db.dir().join("log");
        let server = Server::logging(&town.db.url, &file).await?;
        let client = server.client.bearer(&token);
        let (path, code) = open(&client, json!({ "unit": "V" })).await?.map_err(Trouble::from)?;
        for path in [path.as_str(), path.trim_end_matches(".ics")] {
            server.client.get(path).await?;
        }
        assert_eq!(revoke(&client, &code).await?, "done");
        assert_eq!(server.client.get(&path).await?.status, 404);
        server.kill().await?;
        let log = std::fs::read_to_string(&file)?;
        assert!(log.contains("route=/calendar") && log.contains("a calendar feed was opened"), "{log}");
        let secret = path.trim_start_matches("/calendar/").trim_end_matches(".ics");
        assert!(secret.len() == 64 && !log.contains(secret), "the secret is in the log");
        assert!(!log.contains(&token), "the token is in the log");
        Ok(())
    });
}

#[test]
fn what_rosters_leave_open_and_what_they_are_worth_can_be_asked() {
    on_rosters(|api| async move {
        let client = api.client("P9").await?;
        let query = "{
            coverage {
                dutyGaps(first: 5) { count items { roster name why whyZh count first } }
                dutyStrangers { count } flawedRotas { count items { roster score reasons } }
            }
            rosterQuality(unit: \"V\", from: \"2026-11-23\", to: \"2026-12-14\") {
                roster name posts score reasons { flaw flawZh count points what }
            }
        }";
        let data = client.ask(query, Value::Null).await?;
        let gap = json!({
            "roster": "V-SP", "name": "便民服务点坐班", "why": "OnPurpose", "whyZh": "按计划空岗", "count": 2,
            "first": "2026-11-30T00:00:00+08:00",
        });
        assert_eq!(data["coverage"]["dutyGaps"], json!({ "count": 1, "items": [gap] }));
        assert_eq!(data["coverage"]["dutyStrangers"]["count"], 0);
        let flawed = data["coverage"]["flawedRotas"]["items"].as_array().cloned().unwrap_or_default();
        assert!(flawed.iter().all(|rota| rota["roster"] != "V-SP"), "what is empty on purpose is no flaw: {flawed:?}");
        let what = "1 of 3 places are empty on purpose, the first on 2026-11-30: no points";
        let reason = json!({ "flaw": "OnPurpose", "flawZh": "按计划空岗", "count": 1, "points": 0, "what": what });
        let quality = &data["rosterQuality"];
        assert_eq!(
            *quality,
            json!([{ "roster": "V-SP", "name": "便民服务点坐班", "posts": "StandingCadre", "score": 100, "reasons": [reason] }])
        );
        api.close().await
    });
}
