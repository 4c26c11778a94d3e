//! A citizen's receipt stands nowhere in clear, and is given again all the same.

use liandong_engine::{
    rules::{
        actor::Actor,
        id::{ReceiptCode, RequestId},
    },
    run::{
        engine::{Command, Engine, Order},
        error::Error,
        secret::Secret,
        source::Entropy,
        store::Store,
        verify::verify,
    },
};
use liandong_tests::{
    on_both_stores,
    stores::{Kind, Trouble},
    town::{SECRET, Town, person, request},
};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement, TryGetable};

fn logging(key: &str) -> Result<Order, Trouble> {
    Ok(Order { actor: person("P5")?, key: key.to_owned(), command: Command::Log(request("H11", "water-pipe")?) })
}

/// Logs a request, or sends the same command again.
async fn receipt(engine: &Engine, key: &str) -> Result<(RequestId, Option<ReceiptCode>), Trouble> {
    let done = engine.execute(logging(key)?).await?.map_err(|refused| refused.message)?;
    Ok((done.request.ok_or("no request")?, done.receipt))
}

async fn texts(db: &DatabaseConnection, sql: &str) -> Result<Vec<String>, Trouble> {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    rows.iter().map(|row| String::try_get_by_index(row, 0).map_err(|e| format!("{e:?}").into())).collect()
}

/// All that the store keeps, as bytes: the files of SQLite, every row of PostgreSQL.
async fn kept(town: &Town) -> Result<Vec<u8>, Trouble> {
    let mut kept = Vec::new();
    if town.db.kind == Kind::Sqlite {
        for file in std::fs::read_dir(town.db.dir())? {
            kept.extend(std::fs::read(file?.path())?);
        }
        return Ok(kept);
    }
    let db = Database::connect(&town.db.url).await?;
    for table in texts(&db, "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'").await? {
        for row in texts(&db, &format!("SELECT t::text FROM \"{table}\" t")).await? {
            kept.extend(row.into_bytes());
        }
    }
    db.close().await?;
    Ok(kept)
}

fn holds(kept: &[u8], text: &str) -> bool {
    kept.windows(text.len()).any(|bytes| bytes == text.as_bytes())
}

on_both_stores! {
    "hamlet" => async fn no_receipt_stands_in_the_store_and_each_opens_its_request(town) {
        let mut given = Vec::new();
        for n in 0..20 {
            given.push(receipt(&town.engine, &format!("k{n}")).await?);
        }
        let kept = kept(&town).await?;
        assert!(holds(&kept, "水管破了"), "all that is kept was read");
        for (n, (id, code)) in given.iter().enumerate() {
            let code = code.clone().ok_or("no receipt")?;
            assert!(!holds(&kept, code.as_str()) && !holds(&kept, &code.as_str().to_lowercase()));
            assert_eq!(town.engine.find_receipt(&code).await?, Some(*id));
            // The same command again, on this node and on another one.
            assert_eq!(receipt(&town.engine, &format!("k{n}")).await?, (*id, Some(code)));
        }
        let other = Town::engine(&town.db, &town.clock).await?;
        assert_eq!(receipt(&other, "k3").await?, given[3]);
        other.stop().await?;
        assert_eq!(town.engine.find_receipt(&ReceiptCode::from_random([9; 12])).await?, None);
        Ok(())
    }

    "hamlet" => async fn another_secret_is_refused_unless_the_first_is_given_up_for_lost(town) {
        let (id, code) = receipt(&town.engine, "one").await?;
        let code = code.ok_or("no receipt")?;
        let open = || async {
            Engine::open(Store::connect(&town.db.url).await?, town.clock.clone(), Entropy::System).await
        };
        let (secret, engine) = (Secret::of([8; 32]), open().await?);
        assert!(matches!(engine.execute(logging("two")?).await, Err(Error::NoSecret)), "nothing is logged without one");
        assert!(matches!(engine.make_receipts_with(secret.clone(), false).await, Err(Error::OtherSecret)));
        engine.make_receipts_with(secret, true).await?;
        assert_eq!(engine.find_receipt(&code).await?, None);
        assert_eq!(receipt(&engine, "one").await?, (id, None));
        let (new, made) = receipt(&engine, "two").await?;
        assert_eq!(engine.find_receipt(&made.ok_or("no receipt")?).await?, Some(new));
        engine.stop().await?;
        // From then on the first is the other.
        assert!(matches!(open().await?.make_receipts_with(SECRET, false).await, Err(Error::OtherSecret)));
        Ok(())
    }

    "hamlet" => async fn receipts_that_an_older_version_left_in_clear_are_sealed_at_the_first_start(town) {
        let (id, _) = receipt(&town.engine, "one").await?;
        let old = ReceiptCode::from_random([17; 12]);
        town.engine.stop().await?;
        // As the older version left it: the code in the row, in the journal, in the answer, and no mark.
        let hash = SECRET.hash(&SECRET.receipt(id)).to_string();
        let db = Database::connect(&town.db.url).await?;
        for sql in [
            format!("UPDATE request SET receipt = '{}'", old.as_str()),
            format!("UPDATE journal SET body = replace(body, '{hash}', '{}')", old.as_str()),
            format!("UPDATE receipt SET answer = replace(answer, '\"request\":', '\"receipt\":\"{}\",\"request\":')", old.as_str()),
            "DELETE FROM secret_mark".to_owned(),
        ] {
            db.execute_unprepared(&sql).await?;
        }
        db.close().await?;
        assert!(holds(&kept(&town).await?, old.as_str()));
        let engine = Town::engine(&town.db, &town.clock).await?;
        assert_eq!(engine.find_receipt(&old).await?, Some(id));
        assert_eq!(receipt(&engine, "one").await?, (id, None), "what was told once is not told anew as another");
        assert!(engine.request(&Actor::Operator, id).await?.is_some());
        engine.stop().await?;
        assert!(!holds(&kept(&town).await?, old.as_str()), "nothing of it is left in the store");
        let store = Store::connect(&town.db.url).await?;
        assert_eq!(verify(&store).await?.differences, Vec::<String>::new());
        store.close().await?;
        Ok(())
    }
}
