//! The table of duty rosters: its columns, and a row read and written.

use super::{
    cells::Cells,
    entry::{Entry, FROM, TO, or_empty, post_kind, with_dates},
    header::Column,
    problem::quoted,
};
use crate::rules::{
    instant::Zone,
    roster::{Hours, On, Roster, RosterKind, Slot, TimeOfDay, Turn, Weekday},
    world::Table,
};

fn days(cells: &mut Cells<'_>) -> Option<Vec<On>> {
    let list = cells.list("on")?;
    let mut days = Vec::with_capacity(list.len());
    for text in &list {
        match On::parse(text) {
            Some(on) => days.push(on),
            None => {
                let mend = "name days of the week (1 to 7), Working, Rest, Holiday, MakeUp, Market or Every";
                return cells.wrong("on", &format!("{} is no day of duty", quoted(text)), mend);
            }
        }
    }
    Some(days)
}

fn hand_over(cells: &mut Cells<'_>) -> Option<TimeOfDay> {
    let text = cells.raw("hand_over");
    let text = if text.is_empty() { "00:00" } else { text };
    let what = || format!("{} is not a time of day", quoted(text));
    text.parse()
        .ok()
        .or_else(|| cells.wrong("hand_over", &what(), "write it like `08:00`, or leave it empty for 00:00"))
}

fn hours(cells: &mut Cells<'_>) -> Option<Option<Hours>> {
    let text = cells.raw("hours");
    if text.is_empty() {
        return Some(None);
    }
    let what = || format!("{} are no hours", quoted(text));
    let mend = "write them like `08:30-17:00`; over midnight like `18:00-08:00`; or leave them empty";
    text.parse().ok().map(Some).or_else(|| cells.wrong("hours", &what(), mend))
}

fn order(cells: &mut Cells<'_>) -> Option<Vec<Slot>> {
    let list = cells.list("order")?;
    let mut order = Vec::with_capacity(list.len());
    for text in &list {
        match text.parse() {
            Ok(slot) => order.push(slot),
            Err(_) => {
                let what = format!("{} is not a code", quoted(text));
                return cells.wrong("order", &what, "name people by their codes; `-` is nobody on purpose");
            }
        }
    }
    Some(order)
}

impl Entry for Roster {
    const TABLE: Table = Table::Rosters;
    const COLUMNS: &'static [Column] = &[
        ("code", "编码"),
        ("name", "名称"),
        ("unit", "单位"),
        ("kind", "类别"),
        ("posts", "岗位类别"),
        ("exclusive", "专责"),
        ("on", "值班日"),
        ("hand_over", "交接时间"),
        ("hours", "时段"),
        ("turn", "轮换"),
        ("week_begins", "周起始日"),
        ("width", "每班人数"),
        ("start", "起算日"),
        ("order", "轮值顺序"),
        FROM,
        TO,
    ];
    const NAME: &'static str = "code";

    fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let (code, name, unit) = (cells.code("code"), cells.name("name"), cells.code("unit"));
        let kind = cells.word("kind", RosterKind::parse, RosterKind::ALL, |k| (k.word(), k.zh()));
        let (posts, exclusive, on) = (post_kind(cells, "posts"), cells.yes("exclusive"), days(cells));
        let (hand_over, hours) = (hand_over(cells), hours(cells));
        let turn = cells.word("turn", Turn::parse, Turn::ALL, |t| (t.word(), t.zh()));
        let week_begins = cells.word("week_begins", Weekday::parse, Weekday::ALL, |d| (d.word(), d.zh()));
        let width = cells.number("width", "255");
        let start = cells.date("start").or_else(|| super::calendar::no_date(cells, "start"));
        let (order, span) = (order(cells), cells.span());
        Some(Self {
            code: code?,
            name: name?,
            unit: unit?,
            kind: kind?,
            posts: posts?,
            exclusive: exclusive?,
            on: on?,
            hand_over: hand_over?,
            hours: hours?,
            turn: turn?,
            week_begins: week_begins?,
            width: width?,
            start: start?,
            order: order?,
            span: span?,
        })
    }

    fn cells(&self, zone: &Zone) -> Vec<String> {
        let cells = [
            self.code.to_string(),
            self.name.clone(),
            self.unit.to_string(),
            self.kind.to_string(),
            self.posts.to_string(),
            if self.exclusive { "yes" } else { "no" }.to_owned(),
            self.on.iter().map(ToString::to_string).collect::<Vec<_>>().join(";"),
            self.hand_over.to_string(),
            or_empty(self.hours.as_ref()),
            self.turn.to_string(),
            self.week_begins.to_string(),
            self.width.to_string(),
            self.start.to_string(),
            self.order.iter().map(ToString::to_string).collect::<Vec<_>>().join(";"),
        ];
        with_dates(cells, self.span, zone)
    }
}
