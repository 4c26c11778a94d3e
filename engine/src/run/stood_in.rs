//! What was held instead of somebody absent (替岗清单), for who stood in, who comes back, and whoever oversees them.

use std::collections::HashSet;

use super::{
    engine::Engine,
    error::Error,
    query::MOST,
    store::{journal, list, request as rows},
};
use crate::rules::{
    absence::{Absence, Substitute},
    actor::Actor,
    id::{PersonCode, PostCode, RequestId},
    post::Holding,
    request::{Assignment, StoodIn, relation, stood_in},
    world::World,
};

/// One assignment that was somebody's instead of an absent person's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Of which request.
    pub request: RequestId,
    /// The assignment.
    pub assignment: Assignment,
    /// What the absent person had before; none for what was new.
    pub taken_from: Option<Assignment>,
    /// What it became when it was handed back; none while it is held, and where it came to another end.
    pub back: Option<Assignment>,
}

impl Engine {
    /// What was held instead of the person because of an absence, of requests that the actor may see: the newest
    /// first, at most [`MOST`].
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn stood_in(&self, world: &World, actor: &Actor, absence: &Absence) -> Result<Vec<Held>, Error> {
        let (db, now) = (self.shared.store.read(), self.now());
        let (people, posts) = candidates(world, absence);
        if people.is_empty() || posts.is_empty() {
            return Ok(Vec::new());
        }
        let (mut held, mut known, mut skip): (Vec<Held>, _, _) = (Vec::new(), HashSet::new(), 0);
        while held.len() < MOST {
            let page = list::on_posts(db, (&people, &posts), absence.holds(), (skip, MOST)).await?;
            let ends = page.len() < MOST;
            skip += page.len();
            let mut ids = page;
            ids.retain(|id| known.insert(*id));
            let (requests, journals) = (rows::read(db, &ids).await?, journal::of_requests(db, &ids).await?);
            let seen = requests.values().filter(|request| relation::may_see(world, request, actor, now));
            held.extend(seen.flat_map(|request| {
                let journal = journals.get(&request.id).map_or(&[][..], Vec::as_slice);
                let one = move |StoodIn { no, taken_from, back }| {
                    let of = |no| request.assignment(no).cloned();
                    let (taken_from, back) = (taken_from.and_then(of), back.and_then(of));
                    of(no).map(|assignment| Held { request: request.id, assignment, taken_from, back })
                };
                stood_in(request, journal.iter(), absence).into_iter().filter_map(one)
            }));
            if ends {
                break;
            }
        }
        held.sort_by_key(|held| std::cmp::Reverse((held.assignment.opened_at, held.request, held.assignment.no)));
        held.truncate(MOST);
        Ok(held)
    }
}

/// Who may have stood in on which posts: whoever is named, and whoever else held a post of the absent person then.
fn candidates<'w>(world: &'w World, absence: &'w Absence) -> (Vec<&'w PersonCode>, Vec<&'w PostCode>) {
    let during = absence.holds();
    let then = |row: &&Holding| row.span.overlaps(during);
    let rows = || world.register().holdings.iter().filter(then);
    let mut posts: Vec<&PostCode> = rows().filter(|row| row.person == absence.person).map(|row| &row.post).collect();
    posts.sort_unstable();
    posts.dedup();
    let others = rows().filter(|row| row.person != absence.person && posts.binary_search(&&row.post).is_ok());
    let mut people: Vec<&PersonCode> = others.map(|row| &row.person).collect();
    if let Substitute::Person(named) = &absence.substitute {
        people.push(named);
    }
    people.sort_unstable();
    people.dedup();
    (people, posts)
}
