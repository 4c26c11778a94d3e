//! Changes of duty: swaps, taking over, covers. Each ends in overrides of a roster, and can be taken back.
//!
//! A change acts from the instant of its command on, so answers about the past never change. Open work stays
//! with whoever has it: the end of a shift is not an absence, and who takes over a duty takes what comes.

mod begin;
mod follow_up;
mod on;
mod settle;
#[cfg(test)]
pub(in crate::rules) mod tests;
mod told;

use super::{
    command::DutyCommand,
    event::Event,
    refusal::{Code, Refusal},
};
use crate::rules::{
    actor::{Actor, Behalf, Step},
    id::{DutyChangeCode, PersonCode},
    instant::Instant,
    roster::{DutyChange, DutyChangeKind, DutyChangeStage},
    tier::words,
    world::World,
};
pub use follow_up::reads_reason;
use on::On;
pub(super) use settle::loose;
pub use told::{felt_from, first_begins, is_open, offered_to};

/// The transition table: what may be asked of a change of duty at which stage. What is not here is refused
/// as `WrongStage`.
const TRANSITIONS: &[(Asked, &[DutyChangeStage])] = {
    use DutyChangeStage::{InForce, Offered};
    &[(Asked::Take, &[Offered]), (Asked::TakeBack, &[Offered]), (Asked::Undo, &[InForce])]
};

/// What can be asked of a change of duty that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    /// A colleague takes the shift that is offered.
    Take,
    /// The offer stands no longer.
    TakeBack,
    /// The roster is to be again as it was before.
    Undo,
}

/// The events of a command about duty.
pub(super) fn decide(world: &World, at: Instant, actor: &Actor, command: &DutyCommand) -> Result<Vec<Event>, Refusal> {
    match command {
        DutyCommand::OfferSwap { roster, shift, to, reason } => {
            On::of(world, roster, at)?.offer(actor, *shift, to.as_ref(), reason)
        }
        DutyCommand::TakeOver { roster, out, reason } => On::of(world, roster, at)?.take_over(actor, out, reason),
        DutyCommand::ArrangeCover { roster, change, scope, reason } => {
            On::of(world, roster, at)?.arrange(actor, change, *scope, reason)
        }
        DutyCommand::TakeSwap { change, against } => {
            let change = find(world, change, Asked::Take)?;
            On::of(world, &change.roster, at)?.take(actor, change, *against)
        }
        DutyCommand::TakeBackSwap { change } => {
            let change = find(world, change, Asked::TakeBack)?;
            On::of(world, &change.roster, at)?.take_back(actor, change)
        }
        DutyCommand::Undo { change } => {
            let change = find(world, change, Asked::Undo)?;
            On::of(world, &change.roster, at)?.undo(actor, change)
        }
    }
}

/// The change, if that may be asked of it at its stage.
fn find<'w>(world: &'w World, code: &DutyChangeCode, asked: Asked) -> Result<&'w DutyChange, Refusal> {
    let unknown = || Refusal::new(Code::NotInRegister, format!("change of duty `{code}` is not in the register"));
    let change = world.duty_change(code).ok_or_else(unknown)?;
    let stage = change.stage();
    if !TRANSITIONS.iter().any(|(known, stages)| *known == asked && stages.contains(&stage)) {
        let message = format!("change of duty `{code}` is {stage}, so that this is not possible now; look again");
        return Refusal::because(Code::WrongStage, message);
    }
    Ok(change)
}

words! {
    /// What can happen to a change of duty.
    pub enum Happening {
        /// A shift was offered.
        Offered = "发起换班",
        /// The offer was taken.
        Taken = "接班",
        /// The offer was taken back.
        TakenBack = "收回换班",
        /// Somebody took over.
        TakenOver = "顶班",
        /// A superior arranged a cover.
        Arranged = "安排替班",
        /// It acts no longer.
        Undone = "撤销",
        /// What it rested on is gone.
        Expired = "失效",
    }
}

/// One thing that happened to a change of duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    /// When.
    pub at: Instant,
    /// What.
    pub what: Happening,
    /// Who.
    pub step: Step,
}

/// What happened to a change of duty, in the order of time.
#[must_use]
pub fn history(row: &DutyChange) -> Vec<Happened> {
    let begun = match row.kind {
        DutyChangeKind::Swap => Happening::Offered,
        DutyChangeKind::TakeOver => Happening::TakenOver,
        DutyChangeKind::Cover => Happening::Arranged,
    };
    let ended = match row.since() {
        _ if row.expiry.is_some() => Happening::Expired,
        Some(_) => Happening::Undone,
        None => Happening::TakenBack,
    };
    let all = [
        (begun, Some(row.begun_at), &row.begun_by),
        (Happening::Taken, row.taken_at, &row.person),
        (ended, row.ended_at, &row.ended_by),
    ];
    let one = |(what, at, by): (Happening, Option<Instant>, &Option<PersonCode>)| {
        let nobody = if what == Happening::Expired { Actor::System } else { Actor::Operator };
        let actor = by.clone().map_or(nobody, Actor::Person);
        Some(Happened { at: at?, what, step: people_of(row, what, &actor) })
    };
    all.into_iter().filter_map(one).collect()
}

/// The four people of what happened to a change of duty.
fn people_of(row: &DutyChange, what: Happening, actor: &Actor) -> Step {
    let DutyChange { out, person, .. } = row;
    let (responsible, on_behalf_of) = match what {
        Happening::Offered | Happening::Taken | Happening::TakenBack => (out, None),
        Happening::TakenOver => (out, out.clone()),
        Happening::Arranged => (if out.is_some() { out } else { person }, out.clone()),
        // Until now whoever came by it was responsible.
        Happening::Undone | Happening::Expired => (if person.is_some() { person } else { out }, None),
    };
    Step {
        acted: actor.clone(),
        responsible: responsible.clone(),
        on_behalf_of: on_behalf_of.map(Behalf::Person),
        by_order_of: (what == Happening::Arranged).then(|| actor.clone()),
    }
}

/// The four people of an event about duty; none when it is about something else.
pub(super) fn step(world: &World, actor: &Actor, event: &Event) -> Option<Step> {
    let (row, what) = match event {
        Event::SwapOffered { change } => (change, Happening::Offered),
        Event::DutyTakenOver { change } => (change, Happening::TakenOver),
        Event::CoverArranged { change } => (change, Happening::Arranged),
        Event::SwapTaken { change, .. } => (world.duty_change(change)?, Happening::Taken),
        Event::SwapTakenBack { change, .. } => (world.duty_change(change)?, Happening::TakenBack),
        Event::DutyChangeUndone { change, .. } => (world.duty_change(change)?, Happening::Undone),
        Event::DutyChangeExpired { change, .. } => (world.duty_change(change)?, Happening::Expired),
        _ => return None,
    };
    Some(people_of(row, what, actor))
}
