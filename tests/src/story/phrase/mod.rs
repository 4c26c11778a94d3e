//! The sentences of a story: who does what. `A` is a cast name or a person's code, `citizen` (whoever
//! holds the receipt) or `operator` (the command line). `CASE` is the name that logging gave, `it` if
//! it gave none. What stands after a colon is free text; in it `␇` is a control character, and
//! `[水 2001 times]` is what it says.
//!
//! ```text
//! A logs MATTER for PLACE [as CASE] [by CHANNEL] [entering UNIT] [from NAME] [about PERSON…]: WORDS
//! A accepts CASE                              A asks about CASE: QUESTION
//! A escalates CASE: REASON                    A resumes CASE: ANSWER
//! A transfers CASE to POST: REASON            A notes on CASE: TEXT
//! A sends CASE back [to POST]: REASON         A withdraws CASE: REASON
//! A rejects CASE: EXPLANATION                 A rules CASE to POST: RULING
//! A resolves CASE as OUTCOME [face to face]: WORDS
//! A tells CASE to WHOM by HOW [at TIME]       the household heard it
//! A relays CASE to WHOM by HOW [at TIME]      the next in line heard it
//! A rates CASE good|bad[: WORDS]
//! A whistles for CASE to POST: REASON         A delegates CASE to POST: INSTRUCTION
//! A responds to CASE no NUMBER                A reports on CASE no NUMBER: WORDS
//! A recalls CASE no NUMBER: REASON            A reminds of CASE: WORDS
//! A supervises CASE [within N days]: WORDS    A lifts CASE: REASON
//! A recomputes CASE [by today's rules]: REASON  its limits are reckoned anew
//! A corrects CASE to MATTER: REASON           A joins CASE to CASE: REASON      the first is merged into the second
//! A corrects CASE to place PLACE [entering UNIT]: REASON
//! A corrects CASE to citizen NAME PHONE: REASON   A separates CASE: REASON
//! A extends CASE by N days: REASON            A grants CASE          A refuses CASE: REASON
//!
//! A looks at CASE                             what A sees of it
//! account of CASE                             why its newest assignment is where it is
//! journal of CASE                             what happened to it, and the four people of each step
//! who answers for MATTER at PLACE [on TIME] [about PERSON…]
//! notices of PERSON                           all that the person was told, and when
//! digest of PERSON                            what stands in the last one that went out
//! A replays the digest of PERSON              A has the last one delivered anew
//! time passes                                 every limit that is over takes effect
//!
//! A adds PERSON NAME                          A creates KIND UNIT NAME [under UNIT] [serving UNIT]
//! A renames UNIT to NAME                      A creates post KIND POST NAME on UNIT
//! A moves UNIT under UNIT                     A abolishes POST
//! A merges UNIT into UNIT                     A appoints PERSON to POST [as substitute]
//! A dissolves UNIT [into UNIT]                A relieves PERSON of POST [for PERSON]
//! A lets KIND|POST resolve|assist MATTER      A forbids KIND|POST MATTER
//! A gives KIND of ALLOWANCE|none to [rung N] ladder LADDER|MATTER
//! A declares DATE NAME Holiday|MakeUp|LocalOff|HalfDay|Ordinary in CALENDAR [from PERIODS] [published to DATE]
//! A records PERSON absent [from TIME] to TIME [for MATTER…] [with PERSON standing in]: REASON
//! A ends ABSENCE                              the person is back
//!
//! A sets up ROSTER NAME KIND of POSTS at UNIT ROTA
//! A changes ROSTER to NAME KIND ROTA          ROTA: on DAY… [hours 09:00-16:00] [handing over 08:00]
//! A ends roster ROSTER [from TIME]                  turning TURN [with N] [alone] counted from DATE
//!                                                   in order PERSON|-… [holding from TIME]
//! A offers SHIFT of ROSTER [to PERSON][: REASON]
//! A takes CHANGE [against SHIFT]              A takes back CHANGE
//! A takes over from PERSON on ROSTER: REASON  A undoes CHANGE
//! A puts PERSON on ROSTER [instead of PERSON] for SHIFT|[from TIME] to TIME: REASON
//! A frees PERSON from ROSTER for SHIFT|[from TIME] to TIME: REASON
//! who is on duty at UNIT [on TIME]
//! roster of UNIT from TIME to TIME            who is on duty, from change to change
//! changes at UNIT                             of duty, the newest first, with the four people of each step
//!
//! A loads TOWN
//! ```

mod duty;
mod register;
mod request;
mod words;

use liandong_engine::rules::{
    id::{MatterCode, PersonCode, UnitCode},
    instant::{Instant, Span},
    register::command::Command as RegisterCommand,
    request::command::{Command, LogRequest},
};

use super::{error::Wrong, parse::Context};
use words::Words;

/// Who does something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// A person of the register.
    Person(PersonCode),
    /// Whoever holds the receipt of the request.
    Citizen,
    /// Whoever runs the program.
    Operator,
}

/// What a line says.
#[derive(Clone, Debug)]
pub enum Sentence {
    /// A request is logged.
    Log(By, String, LogRequest),
    /// Something is done with a request.
    Act(By, String, Command),
    /// A request is merged into another one: why stands last.
    Join(By, String, String, String),
    /// The register is changed.
    Register(By, RegisterCommand),
    /// Time has come to where it is: what is over takes effect.
    Pass,
    /// A directory is loaded into the register.
    Load(By, String),
    /// Somebody looks at a request.
    Look(By, String),
    /// The account of a request.
    Account(String),
    /// The journal of a request.
    Journal(String),
    /// What a person was told.
    Notices(PersonCode),
    /// What stands in the last digest of a person.
    Digest(PersonCode),
    /// The last digest of a person is to be delivered anew.
    Replay(By, PersonCode),
    /// Who is responsible, at a time if one is named.
    Who(MatterCode, UnitCode, Option<Instant>, Vec<PersonCode>),
    /// Who is on duty, at a time if one is named.
    OnDuty(UnitCode, Option<Instant>),
    /// The roster of a unit.
    Roster(UnitCode, Span),
    /// The changes of duty of a unit.
    Changes(UnitCode),
}

/// Reads one sentence.
///
/// # Errors
/// What is not understood.
pub(super) fn sentence(context: &Context, line: &str) -> Result<Sentence, Wrong> {
    let mut words = Words::of(context, line);
    match words.next("somebody who does something")? {
        "account" => {
            words.expect("of")?;
            let case = words.next("a request")?.to_owned();
            words.end(Sentence::Account(case))
        }
        "time" => {
            words.expect("passes")?;
            words.end(Sentence::Pass)
        }
        which @ ("notices" | "digest") => {
            words.expect("of")?;
            let person = words.code("a person")?;
            words.end(if which == "digest" { Sentence::Digest(person) } else { Sentence::Notices(person) })
        }
        "journal" => {
            words.expect("of")?;
            let case = words.next("a request")?.to_owned();
            words.end(Sentence::Journal(case))
        }
        "who" if words.take("is") => {
            words.expect("on")?;
            words.expect("duty")?;
            words.expect("at")?;
            let unit = words.code("a unit")?;
            let on = if words.take("on") { Some(words.time()?) } else { None };
            words.end(Sentence::OnDuty(unit, on))
        }
        "roster" => {
            words.expect("of")?;
            let unit = words.code("a unit")?;
            words.expect("from")?;
            let from = words.time()?;
            words.expect("to")?;
            let to = words.time()?;
            words.end(Sentence::Roster(unit, Span { from, to }))
        }
        "changes" => {
            words.expect("at")?;
            let unit = words.code("a unit")?;
            words.end(Sentence::Changes(unit))
        }
        "who" => {
            words.expect("answers")?;
            words.expect("for")?;
            let matter = words.code("a matter")?;
            words.expect("at")?;
            let place = words.code("a place")?;
            let on = if words.take("on") { Some(words.time()?) } else { None };
            let mut accused = Vec::new();
            if words.take("about") {
                while words.more_but(&[]) {
                    accused.push(words.code("a person")?);
                }
            }
            words.end(Sentence::Who(matter, place, on, accused))
        }
        actor => {
            let by = match actor {
                "citizen" => By::Citizen,
                "operator" => By::Operator,
                person => By::Person(words::parse_code(context, person)?),
            };
            let verb = words.next("a verb")?;
            if verb == "replays" {
                words.expect("the")?;
                words.expect("digest")?;
                words.expect("of")?;
                let person = words.code("a person")?;
                return words.end(Sentence::Replay(by, person));
            }
            match request::read(&by, verb, &mut words)? {
                Some(sentence) => words.end(sentence),
                None => match register::read(&by, verb, &mut words)? {
                    Some(sentence) => words.end(sentence),
                    None => Err(Wrong(format!("`{verb}` is no verb of the stories; see tests/src/story/phrase"))),
                },
            }
        }
    }
}
