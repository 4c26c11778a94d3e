//! From a seed to a list of operations. Every town has its own temper: some are lazy, some busy, some have a
//! bad line, so that rare things come together in some of them.

use liandong_engine::rules::request::{Outcome, command::CommandKind};
use oorandom::Rand32;

use super::op::{Change, Fate, Op, Way, What, Who};

/// How many operations a life has.
pub const LENGTH: usize = 45;

/// The operations of a seed: the same ones every time.
#[must_use]
pub fn operations(seed: u64) -> Vec<Op> {
    let mut dice = Dice {
        rand: Rand32::new(seed),
        lazy: 0,
        bad: 0,
        restless: 0,
        quarrels: false,
        watched: 0,
        by_turns: 0,
        twins: 0,
        asks: 0,
        diligent: 0,
    };
    (dice.lazy, dice.bad, dice.restless) = (dice.below(8), dice.below(6), dice.below(6));
    dice.quarrels = dice.one_in(5);
    dice.watched = if dice.one_in(4) { 30 } else { 0 };
    dice.by_turns = if dice.one_in(4) { 24 } else { 0 };
    dice.twins = if dice.one_in(5) { 20 } else { 0 };
    dice.diligent = if dice.one_in(5) { 20 } else { 0 };
    dice.asks = if dice.one_in(6) { 20 } else { 0 };
    (0..LENGTH).map(|no| if no < 2 { dice.log() } else { dice.op() }).collect()
}

struct Dice {
    rand: Rand32,
    /// How much time goes by while nobody does anything.
    lazy: u32,
    /// How much goes wrong on the line and on the machines.
    bad: u32,
    /// How often the register changes.
    restless: u32,
    /// Whether people push one request up and down.
    quarrels: bool,
    /// How much more often than elsewhere those above have an eye on time: supervise, give more of it, reckon it
    /// anew.
    watched: u32,
    /// How much more often than elsewhere something is done about duty.
    by_turns: u32,
    /// How much more often than elsewhere the same is logged again, and merged.
    twins: u32,
    /// How much more often than elsewhere the citizen of one request is asked, and it is sent back.
    asks: u32,
    /// How much more often than elsewhere work comes to its end, and is told and rated.
    diligent: u32,
}

impl Dice {
    fn below(&mut self, end: u32) -> u32 {
        self.rand.rand_range(0..end)
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap_or(0)
    }

    fn few(&mut self, end: u32) -> u8 {
        u8::try_from(self.below(end)).unwrap_or(0)
    }

    fn one_in(&mut self, many: u32) -> bool {
        self.below(many) == 0
    }

    fn maybe(&mut self, many: u32) -> Option<u8> {
        let number = self.byte();
        self.one_in(many).then_some(number)
    }

    /// One of these, each as often as its number says.
    fn weighted<T: Copy>(&mut self, of: &[(u32, T)]) -> T {
        let mut left = self.below(of.iter().map(|(weight, _)| weight).sum());
        for (weight, what) in of {
            match left.checked_sub(*weight) {
                Some(rest) => left = rest,
                None => return *what,
            }
        }
        of[0].1
    }

    fn op(&mut self) -> Op {
        let (lazy, bad, restless, watched) = (self.lazy, self.bad, self.restless, self.watched);
        let kinds = [
            (4 + self.twins / 3, 0),
            (30 + watched, 1),
            (4 + 2 * restless, 2),
            (4 + 2 * lazy, 3),
            (6 + lazy, 4),
            (8, 5),
            (4, 6),
            (4, 7),
            (2 + bad, 8),
            (bad, 9),
            (1, 10),
            (1 + restless, 11),
            (1 + self.by_turns, 12),
        ];
        match self.weighted(&kinds) {
            0 => self.log(),
            1 => self.act(),
            2 => Op::Register { change: self.change(), leader: self.one_in(3), way: self.way() },
            3 => Op::Wait { minutes: self.minutes() },
            4 => Op::WaitForLimit { micros: self.few(2) },
            5 => Op::Tick { node: self.few(2) },
            6 => Op::Look { node: self.few(2) },
            7 => Op::Fire { node: self.few(2), dies: self.below(8) < self.bad },
            8 => Op::Deliver { node: self.few(2), again: self.maybe(2) },
            9 => Op::Crash { node: self.few(2) },
            10 => Op::ClockBack { minutes: self.minutes() },
            12 => {
                let (which, how) = (self.below(1 << 16), self.below(1 << 16));
                let number = |n: u32| u16::try_from(n).unwrap_or(0);
                Op::Duty { which: number(which), how: number(how), way: self.way() }
            }
            _ => Op::WaitForDate { micros: self.few(2) },
        }
    }

    fn minutes(&mut self) -> u32 {
        let most = self.weighted(&[(3, 30), (4, 240), (3, 1_440), (1, 10_080)]);
        1 + self.below(most)
    }

    fn way(&mut self) -> Way {
        let node = self.few(2);
        let wrong = self.below(10) < self.bad;
        let fate = if wrong { Fate::ALL[self.below(8) as usize] } else { Fate::Arrives };
        Way { node, fate }
    }

    fn log(&mut self) -> Op {
        Op::Log { who: self.byte(), place: self.byte(), matter: self.byte(), way: self.way() }
    }

    fn act(&mut self) -> Op {
        let anybody = self.byte();
        let who = self.weighted(&[
            (24, Who::Holder),
            (2, Who::Former),
            (3, Who::Logger),
            (4, Who::Citizen),
            (2, Who::Anybody(anybody)),
        ]);
        use CommandKind as C;
        let up_and_down = if self.quarrels { 30 } else { 0 };
        let watched = self.watched;
        let kind = self.weighted(&[
            (10 + watched, C::Accept),
            (8 + up_and_down, C::Escalate),
            (3, C::Transfer),
            (9 + up_and_down + self.asks / 2, C::SendBack),
            (3, C::Reject),
            (4 + 2 * self.asks, C::AskCitizen),
            (4 + 2 * self.asks, C::Resume),
            (2, C::AddNote),
            (8 + self.diligent, C::Resolve),
            (12 + 2 * self.diligent, C::ConfirmRelay),
            (12 + 2 * self.diligent, C::Rate),
            (1, C::Withdraw),
            (4 + up_and_down / 3 + self.asks, C::Rule),
            (2, C::Remind),
            (4 + self.asks / 2, C::CallHelp),
            (4, C::Delegate),
            (3, C::Respond),
            (4, C::Report),
            (1, C::Recall),
            (2, C::TakeOver),
            (2, C::Correct),
            (2, C::CorrectPlace),
            (1, C::CorrectCitizen),
            (4 + 2 * self.twins, C::Merge),
            (1 + self.twins / 2, C::Separate),
            (2 + watched / 4, C::Supervise),
            (3 + watched, C::AskExtension),
            (3 + watched, C::GrantExtension),
            (1 + watched / 3, C::RefuseExtension),
            (2 + watched, C::Recompute),
        ]);
        let who = match kind {
            C::Rate if !self.one_in(6) => Who::Citizen,
            C::Withdraw => Who::Logger,
            _ => who,
        };
        let outcome = Outcome::ALL[self.below(Outcome::ALL.len() as u32) as usize];
        let what = What { kind, post: self.maybe(4), outcome, yes: self.one_in(2) };
        let case = if self.quarrels || self.asks > 0 { 0 } else { self.byte() };
        Op::Act { case, who, what, way: self.way() }
    }

    fn change(&mut self) -> Change {
        let watched = self.watched;
        // Days are declared seldom: all that is known of days is reckoned again then.
        let kinds = [
            (20, 0),
            (12, 1),
            (6, 2),
            (4, 3),
            (4, 4),
            (2, 5),
            (2, 6),
            (2, 7),
            (1, 8),
            (4 + 3 * watched, 9),
            (2, 10),
            (2, 11),
            (5, 12),
            (1, 13),
            (2, 14),
        ];
        match self.weighted(&kinds) {
            0 => Change::Leaves {
                who: self.byte(),
                after: self.few(4).saturating_sub(1),
                days: 1 + self.few(12),
                names: self.maybe(3),
                matter: self.maybe(5),
            },
            1 => Change::Returns { which: self.byte() },
            2 => Change::Relieved { which: self.byte(), successor: self.maybe(2) },
            3 => Change::Appointed { post: self.byte(), person: self.byte(), first: self.one_in(2) },
            4 => Change::Mandate { post: self.byte(), matter: self.byte(), may: self.one_in(2) },
            5 => Change::Moves { place: self.byte(), to: self.byte() },
            6 => Change::Abolished { post: self.byte() },
            7 => Change::DayOff { after: self.few(10) },
            8 => Change::MakeUp { after: self.few(10) },
            10 => Change::Merged { unit: self.byte(), into: self.byte() },
            11 => Change::Dissolved { unit: self.byte(), successor: self.maybe(2) },
            12 => Change::SubstituteLeaves { which: self.byte() },
            13 => Change::HalfDay { after: self.few(10) },
            14 => Change::TakenBack { which: self.byte() },
            _ => Change::Limit { which: self.byte(), how: self.byte() },
        }
    }
}
