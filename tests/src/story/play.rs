//! Plays a story against a driver, line by line, and says where the outcome differs.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use liandong_engine::rules::{
    actor::Actor,
    id::RequestId,
    instant::Instant,
    notice::{Line, Urgency, delivery::DeliveryId, lines},
    request::{
        StageKind,
        command::{Command, CommandKind},
    },
    world::Register,
};

use super::{
    driver::{Call, Driver, Failure, Refused},
    duty,
    error::{Error, Wrong},
    parse::{INDENT, Part, Story, What},
    phrase::{By, Sentence},
    print,
    view::View,
};

/// Gives the register of a town by the name of its directory.
pub type Towns<'a> = dyn Fn(&str) -> Result<Register, String> + 'a;

/// Opens a driver on a town.
pub type Opener<'a> = dyn FnMut(Register) -> Result<Box<dyn Driver>, String> + 'a;

/// What refused: the rules of requests or those of the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// `request::refusal`.
    Request,
    /// `register::refusal`.
    Register,
    /// `notice::delivery`.
    Delivery,
}

/// What came of a story.
#[derive(Clone, Debug, Default)]
pub struct Played {
    /// The story with the outcome as it came.
    pub text: String,
    /// Where that is not what was written.
    pub differences: Vec<Difference>,
    /// The codes of all refusals.
    pub refused: BTreeSet<(Side, String)>,
    /// The commands that were not refused, each with the stage at which it came.
    pub taken: BTreeSet<(CommandKind, StageKind)>,
}

/// One part of a story whose outcome differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The story's name.
    pub story: String,
    /// The line, counted from 1.
    pub line: usize,
    /// What the story says there.
    pub text: Vec<String>,
    /// What should have come of it.
    pub expected: Vec<String>,
    /// What came of it.
    pub found: Vec<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}:{}", self.story, self.line)?;
        for line in &self.text {
            writeln!(f, "  {line}")?;
        }
        for line in self.expected.iter().filter(|l| !self.found.contains(l)) {
            writeln!(f, "- {line}")?;
        }
        for line in &self.found {
            let sign = if self.expected.contains(line) { ' ' } else { '+' };
            writeln!(f, "{sign} {line}")?;
        }
        Ok(())
    }
}

/// Plays a story. A different outcome is no error: see [`Played::differences`].
///
/// # Errors
/// The first line that cannot be played at all.
pub fn play(story: &Story, towns: &Towns<'_>, open: &mut Opener<'_>) -> Result<Played, Error> {
    let mut player =
        Player { towns, driver: None, cases: BTreeMap::new(), last: None, calls: 0, played: Played::default() };
    for part in &story.parts {
        let wrong = |wrong| Error::Line { story: story.name.clone(), line: part.line, wrong };
        let found = player.part(part, open).map_err(wrong)?;
        let found: Vec<String> = found.into_iter().map(|line| format!("{INDENT}{line}")).collect();
        for line in part.text.iter().chain(&found) {
            player.played.text.push_str(line);
            player.played.text.push('\n');
        }
        if found != part.expected {
            player.played.differences.push(Difference {
                story: story.name.clone(),
                line: part.line,
                text: part.text.clone(),
                expected: part.expected.clone(),
                found,
            });
        }
    }
    Ok(player.played)
}

struct Player<'a> {
    towns: &'a Towns<'a>,
    driver: Option<Box<dyn Driver>>,
    cases: BTreeMap<String, RequestId>,
    last: Option<(String, Sentence)>,
    calls: u32,
    played: Played,
}

type Lines = Result<Vec<String>, Wrong>;

impl Player<'_> {
    fn part(&mut self, part: &Part, open: &mut Opener<'_>) -> Lines {
        match &part.what {
            What::Aside => Ok(Vec::new()),
            What::Town(name) => {
                let register = (self.towns)(name).map_err(Wrong)?;
                self.driver = Some(open(register).map_err(Wrong)?);
                Ok(Vec::new())
            }
            What::Sentence(at, sentence) => {
                self.calls += 1;
                let key = format!("story-{}", self.calls);
                let lines = self.sentence(&key, *at, sentence)?;
                self.last = Some((key, sentence.as_ref().clone()));
                Ok(lines)
            }
            What::Again(at) => {
                let (key, sentence) = self.last.clone().ok_or_else(|| Wrong::new("nothing was done before"))?;
                self.sentence(&key, *at, &sentence)
            }
            What::Together(at, sentences) => self.together(*at, sentences),
        }
    }

    fn sentence(&mut self, key: &str, at: Instant, sentence: &Sentence) -> Lines {
        let call = |actor| Call { key: key.to_owned(), at, actor };
        match sentence {
            Sentence::Log(by, case, log) => {
                let done = self.driver()?.log(&call(actor(by, None)?), log);
                match self.answer(Side::Request, done)? {
                    Err(lines) => Ok(lines),
                    Ok(id) => {
                        let known = self.cases.insert(case.clone(), id);
                        match known {
                            Some(first) if first == id => self.shown(at, id, None),
                            Some(_) => {
                                Err(Wrong(format!("there is a request called `{case}`; give this one another name")))
                            }
                            None => self.changed(at, id, None),
                        }
                    }
                }
            }
            Sentence::Act(by, case, command) => {
                let id = self.case(case)?;
                let before = self.view(at, id)?;
                let others = if may_end(command) { self.views(at)? } else { BTreeMap::new() };
                let done = self.driver()?.act(&call(actor(by, Some(id))?), id, command);
                match self.answer(Side::Request, done)? {
                    Err(lines) => Ok(lines),
                    Ok(()) => {
                        self.played.taken.insert((command.kind(), before.stage));
                        let mut lines = self.changed(at, id, Some(&before))?;
                        lines.extend(self.followers(at, id, &others)?);
                        Ok(lines)
                    }
                }
            }
            Sentence::Join(by, case, other, reason) => {
                let command = Command::Merge { into: self.case(other)?, reason: reason.clone() };
                self.sentence(key, at, &Sentence::Act(by.clone(), case.clone(), command))
            }
            Sentence::Register(by, command) => {
                let before = self.views(at)?;
                let done = self.driver()?.register(&call(actor(by, None)?), command);
                match self.answer(Side::Register, done)? {
                    Err(lines) => Ok(lines),
                    Ok(()) => {
                        let changes = self.changes(at, &before, "is handed over")?;
                        Ok(std::iter::once("→ done".to_owned()).chain(changes).collect())
                    }
                }
            }
            Sentence::Pass => {
                let before = self.views(at)?;
                self.driver()?.pass(at).map_err(broken)?;
                let lines = self.changes(at, &before, "moves")?;
                Ok(if lines.is_empty() { vec!["→ nothing is due".to_owned()] } else { lines })
            }
            Sentence::Load(by, town) => {
                let rows = (self.towns)(town).map_err(Wrong)?;
                let done = self.driver()?.load(&call(actor(by, None)?), &rows);
                Ok(self.answer(Side::Register, done)?.map_or_else(|lines| lines, |()| vec!["→ done".to_owned()]))
            }
            Sentence::Look(by, case) => {
                let id = self.case(case)?;
                let seen = self.driver()?.look(at, &actor(by, Some(id))?, id);
                Ok(self.answer(Side::Request, seen)?.map_or_else(|lines| lines, |view| print::view(&view, None)))
            }
            Sentence::Account(case) => {
                let id = self.case(case)?;
                let way = self.driver()?.account(at, id);
                Ok(self.answer(Side::Request, way)?.map_or_else(|lines| lines, |way| print::way(&way)))
            }
            Sentence::Journal(case) => {
                let id = self.case(case)?;
                let journal = self.driver()?.journal(at, id);
                let lines = self.answer(Side::Request, journal)?;
                Ok(lines.map_or_else(|lines| lines, |entries| entries.iter().map(print::entry).collect()))
            }
            Sentence::Notices(person) => {
                let told = self.driver()?.notices(at, person).map_err(broken)?;
                Ok(print::notices(&told, &self.cases, true))
            }
            Sentence::Digest(person) => {
                let told = self.driver()?.notices(at, person).map_err(broken)?;
                Ok(print::notices(&lines(last_digest(at, &told).1), &self.cases, false))
            }
            Sentence::Replay(by, person) => {
                let told = self.driver()?.notices(at, person).map_err(broken)?;
                let last = DeliveryId::digest(person, last_digest(at, &told).0);
                let done = self.driver()?.replay(&call(actor(by, None)?), &last);
                Ok(self.answer(Side::Delivery, done)?.map_or_else(|lines| lines, |()| vec!["→ done".to_owned()]))
            }
            Sentence::OnDuty(unit, on) => {
                let stints = self.driver()?.on_duty(at, unit, on.unwrap_or(at)).map_err(broken)?;
                Ok(duty::now(&stints))
            }
            Sentence::Roster(unit, during) => {
                Ok(duty::page(&self.driver()?.roster(at, unit, *during).map_err(broken)?))
            }
            Sentence::Changes(unit) => Ok(duty::changes(&self.driver()?.duty_changes(at, unit).map_err(broken)?)),
            Sentence::Who(matter, place, on, accused) => {
                let way = self.driver()?.who(at, place, matter, on.unwrap_or(at), accused);
                Ok(self.answer(Side::Request, way)?.map_or_else(|lines| lines, |way| print::way(&way)))
            }
        }
    }

    /// Whoever comes first has their way, so the outcome is told without names.
    fn together(&mut self, at: Instant, sentences: &[Sentence]) -> Lines {
        let mut acts: Vec<(Call, Command)> = Vec::new();
        let mut request = None;
        for sentence in sentences {
            let Sentence::Act(by, case, command) = sentence else {
                return Err(Wrong::new("at the same moment people act on a request; nothing else stands here"));
            };
            let id = self.case(case)?;
            if request.is_some_and(|r| r != id) {
                return Err(Wrong::new("at the same moment people act on one request"));
            }
            request = Some(id);
            self.calls += 1;
            let call = Call { key: format!("story-{}", self.calls), at, actor: actor(by, Some(id))? };
            acts.push((call, command.clone()));
        }
        let id = request.ok_or_else(|| Wrong::new("nobody acts at the same moment; begin the lines with `- `"))?;
        let before = self.view(at, id)?;
        let answers = self.driver()?.together(id, &acts);
        let mut refused = Vec::new();
        let mut done = 0;
        for ((_, command), answer) in acts.iter().zip(answers) {
            match self.answer(Side::Request, answer)? {
                Err(lines) => refused.extend(lines),
                Ok(()) => {
                    done += 1;
                    self.played.taken.insert((command.kind(), before.stage));
                }
            }
        }
        refused.sort();
        let mut lines = vec![format!("→ {done} of {} has their way", acts.len())];
        lines.extend(refused);
        lines.extend(self.changed(at, id, Some(&before))?);
        Ok(lines)
    }

    /// What was done, or the line that says why not.
    fn answer<T>(&mut self, side: Side, answer: Result<T, Failure>) -> Result<Result<T, Vec<String>>, Wrong> {
        match answer {
            Ok(done) => Ok(Ok(done)),
            Err(Failure::Refused(Refused { code, message })) => {
                self.played.refused.insert((side, code.clone()));
                // Ids differ from play to play; the name of the request says it as well.
                let message = self.cases.iter().fold(message, |m, (case, id)| m.replace(&id.to_string(), case));
                Ok(Err(vec![print::refused(&Refused { code, message })]))
            }
            Err(Failure::Broken(why)) => Err(Wrong(why)),
        }
    }

    /// Where the request is now, with the account of an assignment that was not there before.
    fn changed(&mut self, at: Instant, id: RequestId, before: Option<&View>) -> Lines {
        let before = before.and_then(|v| v.open.as_ref()).map(|o| o.no);
        let after = self.view(at, id)?;
        let new = after.open.as_ref().is_some_and(|o| Some(o.no) != before);
        if !new {
            return Ok(print::view(&after, None));
        }
        let way = self.driver()?.account(at, id).map_err(broken)?;
        Ok(print::view(&after, Some(&way)))
    }

    fn shown(&mut self, at: Instant, id: RequestId, way: Option<&super::view::Way>) -> Lines {
        Ok(print::view(&self.view(at, id)?, way))
    }

    /// The others that moved with a request, because they were merged into it.
    fn followers(&mut self, at: Instant, id: RequestId, before: &BTreeMap<String, View>) -> Lines {
        let own = self.cases.iter().find(|(_, case)| **case == id).map(|(name, _)| name.clone());
        let others = before.iter().filter(|(name, _)| Some(*name) != own.as_ref());
        let others: BTreeMap<String, View> = others.map(|(name, view)| (name.clone(), view.clone())).collect();
        let mut lines = Vec::new();
        for (case, was) in &others {
            let id = self.case(case)?;
            if self.view(at, id)? != *was {
                lines.push(format!("→ {case} follows"));
                lines.extend(self.changed(at, id, Some(was))?);
            }
        }
        Ok(lines)
    }

    /// Every request that moved, in the order of names, and how.
    fn changes(&mut self, at: Instant, before: &BTreeMap<String, View>, how: &str) -> Lines {
        let mut lines = Vec::new();
        for (case, id) in self.cases.clone() {
            if before.get(&case) != Some(&self.view(at, id)?) {
                lines.push(format!("→ {case} {how}"));
                lines.extend(self.changed(at, id, before.get(&case))?);
            }
        }
        Ok(lines)
    }

    fn views(&mut self, at: Instant) -> Result<BTreeMap<String, View>, Wrong> {
        self.cases.clone().into_iter().map(|(case, id)| Ok((case, self.view(at, id)?))).collect()
    }

    fn view(&mut self, at: Instant, id: RequestId) -> Result<View, Wrong> {
        self.driver()?.view(at, id).map_err(broken)
    }

    fn case(&self, name: &str) -> Result<RequestId, Wrong> {
        self.cases.get(name).copied().ok_or_else(|| Wrong(format!("no request is called `{name}` yet")))
    }

    fn driver(&mut self) -> Result<&mut Box<dyn Driver>, Wrong> {
        self.driver.as_mut().ok_or_else(|| Wrong::new("name the town first: town hamlet"))
    }
}

/// Whether others may move with the request.
const fn may_end(command: &Command) -> bool {
    matches!(command, Command::Resolve { .. } | Command::Withdraw { .. } | Command::Merge { .. })
}

/// When the last digest went out that there was by then, and what stood in it.
fn last_digest(at: Instant, told: &[Line]) -> (Instant, Vec<Line>) {
    let digests = told.iter().filter(|line| line.notice.urgency == Urgency::Digest && line.notice.deliver_at <= at);
    let last = digests.clone().map(|line| line.notice.deliver_at).max().unwrap_or_default();
    (last, digests.filter(|line| line.notice.deliver_at == last).cloned().collect())
}

fn actor(by: &By, request: Option<RequestId>) -> Result<Actor, Wrong> {
    match (by, request) {
        (By::Person(code), _) => Ok(Actor::Person(code.clone())),
        (By::Operator, _) => Ok(Actor::Operator),
        (By::Citizen, Some(id)) => Ok(Actor::Citizen(id)),
        (By::Citizen, None) => Err(Wrong::new("a citizen acts only on the request of their receipt")),
    }
}

fn broken(failure: Failure) -> Wrong {
    match failure {
        Failure::Broken(why) => Wrong(why),
        Failure::Refused(refused) => Wrong(format!("the teller of the story is refused: {}", print::refused(&refused))),
    }
}
