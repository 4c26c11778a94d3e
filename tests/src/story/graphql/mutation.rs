//! The mutation of each command, and what it gives back.

use liandong_engine::rules::{
    absence,
    id::RequestId,
    instant::{Instant, Zone},
    matter::Mandated,
    register,
    request::command::{Command, LogRequest},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{duty, read};
use crate::{
    client::Reply,
    story::driver::{Failure, Refused},
};

/// What a command came to.
#[derive(Deserialize)]
pub(super) struct Payload {
    pub(super) id: Option<String>,
    pub(super) receipt: Option<String>,
    refusal: Option<RefusalRow>,
}

#[derive(Deserialize)]
struct RefusalRow {
    code: String,
    message: String,
}

impl Payload {
    pub(super) fn of(reply: &Reply, name: &str) -> Result<Self, Failure> {
        let mut payload: Self = read(reply, &format!("/{name}"))?;
        match payload.refusal.take() {
            Some(RefusalRow { code, message }) => Err(Failure::Refused(Refused { code, message })),
            None => Ok(payload),
        }
    }
}

/// A mutation before it has its key: the arguments with their types.
pub(super) struct Mutation {
    pub(super) name: &'static str,
    pub(super) args: Vec<(&'static str, &'static str, Value)>,
    pub(super) gives: &'static str,
}

/// What is asked of a payload about a request, and of one about the register.
const OF_REQUEST: &str = "id receipt refusal { code message zh }";
pub(super) const OF_REGISTER: &str = "refusal { code message zh }";

impl Mutation {
    pub(super) fn with_key(&self, key: &str) -> (String, Value) {
        let key = [("idempotencyKey", "String!", Value::from(key))];
        let args = || self.args.iter().chain(&key);
        let declared: Vec<String> = args().map(|(name, kind, _)| format!("${name}: {kind}")).collect();
        let given: Vec<String> = args().map(|(name, ..)| format!("{name}: ${name}")).collect();
        let (declared, given) = (declared.join(", "), given.join(", "));
        let query = format!("mutation({declared}) {{ {}({given}) {{ {} }} }}", self.name, self.gives);
        let variables: Map<String, Value> =
            args().map(|(name, _, value)| ((*name).to_owned(), value.clone())).collect();
        (query, variables.into())
    }

    pub(super) fn log(log: &LogRequest) -> Self {
        let LogRequest { place, matter, channel, entered_at, words, citizen, accused } = log;
        let input = json!({
            "place": place, "matter": matter, "channel": channel, "enteredAt": entered_at, "words": words,
            "citizen": { "name": citizen.name, "phone": citizen.phone }, "accused": accused,
        });
        Self { name: "logRequest", args: vec![("input", "LogRequestInput!", input)], gives: OF_REQUEST }
    }

    pub(super) fn act(request: RequestId, command: &Command) -> Self {
        const TEXT: &str = "String!";
        let (name, args) = match command {
            Command::Accept => ("accept", vec![]),
            Command::Escalate { reason } => ("escalate", vec![("reason", TEXT, json!(reason))]),
            Command::Transfer { to, reason } => {
                ("transfer", vec![("to", TEXT, json!(to)), ("reason", TEXT, json!(reason))])
            }
            Command::SendBack { to, reason } => {
                ("sendBack", vec![("to", "String", json!(to)), ("reason", TEXT, json!(reason))])
            }
            Command::Reject { explanation } => ("reject", vec![("explanation", TEXT, json!(explanation))]),
            Command::AskCitizen { question } => ("askCitizen", vec![("question", TEXT, json!(question))]),
            Command::Resume { answer } => ("resume", vec![("answer", TEXT, json!(answer))]),
            Command::AddNote { text } => ("addNote", vec![("text", TEXT, json!(text))]),
            Command::Resolve { outcome, words, face_to_face } => (
                "resolve",
                vec![
                    ("outcome", "Outcome!", json!(outcome)),
                    ("words", TEXT, json!(words)),
                    ("faceToFace", "Boolean!", json!(face_to_face)),
                ],
            ),
            Command::ConfirmRelay { told, whom, when, how } => (
                "confirmRelay",
                vec![
                    ("told", "Boolean!", json!(told)),
                    ("whom", TEXT, json!(whom)),
                    ("when", "Instant!", json!(when.rfc3339(&Zone::china()))),
                    ("how", "How!", json!(how)),
                ],
            ),
            Command::Rate { satisfied, words } => {
                ("rate", vec![("satisfied", "Boolean!", json!(satisfied)), ("words", TEXT, json!(words))])
            }
            Command::Withdraw { reason } => ("withdraw", vec![("reason", TEXT, json!(reason))]),
            Command::Rule { to, ruling } => ("rule", vec![("to", TEXT, json!(to)), ("ruling", TEXT, json!(ruling))]),
            Command::CallHelp { to, reason } => {
                ("callHelp", vec![("to", TEXT, json!(to)), ("reason", TEXT, json!(reason))])
            }
            Command::Delegate { to, instruction } => {
                ("delegate", vec![("to", TEXT, json!(to)), ("instruction", TEXT, json!(instruction))])
            }
            Command::Respond { no } => ("respond", vec![("no", "Int!", json!(no))]),
            Command::Report { no, words } => ("report", vec![("no", "Int!", json!(no)), ("words", TEXT, json!(words))]),
            Command::Recall { no, reason } => {
                ("recall", vec![("no", "Int!", json!(no)), ("reason", TEXT, json!(reason))])
            }
            Command::Remind { words } => ("remind", vec![("words", TEXT, json!(words))]),
            Command::Supervise { words, working_days } => {
                ("supervise", vec![("words", TEXT, json!(words)), ("workingDays", "Int", json!(working_days))])
            }
            Command::Correct { matter, reason } => {
                ("correctMatter", vec![("matter", TEXT, json!(matter)), ("reason", TEXT, json!(reason))])
            }
            Command::CorrectPlace { place, entered_at, reason } => (
                "correctPlace",
                vec![
                    ("place", TEXT, json!(place)),
                    ("enteredAt", "String", json!(entered_at)),
                    ("reason", TEXT, json!(reason)),
                ],
            ),
            Command::CorrectCitizen { citizen, reason } => {
                let citizen = json!({ "name": citizen.name, "phone": citizen.phone });
                ("correctCitizen", vec![("citizen", "CitizenInput!", citizen), ("reason", TEXT, json!(reason))])
            }
            Command::Merge { into, reason } => {
                ("merge", vec![("into", "ID!", json!(into.to_string())), ("reason", TEXT, json!(reason))])
            }
            Command::Separate { reason } => ("separate", vec![("reason", TEXT, json!(reason))]),
            Command::TakeOver { reason } => ("takeOver", vec![("reason", TEXT, json!(reason))]),
            Command::AskExtension { working_days, reason } => {
                ("askExtension", vec![("workingDays", "Int!", json!(working_days)), ("reason", TEXT, json!(reason))])
            }
            Command::Recompute { rules_of_today, reason, .. } => (
                "recompute",
                vec![("rulesOfToday", "Boolean!", json!(rules_of_today)), ("reason", TEXT, json!(reason))],
            ),
            Command::GrantExtension => ("grantExtension", vec![]),
            Command::RefuseExtension { reason } => ("refuseExtension", vec![("reason", TEXT, json!(reason))]),
        };
        let mut all = vec![("request", "ID!", json!(request.to_string()))];
        all.extend(args);
        Self { name, args: all, gives: OF_REQUEST }
    }

    pub(super) fn register(command: &register::command::Command) -> Self {
        use register::command::{Command as R, NewDay};
        const CODE: &str = "String!";
        let (name, args) = match command {
            R::AddPerson(person) => {
                let input = json!({ "code": person.code, "name": person.name, "phone": person.phone });
                ("addPerson", vec![("input", "PersonInput!", input)])
            }
            R::CreateUnit(unit) => {
                let input = json!({
                    "code": unit.code, "name": unit.name, "kind": unit.kind, "parent": unit.parent, "serves": unit.serves,
                });
                ("createUnit", vec![("input", "NewUnitInput!", input)])
            }
            R::RenameUnit { unit, name } => {
                ("renameUnit", vec![("unit", CODE, json!(unit)), ("name", CODE, json!(name))])
            }
            R::MoveUnit { unit, parent } => {
                ("moveUnit", vec![("unit", CODE, json!(unit)), ("parent", CODE, json!(parent))])
            }
            R::MergeUnits { from, into } => {
                ("mergeUnits", vec![("from", CODE, json!(from)), ("into", CODE, json!(into))])
            }
            R::DissolveUnit { unit, successor } => {
                ("dissolveUnit", vec![("unit", CODE, json!(unit)), ("successor", "String", json!(successor))])
            }
            R::CreatePost(post) => {
                let input = json!({ "code": post.code, "name": post.name, "kind": post.kind, "unit": post.unit });
                ("createPost", vec![("input", "NewPostInput!", input)])
            }
            R::AbolishPost { post } => ("abolishPost", vec![("post", CODE, json!(post))]),
            R::Appoint { post, person, rank } => (
                "appoint",
                vec![("post", CODE, json!(post)), ("person", CODE, json!(person)), ("rank", "Rank!", json!(rank))],
            ),
            R::Relieve { post, person, successor } => (
                "relieve",
                vec![
                    ("post", CODE, json!(post)),
                    ("person", CODE, json!(person)),
                    ("successor", "String", json!(successor)),
                ],
            ),
            R::ChangeMandate { to, matter, power } => {
                let to = match to {
                    Mandated::Kind(kind) => json!({ "kind": kind }),
                    Mandated::Post(post) => json!({ "post": post }),
                };
                (
                    "changeMandate",
                    vec![
                        ("to", "MandatedInput!", to),
                        ("matter", CODE, json!(matter)),
                        ("power", "Power", json!(power)),
                    ],
                )
            }
            R::ChangeLimit { of, allowance } => {
                let limit = json!({ "ladder": of.ladder, "matter": of.matter, "rung": of.rung, "kind": of.kind });
                ("changeLimit", vec![("of", "LimitInput!", limit), ("allowance", "String", json!(allowance))])
            }
            R::DeclareDays { calendar, days, published_to } => {
                let day = |day: &NewDay| json!({ "date": day.date, "name": day.name, "kind": day.kind, "periods": day.periods });
                let days: Vec<Value> = days.iter().map(day).collect();
                (
                    "declareDays",
                    vec![
                        ("calendar", CODE, json!(calendar)),
                        ("days", "[NewDayInput!]!", json!(days)),
                        ("publishedTo", "String", json!(published_to)),
                    ],
                )
            }
            R::RecordAbsence(new) => {
                let matters = match &new.scope {
                    absence::Scope::All => None,
                    absence::Scope::Matters(matters) => Some(matters),
                };
                let substitute = match &new.substitute {
                    absence::Substitute::ByPost => None,
                    absence::Substitute::Person(person) => Some(person),
                };
                let at = |at: Instant| at.rfc3339(&Zone::china());
                let input = json!({
                    "person": new.person, "from": new.from.map(at), "to": at(new.to), "reason": new.reason,
                    "matters": matters, "substitute": substitute,
                });
                ("recordAbsence", vec![("input", "NewAbsenceInput!", input)])
            }
            R::EndAbsence { absence } => ("endAbsence", vec![("absence", CODE, json!(absence))]),
            R::SetUpRoster(_) | R::ChangeRoster { .. } | R::EndRoster { .. } | R::Duty(_) => duty::mutation(command),
        };
        Self { name, args, gives: OF_REGISTER }
    }
}
