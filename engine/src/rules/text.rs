//! What texts from outside must keep to, from commands, files and settings alike: one rule for every field.
//!
//! A text is made of what people write and can see: letters, marks on them, numbers, punctuation, symbols
//! (currency `￥`, mathematics `≤`, others such as `°`, `℃`, `№`, emoji) and spaces. Refused is what nobody can
//! see, what turns the direction of writing, what stands for nothing or for other things on other screens, and
//! marks that stand alone or are piled up. What joins an emoji together is taken inside an emoji only.

use std::fmt;

use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{DefaultIgnorableCodePoint, Emoji, EmojiModifier, ExtendedPictographic, GeneralCategory},
};

/// The longest name or telephone number, in characters.
pub const MAX_NAME: usize = 60;

/// So many marks stand on one letter at most: no script that people here write needs as many.
const MOST_MARKS: usize = 4;

const JOINER: char = '\u{200D}';

/// Why a text is not taken. Said of a field: "`name` is empty; fill it in".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadText {
    /// There is nothing in it.
    Empty,
    /// It has more characters than it may have.
    TooLong {
        /// So many it has.
        length: usize,
        /// So many it may have.
        most: usize,
    },
    /// It has a sign in it that cannot be taken.
    Sign(char, Why),
}

/// What is wrong with a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It is for machines.
    Control,
    /// It ends a line where only one is meant.
    Break,
    /// It turns the direction of what stands around it.
    Turns,
    /// Nobody sees it.
    Invisible,
    /// It is a space, but not one that people type.
    Space,
    /// It is for private use: each screen shows something else.
    Private,
    /// It stands for nothing.
    Nothing,
    /// A program put it where it could not read what was there.
    Lost,
    /// It is a mark that stands on nothing.
    Lone,
    /// It is one mark too many.
    Piled,
    /// It does not belong in a telephone number.
    Phone,
    /// It is a digit as wide as a Chinese character.
    WideDigit,
    /// There is no digit beside it.
    NoDigit,
}

impl BadText {
    /// Whether it is the signs that are wrong, and not how many there are.
    #[must_use]
    pub const fn is_sign(self) -> bool {
        matches!(self, Self::Sign(..))
    }

    /// What is wrong, said of a text.
    #[must_use]
    pub fn what(self) -> String {
        match self {
            Self::Empty => "is empty".to_owned(),
            Self::TooLong { length, .. } => format!("has {length} characters"),
            Self::Sign(sign, why) => format!("has {} in it", why.what(sign)),
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn mend(self) -> String {
        match self {
            Self::Empty => "fill it in".to_owned(),
            Self::TooLong { most, .. } => format!("keep it to {most}"),
            Self::Sign(_, why) => why.mend().to_owned(),
        }
    }
}

impl Why {
    fn what(self, sign: char) -> String {
        let code = u32::from(sign);
        match self {
            Self::Control => format!("the control character U+{code:04X}"),
            Self::Break => "a line break".to_owned(),
            Self::Turns => format!("U+{code:04X}, which turns the direction of writing,"),
            Self::Invisible => format!("U+{code:04X}, which cannot be seen,"),
            Self::Space => format!("the unusual space U+{code:04X}"),
            Self::Private => format!("U+{code:04X}, which looks different on every screen,"),
            Self::Nothing => format!("U+{code:04X}, which stands for nothing,"),
            Self::Lost => format!("U+{code:04X}, which stands for what was lost,"),
            Self::Lone => format!("the mark U+{code:04X} on nothing"),
            Self::Piled => format!("more than {MOST_MARKS} marks on one letter"),
            Self::Phone => format!("`{sign}`"),
            Self::WideDigit => format!("the wide digit `{sign}`"),
            Self::NoDigit => "no digit".to_owned(),
        }
    }

    const fn mend(self) -> &'static str {
        match self {
            Self::Break => "write it on one line",
            Self::Space => "type an ordinary space",
            Self::Private => "write the character as Unicode has it, or another way of writing it",
            Self::Lost => "copy it once more from where it came, or type it again",
            Self::Phone | Self::NoDigit => "a telephone number has digits, `+`, `-` and spaces only",
            Self::WideDigit => "write digits as 0 to 9",
            Self::Control | Self::Turns | Self::Invisible | Self::Nothing | Self::Lone | Self::Piled => {
                "take it out, or type the text again"
            }
        }
    }
}

impl fmt::Display for BadText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.what(), self.mend())
    }
}

/// A name, without the white space around it.
///
/// # Errors
/// As [`line`], and when there is nothing in it.
pub fn name(text: &str) -> Result<&str, BadText> {
    match line(text, MAX_NAME)? {
        "" => Err(BadText::Empty),
        name => Ok(name),
    }
}

/// A text on one line, which may be empty, without the white space around it.
///
/// # Errors
/// When it is longer than `most` characters, or has signs in it that are not taken.
pub fn line(text: &str, most: usize) -> Result<&str, BadText> {
    read(text, most, |sign| match sign {
        '\n' | '\r' | '\t' | '\u{B}' | '\u{C}' => Some(Why::Break),
        _ if sign != ' ' && sign != '\u{3000}' && is_space(sign) => Some(Why::Space),
        _ => None,
    })
}

/// A text of one or more lines, which may be empty, without the white space around it.
///
/// # Errors
/// As [`line`], but that it may have line breaks, tabs and every kind of space.
pub fn long(text: &str, most: usize) -> Result<&str, BadText> {
    read(text, most, |_| None)
}

/// A telephone number, or nothing, without the white space around it.
///
/// # Errors
/// As [`line`], and when it has anything but digits, `+`, `-` and spaces in it, or no digit.
pub fn phone(text: &str) -> Result<&str, BadText> {
    let text = line(text, MAX_NAME)?;
    let strange = |c: &char| !matches!(c, '0'..='9' | '+' | '-' | ' ');
    match text.chars().find(strange) {
        Some(sign @ '０'..='９') => Err(BadText::Sign(sign, Why::WideDigit)),
        Some(sign) => Err(BadText::Sign(sign, Why::Phone)),
        None => match text.chars().next() {
            Some(sign) if !text.contains(|c: char| c.is_ascii_digit()) => Err(BadText::Sign(sign, Why::NoDigit)),
            _ => Ok(text),
        },
    }
}

/// Whether a sign can be shown to people as it is, wherever it stands.
#[must_use]
pub fn is_shown(sign: char) -> bool {
    plain(sign) || matches!(kind(sign), Ok(Kind::Base | Kind::Mark | Kind::Space))
}

/// What a sign is to a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Base,
    Mark,
    Space,
    /// Only inside an emoji.
    Joins,
}

fn read(text: &str, most: usize, refuses: impl Fn(char) -> Option<Why>) -> Result<&str, BadText> {
    let text = text.trim();
    let length = text.chars().count();
    if length > most {
        return Err(BadText::TooLong { length, most });
    }
    let (mut before, mut marks, mut based) = (None, 0, false);
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        let bad = |why| Err(BadText::Sign(sign, why));
        if plain(sign) {
            (marks, based) = (0, sign != ' ');
            before = Some(sign);
            continue;
        }
        if let Some(why) = refuses(sign) {
            return bad(why);
        }
        match kind(sign) {
            Err(why) => return bad(why),
            Ok(Kind::Base) => (marks, based) = (0, true),
            Ok(Kind::Space) => (marks, based) = (0, false),
            Ok(Kind::Mark) if !based => return bad(Why::Lone),
            Ok(Kind::Mark) if marks == MOST_MARKS => return bad(Why::Piled),
            Ok(Kind::Mark) => marks += 1,
            Ok(Kind::Joins) if joins(before, sign, signs.peek().copied()) => {}
            Ok(Kind::Joins) => return bad(Why::Invisible),
        }
        before = Some(sign);
    }
    Ok(text)
}

/// What nearly every text is made of: no table has to be asked for it.
const fn plain(sign: char) -> bool {
    matches!(sign, ' '..='~' | '\u{4E00}'..='\u{9FA5}' | '、' | '。' | '，' | '；' | '：' | '？' | '！')
}

fn is_space(sign: char) -> bool {
    CodePointMapData::<GeneralCategory>::new().get(sign) == GeneralCategory::SpaceSeparator
}

fn kind(sign: char) -> Result<Kind, Why> {
    use GeneralCategory as Is;
    match sign {
        '\n' | '\r' | '\t' => return Ok(Kind::Space),
        JOINER | '\u{FE0E}' | '\u{FE0F}' => return Ok(Kind::Joins),
        '\u{FFFC}' | '\u{FFFD}' => return Err(Why::Lost),
        // A braille sign without dots.
        '\u{2800}' => return Err(Why::Invisible),
        '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
            return Err(Why::Turns);
        }
        _ => {}
    }
    match CodePointMapData::<GeneralCategory>::new().get(sign) {
        Is::Control | Is::LineSeparator | Is::ParagraphSeparator => Err(Why::Control),
        Is::PrivateUse => Err(Why::Private),
        Is::Unassigned | Is::Surrogate => Err(Why::Nothing),
        Is::Format => Err(Why::Invisible),
        _ if CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(sign) => Err(Why::Invisible),
        Is::SpaceSeparator => Ok(Kind::Space),
        Is::NonspacingMark | Is::SpacingMark | Is::EnclosingMark => Ok(Kind::Mark),
        Is::UppercaseLetter
        | Is::LowercaseLetter
        | Is::TitlecaseLetter
        | Is::ModifierLetter
        | Is::OtherLetter
        | Is::DecimalNumber
        | Is::LetterNumber
        | Is::OtherNumber
        | Is::DashPunctuation
        | Is::OpenPunctuation
        | Is::ClosePunctuation
        | Is::ConnectorPunctuation
        | Is::InitialPunctuation
        | Is::FinalPunctuation
        | Is::OtherPunctuation
        | Is::MathSymbol
        | Is::CurrencySymbol
        | Is::ModifierSymbol
        | Is::OtherSymbol => Ok(Kind::Base),
    }
}

/// Whether a sign that nobody sees stands where it belongs: in an emoji.
fn joins(before: Option<char>, sign: char, after: Option<char>) -> bool {
    let Some(before) = before else { return false };
    let pictures = CodePointSetData::new::<ExtendedPictographic>();
    if sign == JOINER {
        let ends = before == '\u{FE0F}'
            || pictures.contains(before)
            || CodePointSetData::new::<EmojiModifier>().contains(before);
        ends && after.is_some_and(|after| pictures.contains(after))
    } else {
        CodePointSetData::new::<Emoji>().contains(before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Signs that no text takes, and why.
    const BAD: [(char, Why); 24] = [
        ('\u{0}', Why::Control),
        ('\u{7F}', Why::Control),
        ('\u{9B}', Why::Control),
        ('\u{AD}', Why::Invisible),
        ('\u{34F}', Why::Invisible),
        ('\u{61C}', Why::Turns),
        ('\u{3164}', Why::Invisible),
        ('\u{180E}', Why::Invisible),
        ('\u{200B}', Why::Invisible),
        ('\u{200C}', Why::Invisible),
        ('\u{200D}', Why::Invisible),
        ('\u{200F}', Why::Turns),
        ('\u{2029}', Why::Control),
        ('\u{202E}', Why::Turns),
        ('\u{2066}', Why::Turns),
        ('\u{2800}', Why::Invisible),
        ('\u{E000}', Why::Private),
        ('\u{FE0F}', Why::Invisible),
        ('\u{FEFF}', Why::Invisible),
        ('\u{FFFD}', Why::Lost),
        ('\u{FFFF}', Why::Nothing),
        ('\u{E0041}', Why::Invisible),
        ('\u{E0101}', Why::Invisible),
        ('\u{10FFFF}', Why::Nothing),
    ];

    #[test]
    fn what_nobody_can_see_or_read_is_refused_wherever_it_stands() {
        for (sign, why) in BAD {
            let bad = Err(BadText::Sign(sign, why));
            assert_eq!(long(&format!("水{sign}管"), 9), bad, "{sign:?}");
            assert_eq!(name(&format!("水{sign}管")), bad, "{sign:?}");
            assert!(phone(&format!("0{sign}0")).is_err_and(BadText::is_sign), "{sign:?}");
            assert!(!is_shown(sign), "{sign:?}");
        }
    }

    #[test]
    fn what_people_write_is_taken_as_it_is() {
        for text in [
            "者冗村一组(河边)№3、5号 ㎡ ℃ ° ± ≤ ￥$€ ①㈠Ⅷ 〇",
            "𠮷野家 𪚥 Ƿáŋ naïve e\u{301} مرحبا שלום བོད་ཡིག ꆈꌠ",
            "👨‍👩‍👧‍👦 🏳️‍🌈 🇨🇳 👍🏽 1️⃣ ❤️ ☎︎ 👩🏽‍⚕️",
            "=1+1 <b>&amp;</b> \" ' \\ `",
        ] {
            assert_eq!(long(text, 200), Ok(text));
            assert_eq!(line(text, 200), Ok(text));
        }
        assert_eq!(long(" 一\r\n二\t三\u{A0}四\n", 20), Ok("一\r\n二\t三\u{A0}四"));
    }

    #[test]
    fn a_name_is_taken_without_the_space_around_it_or_refused() {
        let longest = "名".repeat(MAX_NAME);
        let longer = "名".repeat(MAX_NAME + 1);
        for (text, expected) in [
            ("者冗村", Ok("者冗村")),
            (" \u{3000}者冗 村\t", Ok("者冗 村")),
            (&longest, Ok(longest.as_str())),
            (&longer, Err(BadText::TooLong { length: 61, most: 60 })),
            ("", Err(BadText::Empty)),
            (" \n\u{A0}", Err(BadText::Empty)),
            ("者\n冗", Err(BadText::Sign('\n', Why::Break))),
            ("者\u{2028}冗", Err(BadText::Sign('\u{2028}', Why::Control))),
            ("者\u{A0}冗", Err(BadText::Sign('\u{A0}', Why::Space))),
            ("\u{301}者", Err(BadText::Sign('\u{301}', Why::Lone))),
            ("者 \u{301}", Err(BadText::Sign('\u{301}', Why::Lone))),
            ("e\u{301}\u{301}\u{301}\u{301}", Ok("e\u{301}\u{301}\u{301}\u{301}")),
            ("e\u{301}\u{301}\u{301}\u{301}\u{301}", Err(BadText::Sign('\u{301}', Why::Piled))),
        ] {
            assert_eq!(name(text), expected, "{text:?}");
        }
        assert_eq!(line("  ", 1), Ok(""));
        assert_eq!(BadText::TooLong { length: 61, most: 60 }.to_string(), "has 61 characters; keep it to 60");
    }

    #[test]
    fn a_telephone_number_is_digits_plus_minus_and_spaces() {
        for good in ["", "00000000001", "+86 000-0000 0000", " 000 "] {
            assert_eq!(phone(good), Ok(good.trim()));
        }
        for (bad, told) in [
            ("1.38E+10", "has `.` in it; a telephone number has digits, `+`, `-` and spaces only"),
            ("=\"0123\"", "has `=` in it; a telephone number has digits, `+`, `-` and spaces only"),
            ("'0123", "has `'` in it; a telephone number has digits, `+`, `-` and spaces only"),
            ("０00", "has the wide digit `０` in it; write digits as 0 to 9"),
            ("-", "has no digit in it; a telephone number has digits, `+`, `-` and spaces only"),
            ("无", "has `无` in it; a telephone number has digits, `+`, `-` and spaces only"),
        ] {
            assert_eq!(phone(bad).unwrap_err().to_string(), told, "{bad}");
        }
    }
}
