//! `liandong request`.

use clap::Subcommand;
use liandong_engine::{
    rules::{
        actor::Actor,
        id::RequestId,
        instant::Instant,
        limit::Limit,
        request::{Assignment, CaseTime, Request as Row, oversight::Answer},
        world::World,
    },
    run::store::journal::{Entry, Happened},
};

use super::{
    database::{Database, with_existing},
    due,
    logging::{self, LogFormat},
    output,
    recompute::Recompute,
    trouble::Trouble,
};

/// How many entries of a journal are read at once.
const PAGE: usize = 100;

/// A request with its way and the arithmetic of its limits
#[derive(Debug, Subcommand)]
pub(super) enum Request {
    /// Where it is, who had it until when, and how each limit comes about
    ///
    /// Neither what the citizen said nor who the citizen is, so that it can be shown to whoever asks why.
    Show {
        /// Its id
        #[arg(value_name = "ID", value_parser = id)]
        id: RequestId,
        #[command(flatten)]
        database: Database,
    },
    Recompute(Recompute),
}

fn id(text: &str) -> Result<RequestId, String> {
    text.parse::<RequestId>().map_err(|bad| bad.to_string())
}

impl Request {
    pub(super) fn run(self) -> Result<(), Trouble> {
        logging::start(LogFormat::Text, logging::COMMAND);
        let (id, database) = match self {
            Self::Show { id, database } => (id, database),
            Self::Recompute(recompute) => return recompute.run(),
        };
        let text = with_existing(&database.url, async |engine| {
            let found = engine.request(&Actor::Operator, id).await?;
            let row =
                found.ok_or_else(|| Trouble::Refused(format!("there is no request `{id}` here; check the id")))?;
            let (mut entries, mut after) = (Vec::new(), 0);
            loop {
                let page = engine.journal_of(&Actor::Operator, id, after, PAGE).await?;
                let Some(last) = page.last() else { break };
                after = last.seq;
                entries.extend(page);
            }
            Ok(page(&engine.world(), &row, &entries, engine.now()))
        })?;
        Ok(output::print(&text)?)
    }
}

fn page(world: &World, row: &Row, entries: &[Entry], now: Instant) -> String {
    let time = |at: Instant| at.rfc3339(world.zone());
    let matter = world.find_matter(row.matter.as_str()).and_then(|m| world.matter(m)).map_or("", |m| &m.name);
    let stage = row.stage.kind();
    let mut page = format!(
        "诉求 request: {}\n事项 matter: {matter} ({})\n地点 place: {}\n登记 logged: {}\n状态 stage: {} {stage}\n",
        row.id,
        row.matter,
        row.place,
        time(row.logged_at),
        stage.zh()
    );
    let whole = [("承诺 committed by", row.limits.committed), ("法定 statutory by", row.limits.statutory)];
    for (what, limit) in whole.into_iter().filter_map(|(what, limit)| Some((what, limit?))) {
        page += &format!("{what}: {} {}\n", time(limit.due), limit.colour(now).zh());
    }
    if let Some(other) = row.merged_into {
        page += &format!("并入 merged into: {other}\n");
    }
    for kind in row.limits.overpromised(row.handle().and_then(|held| held.finish)) {
        page += &format!("承诺不足 overpromised: {} {kind} 早于办结至 ends before the holder's own time\n", kind.zh());
    }
    for mark in &row.limits.marks {
        page += &format!("{} {}: {} {} {}\n", mark.card.zh(), mark.card, mark.person, mark.limit.zh(), time(mark.at));
    }
    page += &watched(&row.limits, &time);
    page += "\n";
    page += &output::table(2, &row.assignments.iter().map(|a| line(world, a, now)).collect::<Vec<_>>());
    for entry in entries {
        let Happened::Request(_, recorded) = &entry.happened else { continue };
        for (kind, reckoned) in recorded.event.limits() {
            page += &format!("\n{} {kind}, {} {}\n", kind.zh(), recorded.event.name(), time(entry.at));
            page += &due::page(world, &reckoned.reckoning);
        }
    }
    page
}

/// What those who watch the request did about its time.
fn watched(limits: &CaseTime, time: &impl Fn(Instant) -> String) -> String {
    let mut page = String::new();
    if let Some(last) = limits.reminders.last() {
        page += &format!("催办 reminded: {}, 最近 last {}\n", limits.reminders.len(), time(last.at));
    }
    if let Some(supervision) = &limits.supervision {
        let until = supervision.limit.map_or_else(String::new, |limit| format!(" → {}", time(limit.due)));
        page += &format!("督办 supervised: {} {}{until}\n", supervision.by, time(supervision.at));
    }
    if let Some(extension) = &limits.extension {
        let (zh, by) = match &extension.answer {
            Answer::Awaited(_) => ("待审批 awaited", None),
            Answer::Granted(by) => ("已同意 granted", Some(by)),
            Answer::Refused(by) => ("未同意 refused", Some(by)),
        };
        let by = by.map_or_else(String::new, |by| format!(" {by}"));
        page += &format!("延期 extension: {} 工作日 working days, {zh}{by}\n", extension.working_days);
    }
    page
}

fn line(world: &World, assignment: &Assignment, now: Instant) -> Vec<String> {
    let time = |at: Instant| at.rfc3339(world.zone()).chars().take(16).collect::<String>();
    let by = |what: &str, limit: Option<Limit>| limit.map_or_else(String::new, |l| format!("{what} {}", time(l.due)));
    let Assignment { no, duty, post, person, accept, accepted_at, finish, ended, opened_at, .. } = assignment;
    let state = match (ended, assignment.colour(now)) {
        (Some(ended), _) => format!("{} {}", ended.how.zh(), time(ended.at)),
        (None, Some(colour)) => colour.zh().to_owned(),
        (None, None) => String::new(),
    };
    let accepted = accepted_at.map_or_else(|| by("接收至", *accept), |at| format!("接收 {}", time(at)));
    vec![
        no.to_string(),
        duty.zh().to_owned(),
        format!("{post} {person}"),
        time(*opened_at),
        accepted,
        by("办结至", *finish),
        state,
    ]
}
