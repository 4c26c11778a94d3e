//! `liandong roster generate`.

use std::{io::Write, path::PathBuf};

use clap::Args;
use liandong_engine::{
    rules::{
        calendar::{self, Date},
        id::{PersonCode, RosterCode, UnitCode},
        instant::{Instant, Span},
        post::PostKind,
        roster::{Counted, DayClass, Hours, On, Roster, RosterKind, TimeOfDay, Turn, Weekday, put_in},
        world::{Proposed, World, check},
    },
    run::{files, private},
};
use serde_json::json;

use super::{date, person};
use crate::cli::{
    database::{Origin, find_unit, with_world},
    logging::{self, LogFormat},
    output,
    trouble::Trouble,
};

/// How long a period is at most, in days: a year and a month.
const MOST_DAYS: i32 = 400;

/// Put a fair rota together for a period, with what it is worth and why
///
/// Fair over ordinary days, weekends, market days and holidays, each counted by itself. Nobody is put on duty
/// while absent or while holding no such post there; where too few are there, places stay empty. The same input
/// gives the same rota. A roster of that code that is there already says what the options do not.
#[derive(Debug, Args)]
pub(in crate::cli) struct Generate {
    /// At which unit
    #[arg(long, value_name = "CODE")]
    unit: UnitCode,
    /// Among the holders of which kind of post there: StandingCadre 村常务干部, DutyLeader 值班领导, …
    #[arg(long, value_name = "KIND", value_parser = post)]
    post: PostKind,
    /// The first day
    #[arg(long, value_name = "DATE", value_parser = date)]
    from: Date,
    /// The first day after the period
    #[arg(long, value_name = "DATE", value_parser = date)]
    to: Date,
    /// The code of the roster; the unit's and the kind of post, when it is not given
    #[arg(long, value_name = "CODE")]
    code: Option<RosterCode>,
    /// What people call it
    #[arg(long)]
    name: Option<String>,
    /// What the duty is for: ServicePoint 坐班, HallWeekend, Reception, Night, Holiday or Everyday
    #[arg(long, value_name = "KIND", value_parser = kind)]
    kind: Option<RosterKind>,
    /// On which days there is duty: Every 每天, Working 工作日, Rest, Holiday, Market 赶场天, Monday, …
    #[arg(long, value_name = "DAYS", value_parser = on, value_delimiter = ',')]
    on: Vec<On>,
    /// From when to when on such a day, as 08:30-17:00; from hand-over to hand-over, when not given
    #[arg(long, value_name = "HOURS")]
    hours: Option<Hours>,
    /// When a shift without hours takes over
    #[arg(long, value_name = "TIME")]
    hand_over: Option<TimeOfDay>,
    /// When the turn passes: PerOccurrence 逐次轮换 (with every day of duty) or Weekly 每周轮换
    #[arg(long, value_name = "TURN", value_parser = turn)]
    turn: Option<Turn>,
    /// How many are on duty at once
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=20))]
    width: Option<u8>,
    /// Only who is on duty takes requests there
    #[arg(long)]
    exclusive: bool,
    /// Who can be put on duty, instead of all first holders
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    people: Vec<PersonCode>,
    /// Write all rows of rosters.csv, with the rota put in, to this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print JSON instead of text
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    origin: Origin,
}

fn post(text: &str) -> Result<PostKind, String> {
    named(text, PostKind::parse, PostKind::ALL, PostKind::word)
}

fn kind(text: &str) -> Result<RosterKind, String> {
    named(text, RosterKind::parse, RosterKind::ALL, RosterKind::word)
}

fn on(text: &str) -> Result<On, String> {
    named(text, On::parse, On::ALL, On::word)
}

fn turn(text: &str) -> Result<Turn, String> {
    named(text, Turn::parse, Turn::ALL, Turn::word)
}

/// The one that is meant, or which there are.
fn named<T: Copy>(
    text: &str,
    parse: fn(&str) -> Option<T>,
    all: &[T],
    word: fn(T) -> &'static str,
) -> Result<T, String> {
    let words = || all.iter().map(|one| word(*one)).collect::<Vec<_>>().join(", ");
    parse(text).ok_or_else(|| format!("`{text}` is none of {}", words()))
}

impl Generate {
    pub(super) fn run(self) -> Result<(), Trouble> {
        logging::start(LogFormat::Text, logging::COMMAND);
        let (text, rows) = with_world(&self.origin, "no rota was put together", |world| self.tell(world))?;
        if let Some(file) = &self.out {
            let write = |error| Trouble::Failed(format!("`{}` cannot be written: {error}", file.display()));
            private::file(file).and_then(|mut file| file.write_all(rows.as_bytes())).map_err(write)?;
        }
        Ok(output::print(&text)?)
    }

    /// What is printed, and what the file holds.
    fn tell(&self, world: &World) -> Result<(String, String), Trouble> {
        let proposed = self.propose(world)?;
        let rows = put_in(&world.register().rosters, proposed.roster.clone());
        let mut register = world.register().clone();
        register.rosters.clone_from(&rows);
        let problems: Vec<String> = check::problems(&register).iter().take(20).map(|p| format!("{p}\n")).collect();
        if !problems.is_empty() {
            return Err(Trouble::Problems(format!("{}no rota was put together\n", problems.concat())));
        }
        let rows = files::rosters(&rows, world.zone()).map_err(|error| Trouble::Refused(error.to_string()))?;
        Ok((if self.json { json(world, &proposed) } else { text(world, &proposed) }, rows))
    }

    fn propose(&self, world: &World) -> Result<Proposed, Trouble> {
        let refused = |message: String| Err(Trouble::Refused(message));
        if self.to <= self.from || self.from.duration_until(self.to).as_hours() / 24 > i64::from(MOST_DAYS) {
            return refused(format!("`--to` must be later than `--from`, by {MOST_DAYS} days at most"));
        }
        let at = |date: Date| {
            Instant::parse(&date.to_string(), world.zone()).map_err(|bad| Trouble::Refused(bad.to_string()))
        };
        let during = Span { from: at(self.from)?, to: at(self.to)? };
        let unit = find_unit(world, &self.unit, during.from)?;
        let shape = self.shape(world, during)?;
        let able = world.rota_people(unit, self.post, during);
        let people = if self.people.is_empty() { able } else { self.people.clone() };
        if people.is_empty() {
            let (unit, posts) = (&self.unit, self.post);
            return refused(format!("nobody holds a post of the kind {posts} on `{unit}` then; check `--post`"));
        }
        if let Some(stranger) = people.iter().find(|who| !world.holds_there(who, unit, self.post, during)) {
            let (unit, posts) = (&self.unit, self.post);
            return refused(format!(
                "`{stranger}` holds no post of the kind {posts} on `{unit}` then; check `--people`"
            ));
        }
        let found = world.propose_rota(&shape, &people, self.from, self.to);
        found.map_or_else(
            || refused("there is no day of duty in that period; check `--on` and the calendar".to_owned()),
            Ok,
        )
    }

    /// What, where and when: as the options say, else as the roster that is there, else as is usual.
    fn shape(&self, world: &World, during: Span) -> Result<Roster, Trouble> {
        let refused = |message: String| Err(Trouble::Refused(message));
        let usual = || format!("{}-{}", self.unit, self.post).parse();
        let code = self.code.clone().map_or_else(usual, Ok);
        let code = code.map_err(|bad| Trouble::Refused(format!("{bad}; give one with `--code`")))?;
        let known = world.rosters().roster_from(&code, during.from);
        if let Some(known) = known.filter(|known| (&known.unit, known.posts) != (&self.unit, self.post)) {
            return refused(format!(
                "roster `{code}` is of {} on `{}`; give another `--code`",
                known.posts, known.unit
            ));
        }
        let known = known.cloned().unwrap_or_else(|| Roster {
            code,
            name: format!("{}轮值", self.post.zh()),
            unit: self.unit.clone(),
            kind: RosterKind::Everyday,
            posts: self.post,
            exclusive: false,
            on: vec![On::Every],
            hand_over: TimeOfDay::MIDNIGHT,
            hours: None,
            turn: Turn::PerOccurrence,
            week_begins: Weekday::Monday,
            width: 1,
            start: self.from,
            order: Vec::new(),
            span: during,
        });
        Ok(Roster {
            name: self.name.clone().unwrap_or(known.name),
            kind: self.kind.unwrap_or(known.kind),
            exclusive: known.exclusive || self.exclusive,
            on: if self.on.is_empty() { known.on } else { self.on.clone() },
            hours: self.hours.or(known.hours),
            hand_over: self.hand_over.unwrap_or(known.hand_over),
            turn: self.turn.unwrap_or(known.turn),
            width: self.width.unwrap_or(known.width),
            ..known
        })
    }
}

/// The rota day by day, who has how many duties of which class, and what it is worth.
fn text(world: &World, proposed: &Proposed) -> String {
    let Proposed { roster, duties, quality } = proposed;
    let day = |duty: &Counted| {
        let names =
            duty.places.iter().map(|place| place.as_ref().map_or("空岗 nobody".to_owned(), |p| person(world, p)));
        let weekday = calendar::Weekday::of(duty.day).zh();
        vec![duty.day.to_string(), weekday.to_owned(), duty.class.zh().to_owned(), names.collect::<Vec<_>>().join("、")]
    };
    let rows: Vec<Vec<String>> = duties.iter().map(day).collect();
    let mut text = format!("{} ({})\n\n{}", roster.name, roster.code, output::table(2, &rows));
    let mut head = vec![String::new()];
    head.extend(DayClass::ALL.iter().map(|class| class.zh().to_owned()));
    let mut counts = vec![head];
    for who in people(proposed) {
        let mut row = vec![person(world, who)];
        row.extend(DayClass::ALL.iter().map(|class| count(proposed, who, *class).to_string()));
        counts.push(row);
    }
    text += &format!("\n次数 duties\n{}", output::table(2, &counts));
    text += &format!("\n评分 score: {}\n", quality.score);
    text.extend(
        quality.reasons.iter().map(|r| format!("  {} {}\n    -{}: {}\n", r.flaw.zh(), r.flaw, r.points, r.what)),
    );
    text
}

/// Everybody who has a duty, in the order of codes.
fn people(proposed: &Proposed) -> Vec<&PersonCode> {
    let mut all: Vec<&PersonCode> = proposed.roster.order.iter().filter_map(|slot| slot.0.as_ref()).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn count(proposed: &Proposed, who: &PersonCode, class: DayClass) -> usize {
    let of_class = proposed.duties.iter().filter(|duty| duty.class == class);
    of_class.filter(|duty| duty.places.iter().flatten().any(|p| p == who)).count()
}

fn json(world: &World, proposed: &Proposed) -> String {
    let zone = world.zone();
    let duties = proposed.duties.iter().map(|duty| {
        let places: Vec<Option<&str>> = duty.places.iter().map(|p| p.as_ref().map(PersonCode::as_str)).collect();
        json!({
            "day": duty.day.to_string(), "class": duty.class.word(),
            "from": duty.span.from.rfc3339(zone), "to": duty.span.to.rfc3339(zone), "people": places,
        })
    });
    let duties: Vec<serde_json::Value> = duties.collect();
    let reasons = proposed.quality.reasons.iter();
    let reasons: Vec<_> = reasons
        .map(|r| json!({ "flaw": r.flaw.word(), "count": r.count, "points": r.points, "what": r.what }))
        .collect();
    let roster = proposed.roster.code.as_str();
    format!(
        "{:#}\n",
        json!({ "roster": roster, "score": proposed.quality.score, "reasons": reasons, "duties": duties })
    )
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use liandong_engine::{rules::instant::Zone, run::files};

    use super::*;
    use crate::cli::database::{compile, read_files};

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        generate: Generate,
    }

    fn small_town() -> PathBuf {
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/worlds/roster")
    }

    fn told(line: &str) -> Result<(String, String), String> {
        let words = std::iter::once("generate").chain(line.split_whitespace());
        let generate = Line::try_parse_from(words).map_err(|error| error.to_string())?.generate;
        let world = compile(read_files(&small_town(), "").unwrap()).unwrap();
        generate.tell(&world).map_err(|trouble| format!("{trouble:?}"))
    }

    #[test]
    fn a_rota_is_told_day_by_day_with_its_counts_and_its_score() {
        let line = "--unit T --post DutyLeader --code T-NIGHT --from 2026-11-26 --to 2026-11-30 --people P8,P11";
        let (text, _) = told(line).unwrap();
        assert_eq!(
            text,
            "\
镇领导夜间值班 (T-NIGHT)

  2026-11-26  周四  赶场天  王值督 (P8)
  2026-11-27  周五  平日    韦副镇 (P11)
  2026-11-28  周六  周末    王值督 (P8)
  2026-11-29  周日  周末    韦副镇 (P11)

次数 duties
                平日  周末  赶场天  节假日
  韦副镇 (P11)  1     1     0       0
  王值督 (P8)   0     1     1       0

评分 score: 100
"
        );
        let alone = line.replace("P8,P11", "P8");
        let (text, _) = told(&alone).unwrap();
        let reason = "3 duties follow with less than a day of rest, the first of `P8` on 2026-11-27: 3 × 1 = 3 points";
        assert!(text.ends_with(&format!("评分 score: 97\n  连续值班 BackToBack\n    -3: {reason}\n")), "{text}");
        let json: serde_json::Value = serde_json::from_str(&told(&format!("{alone} --json")).unwrap().0).unwrap();
        assert_eq!((&json["score"], &json["reasons"][0]["what"]), (&serde_json::json!(97), &serde_json::json!(reason)));
        assert_eq!(json["duties"][0]["people"], serde_json::json!(["P8"]));
    }

    #[test]
    fn what_is_written_is_read_again_with_the_rota_in_it() {
        let line = "--unit V --post 村常务干部 --code V-SP --from 2026-12-07 --to 2027-01-04 --on 工作日 --turn Weekly";
        let (_, rows) = told(line).unwrap();
        assert_eq!(told(line).unwrap().1, rows, "the same input gives the same rota");
        let dir = tempfile::tempdir().unwrap();
        for entry in std::fs::read_dir(small_town()).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), dir.path().join(entry.file_name())).unwrap();
        }
        std::fs::write(dir.path().join("rosters.csv"), &rows).unwrap();
        let register = files::read(dir.path(), &Zone::china()).unwrap();
        let of_code = register.rosters.iter().filter(|row| row.code.as_str() == "V-SP").count();
        assert_eq!((of_code, register.rosters.len()), (3, 5), "{rows}");
        let world = compile(register).unwrap();
        let (village, zone) = (world.find_unit("V").unwrap(), Zone::china());
        let on = |at: &str| {
            let at = Instant::parse(at, &zone).unwrap();
            let on_duty = world.on_duty(village, PostKind::StandingCadre, at);
            on_duty.people.iter().map(|duty| duty.person.to_string()).collect::<Vec<_>>().join(" ")
        };
        let weeks =
            ["2026-12-08", "2026-12-15", "2026-12-22", "2026-12-29"].map(|day| on(&format!("{day}T12:00:00+08:00")));
        assert_eq!(weeks, ["P5", "P9", "P10", "P5"]);
        assert_eq!(on("2026-12-12T12:00:00+08:00"), "", "a Saturday");
        assert_eq!(
            (on("2026-11-24"), on("2027-01-05")),
            ("P9".to_owned(), "P9".to_owned()),
            "as it was before and after"
        );
    }

    #[test]
    fn what_cannot_be_is_refused_with_the_mend() {
        for (line, expected) in [
            ("--unit V --post StandingCadre --from 2026-12-07 --to 2026-12-07", "must be later than `--from`"),
            ("--unit V --post StandingCadre --from 2026-12-07 --to 2029-12-07", "by 400 days at most"),
            ("--unit X --post StandingCadre --from 2026-12-07 --to 2026-12-14", "unit `X` is not in the register"),
            ("--unit V --post WindowClerk --from 2026-12-07 --to 2026-12-14", "check `--post`"),
            ("--unit V --post Mayor --from 2026-12-07 --to 2026-12-14", "`Mayor` is none of HouseholdContact"),
            ("--unit V --post StandingCadre --from 2026-12-07 --to 2026-12-08 --on Sunday", "no day of duty"),
            ("--unit T --post DutyLeader --code V-SP --from 2026-12-07 --to 2026-12-14", "give another `--code`"),
            ("--unit V --post StandingCadre --from 2026-12-07 --to 2026-12-14 --people P8", "`P8` holds no post"),
            (
                "--unit V --post StandingCadre --from 2026-12-07 --to 2026-12-14 --hours 17:00-09:00 --kind ServicePoint",
                "reversed",
            ),
        ] {
            let refused = told(line).unwrap_err();
            assert!(refused.contains(expected), "{line}: {refused}");
        }
    }
}
