//! A town in which everything goes wrong, on a clock that stands where it is put, and the same every time.
//!
//! A seed makes a list of operations ([`op::Op`], plain data): people log, take on, hand up, resolve and
//! confirm, late, wrongly or never, on screens that are out of date; supervise, ask for more time and give it, and
//! reckon limits anew; holders go away and come back, and the register changes in mid-case: units are merged and
//! dissolved, substitutes leave their posts, rosters are set up, changed and ended, shifts swapped, covered and all of it
//! undone, days are declared late and limits are changed; time goes on, stands still and is put back; two nodes work on one store, look at the
//! due index and fire later, die in the middle of a transaction or after it; commands are lost, come twice, come
//! late, and are sent again because nobody answered.
//!
//! [`drive`] turns each operation into what somebody could do at that moment and gives it to a
//! [`shell::Shell`]: [`sketch`] is what `run/engine` does around the rules, in memory, fast enough for
//! thousands of seeds; [`real`] is `run/engine` itself, two engines on one SQLite file. Both have to write the
//! same journal. [`watch`] reads every entry of it and knows nothing else.
//!
//! # What is a failure
//!
//! - A panic, or an error of the machine that no operation brought about.
//! - An entry that the journal should not have: positions with a gap, time that runs backward, an event that
//!   the stage before it does not allow, an assignment that skips a number.
//! - A request that is open without exactly one Handle assignment, being carried back without exactly one
//!   Relay, or over with anything open.
//! - An escalation that does not climb, also after a hand-over; a sending back that does not go down; anything
//!   that goes up after it was resolved, but for a reopening, which goes above the resolver.
//! - An assignment that is given to anybody but whom [`crate::naive`] names for that rung, instant, world and
//!   those who let it go; an account that names somebody else; somebody complained of, or below such a person.
//! - Somebody who is away, or does not hold the post any more, and has open work that somebody there could have; work
//!   that is given to somebody without any post, whoever named them.
//! - A post, a holding, a roster, a calendar or an offered shift that outlasts the unit, the post or the roster that it
//!   hangs on; a swap that stands on another one which was undone.
//! - A limit that takes effect before its time, twice, without having run, or on an assignment that ended; one
//!   that is over and still runs after a node looked; a list of running limits that differs from what the
//!   events say; a mark that is given twice, but for one for each supervision.
//! - More time that is given a second time for an assignment, or unasked, or by who has it; that is more or less than
//!   was asked for, reckoned by [`crate::naive_calendar`]; that is not asked of the next one up.
//! - Limits reckoned anew that do not end when [`crate::naive_calendar`] says, with the times of old or with those of
//!   today, or of which one that would move is left out; what was left of a limit, or granted on top, that changes
//!   its length.
//! - The same key with two answers, or with a second event; an acknowledged command that the journal does not
//!   have; a refused one that it has; anything left of a transaction in the middle of which its node died.
//! - After everybody has fallen silent for two months: a request that is not closed, and neither at the top,
//!   nor frozen, nor waiting with somebody above whom nobody is, nor without a limit because the register had
//!   none for it.
//! - Somebody who gets work, loses it, has it until another time, or has to do with what the citizen, time or the register
//!   does to it, and is not told; anybody who is told what they did themselves, without a post, of what goes round them, or
//!   of what is no affair of theirs.
//! - What was overdue and is not any more, although nobody else has it and nobody gave more time.
//! - A request that follows itself, a duplicate, or one that nobody handles; another result than that one's.
//! - Whoever leads the town, refused for lack of authority.
//! - Two shells that write two journals, or tell two things.
//!
//! # What is no failure
//!
//! - A refusal: people try what is not theirs to do.
//! - A command that was lost and never sent again, or was on its way to a node that died: it may or may not be
//!   done, but once at most.
//! - A limit that takes effect late, when nobody looked in time.
//! - Somebody away who keeps what nobody else in the town may have, or nobody who is on duty when it is to be handed
//!   over; it climbs by its limits.
//! - A request below the top that everybody above had in this climb, because the dispatcher gave it back down: it
//!   is told every morning.
//! - Anything about texts, lists and the hour at which a notice is told, which have their own tests.
//!
//! # What is not simulated
//!
//! Two transactions at once (the head row lets one pass after the other; `tests/suite/engine.rs`), PostgreSQL, a
//! disk that lies, and a kill of the whole process (`tests/suite/kill.rs`).
//!
//! A seed that fails is printed with its operations as JSON; such a list goes into `kept/`, where every file is
//! run first, whatever the rest does.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a simulation that meets something impossible fails the test that runs it"
)]

mod act;
pub mod drive;
pub mod generate;
pub mod op;
pub mod real;
pub mod shell;
pub mod sketch;
pub mod watch;

/// The town's register, a directory of `fixtures/worlds`.
pub const TOWN: &str = "simulation";
