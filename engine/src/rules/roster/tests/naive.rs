//! Who is on duty, found by walking from the first day: slow, short, and written without the compiled code.

use oorandom::Rand32;

use super::*;

/// What a date fits, as the words say it.
fn fits(on: On, date: Date, day: Day) -> bool {
    match on {
        On::Every => true,
        On::Market => day.market,
        On::Working => day.kind == DayKind::Working || day.kind == DayKind::MakeUp,
        On::Rest => day.kind == DayKind::Rest,
        On::Holiday => day.kind == DayKind::Holiday || day.kind == DayKind::LocalOff,
        On::MakeUp => day.kind == DayKind::MakeUp,
        _ => On::ALL[date.weekday().to_monday_zero_offset() as usize] == on,
    }
}

fn clock(date: Date, minutes: i32) -> Instant {
    Instant::parse(&date.to_string(), &Zone::china()).unwrap().plus_minutes(i64::from(minutes))
}

/// The shift that runs, by walking every day from the start.
fn running(row: &Roster, at: Instant) -> Option<u32> {
    let (mut date, mut no, mut first) = (row.start, 0, true);
    while clock(date, 0) <= at {
        let weekday = date.weekday().to_monday_zero_offset() as usize;
        let duty = row.on.iter().any(|on| fits(*on, date, day(date)));
        let moves = match row.turn {
            Turn::Daily => true,
            Turn::Weekly => Weekday::ALL[weekday] == row.week_begins,
            Turn::PerOccurrence => false,
        };
        no += u32::from(moves && !first);
        first = false;
        if duty {
            let (from, to) = match row.hours {
                Some(hours) => {
                    let (from, to) = (i32::from(hours.from.minutes()), i32::from(hours.to.minutes()));
                    (from, if to > from { to } else { to + 1440 })
                }
                None => (i32::from(row.hand_over.minutes()), i32::from(row.hand_over.minutes()) + 1440),
            };
            if clock(date, from) <= at && at < clock(date, to) {
                return Some(no);
            }
            no += u32::from(row.turn == Turn::PerOccurrence);
        }
        date = date.tomorrow().unwrap();
    }
    None
}

/// The people on duty: planned places, then every override in the order of making.
fn walk(rows: &[Roster], overrides: &[Override], at: Instant) -> String {
    let Some(row) = rows.iter().find(|r| r.span.contains(at)) else { return String::new() };
    let no = running(row, at);
    let mut places: Vec<Vec<String>> = Vec::new();
    for place in 0..no.map_or(0, |_| usize::from(row.width)) {
        let slot = row.order[(no.unwrap() as usize * usize::from(row.width) + place) % row.order.len()].to_string();
        let twice = slot != "-" && places.iter().any(|p| *p.last().unwrap() == slot);
        places.push(vec![if twice { "-".to_owned() } else { slot }]);
    }
    let on_purpose = no.is_some() && places.iter().all(|p| p == &["-".to_owned()]);
    let mut made: Vec<&Override> = overrides.iter().collect();
    made.sort_by_key(|o| (o.made_at, o.code.clone()));
    for o in made {
        let covers = match o.scope {
            Scope::Stretch(span) => span.contains(at),
            Scope::Shift(shift) => shift.start == row.start && Some(shift.no.0) == no,
        };
        if !covers || at < o.made_at || o.undone_at.is_some_and(|undone| undone <= at) {
            continue;
        }
        // Each place is the list of who had it; the last has it now.
        let now = |places: &[Vec<String>], who: &str| places.iter().position(|p| p.last().unwrap() == who);
        match &o.change {
            Change::Add { person } => {
                let who = person.to_string();
                if now(&places, &who).is_none() {
                    match places.iter_mut().find(|p| p.last().unwrap() == "-" && p.contains(&who)) {
                        Some(place) => place.push(who),
                        None => places.push(vec![who]),
                    }
                }
            }
            Change::Remove { person } => {
                if let Some(place) = now(&places, person.as_str()) {
                    places[place].push("-".to_owned());
                }
            }
            Change::Replace { out, person } => {
                let had = places.iter().rposition(|p| p.iter().any(|who| who == out.as_str()));
                let comes = now(&places, person.as_str());
                if let Some(place) = now(&places, out.as_str()).or(had)
                    && comes != Some(place)
                {
                    places[place].push(if comes.is_some() { "-".to_owned() } else { person.to_string() });
                }
            }
        }
    }
    let people: Vec<&str> = places.iter().map(|p| p.last().unwrap().as_str()).filter(|p| *p != "-").collect();
    match people.is_empty() {
        true if on_purpose => "empty".to_owned(),
        true if no.is_some() => "gap".to_owned(),
        _ => people.join("+"),
    }
}

fn pick<T: Clone>(random: &mut Rand32, of: &[T]) -> T {
    of[random.rand_range(0..of.len() as u32) as usize].clone()
}

fn some_roster(random: &mut Rand32) -> Roster {
    let turn = pick(random, &["Daily", "Weekly", "Weekly/4", "Weekly/7", "PerOccurrence"]);
    let on = pick(
        random,
        &["Every", "1;3;5", "6;7", "Working", "Rest;Holiday", "Market", "MakeUp;2", "Market;7", "Holiday"],
    );
    let hours = pick(random, &["-", "09:00-17:00", "18:00-08:00", "00:00-24:00", "20:30-24:00"]);
    let hand_over = pick(random, &["00:00", "08:00", "17:30"]);
    let start = pick(random, &["2026-08-31", "2026-09-17", "2026-10-01"]);
    let order = pick(random, &["a", "a;b", "a;b;c", "a;-;b;a", "a;b;c;d;-"]);
    let width = 1 + random.rand_range(0..order.split(';').count() as u32);
    roster(&format!("Everyday {on} {hand_over} {hours} {turn} {width} {start} {order}"))
}

fn some_override(random: &mut Rand32, no: usize, start: Date) -> Override {
    let person = |random: &mut Rand32| pick(random, &["a", "b", "c", "x", "y"]);
    let made = pick(random, &["2026-09-01", "2026-09-20T12:00", "2026-10-03T20:00"]);
    let change = match random.rand_range(0..3) {
        0 => format!("add {}", person(random)),
        1 => format!("remove {}", person(random)),
        _ => format!("replace {} {}", person(random), person(random)),
    };
    let scope = match random.rand_range(0..2) {
        0 => format!("{start}#{}", random.rand_range(0..30)),
        _ => pick(random, &["2026-09-20..2026-10-10", "2026-09-28T12:00..2026-09-29T07:00", "..", "2026-10-05.."])
            .to_owned(),
    };
    let undone = pick(random, &["", "", "2026-10-04"]);
    over(no, &format!("{made} {change} {scope} {undone}"))
}

#[test]
fn the_compiled_answer_is_that_of_walking_from_the_first_day() {
    let mut random = Rand32::new(7);
    let mut answers = std::collections::BTreeMap::<String, u32>::new();
    for _ in 0..1_500 {
        let mut rows = vec![some_roster(&mut random)];
        if random.rand_range(0..3) == 0 {
            let cut = at("2026-09-29T13:00");
            rows.push(Roster { span: Span::since(cut), ..some_roster(&mut random) });
            rows[0].span.to = cut;
        }
        let start = rows[0].start;
        let mut changes: Vec<Override> =
            (0..random.rand_range(0..7) as usize).map(|no| some_override(&mut random, no, start)).collect();
        let rosters = build(&rows, &day);
        let overrides = Overrides::build(changes.clone());
        // Any order of storing gives the same.
        for i in (1..changes.len()).rev() {
            changes.swap(i, random.rand_range(0..i as u32 + 1) as usize);
        }
        let shuffled = Overrides::build(changes.clone());
        let shown = stints(&rosters, &overrides, &unit(), PostKind::StandingCadre, span("2026-09-15..2026-10-20"));
        for _ in 0..12 {
            let when = at("2026-09-15").plus_minutes(i64::from(random.rand_range(0..70 * 720)) & !1);
            let found = answer(&rosters, &overrides, when);
            assert_eq!(found, walk(&rows, &changes, when), "{} {rows:?} {changes:?}", when.rfc3339(&Zone::china()));
            assert_eq!(found, answer(&rosters, &shuffled, when));
            if when < at("2026-10-20") {
                let stint = shown.iter().find(|s| s.span.contains(when));
                let duty = on_duty(&rosters, &overrides, &unit(), PostKind::StandingCadre, when);
                match stint {
                    Some(stint) => assert_eq!(stint.on_duty, duty),
                    None => assert!(duty.people.is_empty() && !duty.gap && !duty.empty),
                }
            }
            *answers.entry(found).or_default() += 1;
        }
    }
    assert!(answers.len() > 30 && answers.values().all(|n| *n < 15_000), "{answers:?}");
}

#[test]
fn undoing_the_last_override_gives_the_answer_of_before() {
    let mut random = Rand32::new(11);
    let mut differed = 0;
    for _ in 0..1_000 {
        let row = some_roster(&mut random);
        let rosters = build(std::slice::from_ref(&row), &day);
        let changes: Vec<Override> = (0..5).map(|no| some_override(&mut random, no, row.start)).collect();
        let undone_at = at("2026-10-02T09:00");
        let before = Overrides::build(changes[..4].to_vec());
        let with = Overrides::build(changes.clone());
        let mut undone = changes.clone();
        undone[4].undone_at = Some(undone[4].undone_at.map_or(undone_at, |at| at.min(undone_at)));
        let undone = Overrides::build(undone);
        for _ in 0..10 {
            let when = at("2026-09-25").plus_minutes(i64::from(random.rand_range(0..20_000)));
            let expected = if when >= undone_at { &before } else { &with };
            assert_eq!(answer(&rosters, &undone, when), answer(&rosters, expected, when));
            differed += u32::from(answer(&rosters, &before, when) != answer(&rosters, &with, when));
        }
    }
    assert!(differed > 300, "{differed}");
}
