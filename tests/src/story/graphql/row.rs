//! What the driver asks the API for, and what the answers are in the words of the stories.

use liandong_engine::rules::{
    id::{AssignmentNo, PersonCode},
    instant::{Instant, Zone},
    limit::{Card, LimitKind},
    notice::{About, Line, Notice, NoticeKind, Urgency},
    post::{PostKind, Rank},
    request::{Duty, How, Outcome, StageKind},
    routing::{RungNo, Verdict},
};
use serde::Deserialize;
use serde_json::Value;

use super::broken;
use crate::story::{
    driver::Failure,
    view::{Doer, Entry, Found, Named, Open, Passed, View, Way},
};

pub(super) const VIEW: &str = "query($id: ID!) {
    request(id: $id) {
        stage outcome returns reopened answerBy overpromised marks { card person { code name } }
        resolution { outcome } told { whom how } handle { ...Open } relay { ...Open } assignments { no }
        asides { ...Open } reminders supervision { by { code name } until } extension { workingDays state }
    }
}
fragment Open on Assignment { no duty rung acceptedAt acceptBy finishBy nextReminder post { code name } person { code name } }";

pub(super) const JOURNAL: &str = "query($id: ID!) {
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

pub(super) const NOTICES: &str = "{ notices(first: 100) {
    pageInfo { hasNextPage }
    edges { cursor node { position at kind urgency deliverAt over assignment request { id } dutyChange { code } absence { code } roster { code } post { code } unit { code } } }
} }";

pub(super) const WHO: &str = "query($place: String!, $matter: String!, $at: Instant!, $accused: [String!]) {
    whoIsResponsible(place: $place, matter: $matter, at: $at, accused: $accused) { found { ...Found } passed { ...Passed } }
}
fragment Found on Found { rung rank post { code name } person { code name } insteadOf { code name } }
fragment Passed on Passed { rung kind verdict post { code name } }";

#[derive(Deserialize)]
pub(super) struct NamedRow {
    code: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OpenRow {
    accepted_at: Option<String>,
    accept_by: Option<String>,
    finish_by: Option<String>,
    next_reminder: Option<String>,
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
pub(super) fn instant(text: Option<String>) -> Option<Instant> {
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
pub(super) struct RequestRow {
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
    pub(super) assignments: Vec<Value>,
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
pub(super) struct WayRow {
    found: Option<FoundRow>,
    passed: Vec<PassedRow>,
}

#[derive(Deserialize)]
pub(super) struct DoerRow {
    kind: String,
    person: Option<NamedRow>,
}

#[derive(Deserialize)]
pub(super) struct OpensRow {
    pub(super) account: WayRow,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EntryRow {
    kind: String,
    acted: DoerRow,
    responsible: Option<NamedRow>,
    on_behalf_of: Option<DoerRow>,
    by_order_of: Option<DoerRow>,
    pub(super) opens: Option<OpensRow>,
}

#[derive(Deserialize)]
pub(super) struct Edge {
    pub(super) node: EntryRow,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NoticeRow {
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
    roster: Option<CodeRow>,
    post: Option<CodeRow>,
    unit: Option<CodeRow>,
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
pub(super) struct NoticeEdge {
    pub(super) node: NoticeRow,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NoticePage {
    pub(super) page_info: PageInfo,
    pub(super) edges: Vec<NoticeEdge>,
}

impl NoticeRow {
    /// As the rules have it. Which of the notices of an entry it was, the API does not say.
    pub(super) fn line(self, person: &PersonCode) -> Result<Line, Failure> {
        let read = |text: String| instant(Some(text)).ok_or_else(|| broken("an instant that cannot be read"));
        let request = self
            .request
            .map(|request| Ok(About::Request { id: request.id.parse().map_err(broken)?, assignment: self.assignment }));
        let change = self.duty_change.map(|one| Ok(About::DutyChange(one.code.parse().map_err(broken)?)));
        let absence = self.absence.map(|one| Ok(About::Absence(one.code.parse().map_err(broken)?)));
        let roster = self.roster.map(|one| Ok(About::Roster(one.code.parse().map_err(broken)?)));
        let post = self.post.map(|one| Ok(About::Post(one.code.parse().map_err(broken)?)));
        let unit = self.unit.map(|one| Ok(About::Unit(one.code.parse().map_err(broken)?)));
        let all: Result<Vec<About>, Failure> =
            [request, change, absence, roster, post, unit].into_iter().flatten().collect();
        let [about] = <[About; 1]>::try_from(all?)
            .map_err(|_| broken("a notice about what the person may not see, or about several things"))?;
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
pub(super) struct PageInfo {
    pub(super) has_next_page: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page {
    pub(super) page_info: PageInfo,
    pub(super) edges: Vec<Edge>,
}

impl From<NamedRow> for Named {
    fn from(NamedRow { code, name }: NamedRow) -> Self {
        Self { code, name }
    }
}

impl From<OpenRow> for Open {
    fn from(row: OpenRow) -> Self {
        let OpenRow { accepted_at, accept_by, finish_by, next_reminder, no, duty, rung, post, person } = row;
        Self {
            next_reminder: instant(next_reminder),
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
