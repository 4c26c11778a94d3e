//! What overdue means: a time that was over while the work was open stays over, whatever comes to remind of it, until
//! somebody else has the work, it is done, or somebody gives more time. Told from the events alone.

use std::collections::{BTreeSet, HashMap};

use liandong_engine::rules::{
    id::{AssignmentNo, RequestId},
    instant::Instant,
    limit::{Colour, LimitKind},
    request::{
        Request, StageKind,
        event::{Event, Moved},
    },
};

/// The times that were over, of every request.
#[derive(Debug, Default)]
pub(super) struct Overdue(HashMap<RequestId, BTreeSet<(AssignmentNo, LimitKind)>>);

impl Overdue {
    /// Takes an event down.
    pub(super) fn see(&mut self, id: RequestId, before: Option<&Request>, at: Instant, event: &Event) {
        let over = self.0.entry(id).or_default();
        match event {
            Event::Overdue { no, limit, .. } => drop(over.insert((*no, *limit))),
            Event::Accepted { no } | Event::Responded { no } => drop(over.remove(&(*no, LimitKind::Accept))),
            Event::CitizenAsked { no, .. } => drop(over.remove(&(*no, LimitKind::Accept))),
            Event::ExtensionGranted { no, .. } => drop(over.remove(&(*no, LimitKind::Finish))),
            Event::Recomputed { moved, .. } => {
                let later = moved.iter().filter(|moved| moved.is.limit.due > at);
                for Moved { no, kind, .. } in later {
                    over.remove(&(*no, *kind));
                }
            }
            // Who steps in on the post has what was left to finish it, and is as late.
            Event::HandedOver { ends, opens } => {
                let same = before.and_then(|r| r.assignment(*ends)).is_some_and(|a| a.post == opens.post);
                let late: Vec<_> = over
                    .iter()
                    .filter(|(no, kind)| same && no == ends && *kind != LimitKind::Accept)
                    .copied()
                    .collect();
                over.extend(late.into_iter().map(|(_, kind)| (opens.no, kind)));
            }
            _ => {}
        }
    }

    /// What was overdue and does not count as that any more, although nothing made it well.
    pub(super) fn faults(&self, request: &Request, now: Instant) -> Vec<String> {
        if request.stage.kind() == StageKind::Waiting {
            return Vec::new();
        }
        let over = self.0.get(&request.id).into_iter().flatten();
        let well = over.filter(|(no, kind)| {
            let Some(held) = request.assignment(*no).filter(|held| held.ended.is_none()) else { return false };
            let limit = if *kind == LimitKind::Accept { held.accept } else { held.finish };
            limit.map(|limit| limit.colour(now)) != Some(Colour::Overdue)
        });
        well.map(|(no, kind)| format!("{kind} of {no:?} of {} was over and is not any more", request.id)).collect()
    }
}
