//! What an event makes of a request. What does not fit the request it meets is an error: see [`super::misfit`].

use super::{
    Assignment, CaseTime, Climb, Duty, Ended, LetGo, MAX_RETURNS, Mark, Outcome, Proposal, Rating, Request, Resolution,
    Rest, Stage, Waited,
    ending::endings,
    event::{CaseLimits, Cause, Event, Moved, Opening, Recorded},
    misfit::{Misfit, Wrong, check},
    oversight::{Answer, Extension, Reminder, Supervision},
};
use crate::rules::{
    id::{AssignmentNo, PersonCode},
    instant::Instant,
    limit::{Card, Limit, LimitKind, Reckoned},
};

/// The limit of what was reckoned.
fn of(reckoned: Option<&Reckoned>) -> Option<Limit> {
    reckoned.map(|r| r.limit)
}

/// The request after what was recorded: after the event, with who did it.
///
/// # Errors
/// As [`evolve`].
pub fn fold(request: Option<Request>, at: Instant, recorded: &Recorded) -> Result<Request, Misfit> {
    let mut request = evolve(request, at, &recorded.event)?;
    request.remember(recorded);
    Ok(request)
}

/// The request after the event.
///
/// # Errors
/// [`Misfit`] when the event does not fit the request: a journal is folded up to there and no further.
pub fn evolve(request: Option<Request>, at: Instant, event: &Event) -> Result<Request, Misfit> {
    check(request.as_ref(), event)?;
    if let Event::RequestLogged(logged) = event {
        let mut request = Request {
            id: logged.id,
            receipt: logged.receipt,
            matter: logged.matter.clone(),
            place: logged.place.clone(),
            channel: logged.channel,
            entered_at: logged.entered_at.clone(),
            words: logged.words.clone(),
            citizen: logged.citizen.clone(),
            accused: logged.accused.clone(),
            merged_into: None,
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
            acted: Vec::new(),
            events: 1,
        };
        request.open_assignment(at, &logged.opens);
        return Ok(request);
    }
    let stage = request.as_ref().map(|request| request.stage.kind());
    let misfit = |wrong| Misfit { event: event.name(), stage, wrong };
    let mut request = request.ok_or_else(|| misfit(Wrong::NotLogged))?;
    request.events += 1;
    for (no, how) in endings(&request, event) {
        request.change(no, |a| a.ended = Some(Ended { at, how }));
    }
    request.apply(at, event).map_err(misfit)?;
    Ok(request)
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
            accept_expired: false,
            finish_expired: false,
            next_reminder: None,
            ended: None,
        });
    }

    /// Changes an assignment. That those are there which an event names was checked.
    fn change(&mut self, no: AssignmentNo, change: impl FnOnce(&mut Assignment)) {
        if let Some(assignment) = usize::from(no.0).checked_sub(1).and_then(|i| self.assignments.get_mut(i)) {
            change(assignment);
        }
    }

    /// One Handle assignment ends and another opens; the stage says that it waits to be accepted.
    fn replace(&mut self, ends: AssignmentNo, at: Instant, opens: &Opening) {
        if let Some(held) = self.assignment(ends) {
            let (post, person) = (held.post.clone(), held.person.clone());
            self.climb.left.push(LetGo { post, person });
        }
        self.forget_extension();
        self.open_assignment(at, opens);
        self.stage = Stage::Routed { handle: opens.no };
    }

    /// The case is another matter, or elsewhere: a new climb of another ladder, and other limits. Whoever keeps it
    /// goes on.
    fn correct(&mut self, ends: AssignmentNo, at: Instant, limits: &CaseLimits, opens: &Opening) {
        self.limits.corrections.push(at);
        self.case_limits(limits);
        let kept = self.assignment(ends).filter(|held| held.post == opens.post && held.person == opens.person).cloned();
        let accepted_at = kept.as_ref().and_then(|held| held.accepted_at);
        let granted = |e: &mut Extension| kept.is_some() && e.handle == ends && matches!(e.answer, Answer::Granted(_));
        let extension = self.limits.extension.take_if(granted);
        self.replace(ends, at, opens);
        self.climb = Climb::default();
        // What was granted once is not granted again.
        if let Some(extension) = extension {
            self.limits.extension = Some(Extension { handle: opens.no, ..extension });
        }
        if let Some(kept) = &kept {
            self.change(opens.no, |a| a.keep_expired(kept));
        }
        if accepted_at.is_some() {
            self.change(opens.no, |a| a.accepted_at = accepted_at);
            self.stage = Stage::InHand { handle: opens.no };
        }
    }

    fn case_limits(&mut self, limits: &CaseLimits) {
        self.limits.committed = of(limits.committed.as_ref());
        self.limits.statutory = of(limits.statutory.as_ref());
    }

    /// A wish for more time whose step has ended undecided.
    fn forget_extension(&mut self) {
        if self.asks_extension().is_some_and(|step| step.ended.is_some()) {
            self.limits.extension = None;
        }
    }

    fn decide_extension(&mut self, step: AssignmentNo, at: Instant, answer: Answer) {
        self.change(step, |a| a.accepted_at = a.accepted_at.or(Some(at)));
        if let Some(extension) = &mut self.limits.extension {
            extension.answer = answer;
        }
    }

    /// Somebody else on the post, or another post, helps or does the step now.
    fn hand_aside_over(&mut self, aside: &Assignment, at: Instant, opens: &Opening) {
        self.open_assignment(at, opens);
        let waiting = matches!(self.stage, Stage::Waiting { .. });
        self.change(opens.no, |a| {
            a.inherit(aside);
            if waiting {
                a.pause();
            }
        });
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

    /// The limits of the whole case stand still, but those that are over already.
    fn pause(&mut self) {
        let passed = |kind| self.limits.passed.contains(&kind);
        let (committed, statutory) = (passed(LimitKind::Committed), passed(LimitKind::Statutory));
        let supervised = passed(LimitKind::Supervised);
        self.limits.committed = self.limits.committed.filter(|_| committed);
        self.limits.statutory = self.limits.statutory.filter(|_| statutory);
        if !supervised {
            self.supervised_until(None);
        }
    }

    /// The limits of the whole case go on, each until then; what is not named stays as it is.
    fn go_on(&mut self, limits: &CaseLimits) {
        let CaseLimits { committed, statutory, supervised } = limits;
        let passed = |kind| self.limits.passed.contains(&kind);
        let is =
            [(LimitKind::Committed, committed), (LimitKind::Statutory, statutory), (LimitKind::Supervised, supervised)];
        let go_on = is.map(|(kind, limit)| (kind, of(limit.as_ref()).filter(|_| !passed(kind))));
        for (kind, limit) in go_on {
            if let Some(limit) = limit {
                self.set_limit(AssignmentNo(0), kind, limit);
            }
        }
    }

    fn close(&mut self, at: Instant, rating: Option<Rating>) -> Result<(), Wrong> {
        let Stage::Told { resolution, told, .. } = &self.stage else { return Err(Wrong::Stage) };
        self.stage = Stage::Closed {
            outcome: resolution.outcome,
            at,
            resolution: Some(resolution.clone()),
            told: Some(told.clone()),
            rating,
        };
        Ok(())
    }

    /// What supervision notes when a limit makes a request go up.
    fn mark(&mut self, no: AssignmentNo, at: Instant, cause: Cause) {
        match cause {
            Cause::Reason | Cause::TakenOver => {}
            Cause::NotAccepted => self.yellow(no, at, LimitKind::Accept),
            Cause::NotFinished => self.yellow(no, at, LimitKind::Finish),
        }
    }

    /// Once for a limit of an assignment, however often it is told that it is over; to who had it on the post when it
    /// was over, and not to who stepped in after that.
    fn yellow(&mut self, no: AssignmentNo, at: Instant, limit: LimitKind) {
        let Some(late) = self.assignment(no).filter(|a| !a.has_expired(limit)) else { return };
        let (accept, _) = late.duty.limits();
        let over = if limit == accept { late.accept } else { late.finish }.map_or(at, |limit| limit.due);
        let had = |a: &&Assignment| a.duty == late.duty && a.post == late.post && a.no <= no && a.opened_at <= over;
        let given = self.assignments.iter().rev().find(had).unwrap_or(late);
        let person = Some(&given.person).filter(|person| !self.marked(person, limit, given.opened_at)).cloned();
        self.limits.marks.extend(person.map(|person| Mark { card: Card::Yellow, person, limit, at }));
    }

    /// Whether somebody was marked for a limit of an assignment given at that time.
    fn marked(&self, person: &PersonCode, limit: LimitKind, since: Instant) -> bool {
        self.limits.marks.iter().any(|m| m.person == *person && m.limit == limit && m.at >= since)
    }

    fn apply(&mut self, at: Instant, event: &Event) -> Result<(), Wrong> {
        match event {
            Event::RequestLogged(_) | Event::NoteAdded { .. } => {}
            Event::Accepted { no } => {
                self.change(*no, |a| {
                    a.accepted_at = Some(at);
                    a.settle();
                });
                self.stage = Stage::InHand { handle: *no };
            }
            Event::Escalated { ends, cause, opens, .. } => {
                self.mark(*ends, at, *cause);
                self.climb.proposal = None;
                self.replace(*ends, at, opens);
            }
            Event::Transferred { ends, opens, .. } => self.replace(*ends, at, opens),
            Event::SentBack { ends, opens, .. } => {
                self.replace(*ends, at, opens);
                self.returns = self.returns.saturating_add(1);
                self.climb = Climb::default();
            }
            Event::Frozen { ends, opens, .. } => {
                self.replace(*ends, at, opens);
                // Once it is reached a return freezes each time, also after a ruling and a reopening.
                self.returns = MAX_RETURNS;
                self.climb = Climb::default();
                self.stage = Stage::Frozen { handle: opens.no };
            }
            Event::Ruled { ends, opens, .. } => {
                self.replace(*ends, at, opens);
                self.climb = Climb { ruled: true, ..Climb::default() };
            }
            Event::RejectionProposed { ends, explanation, opens } => {
                let rung = self.assignment(*ends).map_or(0, |a| a.rung);
                self.replace(*ends, at, opens);
                self.climb.proposal = Some(Proposal { rung, explanation: explanation.clone() });
            }
            Event::CitizenAsked { no, question, counts, rest, answer } => {
                self.change(*no, |a| {
                    a.accepted_at = a.accepted_at.or(Some(at));
                    a.pause();
                });
                self.pause();
                self.assignments.iter_mut().filter(|a| a.ended.is_none() && a.is_aside()).for_each(Assignment::pause);
                self.returns = self.returns.saturating_add(u8::from(*counts));
                let answer = of(answer.as_deref());
                self.stage = Stage::Waiting { handle: *no, question: question.clone(), since: at, rest: *rest, answer };
            }
            Event::Resumed { finish, limits, asides, reminders, .. } => {
                let Stage::Waiting { handle, since, .. } = self.stage else { return Err(Wrong::Stage) };
                self.limits.waited.push(Waited { from: since, to: at, resolved: false });
                self.change(handle, |a| a.finish = of(finish.as_deref()).or(a.finish));
                self.go_on(limits);
                for anew in asides {
                    self.change(anew.no, |a| a.finish = Some(anew.limit.limit));
                }
                for reminder in reminders {
                    self.change(reminder.no, |a| a.next_reminder = Some(reminder.at));
                }
                self.stage = Stage::InHand { handle };
            }
            Event::Resolved { ends, outcome, words, rest, opens, told, rate } => {
                let Some(done) = self.assignment(*ends).cloned() else { return Err(Wrong::NotOpen(*ends)) };
                self.change(*ends, |a| a.accepted_at = a.accepted_at.or(Some(at)));
                self.forget_extension();
                self.supervised_until(None);
                let resolution = Resolution {
                    outcome: *outcome,
                    words: words.clone(),
                    post: done.post,
                    person: done.person,
                    rung: done.rung,
                    at,
                    rest: *rest,
                };
                if let Some(opens) = opens {
                    self.open_assignment(at, opens);
                    self.stage = Stage::Resolved { resolution, relay: opens.no };
                } else if let Some(told) = told {
                    self.stage = Stage::Told { resolution, told: told.clone(), rate: of(rate.as_deref()) };
                }
            }
            Event::Relayed { ends, opens, .. } => {
                let Some(resolution) = self.stage.resolution().cloned() else { return Err(Wrong::Stage) };
                self.change(*ends, |a| a.accepted_at = a.accepted_at.or(Some(at)));
                self.open_assignment(at, opens);
                self.stage = Stage::Resolved { resolution, relay: opens.no };
            }
            Event::CitizenTold { ends, told, rate } => {
                let Some(resolution) = self.stage.resolution().cloned() else { return Err(Wrong::Stage) };
                self.change(*ends, |a| a.accepted_at = a.accepted_at.or(Some(at)));
                self.stage = Stage::Told { resolution, told: told.clone(), rate: of(rate.as_deref()) };
            }
            Event::Rated { satisfied, words } => {
                self.close(at, Some(Rating { satisfied: *satisfied, words: words.clone(), at }))?;
            }
            Event::Lapsed => self.close(at, None)?,
            Event::RelayTaken { ends, opens } => {
                let Some(resolution) = self.stage.resolution().cloned() else { return Err(Wrong::Stage) };
                self.yellow(*ends, at, LimitKind::Relay);
                self.open_assignment(at, opens);
                self.stage = Stage::Resolved { resolution, relay: opens.no };
            }
            Event::Overdue { no, limit, again, .. } => {
                self.yellow(*no, at, *limit);
                self.change(*no, |a| a.expire(*limit, again.due));
            }
            Event::LimitPassed { limit, person, .. } => {
                self.limits.passed.push(*limit);
                let mark = |person: &PersonCode| Mark { card: Card::Red, person: person.clone(), limit: *limit, at };
                self.limits.marks.extend(person.as_ref().map(mark));
            }
            Event::Reopened { limits, opens, .. } => {
                let resolved = self.stage.resolution().map(|resolution| resolution.at);
                self.limits.waited.extend(resolved.map(|from| Waited { from, to: at, resolved: true }));
                self.go_on(limits);
                self.merged_into = None;
                self.reopened = self.reopened.saturating_add(1);
                self.climb = Climb::default();
                self.open_assignment(at, opens);
                self.stage = Stage::Routed { handle: opens.no };
            }
            Event::Withdrawn { .. } => {
                self.forget_extension();
                self.stage =
                    Stage::Closed { outcome: Outcome::Withdrawn, at, resolution: None, told: None, rating: None };
            }
            Event::HandedOver { ends, opens } => {
                if let Some(aside) = self.assignment(*ends).filter(|a| a.is_aside()).cloned() {
                    self.hand_aside_over(&aside, at, opens);
                    return Ok(());
                }
                // A ruling binds the post it named, not whoever has to step in for it.
                if self.assignment(*ends).is_some_and(|a| a.duty == Duty::Handle && a.post != opens.post) {
                    self.climb.ruled = false;
                }
                let inherited = self.assignment(*ends).filter(|a| a.post == opens.post).cloned();
                let anew = inherited.is_none();
                self.forget_extension();
                self.open_assignment(at, opens);
                if let Some(inherited) = inherited {
                    // The household has waited already: who steps in on the post has what is left.
                    self.change(opens.no, |a| a.inherit(&inherited));
                    if let Some(extension) = self.limits.extension.as_mut().filter(|e| e.handle == *ends) {
                        extension.handle = opens.no;
                    }
                }
                if let Stage::Waiting { rest, .. } = &mut self.stage {
                    // On another post it begins anew, as it does when nothing is waited for.
                    if anew {
                        let finish = opens.limits.as_ref().and_then(|limits| limits.finish.as_ref());
                        rest.finish = finish.map(|finish| finish.reckoning.allowance);
                    }
                    self.change(opens.no, |a| {
                        a.accept = None;
                        a.pause();
                    });
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
            Event::Corrected { ends, matter, limits, opens, .. } => {
                self.matter = matter.clone();
                self.correct(*ends, at, limits, opens);
            }
            Event::PlaceCorrected { ends, place, entered_at, limits, opens, .. } => {
                self.place = place.clone();
                self.entered_at.clone_from(entered_at);
                self.correct(*ends, at, limits, opens);
            }
            Event::CitizenCorrected { citizen, .. } => self.citizen = citizen.clone(),
            Event::Merged { ends, into, .. } => {
                self.forget_extension();
                self.supervised_until(None);
                self.merged_into = Some(*into);
                self.stage = Stage::Merged { last: *ends };
            }
            Event::MergedOn { into } => self.merged_into = Some(*into),
            Event::ResultShared { outcome, words, post, person, rung, opens, .. } => {
                let (post, person, words) = (post.clone(), person.clone(), words.clone());
                let resolution =
                    Resolution { outcome: *outcome, words, post, person, rung: *rung, at, rest: Rest::default() };
                self.open_assignment(at, opens);
                self.stage = Stage::Resolved { resolution, relay: opens.no };
            }
            Event::Separated { limits, opens, .. } => {
                self.merged_into = None;
                self.case_limits(limits);
                self.open_assignment(at, opens);
                self.stage = Stage::Routed { handle: opens.no };
            }
            Event::Reminded { by, .. } => self.limits.reminders.push(Reminder { by: by.clone(), at }),
            Event::Supervised { by, words, limit } => {
                self.limits.passed.retain(|passed| *passed != LimitKind::Supervised);
                let limit = of(limit.as_deref());
                self.limits.supervision = Some(Supervision { by: by.clone(), at, words: words.clone(), limit });
            }
            Event::HelpCalled { opens, .. } | Event::Delegated { opens, .. } => self.open_assignment(at, opens),
            Event::Responded { no } => self.change(*no, |a| {
                a.accepted_at = Some(at);
                a.settle();
            }),
            Event::Reported { ends, .. } => {
                self.change(*ends, |a| a.accepted_at = a.accepted_at.or(Some(at)));
            }
            Event::Recalled { .. } | Event::Released { .. } => self.forget_extension(),
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
                self.change(*no, |a| {
                    (a.finish, a.finish_expired) = (Some(finish.limit), false);
                    a.settle();
                });
            }
            Event::ExtensionRefused { ends, by, .. } => {
                self.decide_extension(*ends, at, Answer::Refused(by.clone()));
            }
        }
        Ok(())
    }
}
