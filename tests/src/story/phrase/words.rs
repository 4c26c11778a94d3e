//! The words of one line, taken one after the other.

use std::str::FromStr;

use liandong_engine::rules::{calendar::Date, instant::Instant};

use super::super::{
    error::Wrong,
    parse::{Context, instant},
};

/// What is left of a line.
pub(super) struct Words<'a> {
    context: &'a Context,
    words: std::iter::Peekable<std::str::SplitWhitespace<'a>>,
    text: Option<String>,
}

impl<'a> Words<'a> {
    /// The words before the colon, and the free text after it.
    pub(super) fn of(context: &'a Context, line: &'a str) -> Self {
        let (words, text) = match line.split_once(": ").or_else(|| line.split_once('：')) {
            Some((words, text)) => (words, Some(text)),
            None => line.strip_suffix(':').map_or((line, None), |words| (words, Some(""))),
        };
        Self { context, words: words.split_whitespace().peekable(), text: text.map(free_text) }
    }

    /// The next word; `what` is what it should be.
    pub(super) fn next(&mut self, what: &str) -> Result<&'a str, Wrong> {
        self.words.next().ok_or_else(|| Wrong(format!("{what} is missing")))
    }

    /// Takes the word if it is the next.
    pub(super) fn take(&mut self, word: &str) -> bool {
        self.words.next_if(|next| *next == word).is_some()
    }

    /// Takes the word, which must be the next.
    pub(super) fn expect(&mut self, word: &str) -> Result<(), Wrong> {
        match self.words.next() {
            Some(next) if next == word => Ok(()),
            Some(next) => Err(Wrong(format!("`{word}` should stand where `{next}` stands"))),
            None => Err(Wrong(format!("`{word}` is missing"))),
        }
    }

    /// Whether another word that is none of these follows.
    pub(super) fn more_but(&mut self, none_of: &[&str]) -> bool {
        self.words.peek().is_some_and(|next| !none_of.contains(next))
    }

    /// A code, or the short name of one.
    pub(super) fn code<C: FromStr<Err: ToString>>(&mut self, what: &str) -> Result<C, Wrong> {
        let word = self.next(what)?;
        self.known(word)
    }

    /// A word taken already, read as a code or the short name of one.
    pub(super) fn known<C: FromStr<Err: ToString>>(&self, word: &str) -> Result<C, Wrong> {
        parse_code(self.context, word)
    }

    /// A word of an enum.
    pub(super) fn word<T>(&mut self, what: &str, read: fn(&str) -> Option<T>) -> Result<T, Wrong> {
        let word = self.next(what)?;
        read(word).ok_or_else(|| Wrong(format!("`{word}` is not {what}")))
    }

    /// A date, or a date and a time of day.
    pub(super) fn time(&mut self) -> Result<Instant, Wrong> {
        let mut text = self.next("a time")?.to_owned();
        if let Some(hour) = self.words.next_if(|next| next.contains(':')) {
            text = format!("{text} {hour}");
        }
        instant(&text)
    }

    /// A date.
    pub(super) fn date(&mut self) -> Result<Date, Wrong> {
        let word = self.next("a date")?;
        word.parse().map_err(|_| Wrong(format!("`{word}` is not a date")))
    }

    /// The present of the story.
    pub(super) fn now(&self) -> Result<Instant, Wrong> {
        self.context.now.ok_or_else(|| Wrong::new("say when first"))
    }

    /// The text after the colon; empty without one.
    pub(super) fn text(&mut self) -> String {
        self.text.take().unwrap_or_default()
    }

    /// The sentence, if nothing is left over.
    pub(super) fn end<T>(mut self, said: T) -> Result<T, Wrong> {
        match (self.words.next(), self.text) {
            (Some(word), _) => Err(Wrong(format!("`{word}` is left over"))),
            (None, Some(text)) => Err(Wrong(format!("nothing is said after a colon here, but `{text}` stands there"))),
            (None, None) => Ok(said),
        }
    }
}

/// A code, or the short name of one.
pub(super) fn parse_code<C: FromStr<Err: ToString>>(context: &Context, word: &str) -> Result<C, Wrong> {
    context.code(word).parse().map_err(|e: C::Err| Wrong(format!("{}; or cast a short name for it", e.to_string())))
}

/// The text as it is meant: `␇` is a control character, `[水 2001 times]` is that many.
fn free_text(text: &str) -> String {
    let text = text.trim().replace('␇', "\u{7}");
    let many = text.strip_prefix('[').and_then(|t| t.strip_suffix(" times]")).and_then(|t| t.rsplit_once(' '));
    match many.and_then(|(what, times)| Some((what, times.parse().ok()?))) {
        Some((what, times)) => what.repeat(times),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_is_not_taken_for_the_text_after_a_colon() {
        let context = Context::default();
        let mut words = Words::of(&context, "at 2024-05-06 09:30: 水管破了");
        assert!(words.take("at"));
        assert!(words.time().is_ok());
        assert_eq!(words.text(), "水管破了");
    }

    #[test]
    fn many_of_the_same_are_written_short() {
        assert_eq!(free_text("[水 3 times]"), "水水水");
        assert_eq!(free_text("[a b]"), "[a b]");
    }
}
