//! On SQLite: full at each page, a file that may only be read, that is gone, that was put back.

use std::fs;

use liandong_engine::run::{
    engine::NotReady,
    store::{Outage, PageLimit, Store},
};
use liandong_tests::stores::{Kind, TestDb, Trouble};
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};

use super::{Acknowledged, all_there, block_on, engine, log, log_many, settle, until};

async fn pages(db: &TestDb) -> Result<u32, Trouble> {
    let connection = Database::connect(&db.url).await?;
    let row = connection.query_one_raw(Statement::from_string(DbBackend::Sqlite, "PRAGMA page_count")).await?;
    let pages: i64 = row.ok_or("no page count")?.try_get_by_index(0)?;
    connection.close().await?;
    Ok(pages.try_into()?)
}

#[test]
fn a_disk_that_is_full_at_any_statement_loses_nothing_that_was_acknowledged() {
    block_on(async {
        let db = TestDb::new(Kind::Sqlite).await?.unwrap();
        settle(&db).await?;
        let (mut kept, mut failed) = (Acknowledged::new(), 0);
        for more in 0..48 {
            let limit = PageLimit::default();
            limit.set(pages(&db).await? + more);
            let engine = engine(Store::limited(&db.url, &limit).await?).await?;
            for round in 0..3 {
                let keys = (0..6).map(|n| format!("k{more}-{round}-{n}"));
                for error in log_many(&engine, keys, &mut kept).await {
                    assert_eq!((error.outage(), error.is_unknown()), (Some(Outage::Full), false), "{error}");
                    failed += 1;
                }
            }
            engine.stop().await?;
        }
        assert!(failed > 100 && kept.len() > 100, "{failed} failed, {} were acknowledged", kept.len());
        all_there(&db.url, &kept, 0).await
    });
}

#[test]
fn a_full_store_says_so_is_left_in_peace_is_read_and_goes_on_by_itself() {
    block_on(async {
        let db = TestDb::new(Kind::Sqlite).await?.unwrap();
        settle(&db).await?;
        let limit = PageLimit::default();
        let engine = engine(Store::limited(&db.url, &limit).await?).await?;
        let mut kept = Acknowledged::new();
        for round in 0..3 {
            let first = log(&engine, &format!("first-{round}")).await?;
            kept.insert(format!("first-{round}"), first);
            assert_eq!(engine.readiness(), Ok(()));
            limit.set(1);
            until("it is full", async || log(&engine, "fills").await.is_err()).await?;
            assert_eq!(engine.readiness(), Err(NotReady::Outage(Outage::Full)));
            let tried = |name| {
                let all = engine.transactions();
                let of = all.iter().find(|(known, _)| *known == name).map(|(_, measured)| measured);
                of.map_or(0, |measured| measured.failed.load(std::sync::atomic::Ordering::SeqCst))
            };
            let before = tried("execute");
            let failed = log_many(&engine, (0..200).map(|n| format!("late-{round}-{n}")), &mut kept).await;
            assert_eq!(failed.len(), 200);
            for error in failed {
                assert_eq!(error.outage(), Some(Outage::Full));
                assert!(error.to_string().contains("make room"), "{error}");
            }
            assert_eq!(tried("execute"), before, "no command is tried while the store is full");
            let seen = engine.request(&liandong_tests::town::person("P5")?, first).await?;
            assert!(seen.is_some(), "what is there is read");
            limit.set(PageLimit::NONE);
            until("it goes on", async || engine.readiness().is_ok()).await?;
            for n in 0..200 {
                let key = format!("late-{round}-{n}");
                kept.insert(key.clone(), log(&engine, &key).await?);
            }
        }
        let fills = log(&engine, "fills").await?;
        kept.insert("fills".to_owned(), fills);
        engine.stop().await?;
        all_there(&db.url, &kept, 0).await
    });
}

#[test]
fn a_store_that_is_full_at_the_start_is_known_to_be_before_the_first_command() {
    block_on(async {
        let db = TestDb::new(Kind::Sqlite).await?.unwrap();
        settle(&db).await?;
        let limit = PageLimit::default();
        limit.set(1);
        let engine = engine(Store::limited(&db.url, &limit).await?).await?;
        engine.look_whether_it_can_write().await;
        assert_eq!(engine.readiness(), Err(NotReady::Outage(Outage::Full)));
        limit.set(PageLimit::NONE);
        until("it goes on", async || engine.readiness().is_ok()).await?;
        let kept = Acknowledged::from([("first".to_owned(), log(&engine, "first").await?)]);
        engine.stop().await?;
        all_there(&db.url, &kept, 0).await
    });
}

#[test]
fn a_file_that_may_only_be_read_takes_no_command_and_says_so() {
    block_on(async {
        let db = TestDb::new(Kind::Sqlite).await?.unwrap();
        settle(&db).await?;
        let engine = engine(Store::connect(&format!("{}?mode=ro", db.url)).await?).await?;
        let error = log(&engine, "once").await.unwrap_err();
        assert_eq!((error.outage(), error.is_unknown()), (Some(Outage::ReadOnly), false), "{error}");
        assert_eq!(engine.readiness(), Err(NotReady::Outage(Outage::ReadOnly)));
        assert!(engine.stored_register().await?.rows() > 0, "it is read");
        engine.stop().await?;
        all_there(&db.url, &Acknowledged::new(), 0).await
    });
}

#[test]
fn a_file_that_is_deleted_under_the_server_is_noticed_and_may_be_put_back() {
    block_on(async {
        let db = TestDb::new(Kind::Sqlite).await?.unwrap();
        settle(&db).await?;
        let engine = engine(Store::connect(&db.url).await?).await?;
        let mut kept = Acknowledged::new();
        kept.insert("first".to_owned(), log(&engine, "first").await?);
        let (file, aside) = (db.dir().join("town.db"), db.dir().join("aside.db"));
        fs::rename(&file, &aside)?;
        until("it is noticed although nobody writes", async || {
            engine.readiness() == Err(NotReady::Outage(Outage::Moved))
        })
        .await?;
        assert_eq!(log(&engine, "lost").await.unwrap_err().outage(), Some(Outage::Moved));
        assert!(!file.exists(), "no empty database is made in its place");
        fs::copy(&aside, &file)?;
        assert_eq!(log(&engine, "lost").await.unwrap_err().outage(), Some(Outage::Moved), "a copy is another file");
        fs::rename(&aside, &file)?;
        until("it goes on", async || engine.readiness().is_ok()).await?;
        kept.insert("lost".to_owned(), log(&engine, "lost").await?);
        engine.stop().await?;
        all_there(&db.url, &kept, 0).await
    });
}
