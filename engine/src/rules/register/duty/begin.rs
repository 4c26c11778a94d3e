//! New changes of duty: offered, taken over, arranged.

use super::{Code, Event, On, Refusal};
use crate::rules::{
    actor::Actor,
    authority::{Act, Roles},
    id::PersonCode,
    instant::Span,
    register::fresh::fresh_code,
    roster::{Change, DutyChange, DutyChangeKind, DutyChangeStage, Overrides, Scope, ShiftId, covered},
};

impl On<'_> {
    /// Who takes my shift? Nothing changes until somebody does.
    pub(super) fn offer(
        &self,
        actor: &Actor,
        shift: ShiftId,
        to: Option<&PersonCode>,
        reason: &str,
    ) -> Result<Vec<Event>, Refusal> {
        let by = self.permitted_person(actor, Act::SwapDuty)?;
        self.not_begun(shift)?;
        self.is_on(by, shift)?;
        if let Some(to) = to {
            if to == by {
                return own_offer();
            }
            self.can_come(to, shift)?;
        }
        let scope = Scope::Shift(shift);
        let open = self.world.duty_changes(std::slice::from_ref(&self.roster.code));
        let open = open.iter().filter(|row| row.stage() == DutyChangeStage::Offered && row.scope == scope);
        let mut own = open.filter(|row| row.out.as_ref() == Some(by));
        if own.any(|row| row.offered_to.as_ref() == to) {
            return Refusal::because(Code::NothingChanges, "the shift is offered so already");
        }
        let change = Change::Remove { person: by.clone() };
        let row = self.row(DutyChangeKind::Swap, &change, scope, reason, Some(by))?;
        Ok(vec![Event::SwapOffered { change: DutyChange { offered_to: to.cloned(), ..row } }])
    }

    /// I take over now from who is on duty, for the rest of the shift.
    pub(super) fn take_over(&self, actor: &Actor, out: &PersonCode, reason: &str) -> Result<Vec<Event>, Refusal> {
        let by = self.permitted_person(actor, Act::TakeOverDuty)?;
        let shift = self.running()?;
        self.is_on(out, shift)?;
        self.can_come(by, shift)?;
        let change = Change::Replace { out: out.clone(), person: by.clone() };
        let change = self.row(DutyChangeKind::TakeOver, &change, Scope::Shift(shift), reason, Some(by))?;
        Ok(vec![Event::DutyTakenOver { change }])
    }

    /// A superior puts somebody on duty, takes somebody off, or both.
    pub(super) fn arrange(
        &self,
        actor: &Actor,
        change: &Change,
        scope: Scope,
        reason: &str,
    ) -> Result<Vec<Event>, Refusal> {
        self.permitted(actor, Act::ArrangeDuty, Roles::default())?;
        let row = self.row(DutyChangeKind::Cover, change, scope, reason, actor.person())?;
        self.makes_sense(&row)?;
        Ok(vec![Event::CoverArranged { change: row }])
    }

    fn row(
        &self,
        kind: DutyChangeKind,
        change: &Change,
        scope: Scope,
        reason: &str,
        by: Option<&PersonCode>,
    ) -> Result<DutyChange, Refusal> {
        let rows = &self.world.register().duty_changes;
        Ok(DutyChange {
            code: fresh_code("DUTY", rows.len(), |code| self.world.duty_change(code).is_some())?,
            roster: self.roster.code.clone(),
            kind,
            scope,
            out: change.goes().cloned(),
            person: change.comes().cloned(),
            offered_to: None,
            against: None,
            reason: reason.to_owned(),
            begun_by: by.cloned(),
            begun_at: self.at,
            taken_at: None,
            ended_by: None,
            ended_at: None,
            expiry: None,
        })
    }

    /// Whether a superior's change does something, with people who can, and leaves no gap.
    fn makes_sense(&self, row: &DutyChange) -> Result<(), Refusal> {
        let during: Vec<Span> = match row.scope {
            Scope::Shift(shift) => self.left(shift)?,
            Scope::Stretch(_) => row.overrides().iter().flat_map(|over| covered(self.world.rosters(), over)).collect(),
        };
        if during.is_empty() {
            let message = "the stretch of time is over, or reversed; name a later one";
            return Refusal::because(Code::ShiftOver, message);
        }
        if let Some(person) = &row.out {
            self.person(person)?;
        }
        if let Some(person) = &row.person {
            self.free(person, &during)?;
        }
        let mut rows = self.world.overrides().of(&self.roster.code).to_vec();
        rows.extend(row.overrides());
        let with = Overrides::build(rows).with_terms(self.world.overrides().terms());
        let acts = |span: &Span| {
            let after = self.stints(&with, *span);
            after.iter().any(|stint| stint.on_duty.overrides.iter().any(|o| o.code == row.code))
        };
        if !during.iter().any(acts) {
            let message = "nobody's duty would change by it; look at the roster again";
            return Refusal::because(Code::NothingChanges, message);
        }
        if during.into_iter().any(|span| self.opens_gap(&with, span)) {
            return Refusal::because(Code::LeavesGap, "nobody would be on duty; name somebody who takes the place");
        }
        Ok(())
    }
}

pub(super) fn own_offer<T>() -> Result<T, Refusal> {
    Refusal::because(Code::OwnOffer, "a shift is not swapped with oneself; leave it to a colleague")
}
