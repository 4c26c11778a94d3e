//! A new stretch of a roster among the rows that are there.

use super::row::Roster;
use crate::rules::instant::Span;

/// The rows with a new stretch put in: what the roster of that code says for the same time is cut out, and holds
/// before and after as it did. In the order of codes and beginnings.
#[must_use]
pub fn put_in(rows: &[Roster], new: Roster) -> Vec<Roster> {
    let mut found = Vec::with_capacity(rows.len() + 2);
    for row in rows {
        if row.code != new.code || !row.span.overlaps(new.span) {
            found.push(row.clone());
            continue;
        }
        let before = Span { to: new.span.from, ..row.span };
        let after = Span { from: new.span.to, ..row.span };
        found.extend([before, after].into_iter().filter(|s| s.from < s.to).map(|span| Roster { span, ..row.clone() }));
    }
    found.push(new);
    found.sort_by(|a, b| (&a.code, a.span).cmp(&(&b.code, b.span)));
    found
}
