//! Who must be told what by an event of a request: the table, asked of everybody whom it touches.

use super::{
    About, Notice, NoticeKind,
    request_table::{Happening, Relation, told},
    table::Word,
    urgency,
};
use crate::rules::{
    actor::Actor,
    authority::reads_map,
    id::{AssignmentNo, PersonCode, RequestId},
    instant::Instant,
    limit::Limit,
    request::{
        Assignment, Duty, Request,
        event::{Event, Moved, Recorded},
        evolve::evolve,
        relation::may_see,
    },
    world::World,
};

/// Somebody whom an event touches, and the assignment through which it does.
pub type Touched = (Relation, PersonCode, Option<AssignmentNo>);

/// The notices of an event of a request, of that instant; `before` is the request as it was. Nobody is told what they
/// did themselves, and nobody twice; nobody who holds no post, nor whom the request goes round.
#[must_use]
pub fn notices(
    world: &World,
    at: Instant,
    id: RequestId,
    before: Option<&Request>,
    recorded: &Recorded,
) -> Vec<Notice> {
    if !may_tell(&recorded.event) {
        return Vec::new();
    }
    let moment = urgency::Moment { world, at, before, event: &recorded.event };
    let mut notices: Vec<Notice> = Vec::new();
    for (kind, person, assignment) in said(before, recorded) {
        let known = notices.iter().any(|notice| notice.person == person);
        if known || recorded.step.acted.person() == Some(&person) || !is_shown(world, at, before, recorded, &person) {
            continue;
        }
        let (urgency, deliver_at) = moment.when(&person, kind, assignment);
        let about = About::Request { id, assignment };
        notices.push(Notice { person, kind, about, urgency, deliver_at });
    }
    notices
}

/// Whether an event of a request may tell anybody anything: where not, no notice need be looked for.
#[must_use]
pub const fn may_tell(event: &Event) -> bool {
    !matches!(event, Event::Lapsed)
}

/// What the table says of everybody whom the event touches, in the order of the table.
fn said(
    before: Option<&Request>,
    recorded: &Recorded,
) -> impl Iterator<Item = (NoticeKind, PersonCode, Option<AssignmentNo>)> {
    let happening = Happening::of(before, recorded);
    touched(before, &recorded.event).into_iter().filter_map(move |(relation, person, assignment)| {
        match told(happening, relation) {
            Word::Told(kind) => Some((kind, person, assignment)),
            Word::Not(_) => None,
        }
    })
}

/// Whether somebody may hear of the request: by a post, and unless it goes round them.
fn is_shown(world: &World, at: Instant, before: Option<&Request>, recorded: &Recorded, person: &PersonCode) -> bool {
    if !world.find_person(person.as_str()).is_some_and(|person| reads_map(world, person, at)) {
        return false;
    }
    let accused = match (&recorded.event, before) {
        (Event::RequestLogged(logged), _) => &logged.accused,
        (_, Some(request)) => &request.accused,
        (_, None) => return true,
    };
    accused.is_empty() || {
        let after = evolve(before.cloned(), at, &recorded.event);
        after.is_ok_and(|after| may_see(world, &after, &Actor::Person(person.clone()), at))
    }
}

/// Everybody whom an event touches, in the order of [`Relation`].
#[must_use]
pub fn touched(before: Option<&Request>, event: &Event) -> Vec<Touched> {
    let of = |relation, held: &Assignment| (relation, held.person.clone(), Some(held.no));
    let mut touched: Vec<Touched> = Vec::new();
    touched.extend(event.opens().map(|opens| (Relation::Assignee, opens.person.clone(), Some(opens.no))));
    if let Event::RequestLogged(logged) = event {
        touched.extend(logged.logged_by.person().map(|person| (Relation::Logger, person.clone(), None)));
    }
    let Some(request) = before else { return touched };
    let named = named(request, event);
    touched.extend(request.handle().map(|lead| (Relation::Lead, lead.person.clone(), lead_hears_of(event, lead.no))));
    match event {
        Event::LimitPassed { person, .. } => {
            touched.extend(person.iter().map(|person| (Relation::Own, person.clone(), None)));
        }
        _ => touched.extend(named.iter().filter_map(|no| request.assignment(*no)).map(|held| of(Relation::Own, held))),
    }
    let after = request.asides().next().and_then(|_| evolve(Some(request.clone()), Instant::MIN, event).ok());
    let asks = request.asks_extension().map(|step| step.no);
    let mut beside: Vec<Touched> = Vec::new();
    for aside in request.asides().filter(|aside| !named.contains(&aside.no)) {
        let goes_on = after.as_ref().and_then(|after| after.assignment(aside.no)).is_some_and(|a| a.ended.is_none());
        beside.push(match aside.duty {
            _ if !goes_on => of(Relation::EndedBeside, aside),
            _ if Some(aside.no) == asks => of(Relation::Approver, aside),
            Duty::Step => of(Relation::StepTaker, aside),
            Duty::CoHandle | Duty::Handle | Duty::Relay => of(Relation::Helper, aside),
        });
    }
    beside.sort_by_key(|(relation, ..)| *relation);
    touched.extend(beside);
    touched.extend(request.relay().map(|relay| of(Relation::Relayer, relay)));
    touched.extend(request.stage.resolution().map(|done| (Relation::Resolver, done.person.clone(), None)));
    touched.extend(request.limits.supervision.iter().map(|watched| (Relation::Watcher, watched.by.clone(), None)));
    if let Event::Overdue { tell, .. } | Event::LimitPassed { tell, .. } = event {
        touched.extend(tell.iter().map(|person| (Relation::Leaders, person.clone(), named.first().copied())));
    }
    touched.extend(request.logged_by.person().map(|person| (Relation::Logger, person.clone(), None)));
    let ended = request.assignments.iter().filter(|a| a.ended.is_some());
    touched.extend(ended.map(|a| of(Relation::Earlier, a)));
    touched
}

/// Which assignments an event is about, beside that of who leads the case; those whose limits move.
fn named(request: &Request, event: &Event) -> Vec<AssignmentNo> {
    let lead = request.stage.handle();
    match event {
        Event::Overdue { no, .. } => vec![*no],
        Event::Responded { no } => vec![*no],
        Event::Reported { ends, .. }
        | Event::Recalled { ends, .. }
        | Event::Released { ends }
        | Event::ExtensionGranted { ends, .. }
        | Event::ExtensionRefused { ends, .. } => vec![*ends],
        Event::HandedOver { ends, .. } if Some(*ends) != lead && Some(*ends) != request.stage.relay() => vec![*ends],
        Event::Recomputed { moved, .. } => {
            let whole = lead.or(request.stage.relay());
            let mut all: Vec<AssignmentNo> = moved.iter().filter_map(|moved| whose(moved, whole)).collect();
            all.sort_unstable();
            all.dedup();
            all
        }
        _ => Vec::new(),
    }
}

/// Whose limit moves: those of the whole case are the lead's, or of who carries the result.
fn whose(moved: &Moved, whole: Option<AssignmentNo>) -> Option<AssignmentNo> {
    if moved.no == AssignmentNo(0) { whole } else { Some(moved.no) }
}

/// Whether the event brings a deadline of an assignment nearer.
pub(super) fn brings_nearer(request: &Request, event: &Event, no: Option<AssignmentNo>) -> bool {
    let Event::Recomputed { moved, .. } = event else { return false };
    let whole = request.stage.handle().or(request.stage.relay());
    let nearer = |was: &Limit, is: &Limit| is.due < was.due;
    moved.iter().any(|moved| whose(moved, whole) == no && nearer(&moved.was, &moved.is.limit))
}

/// Which assignment the lead hears of: that of who helps or is late, else their own.
fn lead_hears_of(event: &Event, own: AssignmentNo) -> Option<AssignmentNo> {
    match event {
        Event::Responded { no } | Event::Overdue { no, .. } => Some(*no),
        Event::Reported { ends, .. } | Event::Released { ends } => Some(*ends),
        Event::HandedOver { ends, opens } if *ends != own => Some(opens.no),
        Event::LimitPassed { .. } => None,
        _ => Some(own),
    }
}
