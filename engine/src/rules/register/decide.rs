//! What a change of the register comes to: events, and the hand-over of every open assignment that
//! would be left behind. Pure.

use std::collections::HashMap;

use super::{
    absence,
    command::{Command, DutyCommand, NewAbsence, NewDay, NewPost, NewRoster, NewUnit},
    days::declare,
    duty,
    event::{Event, Recorded},
    evolve::apply,
    misfit::{self, Misfit},
    refusal::{Code, Refusal},
    rosters, settle,
};
use crate::rules::{
    actor::{Actor, Step},
    authority::{Act, Role, Roles, may, roles_at},
    id::{PostCode, RequestId, UnitCode},
    instant::{Instant, Span},
    matter::Mandated,
    post::{Person, Post, PostKind, Rank},
    request::{self, Assignment, Duty, Request, StageKind, hand_over::hand_over},
    routing::Loads,
    text::{self, BadText},
    tier::Unit,
    tree::UnitIx,
    world::{PersonIx, PostIx, Problem, Register, World, ground},
};

/// Which requests a change may touch, so that the shell can fetch them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Requests with an open assignment on one of these posts.
    pub posts: Vec<PostCode>,
    /// Requests that are not closed and whose place is this unit.
    pub place: Option<UnitCode>,
    /// Requests about somebody's conduct with an open assignment: the person may come to stand above
    /// whoever has it.
    pub conduct: bool,
    /// Requests with an open assignment on one of these posts, whose holder is absent or gone: nobody could take
    /// it so far, and with this change somebody may.
    pub stuck: Vec<PostCode>,
}

impl Touched {
    /// Whether the change may touch this request: what a store looks up by its indexes.
    #[must_use]
    pub fn concerns(&self, request: &Request) -> bool {
        let stuck = || request.open().any(|a| self.stuck.contains(&a.post));
        stuck() || self.binds(request)
    }

    /// Whether the change must not happen unless this request can be handed over: it takes the request from who
    /// has it, rather than giving it to somebody at last.
    fn binds(&self, request: &Request) -> bool {
        let open = || request.open().any(|a| self.posts.contains(&a.post));
        let lies = || request.stage.kind() != StageKind::Closed && self.place.as_ref() == Some(&request.place);
        let about = || self.conduct && !request.accused.is_empty() && request.open().next().is_some();
        open() || lies() || about()
    }
}

/// What a change may touch.
#[must_use]
pub fn touched(world: &World, at: Instant, command: &Command) -> Touched {
    let stuck = match command {
        Command::AddPerson(_)
        | Command::RenameUnit { .. }
        | Command::CreateUnit(_)
        | Command::CreatePost(_)
        | Command::ChangeLimit { .. }
        | Command::DeclareDays { .. } => Vec::new(),
        // What is on the post itself waited for somebody to hold it.
        Command::Appoint { post, .. } => std::iter::once(post.clone()).chain(world.posts_of_absent(at)).collect(),
        _ => world.posts_of_absent(at),
    };
    Touched { stuck, ..taken_by(world, at, command) }
}

/// What a change takes from who has it.
fn taken_by(world: &World, at: Instant, command: &Command) -> Touched {
    match command {
        Command::AbolishPost { post } => {
            Touched { posts: left(world, at, std::slice::from_ref(post)), ..Touched::default() }
        }
        Command::Relieve { post, person, successor } => {
            // Whoever leaves the last post stands in for nobody any more.
            let hanging = world.posts_hanging_on(person, at);
            let posts = std::iter::once(post.clone()).chain(hanging.into_iter().filter(|other| other != post));
            Touched { posts: posts.collect(), conduct: successor.is_some(), ..Touched::default() }
        }
        Command::Appoint { .. } | Command::MoveUnit { .. } => Touched { conduct: true, ..Touched::default() },
        Command::MergeUnits { from: unit, .. } | Command::DissolveUnit { unit, .. } => Touched {
            posts: left(world, at, &own_posts(world, at, unit)),
            place: Some(unit.clone()),
            conduct: !matches!(command, Command::DissolveUnit { successor: None, .. }),
            stuck: Vec::new(),
        },
        Command::RecordAbsence(new) => Touched { posts: absence::touched(world, at, new), ..Touched::default() },
        Command::EndAbsence { absence } => {
            Touched { posts: absence::touched_by_end(world, at, absence), ..Touched::default() }
        }
        Command::AddPerson(_)
        | Command::CreateUnit(_)
        | Command::RenameUnit { .. }
        | Command::CreatePost(_)
        | Command::ChangeMandate { .. }
        | Command::ChangeLimit { .. }
        | Command::DeclareDays { .. } => Touched::default(),
        // Open work stays with whoever has it: only what comes goes by the roster.
        Command::SetUpRoster(_) | Command::ChangeRoster { .. } | Command::EndRoster { .. } | Command::Duty(_) => {
            Touched::default()
        }
    }
}

/// The posts that stand on a unit itself.
fn own_posts(world: &World, at: Instant, unit: &UnitCode) -> Vec<PostCode> {
    let own = world.register().posts.iter().filter(|p| p.unit == *unit && p.span.contains(at));
    own.map(|p| p.code.clone()).collect()
}

/// Posts that end, and those whose holders are stood in for by whoever leaves them.
fn left(world: &World, at: Instant, posts: &[PostCode]) -> Vec<PostCode> {
    let found = posts.iter().filter_map(|post| world.find_post(post.as_str()));
    let people = found.flat_map(|post| world.holders(post, at)).filter_map(|held| world.person_code(held.person));
    let hanging = people.flat_map(|person| world.posts_hanging_on(person, at));
    let mut all: Vec<PostCode> = posts.iter().cloned().chain(hanging).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// A change that may happen.
#[derive(Clone, Debug)]
pub struct Decision {
    /// What happens to the register, in order.
    pub records: Vec<Recorded>,
    /// The world afterwards.
    pub world: World,
    /// What happens to open requests, in the order given.
    pub hand_overs: Vec<(RequestId, Vec<request::event::Recorded>)>,
    /// What of it does not fit the register although the register would be right: a bug, and nothing may be kept.
    pub misfit: Option<Misfit>,
}

/// Decides a change of the register. `open` are the requests that [`touched`] names.
///
/// # Errors
/// A refusal when the actor may not, the register would be wrong afterwards, or open work would be
/// left with nobody.
pub fn decide(
    world: &World,
    at: Instant,
    actor: &Actor,
    command: &Command,
    open: &[Request],
    loads: &Loads,
) -> Result<Decision, Refusal> {
    let change = Change { world, at };
    change.permitted(actor, command)?;
    let command = &tidy(command)?;
    let events = change.events(actor, command, open)?;
    let mut register = world.register().clone();
    let mut misfit = None;
    for event in &events {
        misfit = misfit.or(misfit::check(&register, at, event).err());
        apply(&mut register, at, event);
    }
    let (next, ended, loose) = settled(world, rebuild(world, register)?, at)?;
    let misfit = misfit.or(loose);
    let moved = match command {
        Command::MergeUnits { from, into } => Some((from, into)),
        Command::DissolveUnit { unit, successor: Some(successor) } => Some((unit, successor)),
        _ => None,
    };
    let taken = taken_by(world, at, command);
    let mut hand_overs = Vec::new();
    let mut loads = loads.clone();
    for request in open {
        let to = moved.filter(|(from, _)| request.place == **from).map(|(_, to)| to);
        let records = match hand_over(&next, request, at, actor, to, &loads) {
            // It was stuck before, and no other change is to wait for that.
            Err(_) if !taken.binds(request) => continue,
            Ok(records) => records,
            // Nobody could have it before either, and who has it keeps the post: it stays where it is.
            Err(_)
                if to.is_none()
                    && request.open().all(|open| keeps_post(&next, open, at))
                    && hand_over(world, request, at, actor, None, &loads).is_err() =>
            {
                continue;
            }
            Err(refusal) => return Err(refusal.into()),
        };
        // Each takes what the one before left; only what is to be handled counts.
        let handled = records.iter().filter_map(|r| r.event.opens()).filter(|opens| opens.duty == Duty::Handle);
        for opens in handled {
            *loads.0.entry(opens.person.clone()).or_default() += 1;
            let left = request.handle().and_then(|held| loads.0.get_mut(&held.person));
            left.into_iter().for_each(|load| *load = load.saturating_sub(1));
        }
        if !records.is_empty() {
            hand_overs.push((request.id, records));
        }
    }
    let alone = Step { acted: actor.clone(), responsible: None, on_behalf_of: None, by_order_of: None };
    let step = |event: &Event| duty::step(world, actor, event).unwrap_or_else(|| alone.clone());
    let mut records: Vec<Recorded> = events.into_iter().map(|event| Recorded { step: step(&event), event }).collect();
    records.extend(ended.into_iter().map(|event| by_itself(&next, actor, event)));
    Ok(Decision { records, world: next, hand_overs, misfit })
}

/// What dates that came bring to the register: what rests on nothing any more ends. Nothing, mostly.
///
/// # Errors
/// `WouldBreak` when the register would be wrong afterwards, which is a fault of the rules.
pub fn come(world: &World, at: Instant) -> Result<Option<Decision>, Refusal> {
    if settle::loose(world, at).is_empty() {
        return Ok(None);
    }
    let (next, ended, misfit) = settled(world, world.clone(), at)?;
    let records = ended.into_iter().map(|event| by_itself(&next, &Actor::System, event)).collect();
    Ok(Some(Decision { records, world: next, hand_overs: Vec::new(), misfit }))
}

/// The world in which nothing rests on what is gone, what ended for it, and which of that does not fit. `next` follows
/// on `world`.
fn settled(world: &World, mut next: World, at: Instant) -> Result<(World, Vec<Event>, Option<Misfit>), Refusal> {
    let (mut ended, mut misfit) = (Vec::new(), None);
    for _ in 0..settle::MOST_LOOKS {
        let events = settle::loose(&next, at);
        if events.is_empty() {
            break;
        }
        let mut register = next.register().clone();
        for event in &events {
            misfit = misfit.or(misfit::check(&register, at, event).err());
            apply(&mut register, at, event);
        }
        next = rebuild(world, register)?;
        ended.extend(events);
    }
    Ok((next, ended, misfit))
}

/// The record of what ended by itself, because of what somebody ordered or because a date came.
fn by_itself(world: &World, order: &Actor, event: Event) -> Recorded {
    let by_order_of = (*order != Actor::System).then(|| order.clone());
    let alone = Step { acted: Actor::System, responsible: None, on_behalf_of: None, by_order_of: by_order_of.clone() };
    let of_duty = duty::step(world, &Actor::System, &event).map(|step| Step { by_order_of, ..step });
    Recorded { step: of_duty.unwrap_or(alone), event }
}

/// Whether whoever has an assignment holds its post.
fn keeps_post(world: &World, open: &Assignment, at: Instant) -> bool {
    let held = world.find_post(open.post.as_str()).zip(world.find_person(open.person.as_str()));
    held.is_some_and(|(post, person)| world.holders(post, at).any(|h| h.person == person))
}

/// The command with its texts as the files would read them. What the files would not take is not taken
/// here either: the register must be read back as it is written.
fn tidy(command: &Command) -> Result<Command, Refusal> {
    type Read = fn(&str) -> Result<&str, BadText>;
    fn set(field: &str, text: &mut String, read: Read) -> Result<(), Refusal> {
        let bad = |bad: BadText| {
            let code = if bad.is_sign() { Code::BadText } else { Code::WouldBreak };
            Refusal::new(code, format!("`{field}` {bad}"))
        };
        *text = read(text).map_err(bad)?.to_owned();
        Ok(())
    }
    // That a reason is there, and not too long, is for the check of the register.
    let reason_as_read: Read = |reason| text::long(reason, usize::MAX);
    let mut command = command.clone();
    match &mut command {
        Command::AddPerson(Person { name, phone, .. }) => {
            set("name", name, text::name)?;
            set("phone", phone, text::phone)?;
        }
        Command::CreateUnit(NewUnit { name, .. })
        | Command::RenameUnit { name, .. }
        | Command::CreatePost(NewPost { name, .. }) => set("name", name, text::name)?,
        Command::RecordAbsence(NewAbsence { reason, .. })
        | Command::Duty(
            DutyCommand::OfferSwap { reason, .. }
            | DutyCommand::TakeOver { reason, .. }
            | DutyCommand::ArrangeCover { reason, .. },
        ) => set("reason", reason, reason_as_read)?,
        Command::SetUpRoster(NewRoster { rota, .. }) | Command::ChangeRoster { rota, .. } => {
            set("name", &mut rota.name, text::name)?;
        }
        Command::DeclareDays { days, .. } => {
            for NewDay { name, .. } in days {
                set("name", name, text::name)?;
            }
        }
        _ => {}
    }
    Ok(command)
}

/// Loads the rows of files into an empty register, `chunk` rows an event.
///
/// # Errors
/// `NotEmpty` when there are rows already, `WouldBreak` with every problem when the rows are wrong.
pub fn load(world: &World, actor: &Actor, register: Register, chunk: usize) -> Result<Decision, Refusal> {
    if *actor != Actor::Operator {
        return Refusal::because(
            Code::NotYourRegister,
            "a register is loaded by the command line; change it by commands",
        );
    }
    if world.register().rows() > 0 {
        let message = "the register has rows already; change it by commands, or load into a new database";
        return Refusal::because(Code::NotEmpty, message);
    }
    let next = rebuild(world, register.clone())?;
    let ungrounded = ground::problems(&register);
    if !ungrounded.is_empty() {
        return Err(broken(&ungrounded));
    }
    let step = Step { acted: actor.clone(), responsible: None, on_behalf_of: None, by_order_of: None };
    let rows = |rows: Register| Recorded { step: step.clone(), event: Event::RowsLoaded { rows: Box::new(rows) } };
    let mut records = Vec::new();
    let chunk = chunk.max(1);
    let Register { units, people, posts, holdings, matters, mandates, ladders, calendars, hours, .. } = register;
    let Register { days, markets, unit_calendars, limits, absences, rosters, duty_changes, .. } = register;
    let nothing = Register::default;
    records.extend(units.chunks(chunk).map(|c| rows(Register { units: c.to_vec(), ..nothing() })));
    records.extend(people.chunks(chunk).map(|c| rows(Register { people: c.to_vec(), ..nothing() })));
    records.extend(posts.chunks(chunk).map(|c| rows(Register { posts: c.to_vec(), ..nothing() })));
    records.extend(holdings.chunks(chunk).map(|c| rows(Register { holdings: c.to_vec(), ..nothing() })));
    records.extend(matters.chunks(chunk).map(|c| rows(Register { matters: c.to_vec(), ..nothing() })));
    records.extend(mandates.chunks(chunk).map(|c| rows(Register { mandates: c.to_vec(), ..nothing() })));
    records.extend(ladders.chunks(chunk).map(|c| rows(Register { ladders: c.to_vec(), ..nothing() })));
    records.extend(limits.chunks(chunk).map(|c| rows(Register { limits: c.to_vec(), ..nothing() })));
    records.extend(calendars.chunks(chunk).map(|c| rows(Register { calendars: c.to_vec(), ..nothing() })));
    records.extend(hours.chunks(chunk).map(|c| rows(Register { hours: c.to_vec(), ..nothing() })));
    records.extend(days.chunks(chunk).map(|c| rows(Register { days: c.to_vec(), ..nothing() })));
    records.extend(markets.chunks(chunk).map(|c| rows(Register { markets: c.to_vec(), ..nothing() })));
    records.extend(unit_calendars.chunks(chunk).map(|c| rows(Register { unit_calendars: c.to_vec(), ..nothing() })));
    records.extend(absences.chunks(chunk).map(|c| rows(Register { absences: c.to_vec(), ..nothing() })));
    records.extend(rosters.chunks(chunk).map(|c| rows(Register { rosters: c.to_vec(), ..nothing() })));
    records.extend(duty_changes.chunks(chunk).map(|c| rows(Register { duty_changes: c.to_vec(), ..nothing() })));
    Ok(Decision { records, world: next, hand_overs: Vec::new(), misfit: None })
}

fn rebuild(world: &World, register: Register) -> Result<World, Refusal> {
    world.next(register).map_err(|problems| broken(&problems))
}

fn broken(problems: &[Problem]) -> Refusal {
    let shown: Vec<String> = problems.iter().take(5).map(|p| format!("{}; {}", p.what, p.mend)).collect();
    let more = problems.len().saturating_sub(shown.len());
    let more = if more > 0 { format!(" (and {more} more)") } else { String::new() };
    Refusal::new(Code::WouldBreak, shown.join(". ") + &more)
}

struct Change<'a> {
    world: &'a World,
    at: Instant,
}

impl Change<'_> {
    fn unit(&self, code: &UnitCode) -> Result<UnitIx, Refusal> {
        let found = self.world.find_unit(code.as_str()).filter(|u| self.world.tree().exists(*u, self.at));
        found.ok_or_else(|| Refusal::new(Code::NotInRegister, format!("unit `{code}` is not in the register now")))
    }

    fn post(&self, code: &PostCode) -> Result<PostIx, Refusal> {
        let found = self.world.find_post(code.as_str()).filter(|p| self.world.post_exists(*p, self.at));
        found.ok_or_else(|| Refusal::new(Code::NotInRegister, format!("post `{code}` is not in the register now")))
    }

    fn person(&self, code: &crate::rules::id::PersonCode) -> Result<PersonIx, Refusal> {
        let found = self.world.find_person(code.as_str());
        found.ok_or_else(|| {
            Refusal::new(Code::NotInRegister, format!("person `{code}` is not in the register; add the person first"))
        })
    }

    /// The units that a change is about; a change of everybody's mandate is about every root.
    fn about(&self, command: &Command) -> Result<Vec<UnitIx>, Refusal> {
        let of_post = |post: &PostCode| -> Result<Vec<UnitIx>, Refusal> {
            Ok(self.world.post_unit(self.post(post)?).into_iter().collect())
        };
        match command {
            Command::AddPerson(_) | Command::RecordAbsence(_) | Command::EndAbsence { .. } | Command::Duty(_) => {
                Ok(Vec::new())
            }
            Command::SetUpRoster(NewRoster { unit, .. }) => Ok(vec![self.unit(unit)?]),
            Command::ChangeRoster { roster, .. } | Command::EndRoster { roster, .. } => {
                let unit = self.world.find_unit(rosters::unit(self.world, roster)?.as_str());
                // Nobody has authority at a place that is gone: whoever has it above decides.
                let living = unit.and_then(|unit| self.world.tree().living(unit, self.at));
                Ok(living.map_or_else(|| self.roots(), |unit| vec![unit]))
            }
            // What a new unit serves gets its posts as its own: that territory's leader has a say in it.
            Command::CreateUnit(NewUnit { parent: Some(unit), serves: Some(served), .. }) => {
                Ok(vec![self.unit(unit)?, self.unit(served)?])
            }
            Command::CreateUnit(NewUnit { parent: Some(unit), serves: None, .. })
            | Command::CreatePost(NewPost { unit, .. })
            | Command::RenameUnit { unit, .. }
            | Command::DissolveUnit { unit, successor: None } => Ok(vec![self.unit(unit)?]),
            Command::MoveUnit { unit, parent: other }
            | Command::MergeUnits { from: unit, into: other }
            | Command::DissolveUnit { unit, successor: Some(other) } => Ok(vec![self.unit(unit)?, self.unit(other)?]),
            Command::AbolishPost { post } | Command::Appoint { post, .. } | Command::Relieve { post, .. } => {
                of_post(post)
            }
            Command::ChangeMandate { to: Mandated::Post(post), .. } => of_post(post),
            // Whoever keeps it has a say in it, also by way of a calendar based on it.
            Command::DeclareDays { calendar, .. } => {
                let keepers = self.world.keepers(calendar, self.at);
                Ok(if keepers.is_empty() { self.roots() } else { keepers })
            }
            Command::CreateUnit(NewUnit { parent: None, .. })
            | Command::ChangeLimit { .. }
            | Command::ChangeMandate { to: Mandated::Kind(_), .. } => Ok(self.roots()),
        }
    }

    fn roots(&self) -> Vec<UnitIx> {
        let tree = self.world.tree();
        tree.all().filter(|u| tree.exists(*u, self.at) && tree.parent(*u, self.at).is_none()).collect()
    }

    fn permitted(&self, actor: &Actor, command: &Command) -> Result<(), Refusal> {
        match command {
            Command::RecordAbsence(new) => return absence::permitted(self.world, self.at, actor, &new.person),
            Command::EndAbsence { absence } => {
                let person = &absence::find(self.world, absence)?.person;
                return absence::permitted(self.world, self.at, actor, person);
            }
            // How somebody stands to a roster is looked at with the roster.
            Command::Duty(_) => return Ok(()),
            _ => {}
        }
        let none = Roles::default();
        let allowed = match actor {
            Actor::Operator => may(none.with(Role::Operator), Act::ChangeRegister),
            Actor::Citizen(_) => may(none.with(Role::Citizen), Act::ChangeRegister),
            Actor::System => false,
            Actor::Person(code) => match self.world.find_person(code.as_str()) {
                None => false,
                Some(person) => {
                    let keeps = self
                        .world
                        .held_by(person, self.at)
                        .any(|h| self.world.post_kind(h.post) == Some(PostKind::DutyLeader));
                    let about = if keeps { self.about(command)? } else { Vec::new() };
                    keeps && about.iter().all(|u| may(roles_at(self.world, person, *u, self.at), Act::ChangeRegister))
                }
            },
        };
        if allowed {
            return Ok(());
        }
        Refusal::because(Code::NotYourRegister, "the register there is kept by its town's leader; ask them")
    }

    fn events(&self, actor: &Actor, command: &Command, open: &[Request]) -> Result<Vec<Event>, Refusal> {
        match command {
            Command::AddPerson(person) => {
                if self.world.find_person(person.code.as_str()).is_some() {
                    return taken(&person.code);
                }
                Ok(vec![Event::PersonAdded { person: person.clone() }])
            }
            Command::CreateUnit(new) => {
                if self.world.find_unit(new.code.as_str()).is_some() {
                    return taken(&new.code);
                }
                let NewUnit { code, name, kind, parent, serves } = new.clone();
                Ok(vec![Event::UnitCreated {
                    unit: Unit { code, name, kind, parent, serves, span: Span::since(self.at) },
                }])
            }
            Command::RenameUnit { unit, name } => {
                let ix = self.unit(unit)?;
                if self.world.tree().name(ix, self.at) == name {
                    return Refusal::because(Code::NothingChanges, format!("unit `{unit}` has that name already"));
                }
                Ok(vec![Event::UnitRenamed { unit: unit.clone(), name: name.clone() }])
            }
            Command::MoveUnit { unit, parent } => {
                let (ix, above) = (self.unit(unit)?, self.unit(parent)?);
                if self.world.tree().parent(ix, self.at) == Some(above) {
                    return Refusal::because(Code::NothingChanges, format!("unit `{unit}` stands there already"));
                }
                Ok(vec![Event::UnitMoved { unit: unit.clone(), parent: parent.clone() }])
            }
            Command::MergeUnits { from, into } => self.dissolve(from, Some(into), open),
            Command::DissolveUnit { unit, successor } => self.dissolve(unit, successor.as_ref(), open),
            Command::CreatePost(new) => {
                if self.world.find_post(new.code.as_str()).is_some() {
                    return taken(&new.code);
                }
                self.unit(&new.unit)?;
                let NewPost { code, name, kind, unit } = new.clone();
                Ok(vec![Event::PostCreated { post: Post { code, name, kind, unit, span: Span::since(self.at) } }])
            }
            Command::AbolishPost { post } => {
                self.post(post)?;
                self.has_been(post.as_str(), self.begun(post))?;
                Ok(vec![Event::PostAbolished { post: post.clone() }])
            }
            Command::Appoint { post, person, rank } => {
                let (ix, who) = (self.post(post)?, self.person(person)?);
                self.free(ix, who, *rank, None)?;
                Ok(vec![Event::Appointed { post: post.clone(), person: person.clone(), rank: *rank }])
            }
            Command::Relieve { post, person, successor } => {
                let (ix, who) = (self.post(post)?, self.person(person)?);
                let Some(held) = self.world.holders(ix, self.at).find(|h| h.person == who) else {
                    return Refusal::because(Code::DoesNotHold, format!("`{person}` does not hold post `{post}` now"));
                };
                if successor.as_ref() == Some(person) {
                    let message = format!("`{person}` holds post `{post}` already; name another successor, or none");
                    return Refusal::because(Code::NothingChanges, message);
                }
                let mut events = vec![Event::Relieved { post: post.clone(), person: person.clone() }];
                if let Some(successor) = successor {
                    let next = self.person(successor)?;
                    // A substitute who succeeds leaves the substitution in the same breath.
                    if self.world.holders(ix, self.at).any(|h| h.person == next && h.rank > held.rank) {
                        events.push(Event::Relieved { post: post.clone(), person: successor.clone() });
                    } else {
                        self.free(ix, next, held.rank, Some(who))?;
                    }
                    events.push(Event::Appointed { post: post.clone(), person: successor.clone(), rank: held.rank });
                }
                Ok(events)
            }
            Command::ChangeMandate { to, matter, power } => {
                if self.world.find_matter(matter.as_str()).is_none() {
                    return Refusal::because(Code::NotInRegister, format!("matter `{matter}` is not in the catalogue"));
                }
                if let Mandated::Post(post) = to {
                    self.post(post)?;
                }
                let rows = &self.world.register().mandates;
                let now = rows.iter().filter(|m| m.to == *to && m.matter == *matter && m.span.contains(self.at));
                // Of several rows the widest power holds, which is the smallest of the words.
                if now.map(|m| m.power).min() == *power {
                    return Refusal::because(Code::NothingChanges, "the mandate is so already");
                }
                Ok(vec![Event::MandateChanged { to: to.clone(), matter: matter.clone(), power: *power }])
            }
            Command::ChangeLimit { of, allowance } => {
                let rows = &self.world.register().limits;
                let now = rows.iter().find(|rule| of.is(rule) && rule.span.contains(self.at));
                if now.map(|rule| rule.allowance) == *allowance {
                    return Refusal::because(Code::NothingChanges, "the limit is so already");
                }
                Ok(vec![Event::LimitChanged { of: of.clone(), allowance: *allowance }])
            }
            Command::DeclareDays { calendar, days, published_to } => {
                declare(self.world, self.at, calendar, days, *published_to)
            }
            Command::RecordAbsence(new) => absence::record(self.world, self.at, actor, new),
            Command::EndAbsence { absence } => absence::end(self.world, self.at, absence),
            Command::SetUpRoster(new) => {
                self.unit(&new.unit)?;
                rosters::set_up(self.world, self.at, new)
            }
            Command::ChangeRoster { roster, rota, from } => rosters::change(self.world, self.at, roster, rota, *from),
            Command::EndRoster { roster, from } => rosters::end(self.world, self.at, roster, *from),
            Command::Duty(command) => duty::decide(self.world, self.at, actor, command),
        }
    }

    /// Whether a person can take a post; `leaving` is who makes room for it.
    fn free(&self, post: PostIx, person: PersonIx, rank: Rank, leaving: Option<PersonIx>) -> Result<(), Refusal> {
        for held in self.world.holders(post, self.at).filter(|h| Some(h.person) != leaving) {
            if held.person == person {
                return Refusal::because(Code::AlreadyHolds, "the person holds this post already; relieve them first");
            }
            if held.rank == Rank::First && rank == Rank::First {
                return Refusal::because(Code::PostTaken, "the post has a first holder; relieve that person first");
            }
        }
        Ok(())
    }

    /// When a post began.
    fn begun(&self, post: &PostCode) -> Option<Instant> {
        Some(self.world.post(self.world.find_post(post.as_str())?)?.span.from)
    }

    /// What ends in the very instant in which it began would be gone from the register as if it had
    /// never been, while the journal and open work name it.
    fn has_been(&self, code: &str, begun: Option<Instant>) -> Result<(), Refusal> {
        if begun.is_some_and(|from| from < self.at) {
            return Ok(());
        }
        let message = format!("`{code}` begins in this very instant and would never have been; end it a moment later");
        Refusal::because(Code::WouldBreak, message)
    }

    fn dissolve(&self, unit: &UnitCode, successor: Option<&UnitCode>, open: &[Request]) -> Result<Vec<Event>, Refusal> {
        let ix = self.unit(unit)?;
        let tree = self.world.tree();
        self.has_been(unit.as_str(), tree.begun(ix))?;
        let rows = &self.world.register().posts;
        for post in rows.iter().filter(|p| p.unit == *unit && p.span.contains(self.at)) {
            self.has_been(post.code.as_str(), Some(post.span.from))?;
        }
        if let Some(into) = successor {
            let other = self.unit(into)?;
            if tree.kind(ix) != tree.kind(other) || ix == other || tree.is_within(other, ix, self.at) {
                let message = format!(
                    "`{unit}` cannot go up in `{into}`; name another unit of the same kind that is not below it"
                );
                return Refusal::because(Code::CannotMerge, message);
            }
        } else {
            let parents: HashMap<_, _> = tree.children(self.at);
            let serving = self.world.serving(ix, self.at).next().is_some();
            if parents.contains_key(&ix) || serving || !open.is_empty() {
                let message =
                    format!("units stand below `{unit}` or it has open work; name a successor of the same kind");
                return Refusal::because(Code::SuccessorNeeded, message);
            }
        }
        Ok(vec![Event::UnitDissolved { unit: unit.clone(), successor: successor.cloned() }])
    }
}

fn taken<T>(code: &dyn std::fmt::Display) -> Result<T, Refusal> {
    Refusal::because(Code::CodeTaken, format!("code `{code}` is in the register already; choose another"))
}
