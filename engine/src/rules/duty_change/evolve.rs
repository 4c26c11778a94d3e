//! What an event makes of a change of duty. Total: the fold of any journal is a change or none.

use super::{
    DutyChange, Stage,
    event::{Event, Recorded},
};
use crate::rules::instant::Instant;

/// The change after the event. An event that does not fit its stage changes nothing but the count.
#[must_use]
pub fn evolve(change: Option<DutyChange>, at: Instant, recorded: &Recorded) -> Option<DutyChange> {
    let by = &recorded.step.acted;
    let begun = |code: &_, roster: &_, reason: &String| DutyChange {
        code: Clone::clone(code),
        roster: Clone::clone(roster),
        begun_by: by.clone(),
        begun_at: at,
        reason: reason.clone(),
        offer: None,
        stage: Stage::Offered,
        overrides: Vec::new(),
        events: 1,
    };
    match &recorded.event {
        Event::SwapOffered { code, roster, offer, reason } => {
            return Some(DutyChange { offer: Some(offer.clone()), ..begun(code, roster, reason) });
        }
        Event::TakenOver { code, roster, reason, overrides } | Event::Arranged { code, roster, reason, overrides } => {
            let stage = Stage::InForce { by: by.clone(), since: at };
            return Some(DutyChange { stage, overrides: overrides.clone(), ..begun(code, roster, reason) });
        }
        Event::SwapTaken { .. } | Event::SwapTakenBack | Event::Undone => {}
    }
    let mut change = change?;
    change.events += 1;
    match (&recorded.event, &change.stage) {
        (Event::SwapTaken { overrides }, Stage::Offered) => {
            change.stage = Stage::InForce { by: by.clone(), since: at };
            change.overrides.clone_from(overrides);
        }
        (Event::SwapTakenBack, Stage::Offered) => change.stage = Stage::TakenBack { by: by.clone(), at },
        (Event::Undone, Stage::InForce { .. }) => {
            change.stage = Stage::Undone { by: by.clone(), at };
            for row in &mut change.overrides {
                row.undone_at = Some(at);
            }
        }
        _ => {}
    }
    Some(change)
}
