//! Who does something.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::id::{PersonCode, RequestId};

/// Who gives a command. What they may do follows from the world at that instant, never from here.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Actor {
    /// A person of the register.
    Person(PersonCode),
    /// Whoever holds the receipt of this request.
    Citizen(RequestId),
    /// Whoever runs the program: the command line on the machine itself.
    Operator,
    /// Nobody: a limit that ran out.
    System,
}

impl Actor {
    /// The person of the register, if it is one.
    #[must_use]
    pub fn person(&self) -> Option<&PersonCode> {
        match self {
            Self::Person(person) => Some(person),
            Self::Citizen(_) | Self::Operator | Self::System => None,
        }
    }
}

/// As a log names them: nothing in it is a secret.
impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(person) => write!(f, "person:{person}"),
            Self::Citizen(request) => write!(f, "citizen:{request}"),
            Self::Operator => f.write_str("operator"),
            Self::System => f.write_str("system"),
        }
    }
}

/// On whose behalf something was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Behalf {
    /// Of the person responsible, by somebody else who holds the same post.
    Person(PersonCode),
    /// Of the citizen who asked.
    Citizen,
}

/// The four people of a step, never confused. The actor *acted*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Who did it.
    pub acted: Actor,
    /// Who held the assignment that it was about, if it was about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub responsible: Option<PersonCode>,
    /// On whose behalf, when it was not the actor's own affair.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<Behalf>,
    /// By whose order, when somebody else ordered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_order_of: Option<Actor>,
}
