//! A request in the world of an instant.

use crate::rules::{
    id::{AssignmentNo, PersonCode, PostCode},
    instant::Instant,
    request::{
        Assignment, Duty, Request,
        command::Command,
        event::Opening,
        refusal::{Code, Refusal},
        relay,
    },
    routing::{
        self, Account, Exclusions, Found, Loads, Question, Recusal, Route, RungNo, Verdict, route, rungs_at, stand_in,
    },
    tree::UnitIx,
    world::{MatterIx, PersonIx, PostIx, World},
};

/// A request in the world of an instant: what every decision about it looks at.
pub struct Case<'a> {
    pub(in crate::rules::request) world: &'a World,
    pub(in crate::rules::request) at: Instant,
    pub(super) loads: &'a Loads,
    place: UnitIx,
    pub(in crate::rules::request) matter: MatterIx,
    ladder_at: Instant,
    pub(super) accused: Vec<PersonIx>,
    pub(super) recusal: Recusal,
    next_no: u16,
    pub(super) left: Vec<PostIx>,
    people: Vec<PersonIx>,
}

impl<'a> Case<'a> {
    /// The request in the world.
    ///
    /// # Errors
    /// `UnknownPlace` or `UnknownMatter` when the register does not know them (any more).
    pub fn of(world: &'a World, request: &Request, at: Instant, loads: &'a Loads) -> Result<Self, Refusal> {
        let place = find_place(world, request.place.as_str())?;
        let matter = find_matter(world, request.matter.as_str())?;
        let accused: Vec<PersonIx> = request.accused.iter().filter_map(|c| world.find_person(c.as_str())).collect();
        Ok(Self {
            recusal: Recusal::of(world, &accused, at),
            next_no: u16::try_from(request.assignments.len()).unwrap_or(u16::MAX).saturating_add(1),
            left: request.climb.left.iter().filter_map(|l| world.find_post(l.post.as_str())).collect(),
            people: request.climb.left.iter().filter_map(|l| world.find_person(l.person.as_str())).collect(),
            ladder_at: request.ruled_by(),
            world,
            at,
            loads,
            place,
            matter,
            accused,
        })
    }

    /// A request that is about to be logged.
    pub(super) fn fresh(world: &'a World, question: &Question, loads: &'a Loads) -> Self {
        Self {
            world,
            at: question.at,
            loads,
            place: question.place,
            matter: question.matter,
            ladder_at: question.ladder_at,
            accused: Vec::new(),
            recusal: Recusal::default(),
            next_no: 1,
            left: Vec::new(),
            people: Vec::new(),
        }
    }

    /// Who is responsible, from a rung on?
    #[must_use]
    pub fn question(&self, from: RungNo) -> Question {
        Question { place: self.place, matter: self.matter, at: self.at, ladder_at: self.ladder_at, from, entry: None }
    }

    /// Whom the case goes round.
    #[must_use]
    pub fn recusal(&self) -> &Recusal {
        &self.recusal
    }

    /// Whom a climb passes: the accused, and who let the case go in this climb.
    #[must_use]
    pub fn exclusions(&self) -> Exclusions {
        Exclusions { accused: self.accused.clone(), held: self.left.clone(), ..Exclusions::default() }
    }

    /// The assignment that a route opens; none when it found nobody.
    #[must_use]
    pub fn opening(&self, route: &Route, duty: Duty) -> Option<Opening> {
        let found = route.found?;
        Some(Opening {
            no: AssignmentNo(self.next_no),
            duty,
            post: self.world.post_code(found.post)?.clone(),
            person: self.world.person_code(found.person)?.clone(),
            rung: found.rung,
            account: Account::of(self.world, route),
            limits: self.limits(found.post, found.rung, duty),
        })
    }

    /// From a rung on, to whoever may have it in this climb.
    #[must_use]
    pub fn again(&self, from: RungNo) -> Route {
        route(self.world, &self.question(from), &self.exclusions(), self.loads)
    }

    /// Who carries on when the carrier of a relay is gone: the next below, else the next above.
    #[must_use]
    pub fn relay_instead_of(&self, assignment: &Assignment) -> Option<Route> {
        let question = self.question(0);
        relay::next_down(self.world, &question, &self.recusal, assignment.rung, &[])
            .or_else(|| relay::next_up(self.world, &question, &self.recusal, assignment.rung, &[]))
    }

    /// From a rung on: to somebody who did not have it in this climb. Where only the same people are
    /// left above, on other posts, `alone` says whether one of them may have it again.
    pub(super) fn climb(&self, from: RungNo, held: &Assignment, alone: bool) -> Route {
        let find = |post: &PostCode| self.world.find_post(post.as_str());
        let mut exclusions = self.exclusions();
        exclusions.held.extend(find(&held.post));
        let posts = exclusions.clone();
        exclusions.people.clone_from(&self.people);
        exclusions.people.extend(self.world.find_person(held.person.as_str()));
        let others = route(self.world, &self.question(from), &exclusions, self.loads);
        if others.found.is_some() || !alone {
            return others;
        }
        route(self.world, &self.question(from), &posts, self.loads)
    }

    /// The rung that a post has in this case's ladder; none when it is not on it.
    pub(super) fn rung_of(&self, post: PostIx) -> Option<RungNo> {
        let rungs = rungs_at(self.world, &self.question(0));
        let kind = self.world.post_kind(post)?;
        let on = |territory| self.world.desks(territory, kind, self.at).any(|p| p == post);
        rungs.into_iter().find(|(rung, territory)| rung.kind == kind && on(*territory)).map(|(rung, _)| rung.no)
    }

    /// A post that somebody named: whoever stands in on it, or why that cannot be.
    pub(super) fn named(&self, post: &PostCode, rung: RungNo) -> Result<Route, Refusal> {
        let ix = self.find_post(post)?;
        match stand_in(self.world, ix, Some(self.matter), self.at, &self.recusal) {
            Ok(answering) => Ok(one(answering.found(ix, rung))),
            Err(Verdict::Recused) => {
                Refusal::because(Code::Recused, format!("the request goes round post `{post}`; name another"))
            }
            Err(Verdict::Absent) => Refusal::because(
                Code::PostAbsent,
                format!("whoever holds post `{post}` is absent and nobody stands in; name another"),
            ),
            Err(_) => Refusal::because(Code::PostVacant, format!("nobody holds post `{post}`; name another")),
        }
    }

    pub(super) fn find_post(&self, post: &PostCode) -> Result<PostIx, Refusal> {
        let found = self.world.find_post(post.as_str()).filter(|p| self.world.post_exists(*p, self.at));
        found.ok_or_else(|| {
            Refusal::new(Code::UnknownPost, format!("post `{post}` is not in the register now; name another"))
        })
    }
}

const fn one(found: Found) -> Route {
    Route { found: Some(found), passed: Vec::new() }
}

pub(super) fn find_place(world: &World, code: &str) -> Result<UnitIx, Refusal> {
    let found = world.find_unit(code);
    found.ok_or_else(|| {
        Refusal::new(
            Code::UnknownPlace,
            format!("unit `{code}` is not in the register; give the code of a household or unit"),
        )
    })
}

pub(super) fn find_matter(world: &World, code: &str) -> Result<MatterIx, Refusal> {
    let found = world.find_matter(code);
    found.ok_or_else(|| {
        Refusal::new(Code::UnknownMatter, format!("matter `{code}` is not in the catalogue; look it up there"))
    })
}

/// Who takes part in the choice between equals, so that the shell can count their open work: the
/// kinds of [`crate::rules::routing::contenders`] for this request, when a command is given or a limit ran out.
#[must_use]
pub fn contenders(world: &World, request: &Request, command: Option<&Command>, at: Instant) -> Vec<PersonCode> {
    let nothing = Loads::default();
    let case = Case::of(world, request, at, &nothing);
    let case = match command {
        Some(Command::Correct { matter, .. }) => case.and_then(|case| case.corrected(request, matter)),
        Some(Command::CorrectPlace { place, entered_at, .. }) => {
            case.and_then(|case| case.elsewhere(request, place, entered_at.as_ref()).map(|(case, _)| case))
        }
        _ => case,
    };
    case.map(|case| routing::contenders(world, &case.question(0))).unwrap_or_default()
}
