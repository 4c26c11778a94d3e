//! The first answer to each command, so that the same command sent again gets it again.

use std::collections::HashMap;

use liandong_schema::entity::receipt;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::{
    rules::{actor::Actor, instant::Instant},
    run::error::Error,
};

/// The name under which an answer is kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Name {
    /// Who gave the command.
    pub(crate) actor: String,
    /// The key that the actor chose.
    pub(crate) key: String,
}

impl Name {
    pub(crate) fn new(actor: &Actor, key: &str) -> Result<Self, Error> {
        let actor = serde_json::to_string(actor).map_err(|e| Error::corrupt("receipt", key, e))?;
        Ok(Self { actor, key: key.to_owned() })
    }
}

/// An answer that is kept.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    /// SHA-256 of the command.
    pub(crate) command: String,
    /// The answer, as JSON.
    pub(crate) answer: String,
}

/// The answers that are kept under these names.
pub(crate) async fn read(db: &impl ConnectionTrait, names: &[Name]) -> Result<HashMap<Name, Kept>, Error> {
    if names.is_empty() {
        return Ok(HashMap::new());
    }
    let find = receipt::Entity::find()
        .filter(receipt::Column::Actor.is_in(names.iter().map(|n| n.actor.as_str())))
        .filter(receipt::Column::Key.is_in(names.iter().map(|n| n.key.as_str())));
    let rows = find.all(db).await?.into_iter();
    Ok(rows.map(|r| (Name { actor: r.actor, key: r.key }, Kept { command: r.command, answer: r.answer })).collect())
}

/// Keeps answers.
pub(crate) async fn write(db: &impl ConnectionTrait, at: Instant, answers: Vec<(Name, Kept)>) -> Result<(), Error> {
    if answers.is_empty() {
        return Ok(());
    }
    let rows = answers.into_iter().map(|(name, kept)| receipt::ActiveModel {
        actor: Set(name.actor),
        key: Set(name.key),
        command: Set(kept.command),
        answer: Set(kept.answer),
        at: Set(at.0),
    });
    receipt::Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(())
}
