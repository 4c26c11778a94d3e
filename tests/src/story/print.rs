//! How outcomes are printed. No ids, no receipt codes, nothing that two drivers could say differently.

use std::collections::BTreeMap;

use liandong_engine::rules::{
    id::RequestId,
    instant::{Instant, Zone},
    notice::{About, Line, delivery},
    post::Rank,
    register, request,
    routing::{BEYOND, RungNo},
};

use super::{
    driver::Refused,
    view::{Doer, Entry, Found, Open, Passed, View, Way},
};

/// How many names stand in one line before the rest is only counted.
const NAMES: usize = 4;

/// A refusal, with what users see of its code.
pub(super) fn refused(refused: &Refused) -> String {
    let Refused { code, message } = refused;
    let of_request = request::refusal::Code::parse(code).map(request::refusal::Code::zh);
    let zh = of_request.or_else(|| register::refusal::Code::parse(code).map(register::refusal::Code::zh));
    let zh = zh.or_else(|| delivery::Code::parse(code).map(delivery::Code::zh));
    format!("✗ {code} {}: {message}", zh.unwrap_or_default())
}

/// Where a request is; `way` is how its newest assignment came about, when it is new.
pub(super) fn view(view: &View, way: Option<&Way>) -> Vec<String> {
    let mut line = format!("→ {} {}", view.stage, view.stage.zh());
    if let Some(outcome) = view.outcome {
        line.push_str(&format!(", {outcome} {}", outcome.zh()));
    }
    if let Some(open) = &view.open {
        let (post, person) = (&open.post, &open.person);
        line.push_str(&format!(": {} {} ({}) {}", post.name, person.name, post.code, rung(open.rung)));
        line.extend(way.and_then(|w| w.found.as_ref()).map(rank));
    }
    if let Some((whom, how)) = &view.told {
        let whom = if whom.is_empty() { "the citizen" } else { whom };
        line.push_str(&format!(": {whom} heard it, {how} {}", how.zh()));
    }
    for (what, times) in [("returned", view.returns), ("reopened", view.reopened)] {
        match times {
            0 => {}
            1 => line.push_str(&format!("; {what} once")),
            more => line.push_str(&format!("; {what} {more} times")),
        }
    }
    let mut lines = vec![line];
    lines.extend(limits(view));
    lines.extend(view.asides.iter().map(aside));
    lines.extend(watched(view));
    lines.extend(way.into_iter().flat_map(|w| passed(&w.passed)));
    lines
}

/// Who was found, and who was passed on the way.
pub(super) fn way(way: &Way) -> Vec<String> {
    let mut lines = vec![match &way.found {
        None => "→ nobody".to_owned(),
        Some(found) => {
            let Found { post, person, rung: no, .. } = found;
            format!("→ {} {} ({}) {}{}", post.name, person.name, post.code, rung(*no), rank(found))
        }
    }];
    lines.extend(passed(&way.passed));
    lines
}

/// What somebody was told, and about what; `when` it is told where that is wanted.
pub(super) fn notices(told: &[Line], cases: &BTreeMap<String, RequestId>, when: bool) -> Vec<String> {
    if told.is_empty() {
        return vec!["→ nothing".to_owned()];
    }
    let line = |line: &Line| {
        let Line { notice, over, .. } = line;
        let about = match &notice.about {
            About::Request { id, .. } => cases.iter().find(|(_, case)| *case == id).map_or("?", |(case, _)| case),
            About::DutyChange(code) => code.as_str(),
            About::Absence(code) => code.as_str(),
            About::Roster(code) => code.as_str(),
            About::Post(code) => code.as_str(),
            About::Unit(code) => code.as_str(),
        };
        let mut text = format!("→ {} {}: {about}", notice.kind, notice.kind.zh());
        if when {
            let urgency = notice.urgency;
            text.push_str(&format!(", {urgency} {} at {}", urgency.zh(), minute(notice.deliver_at)));
        }
        if *over {
            text.push_str("; over");
        }
        text
    };
    told.iter().map(line).collect()
}

/// A minute of China's time.
fn minute(at: Instant) -> String {
    at.rfc3339(&Zone::china()).chars().take(16).collect::<String>().replace('T', " ")
}

/// One line of the journal.
pub(super) fn entry(entry: &Entry) -> String {
    let mut line = format!("→ {}: {} acted", entry.event, doer(&entry.acted));
    if let Some(person) = &entry.responsible {
        line.push_str(&format!(", {} responsible", person.name));
    }
    if let Some(whom) = &entry.on_behalf_of {
        line.push_str(&format!(", on behalf of {}", doer(whom)));
    }
    if let Some(whom) = &entry.by_order_of {
        line.push_str(&format!(", by order of {}", doer(whom)));
    }
    line
}

fn doer(doer: &Doer) -> &str {
    match doer {
        Doer::Person(person) => &person.name,
        Doer::Citizen => "the citizen",
        Doer::Operator => "the operator",
        Doer::System => "time",
    }
}

/// Until when what is open is to be done, and who was marked for what was not.
fn limits(view: &View) -> Option<String> {
    let open = view.open.as_ref();
    let limits = [
        ("accept by", open.and_then(|o| o.accept_by)),
        ("finish by", open.and_then(|o| o.finish_by)),
        ("overdue 超期, told again at", open.and_then(|o| o.next_reminder)),
        ("answer by", view.answer_by),
    ];
    let limits = limits.into_iter().filter_map(|(what, at)| Some(format!("{what} {}", minute(at?))));
    let broken = view.overpromised.iter().map(|kind| format!("overpromised {kind} {}", kind.zh()));
    let marks = view.marks.iter().map(|(card, person)| format!("{card} {} for {}", card.zh(), person.name));
    let all: Vec<String> = limits.chain(broken).chain(marks).collect();
    (!all.is_empty()).then(|| format!("  {}", all.join("; ")))
}

fn time(at: Instant) -> String {
    at.rfc3339(&Zone::china()).chars().take(16).collect::<String>().replace('T', " ")
}

/// Who helps, or was handed a step, and until when.
fn aside(open: &Open) -> String {
    let Open { no, duty, post, person, .. } = open;
    let mut line = format!("  {duty} {} no. {no}: {} {} ({})", duty.zh(), post.name, person.name, post.code);
    let again = ("overdue 超期, told again at", open.next_reminder);
    for (what, at) in [("respond by", open.accept_by), ("report by", open.finish_by), again] {
        line.extend(at.map(|at| format!("; {what} {}", time(at))));
    }
    line
}

/// What those who watch it did.
fn watched(view: &View) -> Option<String> {
    let until = |at: &Option<Instant>| at.map_or_else(String::new, |at| format!(" until {}", time(at)));
    let supervised = view.supervised.as_ref().map(|(by, at)| format!("supervised 督办 by {}{}", by.name, until(at)));
    let extension = view.extension.map(|(days, came)| format!("{days} working days more 延期 {}", came.to_lowercase()));
    let reminded = (view.reminders > 0).then(|| format!("reminded 催办 {}×", view.reminders));
    let all: Vec<String> = [reminded, supervised, extension].into_iter().flatten().collect();
    (!all.is_empty()).then(|| format!("  {}", all.join("; ")))
}

fn rung(no: RungNo) -> String {
    if no >= BEYOND { "beyond the ladder".to_owned() } else { format!("on rung {no}") }
}

/// As what somebody answers for a post, where that is not as its first holder.
fn rank(found: &Found) -> String {
    match &found.instead_of {
        Some(absent) => format!(", in the absence of {}", absent.name),
        None if found.rank == Rank::Substitute => ", as substitute".to_owned(),
        None => String::new(),
    }
}

/// One line for each rung and verdict, in the order of the climb.
fn passed(passed: &[Passed]) -> Vec<String> {
    let same = |a: &Passed, b: &Passed| (a.rung, a.verdict) == (b.rung, b.verdict);
    passed
        .chunk_by(same)
        .filter_map(|group| {
            let first = group.first()?;
            let name = |p: &Passed| match &p.post {
                Some(post) => post.name.clone(),
                None => format!("no {} {} here", p.kind, p.kind.zh()),
            };
            let shown = if group.len() > NAMES { NAMES - 1 } else { NAMES };
            let mut names = group.iter().take(shown).map(name).collect::<Vec<_>>().join(", ");
            if group.len() > shown {
                names.push_str(&format!(" and {} more", group.len() - shown));
            }
            Some(format!("  passed {}, {} {}: {names}", rung(first.rung), first.verdict, first.verdict.zh()))
        })
        .collect()
}
