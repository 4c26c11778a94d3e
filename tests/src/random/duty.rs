//! What people do about duty in a random life: rosters set up, changed and ended, shifts swapped, taken over
//! and covered, and all of it undone.

use liandong_engine::rules::{
    actor::Actor,
    id::PersonCode,
    instant::{Instant, Span},
    register::command::{Command, DutyCommand, NewRoster, Rota},
    roster::{
        Change, DutyChange, DutyChangeStage, On, Roster, RosterKind, Scope, ShiftId, Slot, TimeOfDay, Turn, Weekday,
        on_duty,
    },
    world::{Register, World},
};

use super::pick;

/// What is known when somebody does something about duty.
#[derive(Clone, Copy, Debug)]
pub struct OnDuty<'w> {
    /// The world, compiled.
    pub world: &'w World,
    /// Its rows, in an order that follows from what was done and from nothing else.
    pub rows: &'w Register,
    /// When.
    pub now: Instant,
}

impl OnDuty<'_> {
    /// Somebody tries something about duty, who mostly may; nothing where there is nobody to do it.
    #[must_use]
    pub fn about_duty(self, which: u16, how: u16) -> Option<(Actor, Command)> {
        let rosters: Vec<&Roster> =
            self.rows.rosters.iter().filter(|row| row.span.to > self.now && self.has_posts(row)).collect();
        if rosters.is_empty() || how.is_multiple_of(24) {
            return self.new_roster(which, how / 24).map(|command| (Actor::Operator, command));
        }
        // Where nobody else could come, not much can be done.
        let several: Vec<&Roster> = rosters.iter().copied().filter(|row| self.colleagues(row).len() > 1).collect();
        let roster = pick(if several.is_empty() { &rosters } else { &several }, which);
        let which = which / 8;
        let offers: Vec<&DutyChange> = self.changes_at(DutyChangeStage::Offered);
        let acting: Vec<&DutyChange> = self.changes_at(DutyChangeStage::InForce);
        let duty = |command| Command::Duty(command);
        Some(match how % 24 {
            1 => {
                let later = !which.is_multiple_of(4);
                let from = later.then(|| self.now.plus_days(i64::from(which % 16) - 1));
                let rota = self.rota(roster, which);
                (Actor::Operator, Command::ChangeRoster { roster: roster.code.clone(), rota, from })
            }
            2 => {
                let from = self.now.plus_days(i64::from(which % 64) - 1);
                (Actor::Operator, Command::EndRoster { roster: roster.code.clone(), from: Some(from) })
            }
            3..9 if !offers.is_empty() => {
                let offer = pick(&offers, which);
                let row = self.world.rosters().roster_from(&offer.roster, self.now)?;
                let by = offer.offered_to.clone().filter(|_| !which.is_multiple_of(8));
                let others = self.colleagues(row).into_iter().filter(|who| Some(who) != offer.out.as_ref());
                let others: Vec<PersonCode> = others.collect();
                let other = || (!others.is_empty()).then(|| pick(&others, which));
                let by = by.or_else(other).or_else(|| self.colleague(row, which))?;
                let own = self.shift_of(row, &by, which);
                let against = own.filter(|_| which.is_multiple_of(2));
                (Actor::Person(by), duty(DutyCommand::TakeSwap { change: offer.code.clone(), against }))
            }
            9 if !offers.is_empty() => {
                let offer = pick(&offers, which);
                (self.doer(offer, which), duty(DutyCommand::TakeBackSwap { change: offer.code.clone() }))
            }
            10..13 if !acting.is_empty() => {
                let change = pick(&acting, which);
                (self.doer(change, which), duty(DutyCommand::Undo { change: change.code.clone() }))
            }
            13..17 => {
                let (unit, posts) = (&roster.unit, roster.posts);
                let on = on_duty(self.world.rosters(), self.world.overrides(), unit, posts, self.now);
                let own: Vec<&PersonCode> =
                    on.people.iter().filter(|d| d.roster.code == roster.code).map(|d| d.person).collect();
                let out = if own.is_empty() { self.colleague(roster, which)? } else { pick(&own, which).clone() };
                let command = DutyCommand::TakeOver { roster: roster.code.clone(), out, reason: "事".to_owned() };
                (Actor::Person(self.colleague(roster, which / 4)?), duty(command))
            }
            17..20 => {
                let (shift, planned) = self.shift(roster, which)?;
                let (one, other) = (self.colleague(roster, which)?, planned.or(self.colleague(roster, 0)));
                let change = match (which % 8, other) {
                    (0, Some(person)) => Change::Remove { person },
                    (1..3, _) | (_, None) => Change::Add { person: one },
                    (_, Some(out)) => Change::Replace { out, person: one },
                };
                let days = Span { from: self.now, to: self.now.plus_days(1 + i64::from(which % 16)) };
                let scope = if which.is_multiple_of(3) { Scope::Stretch(days) } else { Scope::Shift(shift) };
                let (roster, reason) = (roster.code.clone(), "事".to_owned());
                (Actor::Operator, duty(DutyCommand::ArrangeCover { roster, change, scope, reason }))
            }
            _ => {
                let (shift, planned) = self.shift(roster, which)?;
                let by = planned.filter(|_| !which.is_multiple_of(16)).or_else(|| self.colleague(roster, which))?;
                let to = which.is_multiple_of(3).then(|| self.colleague(roster, which / 3)).flatten();
                let (roster, reason) = (roster.code.clone(), String::new());
                (Actor::Person(by), duty(DutyCommand::OfferSwap { roster, shift, to, reason }))
            }
        })
    }

    fn changes_at(&self, stage: DutyChangeStage) -> Vec<&DutyChange> {
        self.rows.duty_changes.iter().filter(|row| row.stage() == stage).collect()
    }

    /// Mostly who began it, else the operator.
    fn doer(&self, change: &DutyChange, number: u16) -> Actor {
        let begun_by = change.begun_by.clone().filter(|_| !number.is_multiple_of(4));
        begun_by.map_or(Actor::Operator, Actor::Person)
    }

    /// Those who hold posts among whose holders a roster decides, now.
    fn colleagues(&self, roster: &Roster) -> Vec<PersonCode> {
        let register = self.rows;
        let own =
            |code| register.posts.iter().any(|p| p.code == code && p.unit == roster.unit && p.kind == roster.posts);
        let held = register.holdings.iter().filter(|h| h.span.contains(self.now) && own(h.post.clone()));
        let mut people: Vec<PersonCode> = held.map(|h| h.person.clone()).collect();
        people.sort_unstable();
        people.dedup();
        people
    }

    fn has_posts(&self, roster: &Roster) -> bool {
        !self.colleagues(roster).is_empty()
    }

    fn colleague(&self, roster: &Roster, number: u16) -> Option<PersonCode> {
        let all = self.colleagues(roster);
        (!all.is_empty()).then(|| pick(&all, number))
    }

    /// A shift of the next days, with somebody who is on it as the roster stands.
    fn shift(&self, roster: &Roster, number: u16) -> Option<(ShiftId, Option<PersonCode>)> {
        let days = Span { from: self.now, to: self.now.plus_days(30) };
        let shifts = self.world.rosters().shifts(&roster.code, days);
        if shifts.is_empty() {
            return None;
        }
        let shift = &shifts[usize::from(number) % shifts.len()];
        let at = shift.span.from.max(self.now);
        let on = on_duty(self.world.rosters(), self.world.overrides(), &roster.unit, roster.posts, at);
        let own = on.people.iter().find(|duty| duty.roster.code == roster.code);
        Some((shift.id(), own.map(|duty| duty.person.clone())))
    }

    /// A coming shift that is somebody's.
    fn shift_of(&self, roster: &Roster, person: &PersonCode, number: u16) -> Option<ShiftId> {
        let found = (number..number + 12).filter_map(|n| self.shift(roster, n));
        found.filter(|(_, on)| on.as_ref() == Some(person)).map(|(shift, _)| shift).next()
    }

    fn new_roster(&self, which: u16, how: u16) -> Option<Command> {
        let register = self.rows;
        let held: Vec<_> = register.holdings.iter().filter(|h| h.span.contains(self.now)).collect();
        let post = register.posts.iter().find(|p| !held.is_empty() && p.code == pick(&held, which).post)?;
        let row = Roster {
            code: format!("N{}", which % 64).parse().unwrap(),
            name: "新".to_owned(),
            unit: post.unit.clone(),
            kind: RosterKind::Everyday,
            posts: post.kind,
            exclusive: how.is_multiple_of(2),
            on: vec![On::Every],
            hand_over: TimeOfDay::new(7, 30).unwrap(),
            hours: None,
            turn: pick(Turn::ALL, how),
            week_begins: Weekday::Monday,
            width: 1,
            start: jiff::civil::date(2017, 1, 2),
            order: Vec::new(),
            span: Span::ALWAYS,
        };
        let rota = Rota { exclusive: row.exclusive, ..self.rota(&row, how) };
        let from = how.is_multiple_of(5).then(|| self.now.plus_days(i64::from(how % 8) - 1));
        Some(Command::SetUpRoster(NewRoster { code: row.code, unit: row.unit, posts: row.posts, rota, from }))
    }

    /// The rota of a roster with something else about it, and mostly the same numbers of shifts.
    fn rota(&self, roster: &Roster, number: u16) -> Rota {
        let mut order: Vec<Slot> = self.colleagues(roster).into_iter().map(Slot::from).collect();
        let first = usize::from(number) % order.len().max(1);
        order.rotate_left(first);
        if number.is_multiple_of(3) {
            order.push(Slot(None));
        }
        let hand_over = TimeOfDay::new(number % 24, 0).unwrap_or(roster.hand_over);
        let start = if number.is_multiple_of(7) { jiff::civil::date(2018, 1, 1) } else { roster.start };
        let Roster { name, kind, exclusive, on, hours, turn, week_begins, .. } = roster.clone();
        Rota { name, kind, exclusive, on, hand_over, hours, turn, week_begins, width: 1, start, order }
    }
}
