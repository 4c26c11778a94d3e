//! Every problem of a register at once: a clerk mends a list, not one row a try.

use std::collections::{HashMap, HashSet};

use crate::rules::{
    absence::{self, Scope, Substitute},
    calendar::{self, Fault, File},
    id::{LadderCode, MatterCode, PersonCode, PostCode, UnitCode},
    instant::Span,
    matter::{Mandated, Rung},
    post::{Holding, Post, PostKind, Rank},
    roster,
    tier::{Tier, Unit},
    tree::{Tree, TreeFault},
    world::{
        problem::{Problem, Table},
        register::Register,
    },
};

/// Everything that is wrong with the register, in the order of files and rows; empty when it is right.
#[must_use]
pub fn problems(register: &Register) -> Vec<Problem> {
    let mut found: Vec<Problem> = match Tree::build(&register.units) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.iter().map(tree_problem).collect(),
    };
    let names = Names::of(register);
    dates(register, &mut found);
    people(register, &mut found);
    posts(register, &names, &mut found);
    holdings(register, &names, &mut found);
    matters(register, &names, &mut found);
    mandates(register, &names, &mut found);
    ladders(register, &names, &mut found);
    super::limits::problems(register, &mut found);
    calendars(register, &names, &mut found);
    absences(register, &names, &mut found);
    rosters(register, &names, &mut found);
    duty_changes(register, &names, &mut found);
    found.sort();
    found
}

struct Names<'a> {
    units: HashMap<&'a UnitCode, Vec<&'a Unit>>,
    people: HashSet<&'a PersonCode>,
    posts: HashMap<&'a PostCode, &'a Post>,
    matters: HashSet<&'a MatterCode>,
    ladders: HashSet<&'a LadderCode>,
}

impl<'a> Names<'a> {
    fn of(register: &'a Register) -> Self {
        let mut units: HashMap<&UnitCode, Vec<&Unit>> = HashMap::with_capacity(register.units.len());
        for unit in &register.units {
            units.entry(&unit.code).or_default().push(unit);
        }
        Self {
            units,
            people: register.people.iter().map(|p| &p.code).collect(),
            posts: register.posts.iter().map(|p| (&p.code, p)).collect(),
            matters: register.matters.iter().map(|m| &m.code).collect(),
            ladders: register.ladders.iter().map(|r| &r.ladder).collect(),
        }
    }
}

fn tree_problem(fault: &TreeFault) -> Problem {
    let (column, mend) = match fault {
        TreeFault::Duplicate { .. } => ("code", "give it a code of its own, or dates that do not overlap"),
        TreeFault::UnknownParent { .. } => ("parent", "add that unit, or name one that is there"),
        TreeFault::UnknownServed { .. } => ("serves", "name a territory of the register, or leave it empty"),
        TreeFault::Serving { .. } => ("serves", "leave it empty for a territory; give a functional unit a parent"),
        TreeFault::NotBelow { .. } => ("parent", "name a parent of a higher tier"),
        TreeFault::Cycle { .. } => ("parent", "name a parent that is not below this unit"),
        TreeFault::Outlives { .. } => ("from", "shorten its time, or lengthen the parent's"),
        TreeFault::OutlivesServed { .. } => ("from", "shorten its time, or lengthen the territory's"),
        TreeFault::TooDeep { .. } => ("parent", "take a unit out of the chain above it"),
        TreeFault::KindChanged { .. } => ("kind", "keep the kind, or give the new unit a new code"),
    };
    Problem::new(Table::Units, fault.row(), column, fault.to_string(), mend)
}

fn dates(register: &Register, found: &mut Vec<Problem>) {
    let mut check = |table, spans: &mut dyn Iterator<Item = Span>| {
        for (row, span) in spans.enumerate() {
            if span.from >= span.to {
                let what = "the dates are reversed: `to` is not after `from`";
                found.push(Problem::new(table, row, "to", what, "`to` is the first day on which it no longer holds"));
            }
        }
    };
    check(Table::Units, &mut register.units.iter().map(|r| r.span));
    check(Table::Posts, &mut register.posts.iter().map(|r| r.span));
    check(Table::Holdings, &mut register.holdings.iter().map(|r| r.span));
    check(Table::Matters, &mut register.matters.iter().map(|r| r.span));
    check(Table::Mandates, &mut register.mandates.iter().map(|r| r.span));
    check(Table::Ladders, &mut register.ladders.iter().map(|r| r.span));
}

fn people(register: &Register, found: &mut Vec<Problem>) {
    let mut seen = HashSet::new();
    for (row, person) in register.people.iter().enumerate() {
        if !seen.insert(&person.code) {
            found.push(duplicate(Table::People, row, "person", &person.code));
        }
    }
}

fn duplicate(table: Table, row: usize, what: &str, code: &dyn std::fmt::Display) -> Problem {
    Problem::new(table, row, "code", format!("{what} `{code}` stands in an earlier row"), "give it a code of its own")
}

fn unknown(table: Table, row: usize, column: &'static str, what: &str, code: &dyn std::fmt::Display) -> Problem {
    let mend = "add it to its file, or name one that is there";
    Problem::new(table, row, column, format!("{what} `{code}` is not in the register"), mend)
}

fn posts(register: &Register, names: &Names<'_>, found: &mut Vec<Problem>) {
    let mut seen = HashSet::new();
    for (row, post) in register.posts.iter().enumerate() {
        if !seen.insert(&post.code) {
            found.push(duplicate(Table::Posts, row, "post", &post.code));
        }
        let Some(stretches) = names.units.get(&post.unit) else {
            found.push(unknown(Table::Posts, row, "unit", "unit", &post.unit));
            continue;
        };
        if !post.span.is_covered_by(stretches.iter().map(|u| u.span).collect()) {
            let what = format!("the post exists at a time when its unit `{}` does not", post.unit);
            found.push(Problem::new(Table::Posts, row, "from", what, "keep its dates within the unit's"));
        }
    }
}

fn holdings(register: &Register, names: &Names<'_>, found: &mut Vec<Problem>) {
    let mut by_post: HashMap<&PostCode, Vec<(usize, &Holding)>> = HashMap::new();
    for (row, holding) in register.holdings.iter().enumerate() {
        if !names.people.contains(&holding.person) {
            found.push(unknown(Table::Holdings, row, "person", "person", &holding.person));
        }
        match names.posts.get(&holding.post) {
            None => found.push(unknown(Table::Holdings, row, "post", "post", &holding.post)),
            Some(post) if !post.span.covers(holding.span) => {
                let what = format!("post `{}` is held at a time when it does not exist", holding.post);
                found.push(Problem::new(Table::Holdings, row, "from", what, "keep its dates within the post's"));
            }
            Some(_) => {}
        }
        by_post.entry(&holding.post).or_default().push((row, holding));
    }
    for holdings in by_post.into_values() {
        together(holdings, found);
    }
}

/// What the holdings of one post may not be at one time. One problem a row at most, in one pass in
/// the order of time: a block of rows pasted twice gives one line each, not one for each pair.
fn together<'a>(mut holdings: Vec<(usize, &'a Holding)>, found: &mut Vec<Problem>) {
    holdings.sort_by_key(|(row, h)| (h.span, *row));
    let mut own: HashMap<&PersonCode, (usize, &'a Holding)> = HashMap::new();
    let mut first: Option<(usize, &'a Holding)> = None;
    for (row, holding) in holdings {
        let still = |(_, earlier): &(usize, &Holding)| earlier.span.overlaps(holding.span);
        let later = |other: usize| row.max(other);
        if let Some((other, _)) = own.get(&holding.person).filter(|h| still(h)) {
            let what = format!("`{}` holds post `{}` twice at once", holding.person, holding.post);
            found.push(Problem::new(Table::Holdings, later(*other), "person", what, "end the earlier holding first"));
        } else if holding.rank == Rank::First
            && let Some((other, earlier)) = first.filter(still)
        {
            let (one, two) = if other < row { (earlier, holding) } else { (holding, earlier) };
            let what =
                format!("post `{}` has two first holders at once: `{}` and `{}`", holding.post, one.person, two.person);
            let mend = "end the earlier holding on the day the later begins, or make one a Substitute";
            found.push(Problem::new(Table::Holdings, later(other), "rank", what, mend));
        }
        let until = |h: Option<&(usize, &Holding)>| h.map(|(_, h)| h.span.to);
        if until(own.get(&holding.person)) < Some(holding.span.to) {
            own.insert(&holding.person, (row, holding));
        }
        if holding.rank == Rank::First && until(first.as_ref()) < Some(holding.span.to) {
            first = Some((row, holding));
        }
    }
}

fn matters(register: &Register, names: &Names<'_>, found: &mut Vec<Problem>) {
    let mut seen = HashSet::new();
    for (row, matter) in register.matters.iter().enumerate() {
        if !seen.insert(&matter.code) {
            found.push(duplicate(Table::Matters, row, "matter", &matter.code));
        }
        if !names.ladders.contains(&matter.ladder) {
            found.push(unknown(Table::Matters, row, "ladder", "ladder", &matter.ladder));
        }
    }
}

fn mandates(register: &Register, names: &Names<'_>, found: &mut Vec<Problem>) {
    for (row, mandate) in register.mandates.iter().enumerate() {
        if !names.matters.contains(&mandate.matter) {
            found.push(unknown(Table::Mandates, row, "matter", "matter", &mandate.matter));
        }
        if let Mandated::Post(post) = &mandate.to
            && !names.posts.contains_key(post)
        {
            found.push(unknown(Table::Mandates, row, "post", "post", post));
        }
    }
}

fn ladders(register: &Register, names: &Names<'_>, found: &mut Vec<Problem>) {
    let fillable = fillable(register, names);
    let mut lower: HashMap<&LadderCode, Vec<&Rung>> = HashMap::new();
    for (row, rung) in register.ladders.iter().enumerate() {
        if let Some(first) = lower.get(&rung.ladder).and_then(|l| l.first())
            && first.ladder_name != rung.ladder_name
        {
            let what = format!("ladder `{}` is called `{}` in an earlier row", rung.ladder, first.ladder_name);
            found.push(Problem::new(Table::Ladders, row, "name", what, "write the same name on every rung"));
        }
        if rung.no == 0 || rung.no > super::MAX_RUNGS {
            let what = format!("rung `{}` is out of range", rung.no);
            found.push(Problem::new(
                Table::Ladders,
                row,
                "rung",
                what,
                "count rungs from 1 at the lowest, 100 at most",
            ));
        }
        let others = lower.entry(&rung.ladder).or_default();
        if let Some(problem) = others.iter().find_map(|other| beside(row, rung, other)) {
            found.push(problem);
        }
        others.push(rung);
        if !fillable.contains(&(rung.tier, rung.kind)) {
            let what = format!("no post can fill this rung: there is no {} at a {}", rung.kind, rung.tier);
            found.push(Problem::new(Table::Ladders, row, "post", what, "add such a post, or take the rung out"));
        }
    }
}

/// What is wrong with a rung beside one of an earlier row.
fn beside(row: usize, rung: &Rung, other: &Rung) -> Option<Problem> {
    if rung.ladder != other.ladder || !other.span.overlaps(rung.span) {
        return None;
    }
    if other.no == rung.no {
        let what = format!("ladder `{}` has rung {} twice", rung.ladder, rung.no);
        return Some(Problem::new(Table::Ladders, row, "rung", what, "give each rung a number of its own"));
    }
    let falls = (other.no < rung.no && other.tier.is_above(rung.tier))
        || (other.no > rung.no && rung.tier.is_above(other.tier));
    falls.then(|| {
        let what = format!(
            "rung {} ({}) of ladder `{}` does not climb from rung {} ({})",
            rung.no, rung.tier, rung.ladder, other.no, other.tier
        );
        Problem::new(Table::Ladders, row, "tier", what, "a higher rung stands at the same or a higher tier")
    })
}

fn calendars(register: &Register, names: &Names<'_>, found: &mut Vec<Problem>) {
    let faults = calendar::check::faults(register.calendar_rows());
    found.extend(faults.iter().map(calendar_problem));
    for (row, kept) in register.unit_calendars.iter().enumerate() {
        if !names.units.contains_key(&kept.unit) {
            found.push(unknown(Table::UnitCalendars, row, "unit", "unit", &kept.unit));
        }
    }
}

fn absences(register: &Register, names: &Names<'_>, found: &mut Vec<Problem>) {
    let faults = absence::check::absences(&register.absences).into_iter();
    found.extend(faults.map(|fault| Problem::new(Table::Absences, fault.row, fault.column, fault.what, fault.mend)));
    for (row, absence) in register.absences.iter().enumerate() {
        let mut person = |column, code: &PersonCode| {
            if !names.people.contains(code) {
                found.push(unknown(Table::Absences, row, column, "person", code));
            }
        };
        person("person", &absence.person);
        if let Substitute::Person(substitute) = &absence.substitute {
            person("substitute", substitute);
        }
        if let Some(recorded_by) = &absence.recorded_by {
            person("recorded_by", recorded_by);
        }
        if let Scope::Matters(matters) = &absence.scope {
            let gone = matters.iter().filter(|matter| !names.matters.contains(matter));
            found.extend(gone.map(|matter| unknown(Table::Absences, row, "matters", "matter", matter)));
        }
    }
}

fn rosters(register: &Register, names: &Names<'_>, found: &mut Vec<Problem>) {
    let faults = roster::check::rosters(&register.rosters).into_iter();
    found.extend(faults.map(|fault| Problem::new(Table::Rosters, fault.row, fault.column, fault.what, fault.mend)));
    for (row, roster) in register.rosters.iter().enumerate() {
        if !names.units.contains_key(&roster.unit) {
            found.push(unknown(Table::Rosters, row, "unit", "unit", &roster.unit));
        } else if !register.posts.iter().any(|post| post.unit == roster.unit && post.kind == roster.posts) {
            let what = format!("unit `{}` has no post of the kind {}", roster.unit, roster.posts);
            found.push(Problem::new(Table::Rosters, row, "posts", what, "name a kind of post that is there"));
        }
        let people = roster.order.iter().filter_map(|slot| slot.0.as_ref());
        let gone = people.filter(|person| !names.people.contains(person));
        found.extend(gone.map(|person| unknown(Table::Rosters, row, "order", "person", person)));
    }
}

fn duty_changes(register: &Register, names: &Names<'_>, found: &mut Vec<Problem>) {
    let faults = roster::check::duty_changes(&register.duty_changes).into_iter();
    found.extend(faults.map(|f| Problem::new(Table::DutyChanges, f.row, f.column, f.what, f.mend)));
    let rosters: HashSet<_> = register.rosters.iter().map(|roster| &roster.code).collect();
    for (row, change) in register.duty_changes.iter().enumerate() {
        if !rosters.contains(&change.roster) {
            found.push(unknown(Table::DutyChanges, row, "roster", "roster", &change.roster));
        }
        for (column, person) in change.people() {
            if !names.people.contains(person) {
                found.push(unknown(Table::DutyChanges, row, column, "person", person));
            }
        }
    }
}

fn calendar_problem(fault: &Fault) -> Problem {
    let table = match fault.file {
        File::Calendars => Table::Calendars,
        File::Hours => Table::Hours,
        File::Days => Table::Days,
        File::Markets => Table::Markets,
        File::UnitCalendars => Table::UnitCalendars,
    };
    Problem::new(table, fault.row, fault.column(), fault.to_string(), fault.mend())
}

/// At which tiers there are posts of which kind, on the territory or on a unit that serves it.
fn fillable(register: &Register, names: &Names<'_>) -> HashSet<(Tier, PostKind)> {
    let mut places: HashMap<&UnitCode, Option<Tier>> = HashMap::new();
    let mut tier_of = |unit: &UnitCode| -> Option<Tier> {
        if let Some(known) = names.units.get_key_value(unit).and_then(|(code, _)| places.get(code)) {
            return *known;
        }
        let (code, _) = names.units.get_key_value(unit)?;
        let mut at = names.units.get(unit)?.last()?;
        let mut tier = at.kind.tier();
        for _ in 0..crate::rules::tree::MAX_DEPTH {
            if tier.is_some() {
                break;
            }
            let Some(above) = at.serves.as_ref().or(at.parent.as_ref()).and_then(|c| names.units.get(c)?.last()) else {
                break;
            };
            at = above;
            tier = at.kind.tier();
        }
        places.insert(code, tier);
        tier
    };
    register.posts.iter().filter_map(|p| Some((tier_of(&p.unit)?, p.kind))).collect()
}
