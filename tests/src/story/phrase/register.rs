//! What is done with the register.

use liandong_engine::rules::{
    absence::{Scope, Substitute},
    calendar::{BadAllowance, BadPeriod, Declared},
    limit::LimitKind,
    matter::{Mandated, Power},
    post::{Person, PostKind, Rank},
    register::command::{Command, LimitOf, NewAbsence, NewDay, NewPost, NewUnit},
    tier::UnitKind,
};

use super::{By, Sentence, words::Words};
use crate::story::error::Wrong;

/// Reads what follows the verb; none when the verb is not about the register.
pub(super) fn read(by: &By, verb: &str, words: &mut Words<'_>) -> Result<Option<Sentence>, Wrong> {
    if let Some(command) = super::duty::read(verb, words)? {
        return Ok(Some(Sentence::Register(by.clone(), command)));
    }
    let command = match verb {
        "adds" => {
            let (code, name) = (words.code("a person's code")?, words.next("a name")?.to_owned());
            Command::AddPerson(Person { code, name, phone: String::new() })
        }
        "creates" if words.take("post") => {
            let kind = words.word("a kind of post", PostKind::parse)?;
            let (code, name) = (words.code("a post's code")?, words.next("a name")?.to_owned());
            words.expect("on")?;
            Command::CreatePost(NewPost { code, name, kind, unit: words.code("a unit")? })
        }
        "creates" => {
            let kind = words.word("a kind of unit", UnitKind::parse)?;
            let (code, name) = (words.code("a unit's code")?, words.next("a name")?.to_owned());
            let parent = if words.take("under") { Some(words.code("a unit")?) } else { None };
            let serves = if words.take("serving") { Some(words.code("a unit")?) } else { None };
            Command::CreateUnit(NewUnit { code, name, kind, parent, serves })
        }
        "renames" => {
            let unit = words.code("a unit")?;
            words.expect("to")?;
            Command::RenameUnit { unit, name: words.next("a name")?.to_owned() }
        }
        "moves" => {
            let unit = words.code("a unit")?;
            words.expect("under")?;
            Command::MoveUnit { unit, parent: words.code("a unit")? }
        }
        "merges" => {
            let from = words.code("a unit")?;
            words.expect("into")?;
            Command::MergeUnits { from, into: words.code("a unit")? }
        }
        "dissolves" => {
            let unit = words.code("a unit")?;
            let successor = if words.take("into") { Some(words.code("a unit")?) } else { None };
            Command::DissolveUnit { unit, successor }
        }
        "abolishes" => Command::AbolishPost { post: words.code("a post")? },
        "appoints" => appoint(words)?,
        "relieves" => {
            let person = words.code("a person")?;
            words.expect("of")?;
            let post = words.code("a post")?;
            let successor = if words.take("for") { Some(words.code("a person")?) } else { None };
            Command::Relieve { post, person, successor }
        }
        "lets" => {
            let to = mandated(words)?;
            let power = match words.next("resolve or assist")? {
                "resolve" => Power::Resolve,
                "assist" => Power::Assist,
                other => return Err(Wrong(format!("`{other}` is neither resolve nor assist"))),
            };
            Command::ChangeMandate { to, matter: words.code("a matter")?, power: Some(power) }
        }
        "forbids" => {
            let to = mandated(words)?;
            Command::ChangeMandate { to, matter: words.code("a matter")?, power: None }
        }
        "gives" => limit(words)?,
        "declares" => declare(words)?,
        "records" => absence(words)?,
        "ends" => Command::EndAbsence { absence: words.code("an absence")? },
        "loads" => return Ok(Some(Sentence::Load(by.clone(), words.next("a town")?.to_owned()))),
        _ => return Ok(None),
    };
    Ok(Some(Sentence::Register(by.clone(), command)))
}

fn limit(words: &mut Words<'_>) -> Result<Command, Wrong> {
    let kind = words.word("a kind of limit", LimitKind::parse)?;
    words.expect("of")?;
    let allowance = match words.next("how long, or none")? {
        "none" => None,
        text => Some(text.parse().map_err(|bad: BadAllowance| Wrong(bad.to_string()))?),
    };
    words.expect("to")?;
    let rung = if words.take("rung") { Some(words.word("a number", |text| text.parse().ok())?) } else { None };
    let (mut ladder, mut matter) = (None, None);
    if words.take("ladder") {
        ladder = Some(words.code("a ladder")?);
    } else {
        matter = Some(words.code("a matter")?);
    }
    Ok(Command::ChangeLimit { of: LimitOf { ladder, matter, rung, kind }, allowance })
}

fn declare(words: &mut Words<'_>) -> Result<Command, Wrong> {
    let (date, name) = (words.date()?, words.next("a name")?.to_owned());
    let kind = words.word("Holiday, MakeUp, LocalOff, HalfDay or Ordinary", Declared::parse)?;
    words.expect("in")?;
    let calendar = words.code("a calendar")?;
    let mut periods = Vec::new();
    if words.take("from") {
        let text = words.next("periods")?;
        let period = |text: &str| text.parse().map_err(|bad: BadPeriod| Wrong(bad.to_string()));
        periods = text.split(';').map(period).collect::<Result<_, _>>()?;
    }
    let published_to = if words.take("published") {
        words.expect("to")?;
        Some(words.date()?)
    } else {
        None
    };
    Ok(Command::DeclareDays { calendar, days: vec![NewDay { date, name, kind, periods }], published_to })
}

fn absence(words: &mut Words<'_>) -> Result<Command, Wrong> {
    let person = words.code("a person")?;
    words.expect("absent")?;
    let from = if words.take("from") { Some(words.time()?) } else { None };
    words.expect("to")?;
    let to = words.time()?;
    let mut matters = Vec::new();
    if words.take("for") {
        while words.more_but(&["with"]) {
            matters.push(words.code("a matter")?);
        }
    }
    let scope = if matters.is_empty() { Scope::All } else { Scope::Matters(matters) };
    let substitute = if words.take("with") {
        let named = words.code("a person")?;
        words.expect("standing")?;
        words.expect("in")?;
        Substitute::Person(named)
    } else {
        Substitute::ByPost
    };
    Ok(Command::RecordAbsence(NewAbsence { person, from, to, reason: words.text(), scope, substitute }))
}

fn appoint(words: &mut Words<'_>) -> Result<Command, Wrong> {
    let person = words.code("a person")?;
    words.expect("to")?;
    let post = words.code("a post")?;
    let substitute = words.take("as");
    if substitute {
        words.expect("substitute")?;
    }
    let rank = if substitute { Rank::Substitute } else { Rank::First };
    Ok(Command::Appoint { post, person, rank })
}

fn mandated(words: &mut Words<'_>) -> Result<Mandated, Wrong> {
    let word = words.next("a kind of post, or a post")?;
    match PostKind::parse(word) {
        Some(kind) => Ok(Mandated::Kind(kind)),
        None => Ok(Mandated::Post(words.known(word)?)),
    }
}
