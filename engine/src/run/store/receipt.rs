//! The first answer to each command, so that the same command sent again gets it again.

use std::collections::HashMap;

use liandong_schema::entity::receipt;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QuerySelect, Statement,
};
use sha2::{Digest, Sha256};

use super::{Tx, token::hex};
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

/// What is written to learn whether anything can be: an answer to nobody, of a size that needs room of its own.
#[derive(Debug)]
pub(crate) struct Probe([u8; 32]);

impl Probe {
    /// How many digests long it is, each of 64 characters that no database packs into fewer.
    const LENGTH: usize = 1_024;

    pub(crate) const fn new(chance: [u8; 32]) -> Self {
        Self(chance)
    }

    pub(crate) fn row(&self) -> Result<(Name, Kept), Error> {
        let mut digest = self.0.to_vec();
        let mut answer = String::with_capacity(Self::LENGTH * 64);
        for _ in 0..Self::LENGTH {
            digest = Sha256::digest(&digest).to_vec();
            answer.push_str(&hex(&digest));
        }
        let name = Name::new(&Actor::System, &format!("probe-{}", hex(&self.0)))?;
        Ok((name, Kept { command: String::new(), answer }))
    }
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
pub(crate) async fn write(tx: &Tx<'_>, at: Instant, answers: Vec<(Name, Kept)>) -> Result<(), Error> {
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
    receipt::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

/// Forgets one.
pub(crate) async fn remove(tx: &Tx<'_>, name: &Name) -> Result<(), Error> {
    receipt::Entity::delete_by_id((name.actor.clone(), name.key.clone())).exec(tx).await?;
    Ok(())
}

/// Whether any answer is older than an instant.
pub(crate) async fn any(db: &impl ConnectionTrait, before: Instant) -> Result<bool, Error> {
    let find = receipt::Entity::find().filter(receipt::Column::At.lt(before.0));
    Ok(find.select_only().column(receipt::Column::At).into_tuple::<i64>().one(db).await?.is_some())
}

/// Forgets answers that are older than an instant, the oldest first, at most `most`; how many.
pub(crate) async fn forget(tx: &Tx<'_>, before: Instant, most: u64) -> Result<u64, Error> {
    let backend = tx.get_database_backend();
    // What another node is removing is passed over rather than waited for.
    let lock = if backend == DbBackend::Postgres { "FOR UPDATE SKIP LOCKED" } else { "" };
    let sql = format!(
        "DELETE FROM receipt WHERE (actor, \"key\") IN \
         (SELECT actor, \"key\" FROM receipt WHERE at < $1 ORDER BY at LIMIT $2 {lock})"
    );
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let statement = Statement::from_sql_and_values(backend, sql, [before.0.into(), most.into()]);
    Ok(tx.execute_raw(statement).await?.rows_affected())
}
