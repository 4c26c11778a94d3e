//! What becomes of changes of duty that are there: taken, taken back, undone.

use super::{Code, Event, On, Refusal, begin::own_offer};
use crate::rules::{
    actor::Actor,
    authority::{Act, Role, Roles, may},
    id::DutyChangeCode,
    instant::{Instant, Span},
    roster::{Change, DutyChange, DutyChangeKind, Overrides, Scope, ShiftId, covered},
    world::{PersonIx, World},
};

impl On<'_> {
    /// I take the shift that is offered; `against` is the shift of mine that goes to the other for it.
    pub(super) fn take(
        &self,
        actor: &Actor,
        change: &DutyChange,
        against: Option<ShiftId>,
    ) -> Result<Vec<Event>, Refusal> {
        let by = self.permitted_person(actor, Act::SwapDuty)?;
        let (Some(out), Scope::Shift(shift)) = (&change.out, change.scope) else {
            return Refusal::because(Code::UnknownShift, "nobody's shift is offered; look at the roster again");
        };
        if by == out {
            return own_offer();
        }
        if change.offered_to.as_ref().is_some_and(|to| to != by) {
            return Refusal::because(Code::NotForYou, "the offer is for somebody else; ask for one of your own");
        }
        self.not_begun(shift)?;
        self.is_on(out, shift)?;
        self.can_come(by, shift)?;
        if let Some(against) = against {
            self.not_begun(against)?;
            self.is_on(by, against)?;
            self.can_come(out, against)?;
        }
        Ok(vec![Event::SwapTaken { change: change.code.clone(), by: by.clone(), against }])
    }

    /// The offer stands no longer.
    pub(super) fn take_back(&self, actor: &Actor, change: &DutyChange) -> Result<Vec<Event>, Refusal> {
        self.permitted(actor, Act::UndoDuty, party(actor, change))?;
        Ok(vec![Event::SwapTakenBack { change: change.code.clone(), by: actor.person().cloned() }])
    }

    /// A swap is undone before either shift begins; anything else until it is over. Nobody is put back on
    /// duty who is away, and no place is left with nobody.
    pub(super) fn undo(&self, actor: &Actor, change: &DutyChange) -> Result<Vec<Event>, Refusal> {
        self.permitted(actor, Act::UndoDuty, party(actor, change))?;
        let mut rest: Vec<Span> = Vec::new();
        for row in change.overrides() {
            let spans = covered(self.world.rosters(), &row);
            if change.kind == DutyChangeKind::Swap && spans.iter().any(|span| span.from <= self.at) {
                let message = "a shift of the swap has begun; ask a superior to arrange a cover";
                return Refusal::because(Code::ShiftBegun, message);
            }
            let left = self.rest_of(spans.into_iter());
            if let Some(person) = row.change.goes().filter(|person| left.iter().any(|s| self.is_away(person, *s))) {
                let message = format!("`{person}` would be on duty again and is recorded as absent; arrange a cover");
                return Refusal::because(Code::PersonAbsent, message);
            }
            rest.extend(left);
        }
        if rest.is_empty() {
            return Refusal::because(Code::ShiftOver, "what it changed is over; there is nothing to undo");
        }
        let mut rows = self.world.overrides().of(&self.roster.code).to_vec();
        for row in rows.iter_mut().filter(|row| row.code == change.code) {
            row.undone_at = Some(self.at);
        }
        let without = Overrides::build(rows).with_terms(self.world.overrides().terms());
        self.relied_on(change, &without, &rest)?;
        if rest.into_iter().any(|span| self.opens_gap(&without, span)) {
            return Refusal::because(Code::LeavesGap, "nobody would be on duty; arrange a cover instead");
        }
        Ok(vec![Event::DutyChangeUndone { change: change.code.clone(), by: actor.person().cloned() }])
    }
}

impl On<'_> {
    /// Refused where another change does something only as long as this one is there: it would be half of what was
    /// agreed, or a superior's order that a colleague makes void.
    fn relied_on(&self, change: &DutyChange, without: &Overrides, rest: &[Span]) -> Result<(), Refusal> {
        let with = self.world.overrides();
        let mut edges: Vec<Instant> = Vec::new();
        for known in [with, without] {
            for span in rest {
                edges.extend(self.stints(known, *span).iter().map(|stint| stint.span.from));
            }
        }
        edges.sort_unstable();
        edges.dedup();
        let mut found: Vec<&DutyChangeCode> = Vec::new();
        for at in edges {
            let (before, after) = (self.on_duty(with, at), self.on_duty(without, at));
            let lost = before.overrides.into_iter().filter(|over| {
                let acts = after.overrides.iter().any(|other| (&other.code, other.seq) == (&over.code, over.seq));
                // What it wanted may be so all the same.
                !acts
                    && match &over.change {
                        Change::Remove { person } => after.has(person),
                        Change::Add { person } | Change::Replace { person, .. } => !after.has(person),
                    }
            });
            found.extend(lost.map(|over| &over.code));
        }
        found.retain(|code| **code != change.code);
        let mut rows: Vec<&DutyChange> = found.into_iter().filter_map(|code| self.world.duty_change(code)).collect();
        // The newest rests on nothing: in that order all of them can be undone.
        rows.sort_by(|a, b| (b.since(), &b.code).cmp(&(a.since(), &a.code)));
        rows.dedup_by(|a, b| a.code == b.code);
        if rows.is_empty() {
            return Ok(());
        }
        let named: Vec<String> = rows.iter().map(|row| format!("`{}` ({})", row.code, row.kind)).collect();
        let message = format!("{} rests on `{}`; undo that first, in this order", named.join(", "), change.code);
        Refusal::because(Code::StillReliedOn, message)
    }
}

/// Whether the actor takes part in the change: whose shift it is, who came, who began it. A colleague to whom
/// a shift was offered does not, before taking it; and whom a superior ordered does not undo the order.
fn party(actor: &Actor, change: &DutyChange) -> Roles {
    let DutyChange { out, person, begun_by, .. } = change;
    let ordered = change.kind == DutyChangeKind::Cover;
    let mut people = [out, person].into_iter().filter(|_| !ordered).chain([begun_by]).flatten();
    let is = actor.person().is_some_and(|actor| people.any(|person| person == actor));
    Roles::default().with_if(Role::Party, is)
}

/// Whether somebody may read why a duty was changed: who takes part, the colleagues whom the roster decides among, and
/// those above them.
#[must_use]
pub fn reads_reason(world: &World, at: Instant, reader: PersonIx, change: &DutyChange) -> bool {
    let Some(code) = world.person_code(reader).filter(|_| world.in_office(reader, at)) else { return false };
    let actor = Actor::Person(code.clone());
    let also = party(&actor, change);
    // A roster that holds no more has no colleagues.
    let on = On::of(world, &change.roster, at);
    may(also, Act::SeeDutyReason) || on.is_ok_and(|on| on.permitted(&actor, Act::SeeDutyReason, also).is_ok())
}
