//! What a story is played against: the trait that each way of driving the system implements.
//!
//! Synchronous: a driver over a store or a network blocks on its own runtime.

use liandong_engine::rules::{
    actor::Actor,
    id::{MatterCode, PersonCode, RequestId, UnitCode},
    instant::{Instant, Span},
    notice::{Line, delivery::DeliveryId},
    register,
    request::command::{Command, LogRequest},
    world::Register,
};

use super::{
    duty::{Change, Stint},
    view::{Entry, View, Way},
};

/// Who does something, when, and under which key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The idempotency key: the same key gives the first answer again and does nothing.
    pub key: String,
    /// When: never before an earlier call, and later than it except for those of [`Driver::together`].
    pub at: Instant,
    /// Who.
    pub actor: Actor,
}

/// A command that the rules refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The stable code.
    pub code: String,
    /// What it is about.
    pub message: String,
}

/// Why a call gave nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The rules refused: an outcome like any other.
    Refused(Refused),
    /// The driver itself failed; the story stops.
    Broken(String),
}

/// One way of driving the system.
pub trait Driver {
    /// Logs a request and gives its id.
    ///
    /// # Errors
    /// A refusal, or the driver's own failure.
    fn log(&mut self, call: &Call, request: &LogRequest) -> Result<RequestId, Failure>;

    /// Gives a command about a request.
    ///
    /// # Errors
    /// A refusal, or the driver's own failure.
    fn act(&mut self, call: &Call, request: RequestId, command: &Command) -> Result<(), Failure>;

    /// Several people act on one request, none of them knowing of the others. A driver that can does
    /// it at once; the answers come in the order of the calls, whoever was first.
    ///
    /// # Errors
    /// For each call by itself a refusal, or the driver's own failure.
    fn together(&mut self, request: RequestId, acts: &[(Call, Command)]) -> Vec<Result<(), Failure>> {
        acts.iter().map(|(call, command)| self.act(call, request, command)).collect()
    }

    /// Changes the register.
    ///
    /// # Errors
    /// A refusal, or the driver's own failure.
    fn register(&mut self, call: &Call, command: &register::command::Command) -> Result<(), Failure>;

    /// Loads rows of files into the register: what the command line does.
    ///
    /// # Errors
    /// A refusal, or the driver's own failure.
    fn load(&mut self, call: &Call, rows: &Register) -> Result<(), Failure>;

    /// Has a delivery that was given up tried anew. Every driver says that notices are delivered, and
    /// carries none: so each delivery waits.
    ///
    /// # Errors
    /// A refusal, or the driver's own failure.
    fn replay(&mut self, call: &Call, delivery: &DeliveryId) -> Result<(), Failure>;

    /// What a person was told, in order.
    ///
    /// # Errors
    /// The driver's own failure.
    fn notices(&mut self, at: Instant, person: &PersonCode) -> Result<Vec<Line>, Failure>;

    /// Time has come to `at`: every limit that is over by then takes effect.
    ///
    /// # Errors
    /// The driver's own failure.
    fn pass(&mut self, at: Instant) -> Result<(), Failure>;

    /// The request as the actor sees it.
    ///
    /// # Errors
    /// `UnknownRequest` when the actor must not see it, or the driver's own failure.
    fn look(&mut self, at: Instant, actor: &Actor, request: RequestId) -> Result<View, Failure>;

    /// The request as the teller of the story sees it, who sees everything. Where nobody may see
    /// everything, read it as whoever logged it: they always may.
    ///
    /// # Errors
    /// The driver's own failure.
    fn view(&mut self, at: Instant, request: RequestId) -> Result<View, Failure>;

    /// Why the newest assignment of the request is where it is.
    ///
    /// # Errors
    /// The driver's own failure.
    fn account(&mut self, at: Instant, request: RequestId) -> Result<Way, Failure>;

    /// What happened to the request, in order.
    ///
    /// # Errors
    /// The driver's own failure.
    fn journal(&mut self, at: Instant, request: RequestId) -> Result<Vec<Entry>, Failure>;

    /// Who is responsible for the matter at the place, at `on`; for a complaint about these people where there are any.
    ///
    /// # Errors
    /// A refusal when there is no such place or matter, or the driver's own failure.
    fn who(
        &mut self,
        at: Instant,
        place: &UnitCode,
        matter: &MatterCode,
        on: Instant,
        accused: &[PersonCode],
    ) -> Result<Way, Failure>;

    /// Who is on duty at a unit, at `on`.
    ///
    /// # Errors
    /// The driver's own failure.
    fn on_duty(&mut self, at: Instant, unit: &UnitCode, on: Instant) -> Result<Vec<Stint>, Failure>;

    /// The duty roster of a unit for a stretch of time.
    ///
    /// # Errors
    /// The driver's own failure.
    fn roster(&mut self, at: Instant, unit: &UnitCode, during: Span) -> Result<Vec<Stint>, Failure>;

    /// What changed the rosters of a unit, the newest first.
    ///
    /// # Errors
    /// The driver's own failure.
    fn duty_changes(&mut self, at: Instant, unit: &UnitCode) -> Result<Vec<Change>, Failure>;
}
