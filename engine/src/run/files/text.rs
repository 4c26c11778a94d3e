//! From a file to its text: bounded, and in the encodings that Chinese spreadsheets write.

use std::{
    borrow::Cow,
    fs::File,
    io::{self, Read},
    path::Path,
};

use encoding_rs::{DecoderResult, GB18030};

use super::{problem::FileProblem, rows::Rows};
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

/// The text of a file: UTF-8 if the bytes are valid as that, else GB18030.
pub(super) fn decode<'a>(file: &str, bytes: &'a [u8]) -> Result<Cow<'a, str>, FileProblem> {
    let (marked, body) = bytes.strip_prefix(BOM).map_or((false, bytes), |body| (true, body));
    let broken = match std::str::from_utf8(body) {
        Ok(text) => return Ok(Cow::Borrowed(text)),
        Err(broken) => broken,
    };
    if marked || is_damaged_utf8(body) {
        let readable = body.get(..broken.valid_up_to()).map(String::from_utf8_lossy).unwrap_or_default();
        return Err(bad(file, &readable));
    }
    gb18030(body).map(Cow::Owned).map_err(|readable| bad(file, &readable))
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
    // The sign stands for the unreadable byte, so that its row is counted even when it begins one.
    let row = Rows::new(&format!("{readable}?")).last().map_or(1, |row| row.no);
    let what = "bad encoding: this is neither UTF-8 nor GB18030";
    FileProblem::new(file, row, "", what, "save the file again as `CSV UTF-8`")
}
