//! What stands in one delivery: several notices of one person, in order, nothing twice.

use super::{About, Notice, NoticeKind};
use crate::rules::{
    instant::Instant,
    register::duty::is_open,
    request::{Assignment, Duty},
    world::World,
};

/// A notice as it stands in a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The journal entry it follows from.
    pub position: i64,
    /// Counts the notices of that entry from 1.
    pub no: u16,
    /// When that happened.
    pub at: Instant,
    /// What it says.
    pub notice: Notice,
    /// Whether there is nothing to be done about it any more. It is told all the same: whoever was
    /// responsible for a while has to know, for the journal says so.
    pub over: bool,
}

/// Whether what a notice calls for has ended meanwhile: the assignment that it is about, or all handling
/// where it is about the whole case; the offer of a shift; the absence of whom one stands in for. What merely
/// tells of something done is never over. `assignments` are those of the request that it is about.
#[must_use]
pub fn is_over(world: &World, at: Instant, notice: &Notice, assignments: &[Assignment]) -> bool {
    let open = |a: &&Assignment| a.ended.is_none();
    match (notice.kind, &notice.about) {
        (
            NoticeKind::Assigned
            | NoticeKind::Overdue
            | NoticeKind::Reminded
            | NoticeKind::Supervised
            | NoticeKind::CitizenAsked
            | NoticeKind::CitizenAnswered
            | NoticeKind::CitizenSilent
            | NoticeKind::NoteAdded
            | NoticeKind::Reassigned
            | NoticeKind::Responded
            | NoticeKind::DeadlineMoved
            | NoticeKind::PlaceMoved,
            About::Request { assignment: Some(no), .. },
        ) => !assignments.iter().filter(open).any(|a| a.no == *no),
        (NoticeKind::Overdue, About::Request { assignment: None, .. }) => {
            !assignments.iter().filter(open).any(|a| a.duty == Duty::Handle)
        }
        (NoticeKind::SwapOffered, About::DutyChange(code)) => {
            !world.duty_change(code).is_some_and(|change| is_open(world, at, change))
        }
        (NoticeKind::StandIn, About::Absence(code)) => {
            let rows = &world.register().absences;
            !rows.iter().any(|row| row.code == *code && row.holds().from < row.holds().to && at < row.holds().to)
        }
        _ => false,
    }
}

/// The lines of one delivery: in the order of the journal, and what is said of the same thing again only
/// as it was said last.
#[must_use]
pub fn lines(mut lines: Vec<Line>) -> Vec<Line> {
    let same = |a: &Notice, b: &Notice| (&a.person, a.kind, &a.about) == (&b.person, b.kind, &b.about);
    lines.sort_unstable_by_key(|line| (line.position, line.no));
    let said_again: Vec<bool> = (1..=lines.len())
        .map(|next| {
            let (before, after) = lines.split_at(next);
            before.last().is_some_and(|line| after.iter().any(|later| same(&line.notice, &later.notice)))
        })
        .collect();
    let mut said_again = said_again.into_iter();
    lines.retain(|_| said_again.next() != Some(true));
    lines
}
