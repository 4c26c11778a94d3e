//! A refusal as clients read it.

use async_graphql::SimpleObject;
use liandong_engine::run::engine::Refused;

/// Why a command was not done. A refusal is an answer, not an error.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct Refusal {
    /// The stable code, such as `WrongStage`.
    code: String,
    /// What it is about, naming the input and the mend.
    message: String,
    /// The code in the words that users see, in Chinese.
    zh: String,
}

impl Refusal {
    /// As the engine has it.
    pub(crate) fn of(refused: &Refused) -> Self {
        Self { code: refused.code.clone(), message: refused.message.clone(), zh: refused.zh.clone() }
    }
}
