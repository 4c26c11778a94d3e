//! The table of who is told what by a request, held complete: a small scene for everything that can happen to one.
//!
//! Each scene says whom it tells. Besides, every event of every scene is compared with the table: whoever the table has
//! told is told just that, and nobody else. At the end every happening has had a scene, and every tick of the table
//! somebody who was told.

use std::collections::BTreeSet;

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
            How, Outcome, Request,
            basis::bases,
            command::Command,
            decide::{self, Fresh},
            event::Recorded,
            evolve::evolve,
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

/// A case at the village's secretary P5, with everybody at it: P2 logs for nobody, had it before and does a step; P9
/// helps; P8 is asked for more time; P11 watches; P1 logged it.
const ALL_AT_IT: &str = "P1 logs; P2 escalates; P5 accepts; P5 whistles WATER-HEAD; P5 delegates G1-LEAD; P5 extends; \
                         P11 supervises";

/// The same, resolved: P2 carries the result.
const CARRIED: &str = "P1 logs; P2 escalates; P5 accepts; P5 whistles WATER-HEAD; P11 supervises; P5 resolves";

/// The same, told to the household.
const TOLD: &str = "P1 logs; P2 escalates; P5 accepts; P11 supervises; P5 resolves; P2 tells";

/// What happens, in which case, by which lines, and who is told what by it.
const SCENES: &[(&str, &str, &str, &str)] = &[
    ("Logged", "", "P1 logs", "P2 Assigned"),
    ("Logged", "", "P2 logs", ""),
    ("Accepted", "P1 logs; P2 escalates", "P5 accepts", ""),
    ("Accepted", "P1 logs; P2 escalates", "P14 accepts", "P5 ActedFor"),
    ("HandedUp", ALL_AT_IT, "P14 escalates", "P8 Assigned, P5 ActedFor, P2 NotNeeded, P9 Reassigned"),
    ("TakenUp", ALL_AT_IT, "until 2024-05-20", "P8 Assigned, P5 TakenUp, P2 NotNeeded, P9 Reassigned"),
    ("TakenOver", ALL_AT_IT, "P8 lifts", "P5 Taken, P2 NotNeeded, P9 Reassigned"),
    ("Transferred", ALL_AT_IT, "P14 transfers V-SC2", "P18 Assigned, P5 ActedFor, P2 NotNeeded, P8 NotNeeded, P9 Reassigned"),
    ("SentBack", ALL_AT_IT, "P14 returns", "P2 Assigned, P5 ActedFor, P8 NotNeeded, P9 Reassigned"),
    (
        "Frozen",
        "P1 logs; P2 escalates; P5 returns; P2 escalates; P5 returns; P2 escalates; P5 whistles WATER-HEAD; P5 delegates G2-LEAD",
        "P14 returns",
        "P11 Assigned, P5 ActedFor, P9 NotNeeded, P3 NotNeeded",
    ),
    (
        "Ruled",
        "P1 logs; P2 escalates; P5 returns; P2 escalates; P5 returns; P2 escalates; P5 returns",
        "P19 rules G1-LEAD",
        "P2 Assigned, P11 ActedFor",
    ),
    ("RejectionProposed", ALL_AT_IT, "P14 rejects", "P8 Assigned, P5 ActedFor, P2 NotNeeded, P9 Reassigned"),
    ("CitizenAsked", ALL_AT_IT, "P5 asks", "P9 CitizenAsked, P2 CitizenAsked, P8 CitizenAsked"),
    ("CitizenAsked", ALL_AT_IT, "P14 asks", "P5 ActedFor, P9 CitizenAsked, P2 CitizenAsked, P8 CitizenAsked"),
    (
        "CitizenAnswered",
        ALL_AT_IT,
        "P5 asks; citizen answers",
        "P5 CitizenAnswered, P9 CitizenAnswered, P2 CitizenAnswered, P8 CitizenAnswered",
    ),
    ("CitizenAnswered", "P1 logs", "P2 asks; P2 answers", ""),
    (
        "CitizenSilent",
        ALL_AT_IT,
        "P5 asks; until 2024-05-20",
        "P5 CitizenSilent, P9 CitizenSilent, P2 CitizenSilent, P8 CitizenSilent",
    ),
    ("NoteAdded", ALL_AT_IT, "citizen notes", "P5 NoteAdded, P9 NoteAdded, P2 NoteAdded, P8 NoteAdded"),
    ("NoteAdded", ALL_AT_IT, "P9 notes", "P5 NoteAdded, P2 NoteAdded, P8 NoteAdded"),
    ("NoteAdded", CARRIED, "citizen notes", "P2 NoteAdded, P5 NoteAdded"),
    ("NoteAdded", TOLD, "citizen notes", "P5 NoteAdded"),
    (
        "Resolved",
        "P1 logs; P2 escalates; P5 accepts; P5 whistles WATER-HEAD; P5 extends; P11 supervises",
        "P14 resolves",
        "P2 Assigned, P5 ActedFor, P9 NotNeeded, P8 NotNeeded, P11 SupervisedResolved, P1 Resolved",
    ),
    ("Relayed", CARRIED, "P12 relays", "P1 Assigned, P2 ActedFor"),
    ("CitizenTold", CARRIED, "P12 tells", "P2 ActedFor"),
    ("RelayTaken", CARRIED, "until 2024-05-20", "P6 Assigned, P2 TakenUp"),
    ("RelayHandedOver", CARRIED, "operator relieves P2 of G1-LEAD", "P12 Assigned, P2 Taken"),
    ("Overdue", ALL_AT_IT, "until 2024-05-20", "P5 Overdue, P9 Overdue, P8 Overdue"),
    ("LimitPassed", ALL_AT_IT, "until 2024-05-20", "P8 Overdue, P11 Overdue"),
    ("Lapsed", TOLD, "until 2024-06-20", ""),
    ("RatedGood", TOLD, "citizen is content", "P5 RatedGood"),
    (
        "RatedBad",
        "P1 logs; P2 escalates; P5 escalates; P8 escalates; P7 escalates; P11 supervises; P11 escalates; P8 resolves; P6 tells",
        "citizen is not",
        "P8 RatedBad, P11 RatedBad",
    ),
    ("Reopened", TOLD, "citizen is not", "P8 Assigned, P5 Reopened, P11 Reopened, P1 Reopened"),
    (
        "Withdrawn",
        ALL_AT_IT,
        "citizen withdraws",
        "P5 Withdrawn, P9 Withdrawn, P2 Withdrawn, P8 Withdrawn, P11 Withdrawn, P1 Withdrawn",
    ),
    ("Withdrawn", "P1 logs", "P1 withdraws", "P2 Withdrawn"),
    (
        "LeadHandedOver",
        ALL_AT_IT,
        "operator relieves P5 of V-SC",
        "P14 Assigned, P5 Taken, P9 Reassigned, P2 Reassigned, P8 Reassigned",
    ),
    (
        "LeadHandedOver",
        ALL_AT_IT,
        "operator abolishes V-SC",
        "P18 Assigned, P5 Taken, P2 NotNeeded, P8 NotNeeded, P9 Reassigned",
    ),
    // Who left the last post is told nothing any more.
    ("LeadHandedOver", "P20 logs; P2 escalates; P5 transfers V-SC2", "operator relieves P18 of V-SC2", "P5 Assigned"),
    ("PartHandedOver", ALL_AT_IT, "operator relieves P9 of WATER-HEAD", "P15 Assigned, P5 Reassigned, P9 Taken"),
    ("Corrected", ALL_AT_IT, "P7 corrects street-lamp", "P6 Assigned, P5 Taken, P2 NotNeeded, P8 NotNeeded, P9 Corrected, P1 Corrected"),
    ("CorrectedAndKept", ALL_AT_IT, "P7 corrects water-tank", "P5 Corrected, P2 NotNeeded, P8 NotNeeded, P9 Corrected, P1 Corrected"),
    ("Reminded", ALL_AT_IT, "citizen reminds", "P5 Reminded"),
    ("Reminded", CARRIED, "citizen reminds", "P2 Reminded"),
    ("Supervised", ALL_AT_IT, "P8 supervises", "P5 Supervised, P11 Supervised"),
    ("HelpCalled", ALL_AT_IT, "P14 whistles WATER-TM", "P10 Assigned, P5 ActedFor"),
    ("Delegated", ALL_AT_IT, "P14 delegates G2-LEAD", "P3 Assigned, P5 ActedFor"),
    ("Responded", ALL_AT_IT, "P15 responds 3", "P5 Responded, P9 ActedFor"),
    ("Reported", ALL_AT_IT, "P15 reports 3", "P5 Reported, P9 ActedFor"),
    ("Recalled", ALL_AT_IT, "P14 recalls 3", "P5 ActedFor, P9 NotNeeded"),
    ("Released", "P1 logs; P2 whistles WATER-TM", "operator relieves P10 of WATER-TM", "P2 Unhelped, P10 NotNeeded"),
    ("ExtensionAsked", "P1 logs; P2 escalates; P5 accepts", "P14 extends", "P8 Assigned, P5 ActedFor"),
    ("ExtensionGranted", ALL_AT_IT, "P17 grants", "P5 Extended, P8 ActedFor"),
    ("ExtensionRefused", ALL_AT_IT, "P17 refuses", "P5 NotExtended, P8 ActedFor"),
    ("Recomputed", ALL_AT_IT, "operator declares 2024-05-07; operator recomputes", "P5 DeadlineMoved, P9 DeadlineMoved, P2 DeadlineMoved"),
    ("PlaceMoved", ALL_AT_IT, "operator merges H11 into H12", "P5 PlaceMoved, P9 PlaceMoved, P2 PlaceMoved, P8 PlaceMoved"),
    ("PlaceMoved", CARRIED, "operator merges H11 into H12", "P2 PlaceMoved"),
];

/// The town of the limits, where every post has a substitute, who is told nothing and can act; and whoever leaves a post
/// in a scene holds another one.
fn town_of_scenes() -> World {
    let mut rows: Register = fixtures::register("story-limits");
    for no in 11..=20 {
        rows.people.push(Person { code: format!("P{no}").parse().unwrap(), name: "某某".to_owned(), phone: String::new() });
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
            let after = evolve(before.clone(), self.at, &recorded.event);
            let id = after.as_ref().unwrap().id;
            let told = notices(&self.world, self.at, id, before.as_ref(), &recorded);
            self.agrees(before.as_ref(), &recorded, &told);
            self.seen.push(Seen { happening: Happening::of(before.as_ref(), &recorded), told });
            self.journal.push(recorded);
            self.request = after;
        }
    }

    /// Whether what was told is what the table says.
    fn agrees(&mut self, before: Option<&Request>, recorded: &Recorded, told_all: &[Notice]) {
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
            let did_it = recorded.step.acted.person() == Some(&person);
            if !works || did_it || !known.insert(person.clone()) {
                continue;
            }
            let found = left.iter().position(|notice| notice.person == person && notice.kind == kind);
            left.remove(found.unwrap_or_else(|| panic!("{happening}: {relation} {person} is not told {kind}: {told_all:?}")));
            self.shown.insert((happening, relation));
        }
        assert!(left.is_empty(), "{happening}: the table does not have {left:?}");
    }

    fn does(&mut self, line: &str) {
        self.at = self.at.plus_minutes(1);
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            [who, "logs"] => {
                let log = town::request("H11", "water-pipe").unwrap();
                let fresh: Fresh = Entropy::seeded(1).fresh(self.at).unwrap();
                let actor = town::person(who).unwrap();
                let records = decide::log(&self.world, self.at, &actor, fresh, &log, &Loads::default()).unwrap();
                self.happens(records);
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
        let decided = decide::decide(&self.world, &request, self.at, actor, &command, &Loads::default());
        self.happens(decided.unwrap_or_else(|refusal| panic!("{line}: {refusal:?}")));
    }

    fn asked(&self, what: &[&str]) -> Command {
        let say = || "如此".to_owned();
        let no = |text: &str| liandong_engine::rules::id::AssignmentNo(text.parse().unwrap());
        let confirm = |told| Command::ConfirmRelay { told, whom: "韦阿婆".to_owned(), when: self.at, how: How::Phone };
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
        let decided = register::decide::decide(&self.world, self.at, &Actor::Operator, &change, &open, &Loads::default());
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

#[test]
fn everybody_whom_something_touches_is_told_as_the_table_says() {
    let town = town_of_scenes();
    let mut shown = BTreeSet::new();
    let mut played = BTreeSet::new();
    let mut wrong = Vec::new();
    for (happening, base, lines, expected) in SCENES {
        let happening = Happening::parse(happening).unwrap();
        let mut scene = Scene {
            world: town.clone(),
            at: at("2024-05-06"),
            request: None,
            journal: Vec::new(),
            seen: Vec::new(),
            shown: BTreeSet::new(),
        };
        let base: Vec<&str> = base.split("; ").filter(|line| !line.is_empty()).collect();
        base.iter().for_each(|line| scene.does(line));
        let prelude = scene.seen.len();
        lines.split("; ").for_each(|line| scene.does(line));
        let of_it = scene.seen.iter().skip(prelude).find(|seen| seen.happening == happening);
        let found = of_it.map(|seen| {
            seen.told.iter().map(|n| format!("{} {}", n.person, n.kind)).collect::<Vec<_>>().join(", ")
        });
        if found.as_deref() != Some(*expected) {
            let came: Vec<_> = scene.seen.iter().skip(prelude).map(|seen| seen.happening).collect();
            wrong.push(format!("{happening} by `{lines}`: {found:?} instead of {expected:?} (came: {came:?})"));
        }
        played.insert(happening);
        shown.extend(scene.shown);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let unplayed: Vec<_> = Happening::ALL.iter().filter(|happening| !played.contains(happening)).collect();
    assert!(unplayed.is_empty(), "no scene plays {unplayed:?}; write one");
    let cells = Happening::ALL.iter().flat_map(|h| Relation::ALL.iter().map(move |relation| (*h, *relation)));
    let ticked = cells.filter(|(happening, relation)| matches!(told(*happening, *relation), Word::Told(_)));
    let missing: Vec<_> = ticked.filter(|cell| !shown.contains(cell)).collect();
    assert!(missing.is_empty(), "no scene tells {missing:?}; write one, or mend the table");
}
