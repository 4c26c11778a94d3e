//! From a file to its text: bounded, and in the encodings that Chinese spreadsheets write.

use std::{
    borrow::Cow,
    fs::File,
    io::{self, Read},
    path::Path,
};

use encoding_rs::{DecoderResult, GB18030};

use super::{
    problem::{FileProblem, quoted},
    rows::Rows,
};
use crate::rules::world::Table;

/// The largest file that is read, in bytes: about 800,000 rows of units.
pub const MAX_FILE_BYTES: u64 = 64 << 20;

const BOM: &[u8] = &[0xEF, 0xBB, 0xBF];

/// The bytes of one of the files; none of one that may be missing and is.
pub(super) fn bytes(dir: &Path, table: Table) -> Result<Vec<u8>, FileProblem> {
    let file = table.file();
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => {
            let mend = "put it there; a table without rows is a file with only the header";
            FileProblem::of_file(file, "the file is missing", mend)
        }
        _ => FileProblem::of_file(file, &format!("the file cannot be read: {error}"), "make it readable"),
    };
    let path = dir.join(file);
    if table.may_be_missing() && matches!(path.try_exists(), Ok(false)) {
        return Ok(Vec::new());
    }
    // Asked before it is opened: opening a pipe would wait for whoever writes to it.
    if !path.metadata().map_err(failed)?.is_file() {
        return Err(FileProblem::of_file(file, "this is not a file", "put a CSV file of that name there"));
    }
    let mut bytes = Vec::new();
    File::open(&path).map_err(failed)?.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        let what = format!("the file is larger than {} MiB", MAX_FILE_BYTES >> 20);
        return Err(FileProblem::of_file(file, &what, "leave out what does not belong to the register"));
    }
    Ok(bytes)
}

/// The text of a file: UTF-8 if the bytes are valid as that, else GB18030. What may as well be the other, or is
/// now the one and now the other, is not guessed.
pub(super) fn decode<'a>(file: &str, bytes: &'a [u8]) -> Result<Cow<'a, str>, FileProblem> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) || bytes.iter().take(64).any(|b| *b == 0) {
        return Err(FileProblem::new(file, 1, "", "bad encoding: this is UTF-16", SAVE));
    }
    let (marked, body) = bytes.strip_prefix(BOM).map_or((false, bytes), |body| (true, body));
    let text = match std::str::from_utf8(body) {
        Ok(text) if marked => Cow::Borrowed(text),
        Ok(text) => match either(text) {
            None => Cow::Borrowed(text),
            Some((at, other)) => return Err(ask(file, text, at, &other)),
        },
        Err(broken) if marked || is_damaged_utf8(body) => {
            let readable = body.get(..broken.valid_up_to()).map(String::from_utf8_lossy).unwrap_or_default();
            return Err(bad(file, &readable));
        }
        Err(_) => {
            if let Some(row) = row_in_utf8(body) {
                let what = "bad encoding: this row is UTF-8, and others are GB18030";
                let mend = "put the rows together anew from files of one encoding";
                return Err(FileProblem::new(file, row, "", what, mend));
            }
            gb18030(body).map(Cow::Owned).map_err(|readable| bad(file, &readable))?
        }
    };
    if let Some(at) = text.find('\u{FEFF}') {
        let what = "bad encoding: the mark with which a file begins stands in the middle of this one";
        let mend = "files were put together: copy the rows of one into the other instead";
        return Err(at_place(file, &text, at, what, mend));
    }
    Ok(text)
}

const SAVE: &str = "save the file again as `CSV UTF-8`";

/// Where text that is valid UTF-8 may as well be GB18030, and what that would say there. Two bytes can be a Chinese
/// character in the one and a letter of another script in the other: a row of a register in Chinese that has such
/// letters, and not one Chinese character, is more likely the former. The mark of UTF-8 says that it is not.
fn either(text: &str) -> Option<(usize, String)> {
    // Where other rows are in Chinese, one foreign letter is somebody's name.
    let most = usize::from(text.chars().any(|c| c >= '\u{800}'));
    let mut begins = 0;
    for line in text.split_inclusive('\n') {
        let letters = line.chars().filter(|c| *c >= '\u{80}').count();
        if letters > most && line.chars().all(|c| c < '\u{800}') {
            let other = gb18030(line.as_bytes()).ok()?;
            let other: String = other.chars().skip_while(char::is_ascii).take_while(|c| !c.is_ascii()).collect();
            let at = line.find(|c: char| c >= '\u{80}')?;
            return other.chars().all(|c| c >= '\u{2E80}').then_some((begins + at, other));
        }
        begins += line.len();
    }
    None
}

fn ask(file: &str, text: &str, at: usize, other: &str) -> FileProblem {
    let found: String = text.get(at..).unwrap_or_default().chars().take_while(|c| *c >= '\u{80}').collect();
    let what = format!("bad encoding: {} may as well be {} in GB18030", quoted(&found), quoted(other));
    at_place(file, text, at, &what, "save the file again as `CSV UTF-8`, whose mark says what it is")
}

/// The row of a file in GB18030 that is UTF-8: read as the former it would be other characters.
fn row_in_utf8(bytes: &[u8]) -> Option<usize> {
    let is_utf8 = |line: &[u8]| std::str::from_utf8(line).is_ok_and(|line| line.chars().any(|c| c >= '\u{800}'));
    bytes.split(|b| *b == b'\n').position(is_utf8).map(|line| line + 1)
}

/// Whether text that is not valid UTF-8 was meant to be: far more Chinese characters stand in it
/// than breaks. Damaged UTF-8 is often valid GB18030, and would be read as other characters;
/// GB18030 read as UTF-8 breaks at nearly every character.
fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let (mut wide, mut breaks) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        wide += chunk.valid().chars().filter(|c| *c >= '\u{800}').count();
        breaks += usize::from(!chunk.invalid().is_empty());
    }
    wide > breaks
}

/// The text, or as much of it as is readable.
fn gb18030(bytes: &[u8]) -> Result<String, String> {
    let mut decoder = GB18030.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(bytes.len());
    let mut text = String::with_capacity(room);
    let (done, _) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    if text.starts_with('\u{FEFF}') {
        text.drain(..'\u{FEFF}'.len_utf8());
    }
    if done == DecoderResult::InputEmpty { Ok(text) } else { Err(text) }
}

fn bad(file: &str, readable: &str) -> FileProblem {
    at_place(file, readable, readable.len(), "bad encoding: this is neither UTF-8 nor GB18030", SAVE)
}

/// A problem at a place of the text: its row, and its column by the header.
fn at_place(file: &str, text: &str, at: usize, what: &str, mend: &str) -> FileProblem {
    // The sign stands for what is there, so that its row is counted even when it begins one.
    let before = format!("{}?", text.get(..at).unwrap_or_default());
    let Some(row) = Rows::new(&before).last() else { return FileProblem::new(file, 1, "", what, mend) };
    let header = Rows::new(&before).next().filter(|header| header.no < row.no);
    let column = header.and_then(|header| header.cells.get(row.cells.len().checked_sub(1)?).cloned());
    FileProblem::new(file, row.no, column.as_deref().unwrap_or_default(), what, mend)
}
