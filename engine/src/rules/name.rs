//! Names that people give to units, people, posts and ladders, from files and commands alike.

/// The longest name or telephone number, in characters.
pub const MAX_NAME: usize = 60;

/// Why a text is not a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadName {
    /// There is nothing in it.
    #[error("is empty; fill it in")]
    Empty,
    /// Nobody could read it in a list.
    #[error("has {0} characters; keep it to {MAX}", MAX = MAX_NAME)]
    TooLong(usize),
    /// It breaks stores and screens.
    #[error("has control characters in it; type it again")]
    Control,
}

/// A name, without the white space around it.
///
/// # Errors
/// [`BadName`] when it is empty, too long, or holds control characters other than line breaks and tabs.
pub fn name(text: &str) -> Result<&str, BadName> {
    match line(text)? {
        "" => Err(BadName::Empty),
        name => Ok(name),
    }
}

/// A short text that may be empty, such as a telephone number, without the white space around it.
///
/// # Errors
/// As for [`name`], but for the empty one.
pub fn line(text: &str) -> Result<&str, BadName> {
    let text = text.trim();
    let length = text.chars().count();
    if length > MAX_NAME {
        return Err(BadName::TooLong(length));
    }
    if text.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(BadName::Control);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_taken_without_the_space_around_it_or_refused() {
        let longest = "名".repeat(MAX_NAME);
        let longer = "名".repeat(MAX_NAME + 1);
        for (text, expected) in [
            ("者冗村", Ok("者冗村")),
            (" \u{3000}者冗 村\t", Ok("者冗 村")),
            (&longest, Ok(longest.as_str())),
            (&longer, Err(BadName::TooLong(61))),
            ("", Err(BadName::Empty)),
            (" \n", Err(BadName::Empty)),
            ("者\u{0}冗", Err(BadName::Control)),
        ] {
            assert_eq!(name(text), expected, "{text:?}");
        }
        assert_eq!(line("  "), Ok(""));
        assert_eq!(BadName::TooLong(61).to_string(), "has 61 characters; keep it to 60");
    }
}
