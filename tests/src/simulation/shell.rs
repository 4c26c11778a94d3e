//! What the simulation wants of whatever stands around the rules.

use std::sync::Arc;

use liandong_engine::{
    rules::{
        id::{PersonCode, RequestId},
        instant::Instant,
        notice::NoticeKind,
        world::World,
    },
    run::{
        engine::{Answer, Order},
        store::journal::Entry,
    },
};

/// Where in a transaction a node dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dies {
    /// When the journal is written, or what is written last where nothing happens.
    Early,
    /// When all is written, before the commit.
    Late,
    /// After the commit.
    After,
}

/// That somebody was told something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Of which entry of the journal.
    pub position: i64,
    /// Who.
    pub person: PersonCode,
    /// What.
    pub kind: NoticeKind,
}

/// Two nodes on one store.
pub trait Shell {
    /// Puts the clock of both nodes.
    fn put_clock(&mut self, at: Instant);

    /// Gives a node an order and waits for the answer.
    fn order(&mut self, node: usize, order: &Order) -> Answer;

    /// Gives a node an order in whose transaction it dies, if there is one; it is started again.
    fn order_and_die(&mut self, node: usize, order: &Order, dies: Dies);

    /// Lets a node do what is due, having heard of what the other committed.
    fn tick(&mut self, node: usize);

    /// Kills a node that does nothing and starts it again.
    fn crash(&mut self, node: usize);

    /// What was committed after a position.
    fn entries(&mut self, after: i64) -> Vec<Entry>;

    /// Who was told what by the entries after a position, in their order.
    fn told(&mut self, after: i64) -> Vec<Told>;

    /// The world as the store has it.
    fn world(&mut self) -> Arc<World>;

    /// Whatever this shell knows to be wrong with what it keeps, at the end.
    fn faults(&mut self) -> Vec<String>;
}

/// The order that time gives for a request.
#[must_use]
pub fn of_time(request: RequestId) -> Order {
    use liandong_engine::{rules::actor::Actor, run::engine::Command};
    Order { actor: Actor::System, key: "time".to_owned(), command: Command::RunOut { request } }
}
