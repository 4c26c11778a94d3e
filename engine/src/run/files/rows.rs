//! From text to rows of cells, after RFC 4180.
//!
//! Written here rather than taken from a crate because a clerk must find the row: blank rows count,
//! as in a spreadsheet, a cell of several lines is one row, and a quote that is never closed is
//! named where it opens instead of swallowing the rest of the file.

use std::borrow::Cow;

/// More cells than this in a row are counted, not kept: no file of ours has as many columns.
const MOST_CELLS: usize = 64;

/// One row that is not blank.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row<'t> {
    /// As a spreadsheet counts: the first row of the file is 1.
    pub(super) no: usize,
    /// Its cells, without the spaces around them unless they were quoted.
    pub(super) cells: Vec<Cow<'t, str>>,
    /// How many cells it has in all.
    pub(super) count: usize,
    /// What is wrong with its quotes.
    pub(super) fault: Option<QuoteFault>,
}

/// What can be wrong with quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum QuoteFault {
    /// A quote opens and is never closed: nothing after it can be read.
    Open,
    /// Text stands after a closing quote.
    TextAfter,
}

/// The rows of a text that are not blank.
pub(super) struct Rows<'t> {
    rest: &'t str,
    no: usize,
}

/// How a cell ended.
enum End {
    Cell,
    Row,
}

impl<'t> Rows<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self { rest: text, no: 0 }
    }

    fn row(&mut self) -> Row<'t> {
        self.no += 1;
        let mut row = Row { no: self.no, cells: Vec::new(), count: 0, fault: None };
        loop {
            let (cell, fault) = match self.rest.strip_prefix('"') {
                Some(rest) => self.quoted(rest),
                None => (Cow::Borrowed(self.plain().trim()), None),
            };
            row.fault = row.fault.or(fault);
            row.count += 1;
            if row.cells.len() < MOST_CELLS {
                row.cells.push(cell);
            }
            if matches!(self.end(), End::Row) {
                return row;
            }
        }
    }

    /// Everything up to the end of the cell.
    fn plain(&mut self) -> &'t str {
        let end = self.rest.bytes().position(|b| matches!(b, b',' | b'\n' | b'\r')).unwrap_or(self.rest.len());
        let (cell, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        cell
    }

    /// A cell whose opening quote was taken off.
    fn quoted(&mut self, mut rest: &'t str) -> (Cow<'t, str>, Option<QuoteFault>) {
        let mut cell = Cow::Borrowed("");
        while let Some((part, after)) = rest.split_once('"') {
            join(&mut cell, part);
            if let Some(after) = after.strip_prefix('"') {
                join(&mut cell, "\"");
                rest = after;
                continue;
            }
            self.rest = after;
            let fault = (!self.plain().trim().is_empty()).then_some(QuoteFault::TextAfter);
            return (cell, fault);
        }
        self.rest = "";
        (cell, Some(QuoteFault::Open))
    }

    fn end(&mut self) -> End {
        if let Some(rest) = self.rest.strip_prefix(',') {
            self.rest = rest;
            return End::Cell;
        }
        self.rest = line_end(self.rest).unwrap_or("");
        End::Row
    }
}

/// What comes after the end of a line, if the text begins with one.
fn line_end(text: &str) -> Option<&str> {
    text.strip_prefix("\r\n").or_else(|| text.strip_prefix(['\n', '\r']))
}

fn join<'t>(cell: &mut Cow<'t, str>, part: &'t str) {
    if cell.is_empty() {
        *cell = Cow::Borrowed(part);
    } else if !part.is_empty() {
        cell.to_mut().push_str(part);
    }
}

impl<'t> Iterator for Rows<'t> {
    type Item = Row<'t>;

    fn next(&mut self) -> Option<Row<'t>> {
        while !self.rest.is_empty() {
            if let Some(rest) = line_end(self.rest) {
                self.no += 1;
                self.rest = rest;
                continue;
            }
            let row = self.row();
            if row.fault.is_some() || row.count > MOST_CELLS || row.cells.iter().any(|c| !c.is_empty()) {
                return Some(row);
            }
        }
        None
    }
}

/// The cell as it is written: quoted where it would not be read back as itself.
pub(super) fn write_cell(out: &mut String, cell: &str) {
    if cell.trim() == cell && !cell.contains([',', '"', '\n', '\r']) {
        out.push_str(cell);
    } else {
        out.push('"');
        out.push_str(&cell.replace('"', "\"\""));
        out.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(usize, &[&str], Option<QuoteFault>)]) {
        let rows: Vec<Row<'_>> = Rows::new(text).collect();
        let found: Vec<(usize, Vec<&str>, Option<QuoteFault>)> =
            rows.iter().map(|r| (r.no, r.cells.iter().map(AsRef::as_ref).collect(), r.fault)).collect();
        let expected: Vec<_> = expected.iter().map(|(no, cells, fault)| (*no, cells.to_vec(), *fault)).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn rows_are_counted_as_a_spreadsheet_counts_them() {
        check("a,b\n\n,\nc,d", &[(1, &["a", "b"], None), (4, &["c", "d"], None)]);
        check("a,\"b\nc\"\r\nd,\r\n", &[(1, &["a", "b\nc"], None), (2, &["d", ""], None)]);
        check("a\rb\r", &[(1, &["a"], None), (2, &["b"], None)]);
        check("", &[]);
    }

    #[test]
    fn only_quoted_cells_keep_the_spaces_around_them() {
        check(" a , \" b \"\n\" c \"", &[(1, &["a", "\" b \""], None), (2, &[" c "], None)]);
        check("\"a\"\"b\",\"\",\"x,y\" ", &[(1, &["a\"b", "", "x,y"], None)]);
    }

    #[test]
    fn a_wrong_quote_is_named_where_it_stands() {
        check("a\n\"b\nc\nd", &[(1, &["a"], None), (2, &[""], Some(QuoteFault::Open))]);
        check("\"a\"b,c\nd", &[(1, &["a", "c"], Some(QuoteFault::TextAfter)), (2, &["d"], None)]);
    }

    #[test]
    fn a_cell_reads_back_as_it_was_written() {
        for cell in ["", "a", " a", "a ", "\u{3000}a", "a,b", "a\"b", "a\nb", "a\r\nb", "=1+1", "\"", "\"\""] {
            let mut text = String::new();
            write_cell(&mut text, cell);
            text.push_str(",end\n");
            let rows: Vec<Row<'_>> = Rows::new(&text).collect();
            assert_eq!(rows.len(), 1, "{cell:?}");
            assert_eq!(rows[0].cells, [cell, "end"], "{cell:?}");
        }
    }
}
