//! Which limits hold for which matter: the rules of the register, found quickly, and what can be wrong
//! with them.

use std::collections::HashMap;

use super::{MatterIx, World, problem::Problem, problem::Table, register::Register};
use crate::rules::{
    calendar::Allowance,
    instant::{Instant, Span},
    limit::{LimitKind, LimitRule},
};

/// What a limit is given to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Owner {
    Ladder(u32),
    Matter(u32),
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    rung: Option<u8>,
    allowance: Allowance,
    span: Span,
}

/// The limits of the register by what they are given to.
#[derive(Clone, Debug, Default)]
pub(super) struct KeptLimits(HashMap<(Owner, LimitKind), Vec<Entry>>);

impl World {
    pub(super) fn compile_limits(&mut self) {
        let mut kept: HashMap<(Owner, LimitKind), Vec<Entry>> = HashMap::new();
        for LimitRule { ladder, matter, rung, kind, allowance, span } in &self.rows.limits {
            let of_ladder = || {
                let place = self.ladders.binary_search_by(|(code, _)| Some(code).cmp(&ladder.as_ref())).ok()?;
                u32::try_from(place).ok().map(Owner::Ladder)
            };
            let of_matter = || self.find_matter(matter.as_ref()?.as_str()).map(|m| Owner::Matter(m.0));
            let Some(owner) = of_matter().or_else(of_ladder) else { continue };
            kept.entry((owner, *kind)).or_default().push(Entry { rung: *rung, allowance: *allowance, span: *span });
        }
        self.limits = KeptLimits(kept);
    }

    /// How long something may take: for the matter at a rung or for the whole of it, as of an instant;
    /// none where the register says nothing. The matter's own limit goes before its ladder's, one for
    /// the rung before one for every rung.
    #[must_use]
    pub fn allowance(&self, matter: MatterIx, rung: Option<u8>, kind: LimitKind, at: Instant) -> Option<Allowance> {
        let ladder = self.matters.get(matter.0 as usize)?.ladder;
        [Owner::Matter(matter.0), Owner::Ladder(ladder)].into_iter().find_map(|owner| {
            let entries = self.limits.0.get(&(owner, kind))?;
            let for_rung = |rung| entries.iter().find(|e| e.rung == rung && e.span.contains(at));
            rung.and_then(|rung| for_rung(Some(rung))).or_else(|| for_rung(None)).map(|e| e.allowance)
        })
    }
}

/// What is wrong with the rows of limits.
pub(super) fn problems(register: &Register, found: &mut Vec<Problem>) {
    let problem = |row, column, what: String, mend: &str| Problem::new(Table::Limits, row, column, what, mend);
    let mut known: HashMap<_, Vec<Span>> = HashMap::new();
    for (row, rule) in register.limits.iter().enumerate() {
        let LimitRule { ladder, matter, rung, kind, span, .. } = rule;
        match (ladder, matter) {
            (Some(code), None) if !register.ladders.iter().any(|r| r.ladder == *code) => {
                let what = format!("ladder `{code}` is not in the register");
                found.push(problem(row, "ladder", what, "add it to its file, or name one that is there"));
            }
            (None, Some(code)) if !register.matters.iter().any(|m| m.code == *code) => {
                let what = format!("matter `{code}` is not in the register");
                found.push(problem(row, "matter", what, "add it to its file, or name one that is there"));
            }
            (Some(_), None) | (None, Some(_)) => {}
            (None, None) => {
                let what = "neither a ladder nor a matter is named".to_owned();
                found.push(problem(row, "ladder", what, "fill in one of the two"));
            }
            (Some(_), Some(_)) => {
                let what = "both a ladder and a matter are named".to_owned();
                found.push(problem(row, "matter", what, "leave one of the two empty"));
            }
        }
        if rung.is_some() && kind.is_of_case() {
            let what = format!("a limit of the kind {kind} is for the whole case, not for a rung");
            found.push(problem(row, "rung", what, "leave `rung` empty"));
        }
        if rung.is_some_and(|no| no == 0 || no > super::MAX_RUNGS) {
            let what = format!("rung `{}` is out of range", rung.unwrap_or_default());
            found.push(problem(row, "rung", what, "count rungs from 1 at the lowest, 100 at most"));
        }
        if span.from >= span.to {
            let what = "the dates are reversed: `to` is not after `from`".to_owned();
            found.push(problem(row, "to", what, "`to` is the first day on which it no longer holds"));
        }
        let others = known.entry((ladder, matter, rung, kind)).or_default();
        if others.iter().any(|other| other.overlaps(*span)) {
            let what = format!("an earlier row gives the limit {kind} for the same at the same time");
            found.push(problem(row, "kind", what, "end the earlier one on the day this one begins"));
        }
        others.push(*span);
    }
}
