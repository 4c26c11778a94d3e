//! The language of the stories: one fact or action a line, what came of it indented below.
//!
//! ```text
//! # 水管破了，组里就修好 · A burst pipe, mended in the group      the title; other `#` lines are remarks
//! town hamlet                                                     a directory of fixtures
//! cast 组长 = P2                                                  a short name for any code
//! at 2024-05-06 09:00                                             China's time; each line takes a second
//! 组长 logs water-pipe for H11: 水管破了                           an action; [`phrase`] has them all
//!     → InHand 办理中: 一组组长 罗河边 (G1-LEAD) on rung 2           what came of it, written by the player
//! the same again                                                  the last action, with the same key
//! at the same moment                                              two people, neither knowing of the other
//! - 组长 accepts it
//! - 替补 accepts it
//! ```
//!
//! Lines that begin with four spaces are outcomes; `UPDATE_STORIES=1` writes them.
//!
//! [`phrase`]: super::phrase

use std::{cell::Cell, collections::HashMap};

use jiff::civil::DateTime;
use liandong_engine::rules::instant::{Instant, Zone};

use super::{
    error::{Error, Wrong},
    phrase::{Sentence, sentence},
};

/// What lines of outcome begin with.
pub const INDENT: &str = "    ";

/// In microseconds. No two commands come at the same instant, except where the story says so: stores
/// give every command an instant of its own, and all drivers are to see the same instants.
const SECOND: i64 = 1_000_000;

/// A story, read.
#[derive(Clone, Debug)]
pub struct Story {
    /// The name of its file.
    pub name: String,
    /// The first line, without `#`.
    pub title: String,
    /// Everything in it, in order.
    pub parts: Vec<Part>,
}

/// Some lines of a story and the outcome that stands below them.
#[derive(Clone, Debug)]
pub struct Part {
    /// The number of the first line, counted from 1.
    pub line: usize,
    /// The lines as written, without the outcome.
    pub text: Vec<String>,
    /// What they say.
    pub what: What,
    /// The outcome as written.
    pub expected: Vec<String>,
}

/// What the lines of a part say.
#[derive(Clone, Debug)]
pub enum What {
    /// Nothing: a remark, a blank line, a name, a time.
    Aside,
    /// The register that the story begins with.
    Town(String),
    /// Somebody does or asks something.
    Sentence(Instant, Box<Sentence>),
    /// The last action is sent again, with the same key.
    Again(Instant),
    /// Several act on one request at the same moment.
    Together(Instant, Vec<Sentence>),
}

/// What a line is read against.
#[derive(Clone, Debug, Default)]
pub(super) struct Context {
    cast: HashMap<String, Cast>,
    /// The present, once the story has told it.
    pub(super) now: Option<Instant>,
}

/// A short name.
#[derive(Clone, Debug)]
struct Cast {
    code: String,
    line: usize,
    used: Cell<bool>,
}

impl Context {
    /// The code that a word stands for: its own, if it was not cast.
    pub(super) fn code<'a>(&'a self, word: &'a str) -> &'a str {
        self.cast.get(word).map_or(word, |cast| {
            cast.used.set(true);
            &cast.code
        })
    }

    /// The instant of the line that was read, and a second later for the next.
    fn tick(&mut self) -> Result<Instant, Wrong> {
        let now = self.now.ok_or_else(|| Wrong::new("say when first: at 2024-05-06 09:00"))?;
        self.now = Some(Instant(now.0.saturating_add(SECOND)));
        Ok(now)
    }
}

/// Reads a story.
///
/// # Errors
/// The first line that is not understood.
pub fn parse(name: &str, text: &str) -> Result<Story, Error> {
    let mut parts: Vec<Part> = Vec::new();
    let mut context = Context::default();
    for (index, line) in text.lines().enumerate() {
        let wrong = |wrong| Error::Line { story: name.to_owned(), line: index + 1, wrong };
        match parts.last_mut() {
            Some(part) if line.starts_with(INDENT) => part.expected.push(line.to_owned()),
            Some(Part { what: What::Together(_, sentences), text, expected, .. })
                if line.starts_with("- ") && expected.is_empty() =>
            {
                let said = sentence(&context, line.trim_start_matches("- ")).map_err(wrong)?;
                sentences.push(said);
                text.push(line.to_owned());
            }
            _ => {
                let what = read(&mut context, index + 1, line).map_err(wrong)?;
                parts.push(Part { line: index + 1, text: vec![line.to_owned()], what, expected: Vec::new() });
            }
        }
    }
    if let Some((unused, cast)) = context.cast.iter().filter(|(_, c)| !c.used.get()).min_by_key(|(_, c)| c.line) {
        let wrong = Wrong(format!("`{unused}` is cast but does not appear"));
        return Err(Error::Line { story: name.to_owned(), line: cast.line, wrong });
    }
    let title = text.lines().next().unwrap_or_default().trim_start_matches('#').trim().to_owned();
    Ok(Story { name: name.to_owned(), title, parts })
}

fn read(context: &mut Context, number: usize, line: &str) -> Result<What, Wrong> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(What::Aside);
    }
    if let Some(name) = line.strip_prefix("town ") {
        return Ok(What::Town(name.trim().to_owned()));
    }
    if let Some(cast) = line.strip_prefix("cast ") {
        let (name, code) = cast.split_once('=').ok_or_else(|| Wrong::new("write it so: cast 组长 = P2"))?;
        let cast = Cast { code: code.trim().to_owned(), line: number, used: Cell::new(false) };
        if context.cast.insert(name.trim().to_owned(), cast).is_some() {
            return Err(Wrong(format!("`{}` is cast already", name.trim())));
        }
        return Ok(What::Aside);
    }
    match line {
        "the same again" => Ok(What::Again(context.tick()?)),
        "at the same moment" => Ok(What::Together(context.tick()?, Vec::new())),
        _ => match line.strip_prefix("at ") {
            Some(time) => {
                let at = instant(time.trim())?;
                if context.now.is_some_and(|now| at < now) {
                    return Err(Wrong(format!("`{time}` lies before what was told last; a story does not go back")));
                }
                context.now = Some(at);
                Ok(What::Aside)
            }
            None => {
                let said = sentence(context, line)?;
                Ok(What::Sentence(context.tick()?, Box::new(said)))
            }
        },
    }
}

/// A date (its midnight) or a date with a time of day, in China.
pub(super) fn instant(text: &str) -> Result<Instant, Wrong> {
    let wrong = || Wrong(format!("`{text}` is not a time; write it so: 2024-05-06 09:00"));
    let zone = Zone::china();
    if text.len() <= 10 {
        return Instant::parse(text, &zone).map_err(|_| wrong());
    }
    let local = DateTime::strptime("%Y-%m-%d %H:%M", text).map_err(|_| wrong())?;
    let at = zone.0.to_timestamp(local).map_err(|_| wrong())?;
    Ok(Instant(at.as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> String {
        parse("x.txt", text).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_line_that_is_not_understood_is_named_with_its_number() {
        let wrong = wrong("# 题目\ntown hamlet\nat 2024-05-06 09:00\nP2 dances\n");
        assert!(wrong.starts_with("x.txt:4: "), "{wrong}");
    }

    #[test]
    fn time_does_not_go_back() {
        let wrong = wrong("at 2024-05-06 09:00\nat 2024-05-06 08:59\n");
        assert!(wrong.contains("does not go back"), "{wrong}");
    }

    #[test]
    fn nobody_is_cast_for_nothing() {
        let wrong = wrong("cast 组长 = P2\ncast 支书 = P5\nat 2024-05-06 09:00\n组长 accepts it\n");
        assert_eq!(wrong, "x.txt:2: `支书` is cast but does not appear");
    }

    #[test]
    fn outcomes_belong_to_the_line_above_them() -> Result<(), Error> {
        let story = parse("x.txt", "at 2024-05-06 09:00\nP2 accepts it\n    → InHand\n      passed\n\n")?;
        let expected = story.parts.iter().find(|p| p.line == 2).map(|p| p.expected.clone());
        assert_eq!(expected, Some(vec!["    → InHand".to_owned(), "      passed".to_owned()]));
        Ok(())
    }
}
