//! The table of limits: its columns, and a row read and written.

use super::{
    cells::Cells,
    entry::{Entry, FROM, TO, or_empty, with_dates},
    header::Column,
    problem::quoted,
};
use crate::rules::{
    calendar::Allowance,
    instant::Zone,
    limit::{LimitKind, LimitRule},
    world::Table,
};

impl Entry for LimitRule {
    const TABLE: Table = Table::Limits;
    const COLUMNS: &'static [Column] =
        &[("ladder", "层级"), ("matter", "事项"), ("rung", "序号"), ("kind", "类别"), ("allowance", "时限"), FROM, TO];
    const NAME: &'static str = "";

    fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let (ladder, matter) = (cells.code_or_none("ladder"), cells.code_or_none("matter"));
        let rung = if cells.raw("rung").is_empty() { Some(None) } else { cells.number("rung", "100").map(Some) };
        let kind = cells.word("kind", LimitKind::parse, LimitKind::ALL, |k| (k.word(), k.zh()));
        let allowance = match cells.raw("allowance").parse::<Allowance>() {
            Ok(allowance) => Some(allowance),
            Err(_) => {
                let what = match cells.raw("allowance") {
                    "" => "the cell is empty".to_owned(),
                    text => format!("{} is no time that can be allowed", quoted(text)),
                };
                let mend = "write a number with its unit: `4wh` 工作小时, `2wd` 工作日, `30min` 分钟, `15d` 天";
                cells.wrong("allowance", &what, mend)
            }
        };
        let span = cells.span();
        Some(Self { ladder: ladder?, matter: matter?, rung: rung?, kind: kind?, allowance: allowance?, span: span? })
    }

    fn cells(&self, zone: &Zone) -> Vec<String> {
        let Self { ladder, matter, rung, kind, allowance, span } = self;
        let cells = [
            or_empty(ladder.as_ref()),
            or_empty(matter.as_ref()),
            or_empty(rung.as_ref()),
            kind.to_string(),
            allowance.to_string(),
        ];
        with_dates(cells, *span, zone)
    }
}
