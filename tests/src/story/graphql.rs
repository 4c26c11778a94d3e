//! The driver over GraphQL: a real server on a loopback socket, and everything asked and ordered as a
//! client would, each person with a token, each citizen with the receipt.
//!
//! Two things differ by design, and are taken for what they are here and nowhere else. The operator
//! and the files have no API: they go to the engine, as the command line does. And a query has no
//! refusals: an unknown place is an input error.

mod duty;

use std::collections::HashMap;

use liandong_engine::rules::{
    absence,
    actor::Actor,
    authority::reads_map,
    id::{AssignmentNo, MatterCode, PersonCode, RequestId, UnitCode},
    instant::{Instant, Span, Zone},
    limit::{Card, LimitKind},
    matter::Mandated,
    notice::{About, Line, Notice, NoticeKind, Urgency, delivery::DeliveryId},
    post::{PostKind, Rank},
    register,
    request::{
        Duty, How, Outcome, StageKind,
        command::{Command, LogRequest},
        refusal::Code,
    },
    routing::{RungNo, Verdict},
    world::Register,
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use super::{
    driver::{Call, Driver, Failure, Refused},
    duty::{Change, Stint},
    stored::Stored,
    view::{Doer, Entry, Found, Named, Open, Passed, View, Way},
};
use crate::{
    client::{Client, Reply},
    serving::{Serving, config},
    stores::{Kind, Trouble},
};

/// The API on a store of its own.
#[derive(Debug)]
pub struct Graphql {
    serving: Option<Serving>,
    tokens: HashMap<PersonCode, String>,
    receipts: HashMap<RequestId, String>,
    loggers: HashMap<RequestId, Actor>,
    stored: Stored,
}

impl Graphql {
    /// On a town; none when there is no such store here.
    ///
    /// # Errors
    /// When the store or the server is not to be had.
    pub fn open(kind: Kind, rows: Register) -> Result<Option<Self>, Trouble> {
        let Some(stored) = Stored::open(kind, rows)? else { return Ok(None) };
        let serving = stored.runtime().block_on(Serving::start(stored.engine(), &config()))?;
        let (tokens, receipts, loggers) = (HashMap::new(), HashMap::new(), HashMap::new());
        Ok(Some(Self { serving: Some(serving), tokens, receipts, loggers, stored }))
    }

    /// A client that is this actor.
    fn client(&mut self, actor: &Actor) -> Result<Client, Failure> {
        let client = &self.serving.as_ref().ok_or_else(|| broken("the server is gone"))?.client;
        match actor {
            Actor::Person(person) => {
                if let Some(token) = self.tokens.get(person) {
                    return Ok(client.bearer(token));
                }
                let issued = self.stored.engine().issue_token(person);
                let token = self.stored.runtime().block_on(issued).map_err(broken)?;
                let client = client.bearer(&token);
                self.tokens.insert(person.clone(), token);
                Ok(client)
            }
            Actor::Citizen(id) => {
                let receipt = self.receipts.get(id).ok_or_else(|| broken("nobody has the receipt"))?;
                Ok(client.receipt(receipt))
            }
            Actor::Operator | Actor::System => Err(broken("neither the operator nor time has an API")),
        }
    }

    fn send(&mut self, actor: &Actor, query: &str, variables: Value) -> Result<Reply, Failure> {
        let client = self.client(actor)?;
        self.stored.runtime().block_on(client.post(query, variables)).map_err(broken)
    }

    /// What a query gives at a place in its data.
    fn ask<T: DeserializeOwned>(
        &mut self,
        at: Instant,
        actor: &Actor,
        query: &str,
        variables: Value,
        place: &str,
    ) -> Result<T, Failure> {
        self.stored.clock().set(at);
        read(&self.send(actor, query, variables)?, place)
    }

    /// What a mutation gives when it is not refused.
    fn order(&mut self, call: &Call, mutation: Mutation) -> Result<Payload, Failure> {
        self.stored.clock().set(call.at);
        let (query, variables) = mutation.with_key(&call.key);
        let reply = self.send(&call.actor, &query, variables)?;
        Payload::of(&reply, mutation.name)
    }

    /// Somebody who may read the map.
    fn reader(&mut self, at: Instant) -> Result<Actor, Failure> {
        self.stored.clock().set(at);
        let world = self.stored.engine().world();
        let reads =
            |code: &&PersonCode| world.find_person(code.as_str()).is_some_and(|person| reads_map(&world, person, at));
        let anybody = world.register().people.iter().map(|person| &person.code).find(reads);
        Ok(Actor::Person(anybody.ok_or_else(|| broken("nobody may read the map"))?.clone()))
    }

    /// Whoever logged a request: they always see it.
    fn teller(&self, request: RequestId) -> Result<Actor, Failure> {
        self.loggers.get(&request).cloned().ok_or_else(|| broken("nobody logged it"))
    }

    fn seen(&mut self, at: Instant, actor: &Actor, request: RequestId) -> Result<Option<RequestRow>, Failure> {
        self.ask(at, actor, VIEW, json!({ "id": request.to_string() }), "/request")
    }

    fn entries(&mut self, at: Instant, request: RequestId) -> Result<Vec<EntryRow>, Failure> {
        let teller = self.teller(request)?;
        let page: Page = self.ask(at, &teller, JOURNAL, json!({ "id": request.to_string() }), "/request/journal")?;
        if page.page_info.has_next_page {
            return Err(broken("a story with more than a page of journal"));
        }
        Ok(page.edges.into_iter().map(|edge| edge.node).collect())
    }
}

impl Drop for Graphql {
    #[expect(clippy::panic, reason = "a server that stops in disorder has failed the story")]
    fn drop(&mut self) {
        let Some(serving) = self.serving.take() else { return };
        match self.stored.runtime().block_on(serving.stop()) {
            Err(trouble) if !std::thread::panicking() => panic!("the server stopped in disorder: {trouble}"),
            _ => {}
        }
    }
}

const VIEW: &str = "query($id: ID!) {
    request(id: $id) {
        stage outcome returns reopened answerBy overpromised marks { card person { code name } }
        resolution { outcome } told { whom how } handle { ...Open } relay { ...Open } assignments { no }
        asides { ...Open } reminders supervision { by { code name } until } extension { workingDays state }
    }
}
fragment Open on Assignment { no duty rung acceptedAt acceptBy finishBy post { code name } person { code name } }";

const JOURNAL: &str = "query($id: ID!) {
    request(id: $id) {
        journal(first: 100) {
            pageInfo { hasNextPage }
            edges {
                node {
                    kind acted { ...Doer } responsible { code name } onBehalfOf { ...Doer } byOrderOf { ...Doer }
                    opens { account { found { ...Found } passed { ...Passed } } }
                }
            }
        }
    }
}
fragment Doer on Actor { kind person { code name } }
fragment Found on Found { rung rank post { code name } person { code name } insteadOf { code name } }
fragment Passed on Passed { rung kind verdict post { code name } }";

const NOTICES: &str = "{ notices(first: 100) {
    pageInfo { hasNextPage }
    edges { cursor node { position at kind urgency deliverAt over assignment request { id } dutyChange { code } absence { code } } }
} }";

const WHO: &str = "query($place: String!, $matter: String!, $at: Instant!) {
    whoIsResponsible(place: $place, matter: $matter, at: $at) { found { ...Found } passed { ...Passed } }
}
fragment Found on Found { rung rank post { code name } person { code name } insteadOf { code name } }
fragment Passed on Passed { rung kind verdict post { code name } }";

#[derive(Deserialize)]
struct NamedRow {
    code: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OpenRow {
    accepted_at: Option<String>,
    accept_by: Option<String>,
    finish_by: Option<String>,
    no: AssignmentNo,
    duty: Duty,
    rung: RungNo,
    post: NamedRow,
    person: NamedRow,
}

#[derive(Deserialize)]
struct MarkRow {
    card: Card,
    person: NamedRow,
}

/// An instant as the API gives it.
fn instant(text: Option<String>) -> Option<Instant> {
    Instant::parse(&text?, &Zone::china()).ok()
}

#[derive(Deserialize)]
struct ResolutionRow {
    outcome: Outcome,
}

#[derive(Deserialize)]
struct ToldRow {
    whom: String,
    how: How,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestRow {
    answer_by: Option<String>,
    overpromised: Vec<LimitKind>,
    marks: Vec<MarkRow>,
    stage: StageKind,
    outcome: Option<Outcome>,
    returns: u8,
    reopened: u8,
    resolution: Option<ResolutionRow>,
    told: Option<ToldRow>,
    handle: Option<OpenRow>,
    relay: Option<OpenRow>,
    assignments: Vec<Value>,
    asides: Vec<OpenRow>,
    reminders: usize,
    supervision: Option<SupervisionRow>,
    extension: Option<ExtensionRow>,
}

#[derive(Deserialize)]
struct SupervisionRow {
    by: NamedRow,
    until: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExtensionRow {
    working_days: u16,
    state: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FoundRow {
    rung: RungNo,
    rank: Rank,
    post: NamedRow,
    person: NamedRow,
    instead_of: Option<NamedRow>,
}

#[derive(Deserialize)]
struct PassedRow {
    rung: RungNo,
    kind: PostKind,
    verdict: Verdict,
    post: Option<NamedRow>,
}

#[derive(Deserialize)]
struct WayRow {
    found: Option<FoundRow>,
    passed: Vec<PassedRow>,
}

#[derive(Deserialize)]
struct DoerRow {
    kind: String,
    person: Option<NamedRow>,
}

#[derive(Deserialize)]
struct OpensRow {
    account: WayRow,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EntryRow {
    kind: String,
    acted: DoerRow,
    responsible: Option<NamedRow>,
    on_behalf_of: Option<DoerRow>,
    by_order_of: Option<DoerRow>,
    opens: Option<OpensRow>,
}

#[derive(Deserialize)]
struct Edge {
    node: EntryRow,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NoticeRow {
    position: i64,
    at: String,
    kind: NoticeKind,
    urgency: Urgency,
    deliver_at: String,
    over: bool,
    assignment: Option<AssignmentNo>,
    request: Option<IdRow>,
    duty_change: Option<CodeRow>,
    absence: Option<CodeRow>,
}

#[derive(Deserialize)]
struct CodeRow {
    code: String,
}

#[derive(Deserialize)]
struct IdRow {
    id: String,
}

#[derive(Deserialize)]
struct NoticeEdge {
    node: NoticeRow,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NoticePage {
    page_info: PageInfo,
    edges: Vec<NoticeEdge>,
}

impl NoticeRow {
    /// As the rules have it. Which of the notices of an entry it was, the API does not say.
    fn line(self, person: &PersonCode) -> Result<Line, Failure> {
        let read = |text: String| instant(Some(text)).ok_or_else(|| broken("an instant that cannot be read"));
        let about = match (self.request, self.duty_change, self.absence) {
            (Some(request), None, None) => {
                About::Request { id: request.id.parse().map_err(broken)?, assignment: self.assignment }
            }
            (None, Some(change), None) => About::DutyChange(change.code.parse().map_err(broken)?),
            (None, None, Some(absence)) => About::Absence(absence.code.parse().map_err(broken)?),
            _ => return Err(broken("a notice about what the person may not see")),
        };
        let notice = Notice {
            person: person.clone(),
            kind: self.kind,
            about,
            urgency: self.urgency,
            deliver_at: read(self.deliver_at)?,
        };
        Ok(Line { position: self.position, no: 1, at: read(self.at)?, notice, over: self.over })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    page_info: PageInfo,
    edges: Vec<Edge>,
}

impl From<NamedRow> for Named {
    fn from(NamedRow { code, name }: NamedRow) -> Self {
        Self { code, name }
    }
}

impl From<OpenRow> for Open {
    fn from(OpenRow { accepted_at, accept_by, finish_by, no, duty, rung, post, person }: OpenRow) -> Self {
        Self {
            accept_by: instant(accept_by).filter(|_| accepted_at.is_none()),
            finish_by: instant(finish_by),
            no,
            duty,
            post: post.into(),
            person: person.into(),
            rung,
        }
    }
}

impl From<RequestRow> for View {
    fn from(row: RequestRow) -> Self {
        let open = row.handle.or(row.relay);
        Self {
            stage: row.stage,
            answer_by: instant(row.answer_by),
            overpromised: row.overpromised,
            marks: row.marks.into_iter().map(|mark| (mark.card, mark.person.into())).collect(),
            open: open.map(Into::into),
            asides: row.asides.into_iter().map(Into::into).collect(),
            supervised: row.supervision.map(|s| (s.by.into(), instant(s.until))),
            extension: row.extension.map(|e| {
                let known = ["Awaited", "Granted", "Refused"].into_iter().find(|known| *known == e.state);
                (e.working_days, known.unwrap_or("in a state that is not known"))
            }),
            reminders: row.reminders,
            outcome: row.outcome.or(row.resolution.map(|r| r.outcome)),
            told: row.told.map(|told| (told.whom, told.how)),
            returns: row.returns,
            reopened: row.reopened,
        }
    }
}

impl From<WayRow> for Way {
    fn from(row: WayRow) -> Self {
        let found = |FoundRow { rung, rank, post, person, instead_of }| Found {
            post: NamedRow::into(post),
            person: NamedRow::into(person),
            rank,
            rung,
            instead_of: instead_of.map(Into::into),
        };
        let passed =
            |PassedRow { rung, kind, verdict, post }| Passed { rung, post: post.map(NamedRow::into), kind, verdict };
        Self { found: row.found.map(found), passed: row.passed.into_iter().map(passed).collect() }
    }
}

impl TryFrom<DoerRow> for Doer {
    type Error = Failure;
    fn try_from(row: DoerRow) -> Result<Self, Failure> {
        match (row.kind.as_str(), row.person) {
            ("Person", Some(person)) => Ok(Self::Person(person.into())),
            ("Citizen", None) => Ok(Self::Citizen),
            ("Operator", None) => Ok(Self::Operator),
            ("System", None) => Ok(Self::System),
            (kind, _) => Err(broken(format!("`{kind}` is nobody"))),
        }
    }
}

impl TryFrom<EntryRow> for Entry {
    type Error = Failure;
    fn try_from(row: EntryRow) -> Result<Self, Failure> {
        Ok(Self {
            event: row.kind,
            acted: row.acted.try_into()?,
            responsible: row.responsible.map(Into::into),
            on_behalf_of: row.on_behalf_of.map(TryInto::try_into).transpose()?,
            by_order_of: row.by_order_of.map(TryInto::try_into).transpose()?,
        })
    }
}

/// What a command came to.
#[derive(Deserialize)]
struct Payload {
    id: Option<String>,
    receipt: Option<String>,
    refusal: Option<RefusalRow>,
}

#[derive(Deserialize)]
struct RefusalRow {
    code: String,
    message: String,
}

impl Payload {
    fn of(reply: &Reply, name: &str) -> Result<Self, Failure> {
        let mut payload: Self = read(reply, &format!("/{name}"))?;
        match payload.refusal.take() {
            Some(RefusalRow { code, message }) => Err(Failure::Refused(Refused { code, message })),
            None => Ok(payload),
        }
    }
}

/// A mutation before it has its key: the arguments with their types.
struct Mutation {
    name: &'static str,
    args: Vec<(&'static str, &'static str, Value)>,
    gives: &'static str,
}

/// What is asked of a payload about a request, and of one about the register.
const OF_REQUEST: &str = "id receipt refusal { code message zh }";
const OF_REGISTER: &str = "refusal { code message zh }";

impl Mutation {
    fn with_key(&self, key: &str) -> (String, Value) {
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

    fn log(log: &LogRequest) -> Self {
        let LogRequest { place, matter, channel, entered_at, words, citizen, accused } = log;
        let input = json!({
            "place": place, "matter": matter, "channel": channel, "enteredAt": entered_at, "words": words,
            "citizen": { "name": citizen.name, "phone": citizen.phone }, "accused": accused,
        });
        Self { name: "logRequest", args: vec![("input", "LogRequestInput!", input)], gives: OF_REQUEST }
    }

    fn act(request: RequestId, command: &Command) -> Self {
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

    fn register(command: &register::command::Command) -> Self {
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

fn read<T: DeserializeOwned>(reply: &Reply, place: &str) -> Result<T, Failure> {
    let data = reply.data().map_err(broken)?;
    let value = data.pointer(place).cloned().unwrap_or_default();
    T::deserialize(&value).map_err(|error| broken(format!("{error}: {value}")))
}

fn broken(error: impl ToString) -> Failure {
    Failure::Broken(error.to_string())
}

fn unseen(request: RequestId) -> Failure {
    let message = format!("request `{request}` is not among those you see; check the id");
    Failure::Refused(Refused { code: Code::UnknownRequest.word().to_owned(), message })
}

/// A query has no refusals: what is wrong with an argument is an error that names it. What the rules
/// call the same is known by the words.
fn of_input(reply: &Reply) -> Option<Result<Way, Failure>> {
    if reply.error_code() != "BAD_INPUT" {
        return None;
    }
    let json = reply.json();
    let message = json.pointer("/errors/0/message").and_then(Value::as_str)?;
    let (argument, what) = message.split_once(": ")?;
    let (what, _mend) = what.split_once("; ")?;
    let code = match argument {
        // Nobody answers for what is not there.
        "`place`" if what.ends_with("does not exist at that time") => {
            return Some(Ok(Way { found: None, passed: Vec::new() }));
        }
        "`place`" => Code::UnknownPlace,
        "`matter`" => Code::UnknownMatter,
        _ => return None,
    };
    Some(Err(Failure::Refused(Refused { code: code.word().to_owned(), message: what.to_owned() })))
}

impl Driver for Graphql {
    fn log(&mut self, call: &Call, request: &LogRequest) -> Result<RequestId, Failure> {
        let payload = self.order(call, Mutation::log(request))?;
        let (Some(id), Some(receipt)) = (payload.id, payload.receipt) else {
            return Err(broken("logging gave no request"));
        };
        let id = id.parse().map_err(broken)?;
        self.receipts.insert(id, receipt);
        self.loggers.insert(id, call.actor.clone());
        Ok(id)
    }

    fn act(&mut self, call: &Call, request: RequestId, command: &Command) -> Result<(), Failure> {
        if call.actor == Actor::Operator {
            return self.stored.act(call, request, command);
        }
        self.order(call, Mutation::act(request, command)).map(drop)
    }

    fn together(&mut self, request: RequestId, acts: &[(Call, Command)]) -> Vec<Result<(), Failure>> {
        if let Some((call, _)) = acts.first() {
            self.stored.clock().set(call.at);
        }
        let clients: Vec<_> = acts.iter().map(|(call, _)| self.client(&call.actor)).collect();
        let replies = acts.iter().zip(clients).map(|((call, command), client)| async move {
            let mutation = Mutation::act(request, command);
            let (query, variables) = mutation.with_key(&call.key);
            let reply = client?.post(&query, variables).await.map_err(broken)?;
            Payload::of(&reply, mutation.name).map(drop)
        });
        self.stored.runtime().block_on(futures_util::future::join_all(replies))
    }

    fn register(&mut self, call: &Call, command: &register::command::Command) -> Result<(), Failure> {
        if call.actor == Actor::Operator {
            return self.stored.register(call, command);
        }
        self.order(call, Mutation::register(command)).map(drop)
    }

    fn load(&mut self, call: &Call, rows: &Register) -> Result<(), Failure> {
        self.stored.load(call, rows)
    }

    fn pass(&mut self, at: Instant) -> Result<(), Failure> {
        self.stored.pass(at)
    }

    fn replay(&mut self, call: &Call, delivery: &DeliveryId) -> Result<(), Failure> {
        if call.actor == Actor::Operator {
            return self.stored.replay(call, delivery);
        }
        let args = vec![("delivery", "ID!", json!(delivery))];
        self.order(call, Mutation { name: "replayDelivery", args, gives: OF_REGISTER }).map(drop)
    }

    fn notices(&mut self, at: Instant, person: &PersonCode) -> Result<Vec<Line>, Failure> {
        let actor = Actor::Person(person.clone());
        let page: NoticePage = self.ask(at, &actor, NOTICES, Value::Null, "/notices")?;
        if page.page_info.has_next_page {
            return Err(broken("a story with more than a page of notices"));
        }
        page.edges.into_iter().rev().map(|edge| edge.node.line(person)).collect()
    }

    fn look(&mut self, at: Instant, actor: &Actor, request: RequestId) -> Result<View, Failure> {
        if *actor == Actor::Operator {
            return self.stored.look(at, actor, request);
        }
        let seen = self.seen(at, actor, request)?.ok_or_else(|| unseen(request))?;
        if matches!(actor, Actor::Citizen(_)) && !seen.assignments.is_empty() {
            return Err(broken("the citizen sees who handled it"));
        }
        Ok(seen.into())
    }

    fn view(&mut self, at: Instant, request: RequestId) -> Result<View, Failure> {
        let teller = self.teller(request)?;
        let seen = self.seen(at, &teller, request)?;
        seen.map(Into::into).ok_or_else(|| broken("whoever logged it does not see it"))
    }

    fn account(&mut self, at: Instant, request: RequestId) -> Result<Way, Failure> {
        let newest = self.entries(at, request)?.into_iter().rev().find_map(|entry| entry.opens);
        newest.map(|opens| opens.account.into()).ok_or_else(|| broken("a journal without an assignment"))
    }

    fn journal(&mut self, at: Instant, request: RequestId) -> Result<Vec<Entry>, Failure> {
        self.entries(at, request)?.into_iter().map(TryInto::try_into).collect()
    }

    fn who(&mut self, at: Instant, place: &UnitCode, matter: &MatterCode, on: Instant) -> Result<Way, Failure> {
        let anybody = self.reader(at)?;
        let variables = json!({ "place": place, "matter": matter, "at": on.rfc3339(&Zone::china()) });
        let reply = self.send(&anybody, WHO, variables)?;
        match of_input(&reply) {
            Some(answer) => answer,
            None => read::<WayRow>(&reply, "/whoIsResponsible").map(Into::into),
        }
    }

    fn on_duty(&mut self, at: Instant, unit: &UnitCode, on: Instant) -> Result<Vec<Stint>, Failure> {
        let variables = json!({ "unit": unit, "at": on.rfc3339(&Zone::china()) });
        let anybody = self.reader(at)?;
        let rows: Vec<duty::StintRow> = self.ask(at, &anybody, duty::ON_DUTY, variables, "/onDuty")?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    fn roster(&mut self, at: Instant, unit: &UnitCode, during: Span) -> Result<Vec<Stint>, Failure> {
        let text = |at: Instant| at.rfc3339(&Zone::china());
        let variables = json!({ "unit": unit, "from": text(during.from), "to": text(during.to) });
        let anybody = self.reader(at)?;
        let rows: Vec<duty::StintRow> = self.ask(at, &anybody, duty::ROSTER, variables, "/dutyRoster")?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    fn duty_changes(&mut self, at: Instant, unit: &UnitCode) -> Result<Vec<Change>, Failure> {
        let anybody = self.reader(at)?;
        let rows: duty::ChangesRow = self.ask(at, &anybody, duty::CHANGES, json!({ "unit": unit }), "/dutyChanges")?;
        rows.try_into()
    }
}
