//! What a command about duty comes to: events, or a refusal. Pure.

use super::{
    DutyChange, Offer, TRANSITIONS,
    command::{Begin, Command, Fresh},
    event::{Event, Recorded},
    refusal::{Code, Refusal},
};
use crate::rules::{
    absence::Absences,
    actor::{Actor, Behalf, Step},
    authority::{Act, Role, Roles, may},
    id::{OverrideCode, PersonCode, RosterCode},
    instant::{Instant, Span},
    roster::{Change, Override, Overrides, Roster, Rosters, Scope, ShiftId, Stint, covered, on_duty, stints},
    routing::recusal::is_below,
    world::{PersonIx, PostIx, World},
};

/// The longest reason, in characters.
const MAX_REASON: usize = 200;

/// How far ahead a change of an open stretch of time is looked at, in days: as far as a roster is planned.
const AHEAD_DAYS: i64 = 400;

/// Everything that a decision looks at.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Who holds what.
    pub world: &'a World,
    /// The rotas.
    pub rosters: &'a Rosters,
    /// What has been changed of them, this change with it.
    pub overrides: &'a Overrides,
    /// Who is away.
    pub absences: &'a Absences,
}

/// Decides a new change of duty.
///
/// # Errors
/// A refusal when the actor may not or the facts do not hold.
pub fn begin(
    known: &Known<'_>,
    at: Instant,
    actor: &Actor,
    fresh: &Fresh,
    command: &Begin,
) -> Result<Recorded, Refusal> {
    let on = On::of(known, command.roster(), at)?;
    let (code, roster) = (fresh.change.clone(), command.roster().clone());
    match command {
        Begin::OfferSwap { shift, to, reason, .. } => {
            let by = on.permitted_person(actor, Act::SwapDuty)?;
            let reason = text(reason, false)?;
            on.not_begun(*shift)?;
            on.is_on(by, *shift)?;
            if let Some(to) = to {
                if to == by {
                    return own_offer();
                }
                on.can_come(to, *shift)?;
            }
            let offer = Offer { by: by.clone(), shift: *shift, to: to.clone() };
            Ok(recorded(actor, Some(by), Event::SwapOffered { code, roster, offer, reason }))
        }
        Begin::TakeOver { out, reason, .. } => {
            let by = on.permitted_person(actor, Act::TakeOverDuty)?;
            let reason = text(reason, true)?;
            let shift = on.running()?;
            on.is_on(out, shift)?;
            on.can_come(by, shift)?;
            let change = Change::Replace { out: out.clone(), person: by.clone() };
            let overrides = vec![on.over(&fresh.overrides[0], change, Scope::Shift(shift), 0, Some(by), None)];
            let mut record = recorded(actor, Some(out), Event::TakenOver { code, roster, reason, overrides });
            record.step.on_behalf_of = Some(Behalf::Person(out.clone()));
            Ok(record)
        }
        Begin::Arrange { change, scope, reason, .. } => {
            on.permitted(actor, Act::ArrangeDuty, Roles::default())?;
            let reason = text(reason, true)?;
            let made_by = actor.person();
            let row = on.over(&fresh.overrides[0], change.clone(), *scope, 0, made_by, made_by);
            on.makes_sense(&row)?;
            let overrides = vec![row];
            let mut record = recorded(actor, change.goes(), Event::Arranged { code, roster, reason, overrides });
            record.step.by_order_of = Some(actor.clone());
            Ok(record)
        }
    }
}

/// Decides a command about a change of duty that is there.
///
/// # Errors
/// A refusal when the actor may not, the stage does not allow it, or the facts do not hold.
pub fn decide(
    known: &Known<'_>,
    change: &DutyChange,
    at: Instant,
    actor: &Actor,
    fresh: &Fresh,
    command: &Command,
) -> Result<Recorded, Refusal> {
    let stage = change.stage.kind();
    let allowed = TRANSITIONS.iter().any(|(kind, stages)| *kind == command.kind() && stages.contains(&stage));
    if !allowed {
        let message = format!("the change is {stage}; {} is not possible now, reload and look again", command.kind());
        return Refusal::because(Code::WrongStage, message);
    }
    let on = On::of(known, &change.roster, at)?;
    match (command, &change.offer) {
        (Command::TakeSwap { against }, Some(offer)) => on.take(actor, fresh, offer, *against),
        (Command::TakeSwap { .. }, None) => {
            Refusal::because(Code::WrongStage, "nothing is offered; reload and look again")
        }
        (Command::TakeBack, _) => {
            on.permitted(actor, Act::UndoDuty, party(actor == &change.begun_by))?;
            let responsible = change.offer.as_ref().map(|offer| &offer.by);
            Ok(recorded(actor, responsible, Event::SwapTakenBack))
        }
        (Command::Undo, _) => on.undo(actor, change),
    }
}

fn recorded(actor: &Actor, responsible: Option<&PersonCode>, event: Event) -> Recorded {
    let step = Step { acted: actor.clone(), responsible: responsible.cloned(), on_behalf_of: None, by_order_of: None };
    Recorded { step, event }
}

fn party(is: bool) -> Roles {
    Roles::default().with_if(Role::Party, is)
}

fn own_offer<T>() -> Result<T, Refusal> {
    Refusal::because(Code::OwnOffer, "a shift is not swapped with oneself; leave it to a colleague")
}

fn text(reason: &str, required: bool) -> Result<String, Refusal> {
    let reason = reason.trim();
    let length = reason.chars().count();
    if required && length == 0 {
        return Refusal::because(Code::WordsMissing, "`reason` is empty; say it in a few words");
    }
    if length > MAX_REASON {
        let message = format!("`reason` has {length} characters; keep it to {MAX_REASON}");
        return Refusal::because(Code::TooLong, message);
    }
    if reason.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Refusal::because(Code::BadText, "`reason` has control characters in it; type it again");
    }
    Ok(reason.to_owned())
}

/// A roster at the instant of a command.
struct On<'a> {
    known: &'a Known<'a>,
    roster: &'a Roster,
    at: Instant,
}

impl<'a> On<'a> {
    fn of(known: &'a Known<'a>, roster: &RosterCode, at: Instant) -> Result<Self, Refusal> {
        let found = known.rosters.roster_from(roster, at);
        let roster = found.ok_or_else(|| {
            Refusal::new(Code::UnknownRoster, format!("roster `{roster}` holds neither now nor later; check its code"))
        })?;
        Ok(Self { known, roster, at })
    }

    /// The posts among whose holders the roster decides, as of then.
    fn posts(&self, at: Instant) -> Vec<PostIx> {
        let world = self.known.world;
        let unit = world.find_unit(self.roster.unit.as_str());
        let territory = unit.and_then(|u| world.tree().territory(u, at).or(Some(u)));
        let desks = territory.into_iter().flat_map(|t| world.desks(t, self.roster.posts, at));
        desks.filter(|post| world.post_unit(*post) == unit).collect()
    }

    fn person(&self, code: &PersonCode) -> Result<PersonIx, Refusal> {
        let found = self.known.world.find_person(code.as_str());
        found.ok_or_else(|| Refusal::new(Code::UnknownPerson, format!("person `{code}` is not in the register")))
    }

    fn roles(&self, person: PersonIx) -> Roles {
        let (world, posts) = (self.known.world, self.posts(self.at));
        let held = world.held_by(person, self.at).filter(|h| world.post_exists(h.post, self.at));
        held.fold(Roles::default(), |roles, held| {
            let above = posts.iter().any(|post| is_below(world, *post, held.post, self.at));
            roles.with_if(Role::Colleague, posts.contains(&held.post)).with_if(Role::Superior, above)
        })
    }

    fn permitted(&self, actor: &Actor, act: Act, also: Roles) -> Result<(), Refusal> {
        let roles = match actor {
            Actor::Person(code) => {
                self.known.world.find_person(code.as_str()).map(|p| self.roles(p)).unwrap_or_default()
            }
            Actor::Operator => Roles::default().with(Role::Operator),
            Actor::Citizen(_) => Roles::default().with(Role::Citizen),
            Actor::System => Roles::default(),
        };
        if may(roles.and(also), act) {
            return Ok(());
        }
        let message =
            format!("{act} is not yours on roster `{}`; ask a holder of its posts or their superior", self.roster.code);
        Refusal::because(Code::NotAllowed, message)
    }

    fn permitted_person<'b>(&self, actor: &'b Actor, act: Act) -> Result<&'b PersonCode, Refusal> {
        self.permitted(actor, act, Roles::default())?;
        actor.person().ok_or_else(|| Refusal::new(Code::NotAllowed, "only a person of the register has shifts"))
    }

    /// What is left of a shift.
    fn left(&self, shift: ShiftId) -> Result<Vec<Span>, Refusal> {
        let pieces = self.known.rosters.shift(&self.roster.code, shift);
        if pieces.is_empty() {
            let message =
                format!("roster `{}` has no shift {} counted from `{}`", self.roster.code, shift.no, shift.start);
            return Refusal::because(Code::UnknownShift, message);
        }
        let from_now = |span: Span| Span { from: span.from.max(self.at), ..span };
        let left: Vec<Span> = pieces.iter().map(|s| from_now(s.span)).filter(|s| s.from < s.to).collect();
        if left.is_empty() {
            return Refusal::because(Code::Over, format!("shift {} is over; choose a later one", shift.no));
        }
        Ok(left)
    }

    fn not_begun(&self, shift: ShiftId) -> Result<(), Refusal> {
        self.left(shift)?;
        let pieces = self.known.rosters.shift(&self.roster.code, shift);
        if pieces.iter().any(|s| s.span.from <= self.at) {
            let message = format!("shift {} has begun; take it over instead, or ask a superior", shift.no);
            return Refusal::because(Code::ShiftBegun, message);
        }
        Ok(())
    }

    /// The shift that runs now.
    fn running(&self) -> Result<ShiftId, Refusal> {
        let now = Span { from: self.at, to: Instant(self.at.0.saturating_add(1)) };
        let shifts = self.known.rosters.shifts(&self.roster.code, now);
        shifts.first().map(crate::rules::roster::Shift::id).ok_or_else(|| {
            Refusal::new(Code::NotOnShift, format!("no shift of roster `{}` runs now", self.roster.code))
        })
    }

    /// Whether somebody is on a shift as it stands, at the beginning of what is left of it.
    fn has(&self, person: &PersonCode, shift: ShiftId) -> Result<bool, Refusal> {
        let begins = self.left(shift)?.first().map_or(self.at, |span| span.from);
        let Known { rosters, overrides, .. } = self.known;
        let duty = on_duty(rosters, overrides, &self.roster.unit, self.roster.posts, begins);
        Ok(duty.people.iter().any(|d| d.roster.code == self.roster.code && d.person == person))
    }

    fn is_on(&self, person: &PersonCode, shift: ShiftId) -> Result<(), Refusal> {
        if self.has(person, shift)? {
            return Ok(());
        }
        let message = format!("`{person}` is not on shift {}; look at the roster again", shift.no);
        Refusal::because(Code::NotOnShift, message)
    }

    fn can_come(&self, person: &PersonCode, shift: ShiftId) -> Result<(), Refusal> {
        if self.has(person, shift)? {
            let message = format!("`{person}` is on shift {} already; choose another", shift.no);
            return Refusal::because(Code::AlreadyOnShift, message);
        }
        self.free(person, &self.left(shift)?)
    }

    /// Whether somebody holds a post of the roster and is not away in these stretches.
    fn free(&self, person: &PersonCode, during: &[Span]) -> Result<(), Refusal> {
        let (world, ix) = (self.known.world, self.person(person)?);
        for span in during {
            let posts = self.posts(span.from);
            if !world.held_by(ix, span.from).any(|h| posts.contains(&h.post)) {
                let message = format!("`{person}` holds no {} post on `{}` then", self.roster.posts, self.roster.unit);
                return Refusal::because(Code::NotHolder, message);
            }
            if self.known.absences.absent_during(person, *span) {
                let message = format!("`{person}` is recorded as absent then; name somebody who is there");
                return Refusal::because(Code::Absent, message);
            }
        }
        Ok(())
    }

    fn over(
        &self,
        code: &OverrideCode,
        change: Change,
        scope: Scope,
        seq: u64,
        made_by: Option<&PersonCode>,
        by_order_of: Option<&PersonCode>,
    ) -> Override {
        Override {
            code: code.clone(),
            roster: self.roster.code.clone(),
            change,
            scope,
            made_at: self.at,
            seq,
            made_by: made_by.cloned(),
            by_order_of: by_order_of.cloned(),
            undone_at: None,
        }
    }

    fn take(&self, actor: &Actor, fresh: &Fresh, offer: &Offer, against: Option<ShiftId>) -> Result<Recorded, Refusal> {
        let by = self.permitted_person(actor, Act::SwapDuty)?;
        if by == &offer.by {
            return own_offer();
        }
        if offer.to.as_ref().is_some_and(|to| to != by) {
            return Refusal::because(Code::NotForYou, "the offer is for somebody else; ask for one of your own");
        }
        self.not_begun(offer.shift)?;
        self.is_on(&offer.by, offer.shift)?;
        self.can_come(by, offer.shift)?;
        let [first, second] = &fresh.overrides;
        let replace = |code, shift, out: &PersonCode, person: &PersonCode, seq| {
            let change = Change::Replace { out: out.clone(), person: person.clone() };
            self.over(code, change, Scope::Shift(shift), seq, Some(by), None)
        };
        let mut overrides = vec![replace(first, offer.shift, &offer.by, by, 0)];
        if let Some(against) = against {
            self.not_begun(against)?;
            self.is_on(by, against)?;
            self.can_come(&offer.by, against)?;
            overrides.push(replace(second, against, by, &offer.by, 1));
        }
        Ok(recorded(actor, Some(&offer.by), Event::SwapTaken { overrides }))
    }

    /// Whether a superior's change does something, with people who can, and leaves no gap.
    fn makes_sense(&self, row: &Override) -> Result<(), Refusal> {
        let during: Vec<Span> = match row.scope {
            Scope::Shift(shift) => self.left(shift)?,
            Scope::Stretch(_) => covered(self.known.rosters, row),
        };
        if during.is_empty() {
            return Refusal::because(Code::Over, "the stretch of time is over, or reversed; name a later one");
        }
        if let Some(person) = row.change.comes() {
            self.free(person, &during)?;
        }
        let mut rows = self.known.overrides.of(&self.roster.code).to_vec();
        rows.push(row.clone());
        let with = Overrides::build(rows);
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

    /// Who is on duty in a stretch of time with these overrides, as far ahead as is looked.
    fn stints<'o>(&self, overrides: &'o Overrides, during: Span) -> Vec<Stint<'o>>
    where
        'a: 'o,
    {
        let span = Span { to: during.to.min(during.from.plus_days(AHEAD_DAYS)), ..during };
        stints(self.known.rosters, overrides, &self.roster.unit, self.roster.posts, span)
    }

    /// Whether there would be nobody with these overrides where somebody is on duty now.
    fn opens_gap(&self, overrides: &Overrides, during: Span) -> bool {
        let Known { rosters, overrides: now, .. } = self.known;
        let (unit, posts) = (&self.roster.unit, self.roster.posts);
        let empty = |known: &Overrides, at: Instant| on_duty(rosters, known, unit, posts, at).gap;
        let edges = self.stints(overrides, during).into_iter().chain(self.stints(now, during));
        edges.map(|stint| stint.span.from).any(|at| empty(overrides, at) && !empty(now, at))
    }

    /// A swap is undone before either shift begins; anything else until it is over. Nobody is put back on
    /// duty who is away, and no place is left with nobody.
    fn undo(&self, actor: &Actor, change: &DutyChange) -> Result<Recorded, Refusal> {
        let people =
            || change.overrides.iter().flat_map(|row| [row.change.goes(), row.change.comes(), row.made_by.as_ref()]);
        let is_party = people().flatten().any(|person| actor.person() == Some(person));
        self.permitted(actor, Act::UndoDuty, party(is_party))?;
        let mut rest: Vec<Span> = Vec::new();
        for row in &change.overrides {
            let spans = covered(self.known.rosters, row);
            if change.offer.is_some() && spans.iter().any(|span| span.from <= self.at) {
                let message = "a shift of the swap has begun; ask a superior to arrange a cover";
                return Refusal::because(Code::ShiftBegun, message);
            }
            let from_now = |span: Span| Span { from: span.from.max(self.at), ..span };
            let left: Vec<Span> = spans.into_iter().map(from_now).filter(|s| s.from < s.to).collect();
            let away = |person: &&PersonCode| left.iter().any(|s| self.known.absences.absent_during(person, *s));
            if let Some(person) = row.change.goes().filter(away) {
                let message = format!("`{person}` would be on duty again and is recorded as absent; arrange a cover");
                return Refusal::because(Code::Absent, message);
            }
            rest.extend(left);
        }
        if rest.is_empty() {
            return Refusal::because(Code::Over, "what it changed is over; there is nothing to undo");
        }
        let mut rows = self.known.overrides.of(&self.roster.code).to_vec();
        for row in rows.iter_mut().filter(|row| change.overrides.iter().any(|own| own.code == row.code)) {
            row.undone_at = Some(self.at);
        }
        let without = Overrides::build(rows);
        if rest.into_iter().any(|span| self.opens_gap(&without, span)) {
            return Refusal::because(Code::LeavesGap, "nobody would be on duty; arrange a cover instead");
        }
        let responsible = change.overrides.first().and_then(|row| row.change.comes());
        Ok(recorded(actor, responsible, Event::Undone))
    }
}
