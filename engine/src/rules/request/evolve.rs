//! What an event makes of a request. Total: the fold of any journal is a request or none.

use super::{
    Assignment, Climb, Duty, Ended, Ending, LetGo, MAX_RETURNS, Outcome, Proposal, Rating, Request, Resolution, Stage,
    event::{Event, Opening},
};
use crate::rules::{id::AssignmentNo, instant::Instant};

/// The request after the event. An event that does not fit its stage changes nothing but the count.
#[must_use]
pub fn evolve(request: Option<Request>, at: Instant, event: &Event) -> Option<Request> {
    if let Event::RequestLogged(logged) = event {
        let mut request = Request {
            id: logged.id,
            receipt: logged.receipt.clone(),
            matter: logged.matter.clone(),
            place: logged.place.clone(),
            channel: logged.channel,
            entered_at: logged.entered_at.clone(),
            words: logged.words.clone(),
            citizen: logged.citizen.clone(),
            accused: logged.accused.clone(),
            logged_by: logged.logged_by.clone(),
            logged_at: at,
            stage: Stage::Routed { handle: logged.opens.no },
            climb: Climb::default(),
            returns: 0,
            reopened: 0,
            assignments: Vec::new(),
            events: 1,
        };
        request.open_assignment(at, &logged.opens);
        return Some(request);
    }
    let mut request = request?;
    request.events += 1;
    request.apply(at, event);
    Some(request)
}

impl Request {
    fn open_assignment(&mut self, at: Instant, opening: &Opening) {
        self.assignments.push(Assignment {
            no: opening.no,
            duty: opening.duty,
            post: opening.post.clone(),
            person: opening.person.clone(),
            rung: opening.rung,
            opened_at: at,
            accepted_at: None,
            ended: None,
        });
    }

    fn change(&mut self, no: AssignmentNo, change: impl FnOnce(&mut Assignment)) {
        if let Some(assignment) = usize::from(no.0).checked_sub(1).and_then(|i| self.assignments.get_mut(i)) {
            change(assignment);
        }
    }

    fn end(&mut self, no: AssignmentNo, at: Instant, how: Ending) {
        self.change(no, |a| a.ended = Some(Ended { at, how }));
    }

    /// One Handle assignment ends and another opens; the stage says that it waits to be accepted.
    fn replace(&mut self, ends: AssignmentNo, at: Instant, how: Ending, opens: &Opening) {
        if let Some(held) = self.assignment(ends) {
            let (post, person) = (held.post.clone(), held.person.clone());
            self.climb.left.push(LetGo { post, person });
        }
        self.end(ends, at, how);
        self.open_assignment(at, opens);
        self.stage = Stage::Routed { handle: opens.no };
    }

    fn apply(&mut self, at: Instant, event: &Event) {
        match event {
            Event::RequestLogged(_) | Event::NoteAdded { .. } => {}
            Event::Accepted { no } => {
                self.change(*no, |a| a.accepted_at = Some(at));
                self.stage = Stage::InHand { handle: *no };
            }
            Event::Escalated { ends, opens, .. } => {
                self.climb.proposal = None;
                self.replace(*ends, at, Ending::Escalated, opens);
            }
            Event::Transferred { ends, opens, .. } => self.replace(*ends, at, Ending::Transferred, opens),
            Event::SentBack { ends, opens, .. } => {
                self.replace(*ends, at, Ending::SentBack, opens);
                self.returns = self.returns.saturating_add(1);
                self.climb = Climb::default();
            }
            Event::Frozen { ends, opens, .. } => {
                self.replace(*ends, at, Ending::Frozen, opens);
                // Once it is reached a return freezes each time, also after a ruling and a reopening.
                self.returns = MAX_RETURNS;
                self.climb = Climb::default();
                self.stage = Stage::Frozen { handle: opens.no };
            }
            Event::Ruled { ends, opens, .. } => {
                self.replace(*ends, at, Ending::Ruled, opens);
                self.climb = Climb { ruled: true, ..Climb::default() };
            }
            Event::RejectionProposed { ends, explanation, opens } => {
                let rung = self.assignment(*ends).map_or(0, |a| a.rung);
                self.replace(*ends, at, Ending::Rejected, opens);
                self.climb.proposal = Some(Proposal { rung, explanation: explanation.clone() });
            }
            Event::CitizenAsked { no, question } => {
                self.change(*no, |a| a.accepted_at = a.accepted_at.or(Some(at)));
                self.stage = Stage::Waiting { handle: *no, question: question.clone(), since: at };
            }
            Event::Resumed { .. } => {
                if let Some(handle) = self.stage.handle() {
                    self.stage = Stage::InHand { handle };
                }
            }
            Event::Resolved { ends, outcome, words, opens, told } => {
                let Some(done) = self.assignment(*ends).cloned() else { return };
                self.change(*ends, |a| a.accepted_at = a.accepted_at.or(Some(at)));
                self.end(*ends, at, Ending::Resolved);
                let resolution = Resolution {
                    outcome: *outcome,
                    words: words.clone(),
                    post: done.post,
                    person: done.person,
                    rung: done.rung,
                    at,
                };
                if let Some(opens) = opens {
                    self.open_assignment(at, opens);
                    self.stage = Stage::Resolved { resolution, relay: opens.no };
                } else if let Some(told) = told {
                    self.stage = Stage::Told { resolution, told: told.clone() };
                }
            }
            Event::Relayed { ends, opens, .. } => {
                let Some(resolution) = self.stage.resolution().cloned() else { return };
                self.change(*ends, |a| a.accepted_at = a.accepted_at.or(Some(at)));
                self.end(*ends, at, Ending::Relayed);
                self.open_assignment(at, opens);
                self.stage = Stage::Resolved { resolution, relay: opens.no };
            }
            Event::CitizenTold { ends, told } => {
                let Some(resolution) = self.stage.resolution().cloned() else { return };
                self.change(*ends, |a| a.accepted_at = a.accepted_at.or(Some(at)));
                self.end(*ends, at, Ending::Relayed);
                self.stage = Stage::Told { resolution, told: told.clone() };
            }
            Event::Rated { satisfied, words } => {
                let Stage::Told { resolution, told } = &self.stage else { return };
                self.stage = Stage::Closed {
                    outcome: resolution.outcome,
                    at,
                    resolution: Some(resolution.clone()),
                    told: Some(told.clone()),
                    rating: Some(Rating { satisfied: *satisfied, words: words.clone(), at }),
                };
            }
            Event::Reopened { opens, .. } => {
                self.reopened = self.reopened.saturating_add(1);
                self.climb = Climb::default();
                self.open_assignment(at, opens);
                self.stage = Stage::Routed { handle: opens.no };
            }
            Event::Withdrawn { .. } => {
                let open: Vec<AssignmentNo> = self.open().map(|a| a.no).collect();
                for no in open {
                    self.end(no, at, Ending::Withdrawn);
                }
                self.stage =
                    Stage::Closed { outcome: Outcome::Withdrawn, at, resolution: None, told: None, rating: None };
            }
            Event::HandedOver { ends, opens } => {
                // A ruling binds the post it named, not whoever has to step in for it.
                if self.assignment(*ends).is_some_and(|a| a.duty == Duty::Handle && a.post != opens.post) {
                    self.climb.ruled = false;
                }
                self.end(*ends, at, Ending::HandedOver);
                self.open_assignment(at, opens);
                match &mut self.stage {
                    Stage::Resolved { relay, .. } => *relay = opens.no,
                    Stage::Waiting { handle, .. } | Stage::Frozen { handle } => *handle = opens.no,
                    stage => *stage = Stage::Routed { handle: opens.no },
                }
            }
            Event::PlaceMoved { to } => self.place = to.clone(),
        }
    }
}
