//! A model of assignment, acceptance, limits, escalation, absence and crash with two nodes, small enough
//! that a checker looks at every state there is.
//!
//! [`rules`] says a second time, in a few lines on small numbers, what the engine's rules say of a ladder of
//! three rungs; [`step`] puts two nodes around it that look at stale views, commit under the held head and
//! die; [`check`] states what must hold in every state; [`engine`] plays the same on the engine's rules and
//! compares. Its town is `fixtures/worlds/model`.

pub mod check;
pub mod engine;
pub mod rules;
pub mod step;

use std::collections::BTreeSet;

/// Who lives in the model's town.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Person {
    /// Leads the group; when away, nobody stands in.
    Leader,
    /// Holds the village's post first.
    Cadre,
    /// Holds it as the substitute (B岗).
    Second,
    /// Leads the town.
    Chief,
    /// Is named by the chief to stand in, and holds nothing of the ladder.
    Deputy,
    /// Takes what no rung answers.
    Dispatcher,
}

impl Person {
    /// Everybody.
    pub const ALL: [Self; 6] = [Self::Leader, Self::Cadre, Self::Second, Self::Chief, Self::Deputy, Self::Dispatcher];

    /// Those who go away.
    pub const LEAVING: [Self; 3] = [Self::Leader, Self::Cadre, Self::Chief];
}

/// The posts that requests come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Post {
    /// Of the group: the first rung.
    Group,
    /// Of the village: the second.
    Village,
    /// Of the town: the third and last.
    Town,
    /// Beyond the ladder.
    Dispatch,
}

/// Where a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// An offer waits.
    Routed,
    /// Somebody is at it.
    InHand,
    /// The result is carried back.
    Resolved,
    /// The household has heard it.
    Told,
}

/// What a limit is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// To take it on.
    Accept,
    /// To finish it, or to carry the result on.
    Finish,
}

/// A limit: which assignment's, what for, and the tick at which it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Trigger {
    /// At which tick it is over.
    pub due: u8,
    /// Of which assignment: the generation.
    pub no: u8,
    /// What for.
    pub kind: Kind,
}

/// An open assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Assigned {
    /// Counts the assignments of the request.
    pub no: u8,
    /// Whether it is to carry the result back, not to handle.
    pub relay: bool,
    /// On which post.
    pub post: Post,
    /// Who is responsible.
    pub person: Person,
    /// On which rung.
    pub rung: u8,
    /// Until which tick it is to be taken on; none once it is.
    pub accept: Option<u8>,
    /// Until which tick it is to be finished.
    pub finish: Option<u8>,
    /// Whether the time to take it on was over, and whether that to finish it was: what is over stays over.
    pub expired: (bool, bool),
    /// At which tick it is told again that it is overdue.
    pub again: Option<u8>,
    /// Where both are over at the same tick: whether the time to finish began first, and so ends first.
    pub finish_first: bool,
    /// Who was away when it was given.
    pub given_while: Away,
}

/// Who is away, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Away(pub u8);

impl Away {
    /// Whether somebody is.
    #[must_use]
    pub const fn has(self, person: Person) -> bool {
        self.0 & (1 << person as u8) != 0
    }

    /// With somebody gone, or back.
    #[must_use]
    pub const fn turned(self, person: Person) -> Self {
        Self(self.0 ^ (1 << person as u8))
    }
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Case {
    /// Where it is.
    pub stage: Stage,
    /// What is open: one, or none once the household has heard. More would be a fault.
    pub open: Vec<Assigned>,
    /// Who had it in this climb and let it go.
    pub left: Vec<(Post, Person)>,
    /// How many assignments it ever had.
    pub given: u8,
    /// What the checker remembers: the limits that took effect.
    pub over: BTreeSet<Trigger>,
    /// What the checker remembers: whether it ever climbed, by hand or by time.
    pub climbed: bool,
    /// What the checker remembers: whether it ever climbed by time.
    pub timed: bool,
}

/// What people order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// A new request.
    Log,
    /// I take it on.
    Accept,
    /// To the next rung.
    Escalate,
    /// It has come to its end.
    Resolve,
    /// The household has heard it.
    Tell,
}

/// What must never happen in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// A limit took effect before its time.
    Early,
    /// A limit took effect a second time.
    LimitTwice,
    /// What was resolved went up.
    AfterResolve,
    /// What went up did not go up.
    NotUp,
    /// One command was done twice.
    CommandTwice,
    /// A command was answered and not done.
    CommandLost,
}

/// How big a town the checker looks at.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// How many requests there are at most.
    pub requests: usize,
    /// The last tick of the clock.
    pub ticks: u8,
    /// How often somebody goes away or comes back.
    pub absences: u8,
}

/// A mistake that a model can be given, to see that the checker finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// To be told again that it is overdue gives more time.
    ReminderMoves,
    /// A limit that a node saw takes effect, whatever came in between.
    StaleTrigger,
    /// Whether a limit is over is what the node believed when it looked.
    NodesOwnClock,
    /// No first answer is kept under the key of a command.
    NoReceipt,
    /// Commands are answered before they are committed.
    AnswerFirst,
    /// Whoever escalates keeps the assignment as well.
    KeepsTheOld,
    /// Whoever goes away hands nothing over.
    NoHandOver,
    /// Escalation looks for somebody from the same rung on.
    SameRung,
}

/// A model with its bounds, and perhaps a mistake.
#[derive(Clone, Copy, Debug)]
pub struct Town {
    /// How big.
    pub bounds: Bounds,
    /// What is wrong with it.
    pub flaw: Option<Flaw>,
}

impl Town {
    /// Whether it has this mistake.
    #[must_use]
    pub fn has(&self, flaw: Flaw) -> bool {
        self.flaw == Some(flaw)
    }
}
