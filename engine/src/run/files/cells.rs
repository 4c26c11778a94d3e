//! From the cells of one row to values. Every cell is looked at, so that all of its problems are told.

use std::str::FromStr;

use super::{
    header::Header,
    problem::{FileProblem, quoted},
    rows::Row,
};
use crate::rules::{
    id::BadCode,
    instant::{Instant, Span, Zone},
    text::{self, BadText, MAX_NAME},
    world::Table,
};

/// One row, being read.
pub(super) struct Cells<'a> {
    pub(super) table: Table,
    pub(super) header: &'a Header,
    pub(super) row: &'a Row<'a>,
    pub(super) zone: &'a Zone,
    pub(super) found: &'a mut Vec<FileProblem>,
}

impl<'a> Cells<'a> {
    /// The text of a cell as it stands there.
    pub(super) fn raw(&self, column: &str) -> &'a str {
        self.header.place(column).and_then(|place| self.row.cells.get(place)).map_or("", AsRef::as_ref)
    }

    /// Notes a problem of this row; `None`, so that a value can be refused in one breath.
    pub(super) fn wrong<T>(&mut self, column: &str, what: &str, mend: &str) -> Option<T> {
        let column = self.header.written(column);
        self.found.push(FileProblem::new(self.table.file(), self.row.no, column, what, mend));
        None
    }

    /// A text of one or more lines, or nothing. How long it may be is for whoever knows what it is.
    pub(super) fn text(&mut self, column: &str) -> Option<String> {
        self.taken(column, text::long(self.raw(column), usize::MAX))
    }

    /// A name.
    pub(super) fn name(&mut self, column: &str) -> Option<String> {
        self.taken(column, text::name(self.raw(column)))
    }

    /// A text no longer than a name, or nothing.
    pub(super) fn line(&mut self, column: &str) -> Option<String> {
        self.taken(column, text::line(self.raw(column), MAX_NAME))
    }

    /// A telephone number, or nothing.
    pub(super) fn phone(&mut self, column: &str) -> Option<String> {
        let phone = self.raw(column);
        if is_scientific(phone) {
            let mend = "a spreadsheet made a number of it: format the column as text, and type it again";
            return self.wrong(column, &format!("{} is not a telephone number", quoted(phone)), mend);
        }
        self.taken(column, text::phone(phone))
    }

    fn taken(&mut self, column: &str, read: Result<&str, BadText>) -> Option<String> {
        match read {
            Ok(text) => Some(text.to_owned()),
            Err(BadText::Empty) => self.wrong(column, "the cell is empty", "fill it in"),
            Err(bad) => {
                let what = format!("{} {}", quoted(self.raw(column)), bad.what());
                let mend = from_spreadsheet(self.raw(column)).map_or_else(|| bad.mend(), str::to_owned);
                self.wrong(column, &what, &mend)
            }
        }
    }

    /// Several texts, separated by `;`, each no longer than a sentence.
    pub(super) fn list(&mut self, column: &str) -> Option<Vec<String>> {
        let text = self.text(column)?;
        let items = text.split([';', '；']).map(str::trim).filter(|item| !item.is_empty());
        let items: Vec<String> = items.map(str::to_owned).collect();
        if let Some(long) = items.iter().find(|item| item.chars().count() > MAX_ITEM) {
            let what = format!("{} has {} characters", quoted(long), long.chars().count());
            return self.wrong(column, &what, &format!("keep it to {MAX_ITEM}, or separate several by `;`"));
        }
        Some(items)
    }

    /// A code.
    pub(super) fn code<T: FromStr<Err = BadCode>>(&mut self, column: &str) -> Option<T> {
        if self.raw(column).is_empty() {
            return self.wrong(
                column,
                "the cell is empty",
                "write a code of 1 to 40 ASCII letters, digits, `-`, `_` or `.`",
            );
        }
        self.code_or_none(column)?
    }

    /// A code, or nothing.
    pub(super) fn code_or_none<T: FromStr<Err = BadCode>>(&mut self, column: &str) -> Option<Option<T>> {
        let text = self.raw(column);
        if text.is_empty() {
            return Some(None);
        }
        if let Ok(code) = text.parse() {
            return Some(Some(code));
        }
        let mend = if is_scientific(text) {
            "a spreadsheet made a number of the code: format the column as text, and type it again".to_owned()
        } else if let Some(mend) = from_spreadsheet(text) {
            mend.to_owned()
        } else if text.trim() != text {
            "take the spaces around it away".to_owned()
        } else if let Some(sign) = text.chars().find(|c| !c.is_ascii()) {
            let like = like_ascii(sign);
            let what = format!("{} is not a code", quoted(text));
            let what = what
                + &like
                    .map_or_else(String::new, |like| format!(": U+{:04X} only looks like `{like}`", u32::from(sign)));
            return self.wrong(column, &what, "use 1 to 40 ASCII letters, digits, `-`, `_` or `.`");
        } else {
            "use 1 to 40 ASCII letters, digits, `-`, `_` or `.`".to_owned()
        };
        self.wrong(column, &format!("{} is not a code", quoted(text)), &mend)
    }

    /// One of some words, English or Chinese.
    pub(super) fn word<T: Copy>(
        &mut self,
        column: &str,
        parse: fn(&str) -> Option<T>,
        all: &[T],
        words: fn(T) -> (&'static str, &'static str),
    ) -> Option<T> {
        let text = self.raw(column);
        if let Some(word) = parse(text) {
            return Some(word);
        }
        let what = if text.is_empty() {
            "the cell is empty".to_owned()
        } else {
            format!("{} is not a word for it", quoted(text))
        };
        let all: Vec<String> = all.iter().map(|word| words(*word)).map(|(en, zh)| format!("{en} {zh}")).collect();
        self.wrong(column, &what, &format!("use one of: {}", all.join(", ")))
    }

    /// A whole number from 0 on.
    pub(super) fn number<T: FromStr>(&mut self, column: &str, most: &str) -> Option<T> {
        let text = self.raw(column);
        let number = if text.bytes().all(|b| b.is_ascii_digit()) { text.parse().ok() } else { None };
        let mend = || format!("write a whole number from 0 to {most}");
        number.or_else(|| self.wrong(column, &format!("{} is not a number that fits", quoted(text)), &mend()))
    }

    /// `yes` 是 or `no` 否.
    pub(super) fn yes(&mut self, column: &str) -> Option<bool> {
        let text = self.raw(column);
        match text {
            "是" => Some(true),
            "否" => Some(false),
            _ if text.eq_ignore_ascii_case("yes") => Some(true),
            _ if text.eq_ignore_ascii_case("no") => Some(false),
            _ => self.wrong(column, &format!("{} is neither yes nor no", quoted(text)), "write yes 是 or no 否"),
        }
    }

    /// A day; nothing is noted when it is none.
    pub(super) fn date(&self, column: &str) -> Option<jiff::civil::Date> {
        with_hyphens(self.raw(column)).parse().ok().filter(|_| self.raw(column).len() <= 10)
    }

    /// The columns `from` and `to`; an empty one is open.
    pub(super) fn span(&mut self) -> Option<Span> {
        let (from, to) = (self.instant("from", Instant::MIN), self.instant("to", Instant::MAX));
        Some(Span { from: from?, to: to? })
    }

    /// A day or an instant; `open` when the cell is empty.
    pub(super) fn instant(&mut self, column: &str, open: Instant) -> Option<Instant> {
        let text = self.raw(column);
        if text.is_empty() {
            return Some(open);
        }
        if let Ok(at) = Instant::parse(&with_hyphens(text), self.zone) {
            return Some(at);
        }
        let mend = match serial(text) {
            Some(day) => {
                format!("a spreadsheet made a number of the day {day}: format the column as text, and write it again")
            }
            None => {
                "write a day as 2015-03-01, an instant as 2015-03-01T08:30:00+08:00, or nothing for open".to_owned()
            }
        };
        self.wrong(column, &format!("{} is not a date", quoted(text)), &mend)
    }
}

/// The longest item of a list, in characters.
const MAX_ITEM: usize = 200;

/// What spreadsheets add to make a text of a number, and leave in the file.
fn from_spreadsheet(text: &str) -> Option<&'static str> {
    if text.starts_with("=\"") {
        Some("a spreadsheet left a formula there: write only what stands between the quotation marks")
    } else if text.starts_with('\'') {
        Some("a spreadsheet left an apostrophe before it: take it away")
    } else {
        None
    }
}

/// The day that a spreadsheet counts as this number: days since 1899-12-30, from 1950 to 2099.
pub(super) fn serial(text: &str) -> Option<jiff::civil::Date> {
    let number: i32 = text.parse().ok().filter(|number| (18_264..=73_050).contains(number))?;
    jiff::civil::date(1899, 12, 30).checked_add(jiff::Span::new().days(number)).ok()
}

/// The letter, digit or sign of a code that a foreign one is easily taken for.
fn like_ascii(sign: char) -> Option<char> {
    if let '！'..='～' = sign {
        return char::from_u32(u32::from(sign) - 0xFEE0);
    }
    let (foreign, ascii) =
        ("АВЕЅІЈКМНОРСТУХаеіјорсухѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧο‐‑‒–—−﹣", "ABESIJKMHOPCTYXaeijopcyxsABEZHIKMNOPTYXo-------");
    foreign.chars().zip(ascii.chars()).find(|(foreign, _)| *foreign == sign).map(|(_, ascii)| ascii)
}

/// `5.22325E+11`: what a spreadsheet makes of a code of twelve digits.
fn is_scientific(text: &str) -> bool {
    let number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    text.split_once("E+")
        .or_else(|| text.split_once("e+"))
        .is_some_and(|(number_, power)| number(number_) && number(power))
}

/// `2015/3/1`, which is what a Chinese spreadsheet makes of `2015-03-01`, as it was; other texts as
/// they are.
fn with_hyphens(text: &str) -> std::borrow::Cow<'_, str> {
    let mut parts = text.split('/');
    let (Some(year), Some(month), Some(day), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return text.into();
    };
    let short = |part: &str| part.len() <= 2;
    if year.len() == 4 && short(month) && short(day) {
        format!("{year}-{month:0>2}-{day:0>2}").into()
    } else {
        text.into()
    }
}
