//! The tables of the map and of the rules: their columns, and a row of each read and written.

use super::{cells::Cells, header::Column};
use crate::rules::{
    instant::{Instant, Span, Zone},
    matter::{Mandate, Mandated, Matter, Power, Rung},
    post::{Holding, Person, Post, PostKind, Rank},
    tier::{Tier, Unit, UnitKind},
    world::Table,
};

/// A row of one of the files.
pub(super) trait Entry: Sized {
    /// The file it stands in.
    const TABLE: Table;
    /// The columns, in the order in which they are written.
    const COLUMNS: &'static [Column];
    /// Those of them that may be missing.
    const OPTIONAL: &'static [&'static str] = &[];
    /// The column that holds what other rows call this one; empty when none do.
    const NAME: &'static str;

    /// Reads a row, or notes everything that is wrong with its cells.
    fn read(cells: &mut Cells<'_>) -> Option<Self>;

    /// The cells that are read back as this row.
    fn cells(&self, zone: &Zone) -> Vec<String>;
}

pub(super) const FROM: Column = ("from", "起");
pub(super) const TO: Column = ("to", "止");

/// The two cells of a stretch of time.
fn dates(span: Span, zone: &Zone) -> [String; 2] {
    let text = |at: Instant, open: Instant| if at == open { String::new() } else { at.text(zone) };
    [text(span.from, Instant::MIN), text(span.to, Instant::MAX)]
}

pub(super) fn with_dates<const N: usize>(cells: [String; N], span: Span, zone: &Zone) -> Vec<String> {
    cells.into_iter().chain(dates(span, zone)).collect()
}

pub(super) fn or_empty(code: Option<&impl ToString>) -> String {
    code.map(ToString::to_string).unwrap_or_default()
}

pub(super) fn post_kind(cells: &mut Cells<'_>, column: &str) -> Option<PostKind> {
    cells.word(column, PostKind::parse, PostKind::ALL, |k| (k.word(), k.zh()))
}

impl Entry for Unit {
    const TABLE: Table = Table::Units;
    const COLUMNS: &'static [Column] =
        &[("code", "编码"), ("name", "名称"), ("kind", "类别"), ("parent", "上级"), ("serves", "服务对象"), FROM, TO];
    const NAME: &'static str = "code";

    fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let (code, name) = (cells.code("code"), cells.name("name"));
        let kind = cells.word("kind", UnitKind::parse, UnitKind::ALL, |k| (k.word(), k.zh()));
        let (parent, serves) = (cells.code_or_none("parent"), cells.code_or_none("serves"));
        let span = cells.span();
        Some(Self { code: code?, name: name?, kind: kind?, parent: parent?, serves: serves?, span: span? })
    }

    fn cells(&self, zone: &Zone) -> Vec<String> {
        let Self { code, name, kind, parent, serves, span } = self;
        let (parent, serves) = (or_empty(parent.as_ref()), or_empty(serves.as_ref()));
        with_dates([code.to_string(), name.clone(), kind.to_string(), parent, serves], *span, zone)
    }
}

impl Entry for Person {
    const TABLE: Table = Table::People;
    const COLUMNS: &'static [Column] = &[("code", "编码"), ("name", "姓名"), ("phone", "电话")];
    const NAME: &'static str = "code";

    fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let (code, name, phone) = (cells.code("code"), cells.name("name"), cells.phone("phone"));
        Some(Self { code: code?, name: name?, phone: phone? })
    }

    fn cells(&self, _: &Zone) -> Vec<String> {
        let Self { code, name, phone } = self;
        vec![code.to_string(), name.clone(), phone.clone()]
    }
}

impl Entry for Post {
    const TABLE: Table = Table::Posts;
    const COLUMNS: &'static [Column] =
        &[("code", "编码"), ("name", "名称"), ("kind", "类别"), ("unit", "单位"), FROM, TO];
    const NAME: &'static str = "code";

    fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let (code, name, kind) = (cells.code("code"), cells.name("name"), post_kind(cells, "kind"));
        let (unit, span) = (cells.code("unit"), cells.span());
        Some(Self { code: code?, name: name?, kind: kind?, unit: unit?, span: span? })
    }

    fn cells(&self, zone: &Zone) -> Vec<String> {
        let Self { code, name, kind, unit, span } = self;
        with_dates([code.to_string(), name.clone(), kind.to_string(), unit.to_string()], *span, zone)
    }
}

impl Entry for Holding {
    const TABLE: Table = Table::Holdings;
    const COLUMNS: &'static [Column] = &[("post", "岗位"), ("person", "人员"), ("rank", "顺位"), FROM, TO];
    const NAME: &'static str = "";

    fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let (post, person) = (cells.code("post"), cells.code("person"));
        let rank = cells.word("rank", Rank::parse, Rank::ALL, |r| (r.word(), r.zh()));
        let span = cells.span();
        Some(Self { post: post?, person: person?, rank: rank?, span: span? })
    }

    fn cells(&self, zone: &Zone) -> Vec<String> {
        let Self { post, person, rank, span } = self;
        with_dates([post.to_string(), person.to_string(), rank.to_string()], *span, zone)
    }
}

impl Entry for Matter {
    const TABLE: Table = Table::Matters;
    const COLUMNS: &'static [Column] = &[
        ("code", "编码"),
        ("name", "名称"),
        ("category", "分类"),
        ("ladder", "层级"),
        ("conduct", "涉及作风"),
        ("materials", "材料"),
        ("fee", "收费"),
        ("words", "群众说法"),
        FROM,
        TO,
    ];
    const NAME: &'static str = "code";

    fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let (code, name, category) = (cells.code("code"), cells.name("name"), cells.line("category"));
        let (ladder, conduct) = (cells.code("ladder"), cells.yes("conduct"));
        let (materials, words) = (cells.list("materials"), cells.list("words"));
        let (fee_fen, span) = (cells.number("fee", "4294967295 (in fen)"), cells.span());
        Some(Self {
            code: code?,
            name: name?,
            category: category?,
            ladder: ladder?,
            conduct: conduct?,
            materials: materials?,
            fee_fen: fee_fen?,
            words: words?,
            span: span?,
        })
    }

    fn cells(&self, zone: &Zone) -> Vec<String> {
        let Self { code, name, category, ladder, conduct, materials, fee_fen, words, span } = self;
        let conduct = if *conduct { "yes" } else { "no" }.to_owned();
        let cells = [
            code.to_string(),
            name.clone(),
            category.clone(),
            ladder.to_string(),
            conduct,
            materials.join(";"),
            fee_fen.to_string(),
            words.join(";"),
        ];
        with_dates(cells, *span, zone)
    }
}

impl Entry for Mandate {
    const TABLE: Table = Table::Mandates;
    const COLUMNS: &'static [Column] =
        &[("kind", "岗位类别"), ("post", "岗位"), ("matter", "事项"), ("power", "权限"), FROM, TO];
    const NAME: &'static str = "";

    fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let to = match (cells.raw("kind").is_empty(), cells.raw("post").is_empty()) {
            (false, true) => post_kind(cells, "kind").map(Mandated::Kind),
            (true, false) => cells.code("post").map(Mandated::Post),
            (true, true) => cells.wrong("kind", "neither a kind of post nor a post is named", "fill in one of the two"),
            (false, false) => {
                cells.wrong("kind", "both a kind of post and a post are named", "leave one of the two empty")
            }
        };
        let matter = cells.code("matter");
        let power = cells.word("power", Power::parse, Power::ALL, |p| (p.word(), p.zh()));
        let span = cells.span();
        Some(Self { to: to?, matter: matter?, power: power?, span: span? })
    }

    fn cells(&self, zone: &Zone) -> Vec<String> {
        let Self { to, matter, power, span } = self;
        let (kind, post) = match to {
            Mandated::Kind(kind) => (kind.to_string(), String::new()),
            Mandated::Post(post) => (String::new(), post.to_string()),
        };
        with_dates([kind, post, matter.to_string(), power.to_string()], *span, zone)
    }
}

impl Entry for Rung {
    const TABLE: Table = Table::Ladders;
    const COLUMNS: &'static [Column] =
        &[("ladder", "层级"), ("name", "名称"), ("rung", "序号"), ("tier", "区划级别"), ("post", "岗位类别"), FROM, TO];
    const NAME: &'static str = "ladder";

    fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let (ladder, ladder_name) = (cells.code("ladder"), cells.name("name"));
        let no = cells.number("rung", "100");
        let tier = cells.word("tier", Tier::parse, Tier::ALL, |t| (t.word(), t.zh()));
        let (kind, span) = (post_kind(cells, "post"), cells.span());
        Some(Self { ladder: ladder?, ladder_name: ladder_name?, no: no?, tier: tier?, kind: kind?, span: span? })
    }

    fn cells(&self, zone: &Zone) -> Vec<String> {
        let Self { ladder, ladder_name, no, tier, kind, span } = self;
        let cells = [ladder.to_string(), ladder_name.clone(), no.to_string(), tier.to_string(), kind.to_string()];
        with_dates(cells, *span, zone)
    }
}
