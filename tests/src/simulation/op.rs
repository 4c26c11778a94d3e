//! The operations, as plain data: printed when a seed fails, kept in a file, and read again.
//!
//! Numbers stand for "any of those there are": what they pick follows from the state that they meet.

use liandong_engine::rules::request::{Outcome, command::CommandKind};
use serde::{Deserialize, Serialize};

/// One thing that happens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Op {
    /// Time goes on.
    Wait {
        /// By so much.
        minutes: u32,
    },
    /// Time goes on until the next limit is over, or just is not yet.
    WaitForLimit {
        /// Short of it by so much.
        micros: u8,
    },
    /// Time goes on until the next date at which somebody's holding or absence begins or ends, or just has not.
    WaitForDate {
        /// Short of it by so much.
        micros: u8,
    },
    /// Somebody puts the clock back.
    ClockBack {
        /// By so much.
        minutes: u32,
    },
    /// Somebody logs a request.
    Log {
        /// Who: of those who may, or of all when the number is high.
        who: u8,
        /// Where.
        place: u8,
        /// About what.
        matter: u8,
        /// How the command gets there.
        way: Way,
    },
    /// Somebody does something about a request.
    Act {
        /// Which.
        case: u8,
        /// Who.
        who: Who,
        /// What.
        what: What,
        /// How the command gets there.
        way: Way,
    },
    /// The register changes.
    Register {
        /// What of it.
        change: Change,
        /// Whether whoever leads the town gives the order, and not the operator.
        #[serde(default)]
        leader: bool,
        /// How the command gets there.
        way: Way,
    },
    /// Somebody does something about duty: rosters, swaps, taking over, covers, and undoing them.
    Duty {
        /// With what.
        which: u16,
        /// What.
        how: u16,
        /// How the command gets there.
        way: Way,
    },
    /// What was delayed arrives, the oldest first; or once more what arrived before.
    Deliver {
        /// At which node.
        node: u8,
        /// Of those that arrived before, counted back; the oldest of the delayed ones when none.
        again: Option<u8>,
    },
    /// A node's ticker looks and does what is due.
    Tick {
        /// Which.
        node: u8,
    },
    /// A node looks at the due index and goes no further.
    Look {
        /// Which.
        node: u8,
    },
    /// A node goes on with what it saw when it looked.
    Fire {
        /// Which.
        node: u8,
        /// Whether it dies in the first of its transactions.
        dies: bool,
    },
    /// A node dies while it does nothing, and is started again.
    Crash {
        /// Which.
        node: u8,
    },
}

/// How a command gets to a node, and its answer back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// To which node.
    pub node: u8,
    /// What befalls it.
    pub fate: Fate,
}

/// What befalls a command on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Fate {
    /// It arrives and is answered.
    Arrives,
    /// It arrives at one node, and then at the other as well.
    Twice,
    /// The answer is lost, and it is sent again to the other node.
    AnswerLost,
    /// It is lost, and nobody notices.
    Lost,
    /// It arrives later: whoever sent it saw another state.
    Delayed,
    /// The node dies in the middle of the transaction, when the journal is written; it is sent again to the
    /// other node.
    DiesEarly,
    /// The node dies at the very end of the transaction, before the commit; it is sent again to the other node.
    DiesLate,
    /// The node dies after the commit and before the answer; it is sent again to the other node.
    DiesAfter,
}

impl Fate {
    /// Everything that can befall it.
    pub const ALL: [Self; 8] = [
        Self::Arrives,
        Self::Twice,
        Self::AnswerLost,
        Self::Lost,
        Self::Delayed,
        Self::DiesEarly,
        Self::DiesLate,
        Self::DiesAfter,
    ];
}

/// Who does something about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Who {
    /// Whoever has it.
    Holder,
    /// Whoever had it before.
    Former,
    /// Whoever logged it.
    Logger,
    /// Whoever asked.
    Citizen,
    /// Any person of the register.
    Anybody(u8),
}

/// What somebody does about a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct What {
    /// Which command.
    pub kind: CommandKind,
    /// The post that it names, if it names one: of those above the place; the usual one when left out. Or the
    /// days that it gives.
    pub post: Option<u8>,
    /// The outcome, if it gives one.
    pub outcome: Outcome,
    /// Whether it says yes: that the household itself heard it, that it is content, that they stand face to
    /// face, that the rules of today hold.
    pub yes: bool,
}

/// What changes in the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// Somebody who has open work, or anybody, goes away.
    Leaves {
        /// Who.
        who: u8,
        /// In how many days.
        after: u8,
        /// For how many days.
        days: u8,
        /// Whom they name; the B岗 when none.
        names: Option<u8>,
        /// For which matter only.
        matter: Option<u8>,
    },
    /// Somebody is back before their time.
    Returns {
        /// Which absence.
        which: u8,
    },
    /// Somebody leaves a post.
    Relieved {
        /// Whose holding.
        which: u8,
        /// Who follows.
        successor: Option<u8>,
    },
    /// Somebody comes to a post.
    Appointed {
        /// Which.
        post: u8,
        /// Who.
        person: u8,
        /// As its first holder.
        first: bool,
    },
    /// A post may resolve a matter, or may not any more.
    Mandate {
        /// Which post.
        post: u8,
        /// Which matter.
        matter: u8,
        /// Whether it may.
        may: bool,
    },
    /// A household goes to another group.
    Moves {
        /// Which.
        place: u8,
        /// Where.
        to: u8,
    },
    /// A post is done away with.
    Abolished {
        /// Which.
        post: u8,
    },
    /// A unit goes up in another of its kind.
    Merged {
        /// Which.
        unit: u8,
        /// Into which of the others.
        into: u8,
    },
    /// A unit is dissolved.
    Dissolved {
        /// Which.
        unit: u8,
        /// Who takes what it had; nobody when none.
        successor: Option<u8>,
    },
    /// Somebody who is named for an absence leaves a post: the last one, where it is theirs.
    SubstituteLeaves {
        /// For which absence.
        which: u8,
    },
    /// A day off is declared, late.
    DayOff {
        /// In how many days.
        after: u8,
    },
    /// A day becomes a make-up working day, late.
    MakeUp {
        /// In how many days.
        after: u8,
    },
    /// Half a day off is declared, late.
    HalfDay {
        /// In how many days.
        after: u8,
    },
    /// A day that was declared is an ordinary one again.
    TakenBack {
        /// Which of those to come.
        which: u8,
    },
    /// Something may take more or less time from now on, or as long as it likes.
    Limit {
        /// Which row of the limits that hold.
        which: u8,
        /// How long.
        how: u8,
    },
}
