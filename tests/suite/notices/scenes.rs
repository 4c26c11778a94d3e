//! The table of who is told what by a request, held complete: a small scene for everything that can happen to one.
//!
//! Each scene says whom it tells. Besides, every event of every scene is compared with the table: whoever the table has
//! told is told just that, and nobody else. At the end every happening has had a scene, and every tick of the table
//! somebody who was told.

use std::collections::{BTreeMap, BTreeSet};

use liandong_engine::{
    rules::{
        actor::Actor,
        authority::reads_map,
        instant::{Instant, Span, Zone},
        matter::{Mandate, Mandated, Power},
        notice::{Happening, Notice, Relation, Silence, Word, notices, told, touched},
        post::{Holding, Person, Post, PostKind, Rank},
        register,
        request::{
            Citizen, How, Outcome, Request,
            basis::bases,
            command::Command,
            decide::{self, Around, Fresh, followed},
            event::Recorded,
            evolve::evolve,
            relation::may_see,
            running,
        },
        routing::Loads,
        world::{Register, World},
    },
    run::source::Entropy,
};
use liandong_tests::{
    fixtures,
    town::{self, instant},
};

/// The town of the limits, where every post has a substitute, who is told nothing and can act; and whoever leaves a post
/// in a scene holds another one.
fn town_of_scenes() -> World {
    let mut rows: Register = fixtures::register("story-limits");
    for no in 11..=20 {
        rows.people.push(Person {
            code: format!("P{no}").parse().unwrap(),
            name: "某某".to_owned(),
            phone: String::new(),
        });
    }
    let post = |code: &str, kind, unit: &str| Post {
        code: code.parse().unwrap(),
        name: "岗".to_owned(),
        kind,
        unit: unit.parse().unwrap(),
        span: Span::ALWAYS,
    };
    rows.posts.push(post("V-SC2", PostKind::StandingCadre, "V"));
    rows.posts.push(post("H14-C", PostKind::HouseholdContact, "H12"));
    rows.holdings.retain(|held| held.post.as_str() != "T-SUP");
    for (post, person, rank) in [
        ("T-SUP", "P11", Rank::First),
        ("G1-LEAD", "P12", Rank::Substitute),
        ("V-SC", "P14", Rank::Substitute),
        ("WATER-HEAD", "P15", Rank::Substitute),
        ("T-DUTY", "P17", Rank::Substitute),
        ("V-SC2", "P18", Rank::First),
        ("T-SUP", "P19", Rank::Substitute),
        ("H14-C", "P20", Rank::First),
        ("V-SC2", "P5", Rank::Substitute),
        ("WATER-TM", "P9", Rank::Substitute),
        ("G2-LEAD", "P2", Rank::Substitute),
        ("G2-LEAD", "P10", Rank::Substitute),
    ] {
        let (post, person) = (post.parse().unwrap(), person.parse().unwrap());
        rows.holdings.push(Holding { post, person, rank, span: Span::ALWAYS });
    }
    let tank = |matter: &liandong_engine::rules::matter::Matter| {
        (matter.code.as_str() == "water-pipe").then(|| {
            let mut tank = matter.clone();
            tank.code = "water-tank".parse().unwrap();
            tank
        })
    };
    let tank = rows.matters.iter().find_map(tank).unwrap();
    let to = Mandated::Kind(PostKind::StandingCadre);
    rows.mandates.push(Mandate { to, matter: tank.code.clone(), power: Power::Resolve, span: Span::ALWAYS });
    rows.matters.push(tank);
    World::build(rows, 1, Zone::china()).unwrap()
}

/// An event as it happened, and what everybody was told by it.
struct Seen {
    happening: Happening,
    told: Vec<Notice>,
}

struct Scene {
    world: World,
    at: Instant,
    request: Option<Request>,
    /// The request that it is the same as, and one more.
    other: Option<Request>,
    third: Option<Request>,
    journal: Vec<Recorded>,
    seen: Vec<Seen>,
    /// Which ticks of the table somebody was told by.
    shown: BTreeSet<(Happening, Relation)>,
}

fn at(text: &str) -> Instant {
    instant(&format!("{text}T09:00:00+08:00")).unwrap()
}

impl Scene {
    fn happens(&mut self, records: Vec<Recorded>) {
        for recorded in records {
            let before = self.request.take();
            let after = evolve(before.clone(), self.at, &recorded.event).ok();
            let id = after.as_ref().unwrap().id;
            let told = notices(&self.world, self.at, id, before.as_ref(), &recorded);
            self.agrees(before.as_ref(), after.as_ref().unwrap(), &recorded, &told);
            self.seen.push(Seen { happening: Happening::of(before.as_ref(), &recorded), told });
            self.journal.push(recorded);
            self.request = after;
        }
    }

    /// Whether what was told is what the table says.
    fn agrees(&mut self, before: Option<&Request>, after: &Request, recorded: &Recorded, told_all: &[Notice]) {
        let happening = Happening::of(before, recorded);
        let mut left: Vec<&Notice> = told_all.iter().collect();
        let mut known = BTreeSet::new();
        for (relation, person, _) in touched(before, &recorded.event) {
            let Word::Told(kind) = told(happening, relation) else {
                let nobody = told(happening, relation) == Word::Not(Silence::Nobody);
                assert!(!nobody, "{happening}: {person} is {relation}, and the table knows nobody");
                continue;
            };
            let works = self.world.find_person(person.as_str()).is_some_and(|ix| reads_map(&self.world, ix, self.at));
            let sees = may_see(&self.world, after, &Actor::Person(person.clone()), self.at);
            let did_it = recorded.step.acted.person() == Some(&person);
            if !works || !sees || did_it || !known.insert(person.clone()) {
                continue;
            }
            let found = left.iter().position(|notice| notice.person == person && notice.kind == kind);
            left.remove(
                found.unwrap_or_else(|| panic!("{happening}: {relation} {person} is not told {kind}: {told_all:?}")),
            );
            self.shown.insert((happening, relation));
        }
        assert!(left.is_empty(), "{happening}: the table does not have {left:?}");
    }

    fn does(&mut self, line: &str) {
        self.at = self.at.plus_minutes(1);
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["other", "logs"] => {
                self.other = Some(self.logged(2));
                self.third = Some(self.logged(3));
            }
            ["other", who, ref what @ ..] => self.happens_to_other(who, what, line),
            [who, "logs"] | [who, "complains", "of", _] => {
                let mut log = town::request("H11", "water-pipe").unwrap();
                if let ["complains", "of", accused] = words[1..] {
                    (log.matter, log.accused) = ("cadre-conduct".parse().unwrap(), vec![accused.parse().unwrap()]);
                }
                let fresh: Fresh = Entropy::seeded(1).fresh(self.at, &town::SECRET).unwrap();
                let actor = town::person(who).unwrap();
                let records = decide::log(&self.world, self.at, &actor, fresh, &log, &Loads::default()).unwrap();
                self.happens(records);
            }
            ["carrier", ref what @ ..] => {
                let carrier = self.request.as_ref().and_then(Request::relay).unwrap().person.clone();
                self.act(&Actor::Person(carrier), what, line);
            }
            ["until", day] => self.until(at(day)),
            ["operator", "recomputes"] => self.act(&Actor::Operator, &words[1..], line),
            ["operator", ref what @ ..] => self.change(what),
            ["citizen", ref what @ ..] => {
                let id = self.request.as_ref().unwrap().id;
                self.act(&Actor::Citizen(id), what, line);
            }
            [who, ref what @ ..] => self.act(&town::person(who).unwrap(), what, line),
            [] => panic!("an empty line"),
        }
    }

    fn act(&mut self, actor: &Actor, what: &[&str], line: &str) {
        let request = self.request.clone().unwrap();
        let command = self.asked(what);
        let around = Around { loads: &Loads::default(), other: self.other.as_ref() };
        let decided = decide::decide(&self.world, &request, self.at, actor, &command, around);
        self.happens(decided.unwrap_or_else(|refusal| panic!("{line}: {refusal:?}")));
    }

    /// A request of another household of the group.
    fn logged(&self, seed: u64) -> Request {
        let fresh: Fresh = Entropy::seeded(seed).fresh(self.at, &town::SECRET).unwrap();
        let (log, actor) = (town::request("H12", "water-pipe").unwrap(), town::person("P1").unwrap());
        let records = decide::log(&self.world, self.at, &actor, fresh, &log, &Loads::default()).unwrap();
        records.into_iter().fold(None, |state, record| evolve(state, self.at, &record.event).ok()).unwrap()
    }

    /// Something happens to the other request, and to this one by that.
    fn happens_to_other(&mut self, who: &str, what: &[&str], line: &str) {
        let (loads, other) = (Loads::default(), self.other.clone().unwrap());
        let actor = if who == "citizen" { Actor::Citizen(other.id) } else { town::person(who).unwrap() };
        let command = match what {
            ["joins"] => Command::Merge { into: self.third.as_ref().unwrap().id, reason: "如此".to_owned() },
            _ => self.asked(what),
        };
        let around = Around { loads: &loads, other: self.third.as_ref() };
        let decided = decide::decide(&self.world, &other, self.at, &actor, &command, around);
        let records = decided.unwrap_or_else(|refusal| panic!("{line}: {refusal:?}"));
        let follower: Vec<Request> = self.request.iter().cloned().collect();
        for (_, records) in followed(&self.world, &other, &records, &follower, self.at, &loads).unwrap() {
            self.happens(records);
        }
        let at = self.at;
        self.other = records.into_iter().try_fold(other, |state, record| evolve(Some(state), at, &record.event).ok());
    }

    fn asked(&self, what: &[&str]) -> Command {
        let say = || "如此".to_owned();
        let no = |text: &str| liandong_engine::rules::id::AssignmentNo(text.parse().unwrap());
        let confirm =
            |told| Command::ConfirmRelay { told, whom: "韦阿婆".to_owned(), when: self.at, how: How::Phone };
        match what {
            ["accepts"] => Command::Accept,
            ["escalates"] => Command::Escalate { reason: say() },
            ["transfers", to] => Command::Transfer { to: to.parse().unwrap(), reason: say() },
            ["returns"] => Command::SendBack { to: None, reason: say() },
            ["rejects"] => Command::Reject { explanation: say() },
            ["asks"] => Command::AskCitizen { question: say() },
            ["answers"] => Command::Resume { answer: say() },
            ["notes"] => Command::AddNote { text: say() },
            ["resolves"] => Command::Resolve { outcome: Outcome::Solved, words: say(), face_to_face: false },
            ["relays"] => confirm(false),
            ["tells"] => confirm(true),
            ["is", "content"] => Command::Rate { satisfied: true, words: say() },
            ["is", "not"] => Command::Rate { satisfied: false, words: say() },
            ["withdraws"] => Command::Withdraw { reason: say() },
            ["rules", to] => Command::Rule { to: to.parse().unwrap(), ruling: say() },
            ["reminds"] => Command::Remind { words: say() },
            ["supervises"] => Command::Supervise { words: say(), working_days: None },
            ["lifts"] => Command::TakeOver { reason: say() },
            ["corrects", matter] => Command::Correct { matter: matter.parse().unwrap(), reason: say() },
            ["joins"] => Command::Merge { into: self.other.as_ref().unwrap().id, reason: say() },
            ["parts"] => Command::Separate { reason: say() },
            ["renames"] => {
                let citizen = Citizen { name: "韦改名".to_owned(), phone: "00000000000".to_owned() };
                Command::CorrectCitizen { citizen, reason: say() }
            }
            ["whistles", to] => Command::CallHelp { to: to.parse().unwrap(), reason: say() },
            ["delegates", to] => Command::Delegate { to: to.parse().unwrap(), instruction: say() },
            ["responds", which] => Command::Respond { no: no(which) },
            ["reports", which] => Command::Report { no: no(which), words: say() },
            ["recalls", which] => Command::Recall { no: no(which), reason: say() },
            ["extends"] => Command::AskExtension { working_days: 1, reason: say() },
            ["grants"] => Command::GrantExtension,
            ["refuses"] => Command::RefuseExtension { reason: say() },
            ["recomputes"] => {
                let bases = bases(self.request.as_ref().unwrap(), self.journal.iter());
                Command::Recompute { rules_of_today: false, reason: say(), bases }
            }
            other => panic!("{other:?}"),
        }
    }

    /// The operator changes the register under it.
    fn change(&mut self, what: &[&str]) {
        use register::command::Command as Change;
        let change = match what {
            ["relieves", who, "of", post] => {
                Change::Relieve { post: post.parse().unwrap(), person: who.parse().unwrap(), successor: None }
            }
            ["appoints", who, "to", post] => {
                let (post, person) = (post.parse().unwrap(), who.parse().unwrap());
                Change::Appoint { post, person, rank: Rank::Substitute }
            }
            ["abolishes", post] => Change::AbolishPost { post: post.parse().unwrap() },
            ["merges", from, "into", into] => {
                Change::MergeUnits { from: from.parse().unwrap(), into: into.parse().unwrap() }
            }
            ["declares", day] => Change::DeclareDays {
                calendar: "cn".parse().unwrap(),
                days: vec![register::command::NewDay {
                    date: day.parse().unwrap(),
                    name: "放假".to_owned(),
                    kind: liandong_engine::rules::calendar::Declared::Holiday,
                    periods: Vec::new(),
                }],
                published_to: None,
            },
            other => panic!("{other:?}"),
        };
        let open: Vec<Request> = self.request.iter().cloned().collect();
        let decided =
            register::decide::decide(&self.world, self.at, &Actor::Operator, &change, &open, &Loads::default());
        let decision = decided.unwrap_or_else(|refusal| panic!("{what:?}: {refusal:?}"));
        self.world = decision.world;
        for (_, records) in decision.hand_overs {
            self.happens(records);
        }
    }

    /// Everything that is over by then takes effect, each at its own time.
    fn until(&mut self, end: Instant) {
        loop {
            let request = self.request.clone().unwrap();
            let Some(due) = running(&request).into_iter().filter(|due| due.at <= end).min() else { return };
            self.at = due.at;
            let records = decide::run_out(&self.world, &request, due.at, due, &Loads::default()).unwrap();
            self.happens(records);
        }
    }
}

/// The scenes, each with its case, its lines, and who is told what.
fn scenes() -> Vec<(Happening, String, String, String)> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/notices/requests.txt");
    let text = std::fs::read_to_string(path).unwrap();
    let mut cases: BTreeMap<String, String> = BTreeMap::new();
    let mut scenes = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some((name, lines)) = line.strip_prefix("case ").and_then(|case| case.split_once(": ")) {
            cases.insert(name.to_owned(), lines.to_owned());
            continue;
        }
        let columns: Vec<&str> = line.split('|').map(str::trim).collect();
        let [happening, case, lines, expected] = columns[..] else { panic!("{line}") };
        let happening = Happening::parse(happening).unwrap_or_else(|| panic!("{line}"));
        let case = cases.get(case).map_or(case, String::as_str);
        scenes.push((happening, case.to_owned(), lines.to_owned(), expected.to_owned()));
    }
    scenes
}

/// Plays a scene: what was told by the first such event of its own lines, and which ticks of the table it showed.
fn play(town: &World, happening: Happening, case: &str, lines: &str) -> (String, BTreeSet<(Happening, Relation)>) {
    let mut scene = Scene {
        world: town.clone(),
        at: at("2024-05-06"),
        request: None,
        other: None,
        third: None,
        journal: Vec::new(),
        seen: Vec::new(),
        shown: BTreeSet::new(),
    };
    case.split("; ").filter(|line| !line.is_empty()).for_each(|line| scene.does(line));
    let before = scene.seen.len();
    lines.split("; ").for_each(|line| scene.does(line));
    let of_it = scene.seen.iter().skip(before).find(|seen| seen.happening == happening);
    let came = || scene.seen.iter().skip(before).map(|seen| seen.happening.word()).collect::<Vec<_>>();
    let seen = of_it.unwrap_or_else(|| panic!("it does not happen, but {:?}", came()));
    let told: Vec<String> = seen.told.iter().map(|n| format!("{} {}", n.person, n.kind)).collect();
    (told.join(", "), scene.shown)
}

#[test]
fn everybody_whom_something_touches_is_told_as_the_table_says() {
    let town = town_of_scenes();
    let mut shown = BTreeSet::new();
    let mut wrong = Vec::new();
    let scenes = scenes();
    for (happening, case, lines, expected) in &scenes {
        let played = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| play(&town, *happening, case, lines)));
        match played {
            Ok((told, ticks)) => {
                shown.extend(ticks);
                if told != *expected {
                    wrong.push(format!("{happening} by `{lines}`: `{told}` instead of `{expected}`"));
                }
            }
            Err(panic) => {
                let said = panic.downcast_ref::<String>().cloned().unwrap_or_default();
                wrong.push(format!("{happening} by `{lines}`: {said}"));
            }
        }
    }
    let unplayed = Happening::ALL.iter().filter(|happening| !scenes.iter().any(|(played, ..)| played == *happening));
    wrong.extend(unplayed.map(|happening| format!("no scene plays {happening}; write one")));
    let cells = Happening::ALL.iter().flat_map(|h| Relation::ALL.iter().map(move |relation| (*h, *relation)));
    let ticked = cells.filter(|(happening, relation)| matches!(told(*happening, *relation), Word::Told(_)));
    let missing = ticked.filter(|cell| !shown.contains(cell));
    wrong
        .extend(missing.map(|(h, relation)| format!("no scene tells {relation} of {h}; write one, or mend the table")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
