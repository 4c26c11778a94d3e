//! What a story shows of duty: who is on it, and what changed that. Codes, names and words only, so that
//! every driver can give it.

use liandong_engine::rules::{
    actor::{Actor, Behalf},
    id::UnitCode,
    instant::{Instant, Span, Zone},
    post::PostKind,
    register::duty::{Happened, history},
    roster::{self, DutyChangeKind, DutyChangeStage, ShiftId},
    world::World,
};

use super::view::{Doer, Entry, Named};

/// Who is on duty for a stretch of time, among the holders of one kind of post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stint {
    /// From when to when.
    pub span: Span,
    /// Among whom.
    pub posts: PostKind,
    /// Who.
    pub people: Vec<Seat>,
    /// What made it so.
    pub changes: Vec<String>,
    /// Whether somebody should be there.
    pub gap: bool,
    /// Whether nobody is on purpose.
    pub empty: bool,
    /// Whether only who is on duty takes requests.
    pub exclusive: bool,
}

/// One person on duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// Who.
    pub person: Named,
    /// By which roster.
    pub roster: String,
    /// In which shift.
    pub shift: Option<String>,
    /// What put the person there.
    pub by: Option<String>,
}

/// A change of duty with what happened to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Names it.
    pub code: String,
    /// How it came about.
    pub kind: DutyChangeKind,
    /// Where it is in its life.
    pub stage: DutyChangeStage,
    /// For which shift.
    pub shift: Option<String>,
    /// The shift that goes the other way.
    pub against: Option<String>,
    /// Who goes.
    pub out: Option<Named>,
    /// Who comes.
    pub comes: Option<Named>,
    /// What happened, and the four people.
    pub history: Vec<Entry>,
}

impl Stint {
    /// Who is on duty at a unit during a stretch of time.
    #[must_use]
    pub fn during(world: &World, unit: &UnitCode, during: Span) -> Vec<Self> {
        let Some(unit) = world.find_unit(unit.as_str()) else { return Vec::new() };
        let kinds = world.rostered_kinds(unit).into_iter();
        let stints = kinds.flat_map(|posts| {
            let stints = world.duty_roster(unit, posts, during);
            stints.into_iter().map(move |stint| Self::of(world, posts, stint.span, &stint.on_duty)).collect::<Vec<_>>()
        });
        stints.collect()
    }

    /// Who is on duty at a unit at an instant.
    #[must_use]
    pub fn at(world: &World, unit: &UnitCode, at: Instant) -> Vec<Self> {
        let now = Span { from: at, to: Instant(at.0.saturating_add(1)) };
        Self::during(world, unit, now)
    }

    fn of(world: &World, posts: PostKind, span: Span, duty: &roster::OnDuty<'_>) -> Self {
        let seat = |duty: &roster::Duty<'_>| Seat {
            person: Named::person(world, duty.person),
            roster: duty.roster.code.to_string(),
            shift: duty.shift.map(|no| ShiftId { start: duty.roster.start, no }.to_string()),
            by: duty.by.map(|over| over.code.to_string()),
        };
        Self {
            span,
            posts,
            people: duty.people.iter().map(seat).collect(),
            changes: duty.overrides.iter().map(|over| over.code.to_string()).collect(),
            gap: duty.gap,
            empty: duty.empty,
            exclusive: duty.exclusive,
        }
    }
}

impl Change {
    /// All changes of the rosters of a unit, the newest first.
    #[must_use]
    pub fn all(world: &World, unit: &UnitCode) -> Vec<Self> {
        let Some(unit) = world.find_unit(unit.as_str()) else { return Vec::new() };
        world.duty_changes(&world.rosters_of(unit)).into_iter().map(|row| Self::of(world, row)).collect()
    }

    fn of(world: &World, row: &roster::DutyChange) -> Self {
        Self {
            code: row.code.to_string(),
            kind: row.kind,
            stage: row.stage(),
            shift: match row.scope {
                roster::Scope::Shift(shift) => Some(shift.to_string()),
                roster::Scope::Stretch(_) => None,
            },
            against: row.against.map(|shift| shift.to_string()),
            out: row.out.as_ref().map(|person| Named::person(world, person)),
            comes: row.person.as_ref().map(|person| Named::person(world, person)),
            history: history(row).iter().map(|happened| happened_entry(world, happened)).collect(),
        }
    }
}

fn happened_entry(world: &World, happened: &Happened) -> Entry {
    let step = &happened.step;
    let doer = |actor: &Actor| match actor {
        Actor::Person(code) => Doer::Person(Named::person(world, code)),
        Actor::Citizen(_) => Doer::Citizen,
        Actor::Operator => Doer::Operator,
        Actor::System => Doer::System,
    };
    Entry {
        event: happened.what.word().to_owned(),
        acted: doer(&step.acted),
        responsible: step.responsible.as_ref().map(|person| Named::person(world, person)),
        on_behalf_of: step.on_behalf_of.as_ref().map(|behalf| match behalf {
            Behalf::Person(code) => Doer::Person(Named::person(world, code)),
            Behalf::Citizen => Doer::Citizen,
        }),
        by_order_of: step.by_order_of.as_ref().map(doer),
    }
}

/// One line for each kind of post: who is on duty now.
#[must_use]
pub fn now(stints: &[Stint]) -> Vec<String> {
    if stints.is_empty() {
        return vec!["→ no duty".to_owned()];
    }
    stints.iter().map(|stint| format!("→ {} {}: {}", stint.posts, stint.posts.zh(), who(stint))).collect()
}

/// One line for each stretch of time in which the same people are on duty.
#[must_use]
pub fn page(stints: &[Stint]) -> Vec<String> {
    let zone = Zone::china();
    let time = |at: Instant| at.rfc3339(&zone).chars().take(16).collect::<String>().replace('T', " ");
    let line = |stint: &Stint| format!("→ {} to {}: {}", time(stint.span.from), time(stint.span.to), who(stint));
    stints.iter().map(line).collect()
}

fn who(stint: &Stint) -> String {
    let seat = |seat: &Seat| {
        let by = seat.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
        let shift = seat.shift.as_ref().map(|shift| format!(" {shift}")).unwrap_or_default();
        format!("{} ({}{shift}{by})", seat.person.name, seat.roster)
    };
    let people: Vec<String> = stint.people.iter().map(seat).collect();
    let mut line = match (people.is_empty(), stint.empty) {
        (true, true) => "nobody on purpose".to_owned(),
        (true, false) => "nobody".to_owned(),
        (false, _) => people.join(", "),
    };
    if stint.gap {
        line.push_str("; a gap");
    }
    if stint.exclusive {
        line.push_str("; nobody else takes requests");
    }
    let mut others: Vec<&String> = stint.changes.iter().collect();
    others.dedup();
    others.retain(|code| !stint.people.iter().any(|seat| seat.by.as_ref() == Some(code)));
    if !others.is_empty() {
        line.push_str(&format!("; also {}", others.into_iter().map(String::as_str).collect::<Vec<_>>().join(", ")));
    }
    line
}

/// A line for each change, with one for each step of it below.
#[must_use]
pub fn changes(changes: &[Change]) -> Vec<String> {
    let mut lines = Vec::new();
    for change in changes {
        let Change { code, kind, stage, shift, against, out, comes, history } = change;
        let name = |person: &Option<Named>| person.as_ref().map_or("-".to_owned(), |person| person.name.clone());
        let shift = shift.as_ref().map(|shift| format!(" {shift}")).unwrap_or_default();
        let against = against.as_ref().map(|shift| format!(" against {shift}")).unwrap_or_default();
        let people = format!("{} for {}", name(comes), name(out));
        lines.push(format!("→ {code} {kind} {}, {stage} {}: {people}{shift}{against}", kind.zh(), stage.zh()));
        lines.extend(history.iter().map(|entry| super::print::entry(entry).replace('→', " ")));
    }
    if lines.is_empty() {
        lines.push("→ none".to_owned());
    }
    lines
}
