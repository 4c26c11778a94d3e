//! The table of changes of duty: its columns, and a row read and written.

use super::{
    cells::Cells,
    entry::{Entry, FROM, TO, or_empty},
    header::Column,
    problem::quoted,
};
use crate::rules::{
    instant::{Instant, Span, Zone},
    roster::{DutyChange, DutyChangeKind, Expiry, Scope, ShiftId},
    world::Table,
};

fn shift(cells: &mut Cells<'_>, column: &str) -> Option<Option<ShiftId>> {
    let text = cells.raw(column);
    if text.is_empty() {
        return Some(None);
    }
    let mend = "write it as `2015-03-01#0`: the day from which shifts are counted, and its number";
    let what = format!("{} does not name a shift", quoted(text));
    text.parse().ok().map(Some).or_else(|| cells.wrong(column, &what, mend))
}

fn scope(cells: &mut Cells<'_>) -> Option<Scope> {
    let (shift, span) = (shift(cells, "shift"), cells.span());
    match (shift?, span?) {
        (None, span) => Some(Scope::Stretch(span)),
        (Some(shift), Span::ALWAYS) => Some(Scope::Shift(shift)),
        (Some(_), _) => {
            cells.wrong("shift", "both a shift and a stretch of time are named", "leave one of the two empty")
        }
    }
}

fn instant_or_none(cells: &mut Cells<'_>, column: &str) -> Option<Option<Instant>> {
    Some(Some(cells.instant(column, Instant::MAX)?).filter(|at| *at != Instant::MAX))
}

fn expiry(cells: &mut Cells<'_>) -> Option<Option<Expiry>> {
    if cells.raw("expiry").is_empty() {
        return Some(None);
    }
    cells.word("expiry", Expiry::parse, Expiry::ALL, |why| (why.word(), why.zh())).map(Some)
}

impl Entry for DutyChange {
    const TABLE: Table = Table::DutyChanges;
    const COLUMNS: &'static [Column] = &[
        ("code", "编码"),
        ("roster", "值班表"),
        ("kind", "类别"),
        ("shift", "班次"),
        FROM,
        TO,
        ("out", "下班人"),
        ("in", "上班人"),
        ("offered_to", "指定接班人"),
        ("against", "换回班次"),
        ("reason", "事由"),
        ("begun_by", "发起人"),
        ("begun_at", "发起时间"),
        ("taken_at", "接班时间"),
        ("ended_by", "撤销人"),
        ("ended_at", "撤销时间"),
        ("expiry", "失效原因"),
    ];
    // Files from before it have none.
    const OPTIONAL: &'static [&'static str] = &["expiry"];
    const NAME: &'static str = "code";

    fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let (code, roster) = (cells.code("code"), cells.code("roster"));
        let kind = cells.word("kind", DutyChangeKind::parse, DutyChangeKind::ALL, |k| (k.word(), k.zh()));
        let scope = scope(cells);
        let (out, person) = (cells.code_or_none("out"), cells.code_or_none("in"));
        let (offered_to, against) = (cells.code_or_none("offered_to"), shift(cells, "against"));
        let (reason, begun_by) = (cells.text("reason"), cells.code_or_none("begun_by"));
        let (begun_at, taken_at) = (cells.instant("begun_at", Instant::MIN), instant_or_none(cells, "taken_at"));
        let (ended_by, ended_at) = (cells.code_or_none("ended_by"), instant_or_none(cells, "ended_at"));
        let expiry = expiry(cells);
        Some(Self {
            code: code?,
            roster: roster?,
            kind: kind?,
            scope: scope?,
            out: out?,
            person: person?,
            offered_to: offered_to?,
            against: against?,
            reason: reason?,
            begun_by: begun_by?,
            begun_at: begun_at?,
            taken_at: taken_at?,
            ended_by: ended_by?,
            ended_at: ended_at?,
            expiry: expiry?,
        })
    }

    fn cells(&self, zone: &Zone) -> Vec<String> {
        let text = |at: Instant, open: Instant| if at == open { String::new() } else { at.text(zone) };
        let or_open = |at: Option<Instant>| text(at.unwrap_or(Instant::MAX), Instant::MAX);
        let (shift, span) = match self.scope {
            Scope::Shift(shift) => (Some(shift), Span::ALWAYS),
            Scope::Stretch(span) => (None, span),
        };
        vec![
            self.code.to_string(),
            self.roster.to_string(),
            self.kind.to_string(),
            or_empty(shift.as_ref()),
            text(span.from, Instant::MIN),
            text(span.to, Instant::MAX),
            or_empty(self.out.as_ref()),
            or_empty(self.person.as_ref()),
            or_empty(self.offered_to.as_ref()),
            or_empty(self.against.as_ref()),
            self.reason.clone(),
            or_empty(self.begun_by.as_ref()),
            text(self.begun_at, Instant::MIN),
            or_open(self.taken_at),
            or_empty(self.ended_by.as_ref()),
            or_open(self.ended_at),
            or_empty(self.expiry.as_ref()),
        ]
    }
}
