//! What is done with a request.

use liandong_engine::rules::{
    id::{AssignmentNo, PersonCode},
    request::{
        Channel, Citizen, How, Outcome,
        command::{Command, LogRequest},
    },
};

use super::{By, Sentence, words::Words};
use crate::story::error::Wrong;

/// The words that begin a clause of `logs`.
const CLAUSES: &[&str] = &["as", "by", "entering", "from", "about"];

/// The verbs that are followed by the name of a request.
#[rustfmt::skip]
const VERBS: &[&str] = &[
    "looks", "accepts", "escalates", "transfers", "sends", "rejects", "asks", "resumes", "notes", "resolves",
    "tells", "relays", "rates", "withdraws", "rules", "whistles", "delegates", "responds", "reports", "recalls",
    "reminds", "recomputes", "supervises", "lifts", "extends", "grants", "refuses",
    "corrects", "joins", "separates",
];

/// Reads what follows the verb; none when the verb is not about requests.
pub(super) fn read(by: &By, verb: &str, words: &mut Words<'_>) -> Result<Option<Sentence>, Wrong> {
    if verb == "logs" {
        return log(by, words).map(Some);
    }
    if !VERBS.contains(&verb) {
        return Ok(None);
    }
    let small_word = match verb {
        "looks" => Some("at"),
        "asks" => Some("about"),
        "notes" => Some("on"),
        "whistles" => Some("for"),
        "responds" => Some("to"),
        "reports" => Some("on"),
        "reminds" => Some("of"),
        _ => None,
    };
    if let Some(word) = small_word {
        words.expect(word)?;
    }
    let case = words.next("a request")?.to_owned();
    let command = match verb {
        "looks" => return Ok(Some(Sentence::Look(by.clone(), case))),
        "accepts" => Command::Accept,
        "escalates" => Command::Escalate { reason: words.text() },
        "transfers" => {
            words.expect("to")?;
            Command::Transfer { to: words.code("a post")?, reason: words.text() }
        }
        "sends" => {
            words.expect("back")?;
            let to = if words.take("to") { Some(words.code("a post")?) } else { None };
            Command::SendBack { to, reason: words.text() }
        }
        "rejects" => Command::Reject { explanation: words.text() },
        "asks" => Command::AskCitizen { question: words.text() },
        "resumes" => Command::Resume { answer: words.text() },
        "notes" => Command::AddNote { text: words.text() },
        "resolves" => resolve(words)?,
        "rates" => rate(words)?,
        "withdraws" => Command::Withdraw { reason: words.text() },
        "rules" => {
            words.expect("to")?;
            Command::Rule { to: words.code("a post")?, ruling: words.text() }
        }
        "whistles" => {
            words.expect("to")?;
            Command::CallHelp { to: words.code("a post")?, reason: words.text() }
        }
        "delegates" => {
            words.expect("to")?;
            Command::Delegate { to: words.code("a post")?, instruction: words.text() }
        }
        "responds" => Command::Respond { no: number(words)? },
        "reports" => Command::Report { no: number(words)?, words: words.text() },
        "recalls" => Command::Recall { no: number(words)?, reason: words.text() },
        "reminds" => Command::Remind { words: words.text() },
        "supervises" => {
            let working_days = if words.take("within") { Some(days(words)?) } else { None };
            Command::Supervise { working_days, words: words.text() }
        }
        "corrects" => correct(words)?,
        "joins" => {
            words.expect("to")?;
            let other = words.next("the request that it is the same as")?.to_owned();
            return Ok(Some(Sentence::Join(by.clone(), case, other, words.text())));
        }
        "separates" => Command::Separate { reason: words.text() },
        "lifts" => Command::TakeOver { reason: words.text() },
        "extends" => {
            words.expect("by")?;
            Command::AskExtension { working_days: days(words)?, reason: words.text() }
        }
        "recomputes" => {
            let rules_of_today = words.take("by");
            if rules_of_today {
                words.expect("today's")?;
                words.expect("rules")?;
            }
            Command::Recompute { rules_of_today, reason: words.text(), bases: Vec::new() }
        }
        "grants" => Command::GrantExtension,
        "refuses" => Command::RefuseExtension { reason: words.text() },
        verb => relay(verb == "tells", words)?,
    };
    Ok(Some(Sentence::Act(by.clone(), case, command)))
}

fn log(by: &By, words: &mut Words<'_>) -> Result<Sentence, Wrong> {
    let matter = words.code("a matter")?;
    words.expect("for")?;
    let place = words.code("a place")?;
    let mut case = "it".to_owned();
    let mut log = LogRequest {
        place,
        matter,
        channel: Channel::GroupVisit,
        entered_at: None,
        words: words.text(),
        citizen: Citizen { name: String::new(), phone: String::new() },
        accused: Vec::new(),
    };
    while words.more_but(&[]) {
        match words.next("a clause")? {
            "as" => case = words.next("a name for the request")?.to_owned(),
            "by" => log.channel = words.word("a channel", Channel::parse)?,
            "entering" => log.entered_at = Some(words.code("a unit")?),
            "from" => log.citizen.name = words.next("a name")?.to_owned(),
            "about" => {
                while words.more_but(CLAUSES) {
                    log.accused.push(words.code::<PersonCode>("a person")?);
                }
            }
            other => {
                return Err(Wrong(format!("`{other}` begins no clause of `logs`; those are {}", CLAUSES.join(", "))));
            }
        }
    }
    Ok(Sentence::Log(by.clone(), case, log))
}

/// `corrects it to MATTER`, `corrects it to place PLACE [entering UNIT]`, `corrects it to citizen NAME PHONE`.
fn correct(words: &mut Words<'_>) -> Result<Command, Wrong> {
    words.expect("to")?;
    if words.take("place") {
        let place = words.code("a place")?;
        let entered_at = if words.take("entering") { Some(words.code("a unit")?) } else { None };
        return Ok(Command::CorrectPlace { place, entered_at, reason: words.text() });
    }
    if words.take("citizen") {
        let name = words.next("a name")?.to_owned();
        let phone = words.next("a telephone")?.to_owned();
        return Ok(Command::CorrectCitizen { citizen: Citizen { name, phone }, reason: words.text() });
    }
    Ok(Command::Correct { matter: words.code("a matter")?, reason: words.text() })
}

fn number(words: &mut Words<'_>) -> Result<AssignmentNo, Wrong> {
    words.expect("no")?;
    Ok(AssignmentNo(words.word("a number", |text| text.parse().ok())?))
}

fn days(words: &mut Words<'_>) -> Result<u16, Wrong> {
    let days = words.word("a number of working days", |text| text.parse().ok())?;
    words.expect("days")?;
    Ok(days)
}

fn resolve(words: &mut Words<'_>) -> Result<Command, Wrong> {
    words.expect("as")?;
    let outcome = words.word("an outcome", Outcome::parse)?;
    let face_to_face = words.take("face");
    if face_to_face {
        words.expect("to")?;
        words.expect("face")?;
    }
    Ok(Command::Resolve { outcome, words: words.text(), face_to_face })
}

fn rate(words: &mut Words<'_>) -> Result<Command, Wrong> {
    let satisfied = match words.next("good or bad")? {
        "good" => true,
        "bad" => false,
        other => return Err(Wrong(format!("`{other}` is neither good nor bad"))),
    };
    Ok(Command::Rate { satisfied, words: words.text() })
}

fn relay(told: bool, words: &mut Words<'_>) -> Result<Command, Wrong> {
    words.expect("to")?;
    let whom = words.next("who heard it")?.to_owned();
    words.expect("by")?;
    let how = words.word("a way of telling", How::parse)?;
    let when = if words.take("at") { words.time()? } else { words.now()? };
    Ok(Command::ConfirmRelay { told, whom, when, how })
}
