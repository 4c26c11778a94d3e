//! What is printed: the one place that writes to standard output and standard error.

use std::io::{self, Write};

/// Prints the result of a command.
pub(super) fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Tells what went wrong. If standard error is closed, nobody is left to tell.
pub(super) fn complain(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Rows as lines with aligned columns, each line after the given indentation.
pub(super) fn table(indent: usize, rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|c| rows.iter().filter_map(|row| row.get(c)).map(|cell| width(cell)).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for row in rows {
        let mut line = " ".repeat(indent);
        for (cell, width_of_column) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width_of_column - width(cell) + 2));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// How many columns of a terminal a text takes: Chinese characters take two.
fn width(text: &str) -> usize {
    let wide = |c: char| {
        matches!(u32::from(c), 0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF
            | 0xFE30..=0xFE6F | 0xFF00..=0xFF60 | 0xFFE0..=0xFFE6 | 0x2_0000..=0x3_FFFD)
    };
    text.chars().map(|c| if wide(c) { 2 } else { 1 }).sum()
}

/// The first items of a list, one a line, and how many more there are.
pub(super) fn bounded(items: &[String], most: usize) -> String {
    let mut text: String = items.iter().take(most).map(|item| format!("  {item}\n")).collect();
    if items.len() > most {
        text.push_str(&format!("  and {} more\n", items.len() - most));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_text_is_aligned() {
        let rows = [["岗位", "b"], ["longer", "c"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(table(1, &rows), " 岗位    b\n longer  c\n");
    }
}
