//! The table of absences: its columns, and a row read and written.

use super::{
    cells::Cells,
    entry::{Entry, FROM, TO, or_empty},
    header::Column,
};
use crate::rules::{
    absence::{Absence, Scope, Substitute},
    id::MatterCode,
    instant::{Instant, Zone},
    world::Table,
};

fn matters(cells: &mut Cells<'_>) -> Option<Scope> {
    let list = cells.list("matters")?;
    let mut matters: Vec<MatterCode> = Vec::with_capacity(list.len());
    for text in &list {
        match text.parse() {
            Ok(matter) => matters.push(matter),
            Err(_) => {
                let what = format!("{} is not a code", super::problem::quoted(text));
                return cells.wrong("matters", &what, "name matters by their codes, or leave it empty for all");
            }
        }
    }
    Some(if matters.is_empty() { Scope::All } else { Scope::Matters(matters) })
}

impl Entry for Absence {
    const TABLE: Table = Table::Absences;
    const COLUMNS: &'static [Column] = &[
        ("code", "编码"),
        ("person", "人员"),
        FROM,
        TO,
        ("reason", "事由"),
        ("matters", "事项"),
        ("substitute", "替岗人"),
        ("substitute_until", "替岗至"),
        ("recorded_by", "登记人"),
        ("recorded_at", "登记时间"),
        ("ended_at", "返岗时间"),
    ];
    // Files from before it have none.
    const OPTIONAL: &'static [&'static str] = &["substitute_until"];
    const NAME: &'static str = "code";

    fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let (code, person, span) = (cells.code("code"), cells.code("person"), cells.span());
        let (reason, scope) = (cells.text("reason"), matters(cells));
        let (substitute, recorded_by) = (cells.code_or_none("substitute"), cells.code_or_none("recorded_by"));
        let recorded_at = cells.instant("recorded_at", Instant::MIN);
        let ended_at = cells.instant("ended_at", Instant::MAX);
        let substitute_until = cells.instant("substitute_until", Instant::MAX);
        Some(Self {
            code: code?,
            person: person?,
            span: span?,
            reason: reason?,
            scope: scope?,
            substitute: substitute?.map_or(Substitute::ByPost, Substitute::Person),
            substitute_until: Some(substitute_until?).filter(|at| *at != Instant::MAX),
            recorded_by: recorded_by?,
            recorded_at: recorded_at?,
            ended_at: Some(ended_at?).filter(|at| *at != Instant::MAX),
        })
    }

    fn cells(&self, zone: &Zone) -> Vec<String> {
        let text = |at: Instant, open: Instant| if at == open { String::new() } else { at.text(zone) };
        let matters = match &self.scope {
            Scope::All => Vec::new(),
            Scope::Matters(matters) => matters.iter().map(ToString::to_string).collect(),
        };
        let substitute = match &self.substitute {
            Substitute::ByPost => None,
            Substitute::Person(person) => Some(person),
        };
        vec![
            self.code.to_string(),
            self.person.to_string(),
            text(self.span.from, Instant::MIN),
            text(self.span.to, Instant::MAX),
            self.reason.clone(),
            matters.join(";"),
            or_empty(substitute),
            text(self.substitute_until.unwrap_or(Instant::MAX), Instant::MAX),
            or_empty(self.recorded_by.as_ref()),
            text(self.recorded_at, Instant::MIN),
            text(self.ended_at.unwrap_or(Instant::MAX), Instant::MAX),
        ]
    }
}
