//! What was held instead of somebody absent (替岗清单), and what of it came back.

use super::{Assignment, Ending, Request, event::Recorded};
use crate::rules::{absence::Absence, id::AssignmentNo};

/// One assignment that was somebody's instead of an absent person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoodIn {
    /// Which.
    pub no: AssignmentNo,
    /// What the absent person had before; none for what was new.
    pub taken_from: Option<AssignmentNo>,
    /// What it became when it was handed back; none while it is held, and where it came to another end.
    pub back: Option<AssignmentNo>,
}

/// The assignments of the request that were given because of this absence, in order. The account of each says
/// instead of whom it was given.
#[must_use]
pub fn stood_in<'r>(request: &Request, journal: impl Iterator<Item = &'r Recorded>, absence: &Absence) -> Vec<StoodIn> {
    if !absence.covers(Some(&request.matter)) {
        return Vec::new();
    }
    let opened = journal.filter_map(|recorded| recorded.event.opens());
    let theirs = opened.filter(|opens| {
        let found = opens.account.found.as_ref();
        found.is_some_and(|found| found.instead_of.as_ref() == Some(&absence.person))
    });
    let instead: Vec<AssignmentNo> = theirs.map(|opens| opens.no).collect();
    let during = absence.holds();
    let handed = |from: &Assignment, to: &Assignment| {
        let ended = from.ended.is_some_and(|ended| ended.how == Ending::HandedOver && ended.at == to.opened_at);
        ended && (from.duty, &from.post) == (to.duty, &to.post)
    };
    let own = || request.assignments.iter().filter(|a| a.person == absence.person);
    let given = request.assignments.iter().filter(|a| during.contains(a.opened_at) && instead.contains(&a.no));
    given
        .map(|a| StoodIn {
            no: a.no,
            taken_from: own().find(|before| handed(before, a)).map(|before| before.no),
            back: own().find(|after| handed(a, after)).map(|after| after.no),
        })
        .collect()
}
