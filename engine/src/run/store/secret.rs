//! By which a database knows the secret of its receipts; and receipts that an older version left in clear.

use liandong_schema::entity::{journal, receipt, request, secret_mark};
use sea_orm::{
    ActiveValue::{Set, Unchanged},
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};

use super::{Store, Tx, head};
use crate::{
    rules::id::{ReceiptCode, RequestId},
    run::{error::Error, secret::Secret},
};

/// The id of the one row.
const ONLY: i16 = 1;

/// Rows that are sealed at once.
const PAGE: u64 = 1_000;

/// Whether the database knows the secret that its receipts were made with.
pub(crate) async fn is_known(db: &impl ConnectionTrait) -> Result<bool, Error> {
    Ok(secret_mark::Entity::find_by_id(ONLY).one(db).await?.is_some())
}

/// Compares the secret with the one that the database knows, or has it known from now on.
pub(crate) async fn take(store: &Store, secret: &Secret, anew: bool) -> Result<(), Error> {
    let known = secret_mark::Entity::find_by_id(ONLY).one(store.read()).await?;
    if known.is_some_and(|row| row.mark == secret.mark()) {
        return Ok(());
    }
    let sealed = store
        .run_tx("secret", |tx| {
            let secret = secret.clone();
            Box::pin(async move { take_in(tx, &secret, anew).await })
        })
        .await?;
    if sealed && store.is_embedded() {
        // SQLite leaves what was overwritten in free pages.
        store.compact().await?;
    }
    Ok(())
}

/// Whether receipts were sealed.
async fn take_in(tx: &Tx<'_>, secret: &Secret, anew: bool) -> Result<bool, Error> {
    // One node after another.
    head::hold(tx).await?;
    let known = secret_mark::Entity::find_by_id(ONLY).one(tx).await?;
    let first = known.is_none();
    if known.is_some_and(|row| row.mark == secret.mark()) {
        return Ok(false);
    }
    if !first && !anew {
        return Err(Error::OtherSecret);
    }
    let row = secret_mark::ActiveModel { id: Set(ONLY), mark: Set(secret.mark()) };
    let mut conflict = OnConflict::column(secret_mark::Column::Id);
    conflict.update_column(secret_mark::Column::Mark);
    secret_mark::Entity::insert(row).on_conflict(conflict).exec_without_returning(tx).await?;
    Ok(first && seal(tx, secret).await?)
}

/// Puts keyed hashes in the place of receipts that stand in clear: in the rows, in the journal, in answers that
/// are kept. Whether there were any.
async fn seal(tx: &Tx<'_>, secret: &Secret) -> Result<bool, Error> {
    let mut last = uuid::Uuid::nil();
    let mut sealed = false;
    loop {
        let find = request::Entity::find().filter(request::Column::Id.gt(last));
        let find = find.filter(Expr::cust("length(receipt) = 12")).order_by_asc(request::Column::Id).limit(PAGE);
        let columns = [request::Column::Id, request::Column::Receipt];
        let rows: Vec<(uuid::Uuid, String)> = find.select_only().columns(columns).into_tuple().all(tx).await?;
        let Some((id, _)) = rows.last() else { break };
        (last, sealed) = (*id, true);
        for (id, code) in rows {
            let receipt = ReceiptCode::parse(&code)
                .ok_or_else(|| Error::corrupt("request", RequestId(id), "the receipt is not a code"))?;
            let hash = secret.hash(&receipt).to_string();
            let entry = journal::Entity::find()
                .filter(journal::Column::Request.eq(id))
                .filter(journal::Column::Seq.eq(1))
                .one(tx)
                .await?;
            if let Some(entry) = entry {
                let body = entry.body.replace(&told(&code), &told(&hash));
                let changed =
                    journal::ActiveModel { position: Unchanged(entry.position), body: Set(body), ..Default::default() };
                journal::Entity::update(changed).exec(tx).await?;
            }
            let changed = request::ActiveModel { id: Unchanged(id), receipt: Set(hash), ..Default::default() };
            request::Entity::update(changed).exec(tx).await?;
        }
    }
    let find = receipt::Entity::find().filter(receipt::Column::Answer.contains("\"receipt\":\""));
    for row in find.all(tx).await? {
        let mut answer: serde_json::Value =
            serde_json::from_str(&row.answer).map_err(|e| Error::corrupt("receipt", &row.key, e))?;
        if let Some(done) = answer.get_mut("Ok").and_then(serde_json::Value::as_object_mut) {
            done.remove("receipt");
        }
        let changed = receipt::ActiveModel {
            actor: Unchanged(row.actor),
            key: Unchanged(row.key),
            answer: Set(answer.to_string()),
            ..Default::default()
        };
        receipt::Entity::update(changed).exec(tx).await?;
        sealed = true;
    }
    Ok(sealed)
}

/// A receipt as it stands in the body of an event.
fn told(receipt: &str) -> String {
    format!("\"receipt\":\"{receipt}\"")
}
