//! What is done with duty rosters.

use liandong_engine::rules::{
    instant::{Instant, Span},
    post::PostKind,
    register::command::{Command, DutyCommand, NewRoster, Rota},
    roster::{Change, Hours, On, RosterKind, Scope, ShiftId, Slot, Turn, Weekday},
};

use super::words::Words;
use crate::story::error::Wrong;

/// Reads what follows the verb; none when the verb is not about duty.
pub(super) fn read(verb: &str, words: &mut Words<'_>) -> Result<Option<Command>, Wrong> {
    let command = match verb {
        "sets" => {
            words.expect("up")?;
            let code = words.code("a roster")?;
            let (name, kind) = named(words)?;
            words.expect("of")?;
            let posts = words.word("a kind of post", PostKind::parse)?;
            words.expect("at")?;
            let unit = words.code("a unit")?;
            let (rota, from) = rota(words, name, kind)?;
            Command::SetUpRoster(NewRoster { code, unit, posts, rota, from })
        }
        "changes" => {
            let roster = words.code("a roster")?;
            words.expect("to")?;
            let (name, kind) = named(words)?;
            let (rota, from) = rota(words, name, kind)?;
            Command::ChangeRoster { roster, rota, from }
        }
        "ends" if words.take("roster") => {
            let roster = words.code("a roster")?;
            let from = if words.take("from") { Some(words.time()?) } else { None };
            Command::EndRoster { roster, from }
        }
        "offers" => {
            let shift = shift(words)?;
            words.expect("of")?;
            let roster = words.code("a roster")?;
            let to = if words.take("to") { Some(words.code("a person")?) } else { None };
            Command::Duty(DutyCommand::OfferSwap { roster, shift, to, reason: words.text() })
        }
        "takes" if words.take("back") => {
            Command::Duty(DutyCommand::TakeBackSwap { change: words.code("a change of duty")? })
        }
        "takes" if words.take("over") => {
            words.expect("from")?;
            let out = words.code("a person")?;
            words.expect("on")?;
            let roster = words.code("a roster")?;
            Command::Duty(DutyCommand::TakeOver { roster, out, reason: words.text() })
        }
        "takes" => {
            let change = words.code("a change of duty")?;
            let against = if words.take("against") { Some(shift(words)?) } else { None };
            Command::Duty(DutyCommand::TakeSwap { change, against })
        }
        "undoes" => Command::Duty(DutyCommand::Undo { change: words.code("a change of duty")? }),
        "puts" => {
            let person = words.code("a person")?;
            words.expect("on")?;
            let roster = words.code("a roster")?;
            let change = if words.take("instead") {
                words.expect("of")?;
                Change::Replace { out: words.code("a person")?, person }
            } else {
                Change::Add { person }
            };
            let scope = scope(words)?;
            Command::Duty(DutyCommand::ArrangeCover { roster, change, scope, reason: words.text() })
        }
        "frees" => {
            let change = Change::Remove { person: words.code("a person")? };
            words.expect("from")?;
            let roster = words.code("a roster")?;
            let scope = scope(words)?;
            Command::Duty(DutyCommand::ArrangeCover { roster, change, scope, reason: words.text() })
        }
        _ => return Ok(None),
    };
    Ok(Some(command))
}

fn shift(words: &mut Words<'_>) -> Result<ShiftId, Wrong> {
    let word = words.next("a shift")?;
    word.parse().map_err(|bad: liandong_engine::rules::roster::BadShift| Wrong(bad.to_string()))
}

fn scope(words: &mut Words<'_>) -> Result<Scope, Wrong> {
    if words.take("for") {
        return Ok(Scope::Shift(shift(words)?));
    }
    let from = if words.take("from") { words.time()? } else { Instant::MIN };
    words.expect("to")?;
    Ok(Scope::Stretch(Span { from, to: words.time()? }))
}

fn named(words: &mut Words<'_>) -> Result<(String, RosterKind), Wrong> {
    Ok((words.next("a name")?.to_owned(), words.word("a kind of roster", RosterKind::parse)?))
}

fn rota(words: &mut Words<'_>, name: String, kind: RosterKind) -> Result<(Rota, Option<Instant>), Wrong> {
    words.expect("on")?;
    let mut on = Vec::new();
    while words.more_but(&["hours", "handing", "turning"]) {
        on.push(words.word("a day of duty", On::parse)?);
    }
    let hours = if words.take("hours") {
        let text = words.next("hours")?;
        Some(text.parse::<Hours>().map_err(|bad| Wrong(bad.to_string()))?)
    } else {
        None
    };
    let hand_over = if words.take("handing") {
        words.expect("over")?;
        words.next("a time of day")?
    } else {
        "00:00"
    };
    let hand_over = hand_over.parse().map_err(|_| Wrong(format!("`{hand_over}` is not a time of day")))?;
    words.expect("turning")?;
    let turn = words.word("a turn", Turn::parse)?;
    let mut width = 1;
    if words.take("with") {
        let text = words.next("a number")?;
        width = text.parse().map_err(|_| Wrong(format!("`{text}` is not a number")))?;
    }
    let exclusive = words.take("alone");
    words.expect("counted")?;
    words.expect("from")?;
    let start = words.date()?;
    words.expect("in")?;
    words.expect("order")?;
    let mut order = Vec::new();
    while words.more_but(&["holding"]) {
        order.push(if words.take("-") { Slot(None) } else { Slot(Some(words.code("a person")?)) });
    }
    let from = if words.take("holding") {
        words.expect("from")?;
        Some(words.time()?)
    } else {
        None
    };
    let week_begins = Weekday::Monday;
    Ok((Rota { name, kind, exclusive, on, hand_over, hours, turn, week_begins, width, start, order }, from))
}
