//! What an event makes of a request. Total: the fold of any journal is a request or none.

use super::{
    Assignment, CaseTime, Climb, Duty, Ended, Ending, LetGo, MAX_RETURNS, Mark, Outcome, Proposal, Rating, Request,
    Resolution, Stage, Waited,
    event::{CaseLimits, Cause, Event, Moved, Opening},
    oversight::{Answer, Extension, Reminder, Supervision},
};
use crate::rules::{
    id::{AssignmentNo, MatterCode, PersonCode},
    instant::Instant,
    limit::{Card, Limit, LimitKind, Reckoned},
};

/// The limit of what was reckoned.
fn of(reckoned: Option<&Reckoned>) -> Option<Limit> {
    reckoned.map(|r| r.limit)
}

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
            limits: CaseTime {
                committed: of(logged.limits.committed.as_ref()),
                statutory: of(logged.limits.statutory.as_ref()),
                ..CaseTime::default()
            },
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
        let limits = opening.limits.as_deref();
        self.assignments.push(Assignment {
            no: opening.no,
            duty: opening.duty,
            post: opening.post.clone(),
            person: opening.person.clone(),
            rung: opening.rung,
            opened_at: at,
            accepted_at: None,
            accept: limits.and_then(|l| of(l.accept.as_ref())),
            finish: limits.and_then(|l| of(l.finish.as_ref())),
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
        self.end_steps(at);
        self.lead(at, opens);
        self.open_assignment(at, opens);
        self.stage = Stage::Routed { handle: opens.no };
    }

    /// The case is another matter: a new climb of another ladder, and other limits. Whoever keeps it goes on.
    fn correct(&mut self, ends: AssignmentNo, at: Instant, matter: &MatterCode, limits: &CaseLimits, opens: &Opening) {
        self.matter = matter.clone();
        self.limits.corrections.push(at);
        self.limits.committed = of(limits.committed.as_ref());
        self.limits.statutory = of(limits.statutory.as_ref());
        let kept = self.assignment(ends).filter(|held| held.post == opens.post && held.person == opens.person);
        let (keeps, accepted_at) = (kept.is_some(), kept.and_then(|held| held.accepted_at));
        let granted = |e: &mut Extension| keeps && e.handle == ends && matches!(e.answer, Answer::Granted(_));
        let extension = self.limits.extension.take_if(granted);
        self.replace(ends, at, Ending::Corrected, opens);
        self.climb = Climb::default();
        // What was granted once is not granted again.
        if let Some(extension) = extension {
            self.limits.extension = Some(Extension { handle: opens.no, ..extension });
        }
        if accepted_at.is_some() {
            self.change(opens.no, |a| a.accepted_at = accepted_at);
            self.stage = Stage::InHand { handle: opens.no };
        }
    }

    /// Whoever leads the case does not help themselves: what they did beside it, they do as its lead.
    fn lead(&mut self, at: Instant, opens: &Opening) {
        self.release(at, |aside| aside.post == opens.post || aside.person == opens.person);
    }

    /// What was handed down, or asked for above, by who let the case go: it ends with that. Who helps, helps
    /// the case, whoever leads it.
    fn end_steps(&mut self, at: Instant) {
        self.release(at, |aside| aside.duty == Duty::Step);
    }

    fn release(&mut self, at: Instant, which: impl Fn(&Assignment) -> bool) {
        for aside in self.assignments.iter_mut().filter(|a| a.ended.is_none() && a.is_aside() && which(a)) {
            aside.ended = Some(Ended { at, how: Ending::Released });
        }
        self.forget_extension();
    }

    /// A wish for more time whose step has ended undecided.
    fn forget_extension(&mut self) {
        if self.asks_extension().is_some_and(|step| step.ended.is_some()) {
            self.limits.extension = None;
        }
    }

    fn decide_extension(&mut self, step: AssignmentNo, at: Instant, answer: Answer) {
        self.change(step, |a| a.accepted_at = a.accepted_at.or(Some(at)));
        self.end(step, at, Ending::Reported);
        if let Some(extension) = &mut self.limits.extension {
            extension.answer = answer;
        }
    }

    /// Somebody else on the post, or another post, helps or does the step now.
    fn hand_aside_over(&mut self, aside: &Assignment, at: Instant, opens: &Opening) {
        self.end(aside.no, at, Ending::HandedOver);
        self.open_assignment(at, opens);
        let waiting = matches!(self.stage, Stage::Waiting { .. });
        let finish = aside.finish;
        self.change(opens.no, |a| a.finish = if waiting { None } else { finish });
        if let Some(extension) = &mut self.limits.extension
            && extension.asked() == Some(aside.no)
        {
            extension.answer = Answer::Awaited(opens.no);
        }
    }

    /// A limit that runs ends at another time.
    fn set_limit(&mut self, no: AssignmentNo, kind: LimitKind, limit: Limit) {
        match kind {
            LimitKind::Accept | LimitKind::Respond => self.change(no, |a| a.accept = Some(limit)),
            LimitKind::Finish | LimitKind::Relay | LimitKind::Help | LimitKind::Step => {
                self.change(no, |a| a.finish = Some(limit));
            }
            LimitKind::Committed => self.limits.committed = Some(limit),
            LimitKind::Statutory => self.limits.statutory = Some(limit),
            LimitKind::Supervised => self.supervised_until(Some(limit)),
            LimitKind::Answer => {
                if let Stage::Waiting { answer, .. } = &mut self.stage {
                    *answer = Some(limit);
                }
            }
            LimitKind::Rate => {
                if let Stage::Told { rate, .. } = &mut self.stage {
                    *rate = Some(limit);
                }
            }
        }
    }

    fn supervised_until(&mut self, limit: Option<Limit>) {
        if let Some(supervision) = &mut self.limits.supervision {
            supervision.limit = limit;
        }
    }

    fn close(&mut self, at: Instant, rating: Option<Rating>) {
        let Stage::Told { resolution, told, .. } = &self.stage else { return };
        self.stage = Stage::Closed {
            outcome: resolution.outcome,
            at,
            resolution: Some(resolution.clone()),
            told: Some(told.clone()),
            rating,
        };
    }

    /// What supervision notes when a limit makes a request go up.
    fn mark(&mut self, no: AssignmentNo, at: Instant, cause: Cause) {
        match cause {
            Cause::Reason | Cause::TakenOver => {}
            Cause::NotAccepted => self.yellow(no, at, LimitKind::Accept),
            Cause::NotFinished => self.yellow(no, at, LimitKind::Finish),
        }
    }

    /// Once for a limit of an assignment, however often it is told that it is over.
    fn yellow(&mut self, no: AssignmentNo, at: Instant, limit: LimitKind) {
        let given = self.assignment(no).filter(|a| !self.marked(&a.person, limit, a.opened_at));
        let person = given.map(|a| a.person.clone());
        self.limits.marks.extend(person.map(|person| Mark { card: Card::Yellow, person, limit, at }));
    }

    /// Whether somebody was marked for a limit of an assignment given at that time.
    fn marked(&self, person: &PersonCode, limit: LimitKind, since: Instant) -> bool {
        self.limits.marks.iter().any(|m| m.person == *person && m.limit == limit && m.at >= since)
    }

    fn apply(&mut self, at: Instant, event: &Event) {
        match event {
            Event::RequestLogged(_) | Event::NoteAdded { .. } => {}
            Event::Accepted { no } => {
                self.change(*no, |a| a.accepted_at = Some(at));
                self.stage = Stage::InHand { handle: *no };
            }
            Event::Escalated { ends, cause, opens, .. } => {
                self.mark(*ends, at, *cause);
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
                self.release(at, |_| true);
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
            Event::CitizenAsked { no, question, rest, answer } => {
                self.change(*no, |a| {
                    a.accepted_at = a.accepted_at.or(Some(at));
                    a.finish = None;
                });
                (self.limits.committed, self.limits.statutory) = (None, None);
                self.supervised_until(None);
                for aside in self.assignments.iter_mut().filter(|a| a.ended.is_none() && a.is_aside()) {
                    aside.finish = None;
                }
                let answer = of(answer.as_deref());
                self.stage = Stage::Waiting { handle: *no, question: question.clone(), since: at, rest: *rest, answer };
            }
            Event::Resumed { finish, limits, asides, .. } => {
                if let Stage::Waiting { handle, since, .. } = self.stage {
                    self.limits.waited.push(Waited { from: since, to: at });
                    self.change(handle, |a| a.finish = of(finish.as_deref()));
                    self.limits.committed = of(limits.committed.as_ref());
                    self.limits.statutory = of(limits.statutory.as_ref());
                    self.supervised_until(of(limits.supervised.as_ref()));
                    for anew in asides {
                        self.change(anew.no, |a| a.finish = Some(anew.limit.limit));
                    }
                    self.stage = Stage::InHand { handle };
                }
            }
            Event::Resolved { ends, outcome, words, opens, told, rate } => {
                let Some(done) = self.assignment(*ends).cloned() else { return };
                self.change(*ends, |a| a.accepted_at = a.accepted_at.or(Some(at)));
                self.end(*ends, at, Ending::Resolved);
                self.release(at, |_| true);
                self.supervised_until(None);
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
                    self.stage = Stage::Told { resolution, told: told.clone(), rate: of(rate.as_deref()) };
                }
            }
            Event::Relayed { ends, opens, .. } => {
                let Some(resolution) = self.stage.resolution().cloned() else { return };
                self.change(*ends, |a| a.accepted_at = a.accepted_at.or(Some(at)));
                self.end(*ends, at, Ending::Relayed);
                self.open_assignment(at, opens);
                self.stage = Stage::Resolved { resolution, relay: opens.no };
            }
            Event::CitizenTold { ends, told, rate } => {
                let Some(resolution) = self.stage.resolution().cloned() else { return };
                self.change(*ends, |a| a.accepted_at = a.accepted_at.or(Some(at)));
                self.end(*ends, at, Ending::Relayed);
                self.stage = Stage::Told { resolution, told: told.clone(), rate: of(rate.as_deref()) };
            }
            Event::Rated { satisfied, words } => {
                self.close(at, Some(Rating { satisfied: *satisfied, words: words.clone(), at }));
            }
            Event::Lapsed => self.close(at, None),
            Event::RelayTaken { ends, opens } => {
                let Some(resolution) = self.stage.resolution().cloned() else { return };
                self.yellow(*ends, at, LimitKind::Relay);
                self.end(*ends, at, Ending::TakenUp);
                self.open_assignment(at, opens);
                self.stage = Stage::Resolved { resolution, relay: opens.no };
            }
            Event::Overdue { no, limit, again, .. } => {
                self.yellow(*no, at, *limit);
                self.change(*no, |a| match limit {
                    LimitKind::Accept | LimitKind::Respond => a.accept = Some(*again),
                    _ => a.finish = Some(*again),
                });
            }
            Event::LimitPassed { limit, person, .. } => {
                self.limits.passed.push(*limit);
                let mark = |person: &PersonCode| Mark { card: Card::Red, person: person.clone(), limit: *limit, at };
                self.limits.marks.extend(person.as_ref().map(mark));
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
                self.forget_extension();
                self.stage =
                    Stage::Closed { outcome: Outcome::Withdrawn, at, resolution: None, told: None, rating: None };
            }
            Event::HandedOver { ends, opens } => {
                if let Some(aside) = self.assignment(*ends).filter(|a| a.is_aside()).cloned() {
                    return self.hand_aside_over(&aside, at, opens);
                }
                // A ruling binds the post it named, not whoever has to step in for it.
                if self.assignment(*ends).is_some_and(|a| a.duty == Duty::Handle && a.post != opens.post) {
                    self.climb.ruled = false;
                }
                let inherited = self.assignment(*ends).filter(|a| a.post == opens.post).map(|a| a.finish);
                self.end(*ends, at, Ending::HandedOver);
                self.lead(at, opens);
                self.open_assignment(at, opens);
                if let Some(finish) = inherited {
                    // The household has waited already: who steps in on the post has what is left.
                    self.change(opens.no, |a| a.finish = finish);
                    if let Some(extension) = self.limits.extension.as_mut().filter(|e| e.handle == *ends) {
                        extension.handle = opens.no;
                    }
                } else {
                    self.end_steps(at);
                }
                if matches!(self.stage, Stage::Waiting { .. }) {
                    self.change(opens.no, |a| (a.accept, a.finish) = (None, None));
                }
                match &mut self.stage {
                    Stage::Resolved { relay, .. } => *relay = opens.no,
                    Stage::Waiting { handle, .. } | Stage::Frozen { handle } => *handle = opens.no,
                    stage => *stage = Stage::Routed { handle: opens.no },
                }
            }
            Event::PlaceMoved { to } => self.place = to.clone(),
            Event::Recomputed { moved, .. } => {
                for Moved { no, kind, is, .. } in moved {
                    self.set_limit(*no, *kind, is.limit);
                }
            }
            Event::Corrected { ends, matter, limits, opens, .. } => self.correct(*ends, at, matter, limits, opens),
            Event::Reminded { by, .. } => self.limits.reminders.push(Reminder { by: by.clone(), at }),
            Event::Supervised { by, words, limit } => {
                self.limits.passed.retain(|passed| *passed != LimitKind::Supervised);
                let limit = of(limit.as_deref());
                self.limits.supervision = Some(Supervision { by: by.clone(), at, words: words.clone(), limit });
            }
            Event::HelpCalled { opens, .. } | Event::Delegated { opens, .. } => self.open_assignment(at, opens),
            Event::Responded { no } => self.change(*no, |a| a.accepted_at = Some(at)),
            Event::Reported { ends, .. } => {
                self.change(*ends, |a| a.accepted_at = a.accepted_at.or(Some(at)));
                self.end(*ends, at, Ending::Reported);
            }
            Event::Recalled { ends, .. } => {
                self.end(*ends, at, Ending::Recalled);
                self.forget_extension();
            }
            Event::Released { ends } => {
                self.end(*ends, at, Ending::Released);
                self.forget_extension();
            }
            Event::ExtensionAsked { no, working_days, reason, opens } => {
                self.open_assignment(at, opens);
                self.limits.extension = Some(Extension {
                    handle: *no,
                    working_days: *working_days,
                    reason: reason.clone(),
                    answer: Answer::Awaited(opens.no),
                });
            }
            Event::ExtensionGranted { ends, by, no, finish, .. } => {
                self.decide_extension(*ends, at, Answer::Granted(by.clone()));
                self.change(*no, |a| a.finish = Some(finish.limit));
            }
            Event::ExtensionRefused { ends, by, .. } => {
                self.decide_extension(*ends, at, Answer::Refused(by.clone()));
            }
        }
    }
}
