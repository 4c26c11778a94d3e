//! The order in which rows are written: the same rows always give the same file.

use std::collections::HashMap;

use crate::rules::{id::UnitCode, tier::Unit, tree::MAX_DEPTH, world::Register};

/// The register with the rows of each table in the order of a file: units parents before children
/// and then by code, everything else by what names it.
#[must_use]
pub fn in_order(mut register: Register) -> Register {
    let depths = depths(&register.units);
    register.units.sort_by_cached_key(|u| (depths.get(&u.code).copied(), u.code.clone(), u.span));
    register.people.sort_by(|a, b| a.code.cmp(&b.code));
    register.posts.sort_by(|a, b| a.code.cmp(&b.code));
    register.holdings.sort_by(|a, b| (&a.post, a.span, a.rank, &a.person).cmp(&(&b.post, b.span, b.rank, &b.person)));
    register.matters.sort_by(|a, b| a.code.cmp(&b.code));
    register.mandates.sort_by(|a, b| (&a.matter, &a.to, a.power, a.span).cmp(&(&b.matter, &b.to, b.power, b.span)));
    register.ladders.sort_by(|a, b| (&a.ladder, a.no, a.span).cmp(&(&b.ladder, b.no, b.span)));
    register.limits.sort_by(|a, b| {
        (&a.ladder, &a.matter, a.kind, a.rung, a.span).cmp(&(&b.ladder, &b.matter, b.kind, b.rung, b.span))
    });
    register.calendars.sort_by(|a, b| a.code.cmp(&b.code));
    register.hours.sort_by(|a, b| (&a.calendar, a.span, a.on).cmp(&(&b.calendar, b.span, b.on)));
    register.days.sort_by(|a, b| (&a.calendar, a.date).cmp(&(&b.calendar, b.date)));
    register.markets.sort_by(|a, b| (&a.calendar, a.span, &a.rule).cmp(&(&b.calendar, b.span, &b.rule)));
    register.unit_calendars.sort_by(|a, b| (&a.unit, a.span, &a.calendar).cmp(&(&b.unit, b.span, &b.calendar)));
    register.absences.sort_by(|a, b| a.code.cmp(&b.code));
    register.rosters.sort_by(|a, b| (&a.code, a.span).cmp(&(&b.code, b.span)));
    register.duty_changes.sort_by(|a, b| a.code.cmp(&b.code));
    register
}

/// How far below a root each unit ever stood: more than any of its parents.
fn depths(units: &[Unit]) -> HashMap<UnitCode, usize> {
    let mut depths: HashMap<UnitCode, usize> = units.iter().map(|u| (u.code.clone(), 0)).collect();
    for _ in 0..MAX_DEPTH {
        let mut settled = true;
        for unit in units {
            let Some(above) = unit.parent.as_ref().and_then(|p| depths.get(p)).map(|d| d + 1) else { continue };
            if let Some(depth) = depths.get_mut(&unit.code).filter(|d| **d < above) {
                *depth = above;
                settled = false;
            }
        }
        if settled {
            break;
        }
    }
    depths
}
