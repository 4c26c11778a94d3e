//! A roster at the instant of a command: who may, which shifts, and who can come.

use super::{Code, Refusal};
use crate::rules::{
    actor::Actor,
    authority::{Act, Role, Roles, may, roles_at},
    id::{PersonCode, RosterCode},
    instant::{Instant, Span},
    roster::{OnDuty, Override, Overrides, Roster, ShiftId, Stint, on_duty, stints},
    routing::recusal::is_below,
    tree::UnitIx,
    world::{PersonIx, PostIx, World},
};

/// How far ahead a change of an open stretch of time is looked at, in days: as far as a roster is planned.
const AHEAD_DAYS: i64 = 400;

/// A roster at the instant of a command.
pub(super) struct On<'a> {
    pub(super) world: &'a World,
    pub(super) roster: &'a Roster,
    pub(super) at: Instant,
}

impl<'a> On<'a> {
    pub(super) fn of(world: &'a World, roster: &RosterCode, at: Instant) -> Result<Self, Refusal> {
        let found = world.rosters().roster_from(roster, at);
        let roster = found.ok_or_else(|| {
            let message = format!("roster `{roster}` holds neither now nor later; check its code");
            Refusal::new(Code::NotInRegister, message)
        })?;
        Ok(Self { world, roster, at })
    }

    fn unit(&self) -> Option<UnitIx> {
        self.world.find_unit(self.roster.unit.as_str())
    }

    /// The posts among whose holders the roster decides, as of then.
    pub(super) fn posts(&self, at: Instant) -> Vec<PostIx> {
        let (world, unit) = (self.world, self.unit());
        let territory = unit.and_then(|u| world.tree().territory(u, at).or(Some(u)));
        let desks = territory.into_iter().flat_map(|t| world.desks(t, self.roster.posts, at));
        desks.filter(|post| world.post_unit(*post) == unit).collect()
    }

    pub(super) fn person(&self, code: &PersonCode) -> Result<PersonIx, Refusal> {
        let found = self.world.find_person(code.as_str());
        found.ok_or_else(|| {
            Refusal::new(Code::NotInRegister, format!("person `{code}` is not in the register; check the code"))
        })
    }

    fn roles(&self, person: PersonIx) -> Roles {
        let (world, posts) = (self.world, self.posts(self.at));
        let here = self.unit().map_or(Roles::default(), |unit| roles_at(world, person, unit, self.at));
        let kept = Roles::default().with_if(Role::Registrar, here.has(Role::Registrar));
        let held = world.held_by(person, self.at).filter(|h| world.post_exists(h.post, self.at));
        held.fold(kept, |roles, held| {
            let above = posts.iter().any(|post| is_below(world, *post, held.post, self.at));
            roles.with_if(Role::Colleague, posts.contains(&held.post)).with_if(Role::Superior, above)
        })
    }

    /// Whether the actor may do that on this roster; `also` is what the actor is beside.
    pub(super) fn permitted(&self, actor: &Actor, act: Act, also: Roles) -> Result<(), Refusal> {
        let roles = match actor {
            Actor::Person(code) => self.world.find_person(code.as_str()).map(|p| self.roles(p)).unwrap_or_default(),
            Actor::Operator => Roles::default().with(Role::Operator),
            Actor::Citizen(_) => Roles::default().with(Role::Citizen),
            Actor::System => Roles::default(),
        };
        if may(roles.and(also), act) {
            return Ok(());
        }
        let message =
            format!("{act} is not yours on roster `{}`; ask a holder of its posts or their superior", self.roster.code);
        Refusal::because(Code::NotYourDuty, message)
    }

    /// The same for what only a person of the register does.
    pub(super) fn permitted_person<'b>(&self, actor: &'b Actor, act: Act) -> Result<&'b PersonCode, Refusal> {
        self.permitted(actor, act, Roles::default())?;
        actor.person().ok_or_else(|| Refusal::new(Code::NotYourDuty, "only a person of the register has shifts"))
    }

    /// What is left of a shift.
    pub(super) fn left(&self, shift: ShiftId) -> Result<Vec<Span>, Refusal> {
        let pieces = self.world.rosters().shift(&self.roster.code, shift);
        if pieces.is_empty() {
            let message = format!("roster `{}` has no shift `{shift}`; look at the roster again", self.roster.code);
            return Refusal::because(Code::UnknownShift, message);
        }
        let left = self.rest_of(pieces.iter().map(|s| s.span));
        if left.is_empty() {
            return Refusal::because(Code::ShiftOver, format!("shift `{shift}` is over; choose a later one"));
        }
        Ok(left)
    }

    /// What is left of some stretches of time.
    pub(super) fn rest_of(&self, spans: impl Iterator<Item = Span>) -> Vec<Span> {
        let rest = spans.map(|span| Span { from: span.from.max(self.at), ..span });
        rest.filter(|span| span.from < span.to).collect()
    }

    pub(super) fn not_begun(&self, shift: ShiftId) -> Result<(), Refusal> {
        self.left(shift)?;
        let pieces = self.world.rosters().shift(&self.roster.code, shift);
        if pieces.iter().any(|s| s.span.from <= self.at) {
            let message = format!("shift `{shift}` has begun; take it over instead, or ask a superior");
            return Refusal::because(Code::ShiftBegun, message);
        }
        Ok(())
    }

    /// The shift that runs now.
    pub(super) fn running(&self) -> Result<ShiftId, Refusal> {
        let now = Span { from: self.at, to: Instant(self.at.0.saturating_add(1)) };
        let shifts = self.world.rosters().shifts(&self.roster.code, now);
        shifts.first().map(crate::rules::roster::Shift::id).ok_or_else(|| {
            Refusal::new(Code::NotOnShift, format!("no shift of roster `{}` runs now", self.roster.code))
        })
    }

    /// Whether somebody is on a shift as it stands, at the beginning of what is left of it.
    fn has(&self, person: &PersonCode, shift: ShiftId) -> Result<bool, Refusal> {
        let begins = self.left(shift)?.first().map_or(self.at, |span| span.from);
        let Roster { unit, posts, code, .. } = self.roster;
        let duty = on_duty(self.world.rosters(), self.world.overrides(), unit, *posts, begins);
        Ok(duty.people.iter().any(|d| d.roster.code == *code && d.person == person))
    }

    pub(super) fn is_on(&self, person: &PersonCode, shift: ShiftId) -> Result<(), Refusal> {
        if self.has(person, shift)? {
            return Ok(());
        }
        let message = format!("`{person}` is not on shift `{shift}`; look at the roster again");
        Refusal::because(Code::NotOnShift, message)
    }

    pub(super) fn can_come(&self, person: &PersonCode, shift: ShiftId) -> Result<(), Refusal> {
        if self.has(person, shift)? {
            let message = format!("`{person}` is on shift `{shift}` already; choose another");
            return Refusal::because(Code::AlreadyOnShift, message);
        }
        self.free(person, &self.left(shift)?)
    }

    /// Whether somebody holds a post of the roster and is not away in these stretches.
    pub(super) fn free(&self, person: &PersonCode, during: &[Span]) -> Result<(), Refusal> {
        self.person(person)?;
        for span in during {
            let last = Instant(span.to.0.saturating_sub(1));
            if !self.holds(person, span.from) || span.to != Instant::MAX && !self.holds(person, last) {
                let message = format!("`{person}` holds no {} post on `{}` then", self.roster.posts, self.roster.unit);
                return Refusal::because(Code::DoesNotHold, message);
            }
            if self.is_away(person, *span) {
                let message = format!("`{person}` is recorded as absent then; name somebody who is there");
                return Refusal::because(Code::PersonAbsent, message);
            }
        }
        Ok(())
    }

    /// Whether somebody holds a post of the roster at that instant.
    pub(super) fn holds(&self, person: &PersonCode, at: Instant) -> bool {
        let (posts, person) = (self.posts(at), self.world.find_person(person.as_str()));
        person.is_some_and(|person| self.world.held_by(person, at).any(|h| posts.contains(&h.post)))
    }

    /// Who is on duty at an instant, with these overrides.
    pub(super) fn on_duty<'o>(&'o self, overrides: &'o Overrides, at: Instant) -> OnDuty<'o> {
        on_duty(self.world.rosters(), overrides, &self.roster.unit, self.roster.posts, at)
    }

    /// Whether an override changes anything at some time of a stretch.
    pub(super) fn acts(&self, over: &Override, during: Span) -> bool {
        let is = |known: &&Override| known.code == over.code && known.seq == over.seq;
        let stints = self.stints(self.world.overrides(), during);
        stints.iter().any(|stint| stint.on_duty.overrides.iter().any(is))
    }

    pub(super) fn is_away(&self, person: &PersonCode, during: Span) -> bool {
        self.world.absences().absent_during(person, during)
    }

    /// Who is on duty in a stretch of time with these overrides, as far ahead as is looked.
    pub(super) fn stints<'o>(&'o self, overrides: &'o Overrides, during: Span) -> Vec<Stint<'o>> {
        let span = Span { to: during.to.min(during.from.plus_days(AHEAD_DAYS)), ..during };
        stints(self.world.rosters(), overrides, &self.roster.unit, self.roster.posts, span)
    }

    /// Whether there would be nobody with these overrides where somebody is on duty now.
    pub(super) fn opens_gap(&self, overrides: &Overrides, during: Span) -> bool {
        let (rosters, now) = (self.world.rosters(), self.world.overrides());
        let (unit, posts) = (&self.roster.unit, self.roster.posts);
        let empty = |known: &Overrides, at: Instant| on_duty(rosters, known, unit, posts, at).gap;
        let edges = self.stints(overrides, during).into_iter().chain(self.stints(now, during));
        edges.map(|stint| stint.span.from).any(|at| empty(overrides, at) && !empty(now, at))
    }
}
