//! Questions about the map: who is responsible, and who stands where. None of them asks the store,
//! except for the open work that decides between equals.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, Object, Result};
use liandong_engine::rules::{
    instant::Instant,
    routing::{Exclusions, Question},
    tree::UnitIx,
};

use crate::{
    context::Scope,
    input,
    object::{
        account::{Found, Passed, Route},
        connection::Connection,
        map::{MapNode, ResponsibilityMap},
        matter::Matter,
        person::Person,
        post::{ChainLink, Post},
        unit::{Unit, links},
    },
    reply::{bad_input, failure},
    word::When,
};

/// How many nodes a map has at most.
const MAX_NODES: usize = 500;

/// How far down a map goes at most: the tiers are nine, and functional units nest a few deep.
const MAX_DEPTH: u32 = 12;

#[derive(Default)]
pub(crate) struct MapQuery;

#[Object]
impl MapQuery {
    /// Who is responsible for a matter at a place at an instant, and why: with a verdict for every post passed.
    #[graphql(complexity = "2 * child_complexity + 5")]
    async fn who_is_responsible(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of a household or unit.")] place: String,
        #[graphql(desc = "The code of a matter.")] matter: String,
        #[graphql(desc = "As of when; now when left out.")] at: Option<When>,
        #[graphql(desc = "The codes of whom it would complain of: whom logging it with them gives it to.")]
        accused: Option<Vec<String>>,
    ) -> Result<Route> {
        let scope = Scope::of_map(ctx)?;
        let world = &scope.world;
        let accused = accused.unwrap_or_default();
        let accused: Vec<_> =
            accused.iter().map(|code| input::person(world, "accused", code)).collect::<Result<_>>()?;
        let exclusions = Exclusions { accused, ..Exclusions::default() };
        let (place, matter) = (input::unit(world, "place", &place)?, input::matter(world, "matter", &matter)?);
        let (then, now) = (at.map_or(scope.at, |when| when.0), at.is_none());
        if !world.tree().exists(place, then) {
            let code = world.tree().code(place);
            return Err(bad_input("place", format!("unit `{code}` does not exist at that time; give one that does")));
        }
        let question = Question::new(place, matter, then);
        let route = if now {
            scope.engine.who_is_responsible_now(world, &question, &exclusions).await
        } else {
            scope.engine.who_is_responsible(world, &question, &exclusions).await
        };
        let route = route.map_err(failure)?;
        Ok(Route {
            place: Unit { scope: Arc::clone(scope), ix: place, at: then },
            matter: Matter { scope: Arc::clone(scope), ix: matter, at: then },
            at: When(then),
            found: route.found.map(|found| Found::of(scope, then, found)),
            unrouted: route.is_unrouted(),
            passed: route.passed.iter().map(|passed| Passed::of(scope, then, *passed)).collect(),
            world: world.version(),
        })
    }

    /// The people above a place, from the place up: each post of each territory on the way.
    #[graphql(complexity = "16 * child_complexity + 1")]
    async fn chain(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of a household or unit.")] place: String,
        #[graphql(desc = "As of when; now when left out.")] at: Option<When>,
    ) -> Result<Vec<ChainLink>> {
        let scope = Scope::of_map(ctx)?;
        let place = input::unit(&scope.world, "place", &place)?;
        Ok(links(scope, place, at.map_or(scope.at, |when| when.0)))
    }

    /// A unit and what stands below it, with the posts.
    #[graphql(complexity = "(10 * (depth as usize + 1)) * child_complexity + 10")]
    async fn responsibility_map(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the unit to begin at.")] root: String,
        #[graphql(desc = "How many levels below the root, 0 to 12.", default = 1)] depth: u32,
        #[graphql(desc = "As of when; now when left out.")] as_of: Option<When>,
    ) -> Result<ResponsibilityMap> {
        let scope = Scope::of_map(ctx)?;
        let root = input::unit(&scope.world, "root", &root)?;
        if depth > MAX_DEPTH {
            return Err(bad_input("depth", format!("`{depth}` is more than {MAX_DEPTH}; ask for less at once")));
        }
        let at = as_of.map_or(scope.at, |when| when.0);
        let (nodes, cut_off) = nodes(scope, root, depth, at);
        let root = Unit { scope: Arc::clone(scope), ix: root, at };
        Ok(ResponsibilityMap { root, as_of: When(at), nodes, cut_off })
    }

    /// A unit of the map.
    async fn unit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its code.")] code: String,
        #[graphql(desc = "As of when; now when left out.")] as_of: Option<When>,
    ) -> Result<Unit> {
        let scope = Scope::of_map(ctx)?;
        let ix = input::unit(&scope.world, "code", &code)?;
        Ok(Unit { scope: Arc::clone(scope), ix, at: as_of.map_or(scope.at, |when| when.0) })
    }

    /// A post of the map.
    async fn post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its code.")] code: String,
        #[graphql(desc = "As of when; now when left out.")] as_of: Option<When>,
    ) -> Result<Post> {
        let scope = Scope::of_map(ctx)?;
        let ix = input::post(&scope.world, "code", &code)?;
        Ok(Post { scope: Arc::clone(scope), ix, at: as_of.map_or(scope.at, |when| when.0) })
    }

    /// A person of the register.
    async fn person(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The person's code.")] code: String,
        #[graphql(desc = "As of when; now when left out.")] as_of: Option<When>,
    ) -> Result<Person> {
        let scope = Scope::of_map(ctx)?;
        let ix = input::person(&scope.world, "code", &code)?;
        Ok(Person { scope: Arc::clone(scope), ix, at: as_of.map_or(scope.at, |when| when.0) })
    }

    /// The catalogue of what can be asked for now, in the order of codes.
    #[graphql(complexity = "input::page(first) * child_complexity + 1")]
    async fn matters(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those with this in their code, name, heading or the citizens' words.")] search: Option<
            String,
        >,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Go on after this cursor.")] after: Option<String>,
    ) -> Result<Connection<Matter>> {
        let scope = Scope::of_map(ctx)?;
        let world = &scope.world;
        let most = input::first(first)?;
        let after = input::cursor(after.as_deref(), |code| world.find_matter(code))?;
        let search = search.unwrap_or_default().trim().to_lowercase();
        let fits = |text: &str| text.to_lowercase().contains(&search);
        let mut found = Vec::new();
        for ix in world.matters().filter(|ix| after.is_none_or(|after| *ix > after)) {
            let Some(row) = world.matter(ix).filter(|row| row.span.contains(scope.at)) else { continue };
            let texts = [row.code.as_str(), &row.name, &row.category];
            if texts.into_iter().chain(row.words.iter().map(String::as_str)).any(fits) {
                found.push((row.code.to_string(), Matter { scope: Arc::clone(scope), ix, at: scope.at }));
            }
            if found.len() > most {
                break;
            }
        }
        let more = found.len() > most;
        found.truncate(most);
        Ok(Connection::new(found, after.is_some(), more))
    }
}

/// The units from a root down, each after its parent and children in the order of codes; whether some
/// are left out.
fn nodes(scope: &Arc<Scope>, root: UnitIx, depth: u32, at: Instant) -> (Vec<MapNode>, bool) {
    let tree = scope.world.tree();
    if !tree.exists(root, at) {
        return (Vec::new(), false);
    }
    let children: HashMap<UnitIx, Vec<UnitIx>> = if depth == 0 { HashMap::new() } else { tree.children(at) };
    let unit = |ix| Unit { scope: Arc::clone(scope), ix, at };
    let mut nodes = Vec::new();
    let mut open = vec![(root, None, 0)];
    while let Some((ix, parent, down)) = open.pop() {
        if nodes.len() >= MAX_NODES {
            return (nodes, true);
        }
        nodes.push(MapNode { unit: unit(ix), parent: parent.map(unit), depth: down });
        if down < depth {
            open.extend(children.get(&ix).into_iter().flatten().rev().map(|child| (*child, Some(ix), down + 1)));
        }
    }
    (nodes, false)
}
