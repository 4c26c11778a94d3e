//! What the rules say, on the ladder of three rungs: who gets it, what a command comes to, what a limit that
//! is over comes to, and what becomes of open work when somebody goes or comes back.

use super::{Act, Assigned, Away, Case, Flaw, Kind, Person, Post, Stage, Town, Trigger};

/// Everybody who takes requests, from below: three rungs, the dispatcher, and the chief beyond the ladder.
const CLIMB: [(u8, Post); 5] =
    [(1, Post::Group), (2, Post::Village), (3, Post::Town), (200, Post::Dispatch), (202, Post::Town)];

/// The last rung of the ladder.
pub const TOP: u8 = 3;

/// Ticks to take it on, to finish it, to carry the result on, and until an overdue one is told again.
const ACCEPT: u8 = 1;
const FINISH: u8 = 2;
const RELAY: u8 = 1;
const AGAIN: u8 = 1;

/// Who holds a post, the first holder first.
#[must_use]
pub const fn holders(post: Post) -> &'static [Person] {
    match post {
        Post::Group => &[Person::Leader],
        Post::Village => &[Person::Cadre, Person::Second],
        Post::Town => &[Person::Chief],
        Post::Dispatch => &[Person::Dispatcher],
    }
}

/// Who answers for a post.
#[must_use]
pub fn stand_in(away: Away, post: Post) -> Option<Person> {
    let named = (post == Post::Town).then_some(Person::Deputy);
    holders(post).iter().copied().chain(named).find(|person| !away.has(*person))
}

type Found = (u8, Post, Person);

/// The first from a rung on who is none of these.
fn route(away: Away, from: u8, posts: &[Post], people: &[Person]) -> Option<Found> {
    let able = CLIMB.iter().filter(|(rung, post)| *rung >= from && !posts.contains(post));
    let found = able.map(|(rung, post)| (*rung, *post, stand_in(away, *post)));
    let mut found = found.filter_map(|(rung, post, person)| Some((rung, post, person?)));
    found.find(|(.., person)| !people.contains(person))
}

/// Where the result goes from a rung: the nearest below on the ladder.
fn below(away: Away, rung: u8, done: &[Person]) -> Option<Found> {
    ladder(away, done).rev().find(|(no, ..)| *no < rung)
}

/// Who carries it when who should does not: the nearest above on the ladder.
fn above(away: Away, rung: u8, done: &[Person]) -> Option<Found> {
    ladder(away, done).find(|(no, ..)| *no > rung)
}

fn ladder(away: Away, done: &[Person]) -> impl DoubleEndedIterator<Item = Found> {
    let rungs = CLIMB.iter().filter(|(rung, _)| *rung <= TOP);
    let found = rungs.filter_map(move |(rung, post)| Some((*rung, *post, stand_in(away, *post)?)));
    found.filter(|(.., person)| !done.contains(person))
}

impl Case {
    /// A request that is logged now.
    #[must_use]
    pub fn logged(now: u8, away: Away) -> Option<Self> {
        let (open, left, over) = (Vec::new(), Vec::new(), Default::default());
        let mut case = Self { stage: Stage::Routed, open, left, given: 0, over, climbed: false, timed: false };
        case.give(now, away, route(away, 1, &[], &[])?, false);
        Some(case)
    }

    /// What is open to be handled, or carried back.
    #[must_use]
    pub fn held(&self) -> Option<Assigned> {
        self.open.last().copied()
    }

    fn give(&mut self, now: u8, away: Away, (rung, post, person): Found, relay: bool) {
        self.given += 1;
        let accept = (!relay).then_some(now + ACCEPT);
        let finish = Some(now + if relay { RELAY } else { FINISH });
        let no = self.given;
        let (expired, again) = ((false, false), None);
        let (finish_first, given_while) = (false, away);
        let given =
            Assigned { no, relay, post, person, rung, accept, finish, expired, again, finish_first, given_while };
        self.open.push(given);
    }

    /// The limits that run.
    #[must_use]
    pub fn running(&self) -> Vec<Trigger> {
        let mut running = Vec::new();
        for held in &self.open {
            let trigger = |kind| move |due| Trigger { due, no: held.no, kind };
            let (accept, finish) = held.next();
            running.extend(accept.map(trigger(Kind::Accept)));
            running.extend(finish.map(trigger(Kind::Finish)));
        }
        running
    }

    /// The limit that is over for the longest.
    #[must_use]
    pub fn first_over(&self, now: u8) -> Option<Trigger> {
        let first = self.held().is_some_and(|held| held.finish_first);
        let order = |t: &Trigger| (t.due, (t.kind == Kind::Finish) != first, t.no);
        self.running().into_iter().filter(|t| t.due <= now).min_by_key(order)
    }

    /// Who may act on what is open: who holds its post, who was given it, and who stands in.
    #[must_use]
    pub fn answers(&self, away: Away, person: Person) -> bool {
        self.held().is_some_and(|held| {
            let stands_in = away != Away::default() && stand_in(away, held.post) == Some(person);
            holders(held.post).contains(&person) || held.person == person || stands_in
        })
    }
}

impl Assigned {
    /// When the next thing about taking it on comes, and the next about finishing it: a limit, or that it is told again.
    #[must_use]
    pub fn next(&self) -> (Option<u8>, Option<u8>) {
        let (accepted_late, finished_late) = self.expired;
        let (accept, finish) = (self.accept.filter(|_| !accepted_late), self.finish.filter(|_| !finished_late));
        if finished_late { (accept, self.again) } else { (accept.or(self.again), finish) }
    }

    fn both_at_once(&self) -> bool {
        let (accept, finish) = self.next();
        accept.is_some() && accept == finish
    }
}

impl Town {
    /// What somebody's command comes to; none when it is refused.
    #[must_use]
    pub fn decide(&self, now: u8, away: Away, case: &Case, by: Person, act: Act) -> Option<Case> {
        let held = case.held().filter(|_| case.answers(away, by))?;
        let mut case = case.clone();
        match (act, case.stage) {
            (Act::Accept, Stage::Routed) => {
                let open = case.open.last_mut()?;
                (open.accept, open.expired.0, open.finish_first) = (None, false, false);
                open.again = open.again.filter(|_| open.expired.1);
                case.stage = Stage::InHand;
            }
            (Act::Escalate, Stage::Routed | Stage::InHand) => {
                let next = self.next_up(away, &case, held)?;
                self.up(now, away, &mut case, held, next);
            }
            (Act::Resolve, Stage::Routed | Stage::InHand) => {
                let next = below(away, held.rung, &[held.person]).unwrap_or((held.rung, held.post, held.person));
                case.open.clear();
                case.give(now, away, next, true);
                case.stage = Stage::Resolved;
            }
            (Act::Tell, Stage::Resolved) => {
                case.open.clear();
                case.stage = Stage::Told;
            }
            _ => return None,
        }
        Some(case)
    }

    /// To somebody who did not have it in this climb; where only the same people are left, to one of them.
    fn next_up(&self, away: Away, case: &Case, held: Assigned) -> Option<Found> {
        let from = held.rung + u8::from(!self.has(Flaw::SameRung));
        let mut posts: Vec<Post> = case.left.iter().map(|(post, _)| *post).collect();
        let mut people: Vec<Person> = case.left.iter().map(|(_, person)| *person).collect();
        if !self.has(Flaw::SameRung) {
            posts.push(held.post);
            people.push(held.person);
        }
        route(away, from, &posts, &people).or_else(|| route(away, from, &posts, &[]))
    }

    fn up(&self, now: u8, away: Away, case: &mut Case, held: Assigned, next: Found) {
        case.left.push((held.post, held.person));
        if !self.has(Flaw::KeepsTheOld) {
            case.open.retain(|a| a.no != held.no);
        }
        case.give(now, away, next, false);
        case.stage = Stage::Routed;
    }

    /// What a limit that is over comes to.
    #[must_use]
    pub fn run_out(&self, now: u8, away: Away, case: &Case, trigger: Trigger) -> Case {
        let mut case = case.clone();
        let Some(held) = case.held() else { return case };
        let next = match case.stage {
            _ if held.relay => above(away, held.rung, &[held.person]),
            _ if held.rung == TOP => None,
            _ => self.next_up(away, &case, held),
        };
        match next {
            Some(next) if held.relay && !self.has(Flaw::StaleTrigger) => {
                case.open.clear();
                case.give(now, away, next, true);
            }
            Some(next) => self.up(now, away, &mut case, held, next),
            // Nobody is above: it is told again.
            None => {
                for open in &mut case.open {
                    match trigger.kind {
                        Kind::Accept => open.expired.0 = true,
                        Kind::Finish => open.expired.1 = true,
                    }
                    open.again = Some(now + AGAIN);
                    if self.has(Flaw::ReminderMoves) {
                        open.finish = open.again;
                    }
                    open.finish_first = open.both_at_once() && trigger.kind == Kind::Accept;
                }
            }
        }
        case
    }

    /// What becomes of open work when these are away: it goes to who answers for the post, else up; and back to
    /// who is there again.
    #[must_use]
    pub fn hand_over(&self, now: u8, away: Away, case: &Case) -> Case {
        let mut case = case.clone();
        let Some(held) = case.held().filter(|_| !self.has(Flaw::NoHandOver)) else { return case };
        let next = stand_in(away, held.post);
        let back = next.is_some_and(|person| held.given_while.has(person));
        let there = holders(held.post).contains(&held.person) && !away.has(held.person) && !back;
        if next == Some(held.person) || there {
            return case;
        }
        let left: Vec<Post> = case.left.iter().map(|(post, _)| *post).collect();
        let beyond = || route(away, 200, &left, &[]);
        let found = match next {
            Some(person) => Some((held.rung, held.post, person)),
            None if held.relay => below(away, held.rung, &[]).or_else(|| above(away, held.rung, &[])).or_else(beyond),
            None => route(away, held.rung, &left, &[]),
        };
        let Some(found) = found else { return case };
        case.open.clear();
        case.give(now, away, found, held.relay);
        if let Some(open) = case.open.last_mut().filter(|open| open.post == held.post) {
            // Who steps in on the post has what is left of the time to finish.
            open.finish = held.finish;
            open.expired.1 = held.expired.1;
            open.again = held.again.filter(|_| held.expired.1);
            open.finish_first = open.both_at_once();
        }
        if case.stage == Stage::InHand {
            case.stage = Stage::Routed;
        }
        case
    }
}
