//! Everything that can be wrong with unit rows, found in one pass each.

use std::collections::{HashMap, HashSet};

use petgraph::{
    algo::{astar, kosaraju_scc, toposort},
    graph::{DiGraph, NodeIndex},
    visit::EdgeRef,
};

use super::{MAX_DEPTH, TreeFault};
use crate::rules::{
    id::UnitCode,
    instant::Span,
    tier::{Unit, UnitKind},
};

pub(super) fn faults(units: &[Unit]) -> Vec<TreeFault> {
    let mut rows: HashMap<&UnitCode, Vec<(usize, &Unit)>> = HashMap::with_capacity(units.len());
    let mut faults = Vec::new();
    for (row, unit) in units.iter().enumerate() {
        let earlier = rows.entry(&unit.code).or_default();
        if earlier.iter().any(|(_, e)| e.span.overlaps(unit.span)) {
            faults.push(TreeFault::Duplicate { row, code: unit.code.clone() });
        } else if let Some((_, first)) = earlier.first().filter(|(_, e)| e.kind != unit.kind) {
            faults.push(TreeFault::KindChanged { row, code: unit.code.clone(), was: first.kind });
        }
        earlier.push((row, unit));
    }
    for (row, unit) in units.iter().enumerate() {
        above(row, unit, &rows, &mut faults);
    }
    cycles(units, &rows, &mut faults);
    faults.sort_by_key(TreeFault::row);
    faults
}

type Rows<'a> = HashMap<&'a UnitCode, Vec<(usize, &'a Unit)>>;

fn above(row: usize, unit: &Unit, rows: &Rows<'_>, faults: &mut Vec<TreeFault>) {
    if let Some(serves) = &unit.serves {
        let served = rows.get(serves).filter(|r| r.first().is_some_and(|(_, u)| !u.kind.is_functional()));
        match served {
            _ if !unit.kind.is_functional() => faults.push(TreeFault::Serving { row }),
            None => faults.push(TreeFault::UnknownServed { row, serves: serves.clone() }),
            Some(stretches) if !unit.span.is_covered_by(spans(stretches)) => {
                faults.push(TreeFault::OutlivesServed { row, serves: serves.clone() });
            }
            Some(_) => {}
        }
    }
    let Some(parent) = &unit.parent else {
        if unit.kind.is_functional() {
            faults.push(TreeFault::Serving { row });
        }
        return;
    };
    let Some(stretches) = rows.get(parent) else {
        faults.push(TreeFault::UnknownParent { row, parent: parent.clone() });
        return;
    };
    let Some((_, first)) = stretches.first() else { return };
    if !may_stand_below(unit.kind, first.kind) {
        faults.push(TreeFault::NotBelow { row, child: unit.kind, parent: first.kind, parent_code: parent.clone() });
    }
    if !unit.span.is_covered_by(spans(stretches)) {
        faults.push(TreeFault::Outlives { row, parent: parent.clone() });
    }
}

fn spans(stretches: &[(usize, &Unit)]) -> Vec<Span> {
    stretches.iter().map(|(_, u)| u.span).collect()
}

fn may_stand_below(child: UnitKind, parent: UnitKind) -> bool {
    match (child.tier(), parent.tier()) {
        (Some(child), Some(parent)) => parent.is_above(child),
        (Some(_), None) => false,
        (None, _) => true,
    }
}

/// Functional units may nest freely, so a chain may be longer than any walk. Of each chain the first
/// row that is too deep is named. As with circles, all stretches count at once.
fn depths(graph: &DiGraph<&UnitCode, usize, u32>, upward: &[NodeIndex<u32>], faults: &mut Vec<TreeFault>) {
    let mut above = vec![0_usize; graph.node_count()];
    for unit in upward.iter().rev() {
        for edge in graph.edges(*unit) {
            let deeper = above.get(edge.target().index()).map_or(0, |parents| parents + 1);
            if deeper == MAX_DEPTH
                && let Some(code) = graph.node_weight(*unit)
            {
                faults.push(TreeFault::TooDeep { row: *edge.weight(), code: (*code).clone() });
            }
            if let Some(most) = above.get_mut(unit.index()) {
                *most = deeper.max(*most);
            }
        }
    }
}

/// Functional units may nest freely, so a circle is possible; the row that closes it is named.
/// Circles are looked for over all stretches at once: one that no single day shows is refused
/// too, because a later correction of dates would bring it about.
fn cycles(units: &[Unit], rows: &Rows<'_>, faults: &mut Vec<TreeFault>) {
    let mut graph: DiGraph<&UnitCode, usize, u32> = DiGraph::with_capacity(rows.len(), units.len());
    let mut nodes = HashMap::with_capacity(rows.len());
    for unit in units {
        nodes.entry(&unit.code).or_insert_with(|| graph.add_node(&unit.code));
    }
    for (row, unit) in units.iter().enumerate() {
        if let (Some(child), Some(parent)) = (nodes.get(&unit.code), unit.parent.as_ref().and_then(|p| nodes.get(p))) {
            graph.add_edge(*child, *parent, row);
        }
    }
    if let Ok(upward) = toposort(&graph, None) {
        return depths(&graph, &upward, faults);
    }
    // Not Tarjan's: petgraph's calls itself once for each unit of a chain, and a file may hold a long one.
    for circle in kosaraju_scc(&graph) {
        let circle: HashSet<_> = circle.into_iter().collect();
        let inner = circle.iter().flat_map(|n| graph.edges(*n)).filter(|e| circle.contains(&e.target()));
        // The latest row of the circle is the one that closed it.
        let Some(closing) = inner.max_by_key(|e| *e.weight()) else { continue };
        let back = astar(&graph, closing.target(), |n| n == closing.source(), |_| 1, |_| 0);
        let Some((_, way)) = back else { continue };
        let Some(code) = graph.node_weight(closing.source()) else { continue };
        let way: Vec<&str> = way.iter().filter_map(|n| graph.node_weight(*n)).map(|code| code.as_str()).collect();
        let path = match way.as_slice() {
            // A long circle is shown by where it begins and where it closes.
            [first @ .., before, last] if first.len() > 10 => {
                format!("{code} → {} → … → {before} → {last}", first.get(..10).unwrap_or(first).join(" → "))
            }
            way => format!("{code} → {}", way.join(" → ")),
        };
        faults.push(TreeFault::Cycle { row: *closing.weight(), code: (*code).clone(), path });
    }
}
