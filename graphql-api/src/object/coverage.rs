//! Where the register leaves somebody alone.

use std::sync::Arc;

use async_graphql::{Object, Result, SimpleObject};
use liandong_engine::rules::{
    instant::Instant,
    register::{coverage, duty_coverage, promise::Overpromised, survey},
};

use super::{
    absence::Absence, duty_change::DutyChange, matter::Matter, person::Person, post::Post, roster::Roster,
    stretch::CoverageStretch, unit::Unit,
};
use crate::{
    context::Scope,
    input,
    word::{LimitKind, When},
};

/// A coverage report as of an instant.
#[derive(Clone, Debug)]
pub(crate) struct Coverage {
    pub(crate) scope: Arc<Scope>,
    pub(crate) at: Instant,
    pub(crate) report: Arc<coverage::Coverage>,
    /// Every instant from then until another, where that was asked for.
    pub(crate) ahead: Option<Arc<[survey::Stretch]>>,
}

impl Coverage {
    fn post(&self, code: &str) -> Option<Post> {
        let ix = self.scope.world.find_post(code)?;
        Some(Post { scope: Arc::clone(&self.scope), ix, at: self.at })
    }

    fn person(&self, code: &str) -> Option<Person> {
        let ix = self.scope.world.find_person(code)?;
        Some(Person { scope: Arc::clone(&self.scope), ix, at: self.at })
    }

    fn roster_name(&self, code: &str) -> String {
        let mut rows = self.scope.world.rosters().rows();
        rows.find(|row| row.code.as_str() == code).map_or_else(String::new, |row| row.name.clone())
    }

    fn posts(&self, codes: &[String], first: Option<i32>) -> Result<Counted<Post>> {
        let items = codes.iter().take(input::first(first)?).filter_map(|code| self.post(code)).collect();
        Ok(Counted { count: codes.len(), items })
    }
}

/// Where the register leaves somebody alone: the holes to mend before they are fallen into.
#[Object(serial)]
impl Coverage {
    /// As of when.
    async fn as_of(&self) -> When {
        When(self.at)
    }

    /// How many households were looked at.
    async fn households(&self) -> usize {
        self.report.households
    }

    /// How many questions were answered: households times matters.
    async fn questions(&self) -> usize {
        self.report.questions
    }

    /// Matters that nobody on the ladder may resolve at some places.
    #[graphql(complexity = "input::page(first) * child_complexity + 1000")]
    async fn uncovered(
        &self,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
    ) -> Result<Counted<Uncovered>> {
        let all = &self.report.uncovered;
        let item = |hole: &coverage::Uncovered| Uncovered::of(&self.scope, self.at, hole);
        Ok(Counted { count: all.len(), items: all.iter().take(input::first(first)?).filter_map(item).collect() })
    }

    /// The same for every instant from `asOf` to `until`: the stretches in which it is the same follow on each
    /// other without a gap. Null where no `until` was given.
    #[graphql(complexity = "input::page(first) * child_complexity + 1")]
    async fn ahead(
        &self,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
    ) -> Result<Option<Counted<CoverageStretch>>> {
        let first = input::first(first)?;
        Ok(self.ahead.as_ref().map(|all| {
            let stretch = |no| CoverageStretch { scope: Arc::clone(&self.scope), all: Arc::clone(all), no };
            Counted { count: all.len(), items: (0..all.len().min(first)).map(stretch).collect() }
        }))
    }

    /// Posts that nobody holds.
    #[graphql(complexity = "input::page(first) * child_complexity + 1")]
    async fn vacant(
        &self,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
    ) -> Result<Counted<Post>> {
        self.posts(&self.report.vacant, first)
    }

    /// Posts with a first holder and no substitute.
    #[graphql(complexity = "input::page(first) * child_complexity + 1")]
    async fn without_substitute(
        &self,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
    ) -> Result<Counted<Post>> {
        self.posts(&self.report.without_substitute, first)
    }

    /// People with too many households.
    #[graphql(complexity = "input::page(first) * child_complexity + 1")]
    async fn overburdened(
        &self,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
    ) -> Result<Counted<Burden>> {
        let all = &self.report.overburdened;
        let item =
            |(code, households): &(String, usize)| Some(Burden { person: self.person(code)?, households: *households });
        Ok(Counted { count: all.len(), items: all.iter().take(input::first(first)?).filter_map(item).collect() })
    }

    /// Holdings that end within 30 days.
    #[graphql(complexity = "input::page(first) * child_complexity + 1")]
    async fn ending(
        &self,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
    ) -> Result<Counted<EndingHolding>> {
        let all = &self.report.ending;
        let item = |(post, person): &(String, String)| {
            Some(EndingHolding { post: self.post(post)?, person: self.person(person)? })
        };
        Ok(Counted { count: all.len(), items: all.iter().take(input::first(first)?).filter_map(item).collect() })
    }

    /// People who could be given something: who never held a post nor are to, or left their last one less
    /// than 30 days ago.
    #[graphql(complexity = "input::page(first) * child_complexity + 1")]
    async fn idle(
        &self,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
    ) -> Result<Counted<Person>> {
        let all = &self.report.idle;
        let items = all.iter().take(input::first(first)?).filter_map(|code| self.person(code)).collect();
        Ok(Counted { count: all.len(), items })
    }

    /// Places of rosters with nobody on duty within 28 days, also those left empty on purpose.
    #[graphql(complexity = "input::page(first) * child_complexity + 1")]
    async fn duty_gaps(
        &self,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
    ) -> Result<Counted<DutyGap>> {
        let all = &self.report.duty.gaps;
        let item = |gap: &duty_coverage::DutyGap| DutyGap {
            roster: gap.roster.clone(),
            name: self.roster_name(&gap.roster),
            why: gap.why.word(),
            why_zh: gap.why.zh(),
            count: gap.count,
            first: When(gap.first),
        };
        Ok(Counted { count: all.len(), items: all.iter().take(input::first(first)?).map(item).collect() })
    }

    /// People on duty within 28 days who hold no such post: nothing would come to them.
    #[graphql(complexity = "input::page(first) * child_complexity + 1")]
    async fn duty_strangers(
        &self,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
    ) -> Result<Counted<DutyStranger>> {
        let all = &self.report.duty.strangers;
        let item = |one: &duty_coverage::Stranger| {
            let (roster, name) = (one.roster.clone(), self.roster_name(&one.roster));
            Some(DutyStranger { roster, name, person: self.person(&one.person)?, first: When(one.first) })
        };
        Ok(Counted { count: all.len(), items: all.iter().take(input::first(first)?).filter_map(item).collect() })
    }

    /// Rotas with a score below 100 within 91 days: unbalanced, with nobody where somebody was to be, or too dense.
    #[graphql(complexity = "input::page(first) * child_complexity + 1")]
    async fn flawed_rotas(
        &self,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
    ) -> Result<Counted<FlawedRota>> {
        let all = &self.report.duty.flawed;
        let item = |rota: &duty_coverage::FlawedRota| FlawedRota {
            roster: rota.roster.clone(),
            name: self.roster_name(&rota.roster),
            score: rota.score,
            reasons: rota.reasons.clone(),
        };
        Ok(Counted { count: all.len(), items: all.iter().take(input::first(first)?).map(item).collect() })
    }

    /// Calendars whose published days end within three months: limits that reach beyond are a guess until
    /// the next notice is declared.
    async fn unpublished(&self) -> Vec<EndingCalendar> {
        let ending = |(calendar, published_to): &(String, String)| EndingCalendar {
            calendar: calendar.clone(),
            published_to: published_to.clone(),
        };
        self.report.unpublished.iter().take(input::MOST).map(ending).collect()
    }

    /// Matters whose rungs may take longer together than the town or the law gives the whole case, in the order of
    /// matters; at most 100.
    async fn overpromised(&self) -> Vec<OverpromisedMatter> {
        let one = |over: &Overpromised| OverpromisedMatter {
            matter: over.matter.clone(),
            limit: over.limit.into(),
            due: When(over.due),
            rungs_due: When(over.rungs_due),
        };
        self.report.overpromised.iter().take(input::MOST).map(one).collect()
    }
}

/// A matter whose rungs may take longer together than is given for the whole case.
#[derive(SimpleObject)]
pub(crate) struct OverpromisedMatter {
    /// The code of the matter.
    matter: String,
    /// Which limit of the whole case.
    limit: LimitKind,
    /// When a case that begins now is to be at its end.
    due: When,
    /// When the last rung that may resolve it may still be at it.
    rungs_due: When,
}

/// A place of a roster with nobody on duty in the weeks ahead.
#[derive(SimpleObject)]
pub(crate) struct DutyGap {
    /// The code of the roster.
    roster: String,
    /// What people call the roster.
    name: String,
    /// Why: OnPurpose, Removed or Absent.
    why: &'static str,
    /// Why, in Chinese.
    why_zh: &'static str,
    /// How many stretches of time there are within 28 days.
    count: usize,
    /// When the first of them begins.
    first: When,
}

/// Somebody on duty who holds none of the posts that the roster decides among.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct DutyStranger {
    /// The code of the roster.
    roster: String,
    /// What people call the roster.
    name: String,
    /// Who.
    person: Person,
    /// From when on, within 28 days.
    first: When,
}

/// A roster whose rota loses points within 91 days.
#[derive(SimpleObject)]
pub(crate) struct FlawedRota {
    /// The code of the roster.
    roster: String,
    /// What people call the roster.
    name: String,
    /// 0 to 99.
    score: u8,
    /// Why, with the arithmetic.
    reasons: Vec<String>,
}

/// A calendar whose published days end soon.
#[derive(SimpleObject)]
pub(crate) struct EndingCalendar {
    /// Its code.
    calendar: String,
    /// The last day that public notices cover, as 2026-12-31.
    published_to: String,
}

/// The first items of a list, and how many there are in all.
#[derive(SimpleObject)]
#[graphql(
    serial,
    concrete(name = "CountedPosts", params(Post)),
    concrete(name = "CountedPeople", params(Person)),
    concrete(name = "CountedUncovered", params(Uncovered)),
    concrete(name = "CountedCoverageStretches", params(CoverageStretch)),
    concrete(name = "CountedBurdens", params(Burden)),
    concrete(name = "CountedEndings", params(EndingHolding)),
    concrete(name = "CountedAbsences", params(Absence)),
    concrete(name = "CountedDutyGaps", params(DutyGap)),
    concrete(name = "CountedDutyStrangers", params(DutyStranger)),
    concrete(name = "CountedFlawedRotas", params(FlawedRota)),
    concrete(name = "CountedRosters", params(Roster)),
    concrete(name = "CountedDutyChanges", params(DutyChange))
)]
pub(crate) struct Counted<T: async_graphql::OutputType> {
    /// How many there are in all.
    pub(crate) count: usize,
    /// The first of them, in the order that the field says; of codes where it says none.
    pub(crate) items: Vec<T>,
}

/// A matter that nobody on the ladder may resolve at some places.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct Uncovered {
    /// The matter.
    matter: Matter,
    /// How many households only the dispatcher would take it for.
    households: usize,
    /// The first of them by code.
    first: Option<Unit>,
    /// Whether not even a dispatcher takes it there.
    nobody: bool,
}

impl Uncovered {
    /// A hole as of an instant.
    pub(crate) fn of(scope: &Arc<Scope>, at: Instant, hole: &coverage::Uncovered) -> Option<Self> {
        let place = scope.world.find_unit(&hole.first);
        Some(Self {
            matter: Matter::find(scope, &hole.matter).map(|m| Matter { at, ..m })?,
            households: hole.households,
            first: place.map(|ix| Unit { scope: Arc::clone(scope), ix, at }),
            nobody: hole.nobody,
        })
    }
}

/// A person with too many households.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct Burden {
    /// Who.
    person: Person,
    /// How many households.
    households: usize,
}

/// A holding that ends soon.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct EndingHolding {
    /// The post.
    post: Post,
    /// Who holds it.
    person: Person,
}
