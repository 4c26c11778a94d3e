//! Orders and their answers.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    rules::{
        actor::Actor,
        calendar_feed,
        id::{ReceiptCode, RequestId},
        notice::delivery::{self, DeliveryId},
        register, request,
        request::{Request, command::LogRequest},
        tier::words,
        world::Register,
    },
    run::{error::Error, store::token::hex},
};

/// The longest idempotency key, in bytes.
pub const MAX_KEY: usize = 100;

/// Everything that can be ordered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// A new request.
    Log(LogRequest),
    /// Something about a request that is there.
    Act {
        /// Which.
        request: RequestId,
        /// What.
        command: request::command::Command,
    },
    /// A limit ran out: the first of those that are over takes effect.
    RunOut {
        /// Of which request.
        request: RequestId,
    },
    /// A date of the register came, and nobody ordered anything: what it brings is brought to every command
    /// first, so there is nothing more to do.
    CatchUp,
    /// A change of the register.
    Register(register::command::Command),
    /// The rows of files, into an empty register.
    Load(Box<Register>),
    /// A delivery that was given up is tried anew.
    Replay {
        /// Which.
        delivery: DeliveryId,
    },
}

impl Command {
    /// The name of the command, for logs.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        use register::command::{Command as R, DutyCommand as D};
        match self {
            Self::Log(_) => "LogRequest",
            Self::Act { command, .. } => command.kind().word(),
            Self::Register(command) => match command {
                R::AddPerson(_) => "AddPerson",
                R::CreateUnit(_) => "CreateUnit",
                R::RenameUnit { .. } => "RenameUnit",
                R::MoveUnit { .. } => "MoveUnit",
                R::MergeUnits { .. } => "MergeUnits",
                R::DissolveUnit { .. } => "DissolveUnit",
                R::CreatePost(_) => "CreatePost",
                R::AbolishPost { .. } => "AbolishPost",
                R::Appoint { .. } => "Appoint",
                R::Relieve { .. } => "Relieve",
                R::ChangeMandate { .. } => "ChangeMandate",
                R::ChangeLimit { .. } => "ChangeLimit",
                R::DeclareDays { .. } => "DeclareDays",
                R::RecordAbsence(_) => "RecordAbsence",
                R::EndAbsence { .. } => "EndAbsence",
                R::SetUpRoster(_) => "SetUpRoster",
                R::ChangeRoster { .. } => "ChangeRoster",
                R::EndRoster { .. } => "EndRoster",
                R::Duty(command) => match command {
                    D::OfferSwap { .. } => "OfferSwap",
                    D::TakeSwap { .. } => "TakeSwap",
                    D::TakeBackSwap { .. } => "TakeBackSwap",
                    D::TakeOver { .. } => "TakeOverDuty",
                    D::ArrangeCover { .. } => "ArrangeCover",
                    D::Undo { .. } => "UndoDutyChange",
                },
            },
            Self::RunOut { .. } => "RunOut",
            Self::CatchUp => "CatchUp",
            Self::Load(_) => "LoadRegister",
            Self::Replay { .. } => "ReplayDelivery",
        }
    }

    /// The other request that it names.
    #[must_use]
    pub(crate) const fn other(&self) -> Option<RequestId> {
        match self {
            Self::Act { command: request::command::Command::Merge { into, .. }, .. } => Some(*into),
            _ => None,
        }
    }

    /// The request whose handling it may end, so that those that were merged into it are fetched with it.
    #[must_use]
    pub(crate) const fn may_end(&self) -> Option<RequestId> {
        use request::command::Command as Act;
        match self {
            Self::Act { request, command: Act::Resolve { .. } | Act::Withdraw { .. } | Act::Merge { .. } } => {
                Some(*request)
            }
            _ => None,
        }
    }

    /// The request that it is about.
    #[must_use]
    pub const fn request(&self) -> Option<RequestId> {
        match self {
            Self::Act { request, .. } | Self::RunOut { request } => Some(*request),
            _ => None,
        }
    }

    /// Whether time demands it: then nothing but the state makes it happen once, and no receipt is kept.
    #[must_use]
    pub(crate) const fn is_of_time(&self) -> bool {
        matches!(self, Self::RunOut { .. } | Self::CatchUp)
    }

    /// Whether it changes the register; such a command has a commit of its own.
    #[must_use]
    pub(crate) const fn changes_register(&self) -> bool {
        matches!(self, Self::Register(_) | Self::Load(_))
    }

    /// SHA-256 of the command, to tell whether a key is used again for something else.
    pub(crate) fn fingerprint(&self) -> Result<String, Error> {
        let bytes = serde_json::to_vec(self).map_err(|e| Error::corrupt("receipt", self.name(), e))?;
        Ok(hex(&Sha256::digest(&bytes)))
    }
}

/// A command, who gives it, and the key that makes it happen once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Who.
    pub actor: Actor,
    /// The same key of the same actor means the same command: the first answer is given again.
    pub key: String,
    /// What.
    pub command: Command,
}

/// What a command came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The journal position of its last event.
    pub position: i64,
    /// The version of the world it was decided in, or made.
    pub world: u64,
    /// The request that it was about, or that it logged.
    pub request: Option<RequestId>,
    /// What the citizen holds, when it logged a request. Kept nowhere: it is made of the request's id again.
    #[serde(skip)]
    pub receipt: Option<ReceiptCode>,
}

/// Why a command was not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The stable code.
    pub code: String,
    /// What it is about, naming the input and the mend.
    pub message: String,
    /// The code in the words that users see.
    pub zh: String,
}

/// Done, or refused. Either is an answer; a failure of the machine is an [`Error`].
pub type Answer = Result<Done, Refused>;

words! {
    /// The stable codes of refusals that concern the order, not its content.
    pub enum Code {
        /// The key stands for another command of the same actor.
        KeyReused = "该操作编号已用于别的操作",
        /// The key is empty or too long.
        BadKey = "操作编号不合要求",
    }
}

/// An answer with the request as the command left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Performed {
    /// What the command came to.
    pub answer: Answer,
    /// The request that was changed or logged just now; none when nothing was, or when the answer was
    /// given before.
    pub request: Option<Arc<Request>>,
}

impl Refused {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code: code.word().to_owned(), message: message.into(), zh: code.zh().to_owned() }
    }
}

impl From<request::refusal::Refusal> for Refused {
    fn from(refusal: request::refusal::Refusal) -> Self {
        let code = refusal.code;
        Self { code: code.word().to_owned(), message: refusal.message, zh: code.zh().to_owned() }
    }
}

impl From<register::refusal::Refusal> for Refused {
    fn from(refusal: register::refusal::Refusal) -> Self {
        let code = refusal.code;
        Self { code: code.word().to_owned(), message: refusal.message, zh: code.zh().to_owned() }
    }
}

impl From<calendar_feed::refusal::Refusal> for Refused {
    fn from(refusal: calendar_feed::refusal::Refusal) -> Self {
        let code = refusal.code;
        Self { code: code.word().to_owned(), message: refusal.message, zh: code.zh().to_owned() }
    }
}

impl From<delivery::Refusal> for Refused {
    fn from(refusal: delivery::Refusal) -> Self {
        let code = refusal.code;
        Self { code: code.word().to_owned(), message: refusal.message, zh: code.zh().to_owned() }
    }
}
