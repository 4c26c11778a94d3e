//! On PostgreSQL: connections that break at a statement, before a commit, and after it unheard.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use liandong_engine::run::store::{Outage, Store};
use liandong_tests::stores::{CLUSTER, Kind, TestDb, Trouble};
use sea_orm::{ConnectionTrait, Database};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::{Acknowledged, all_there, block_on, engine, log, log_many, settle, until};

/// The simple query that commits, as it goes over the network.
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";

fn on_postgres<F: Future<Output = Result<(), Trouble>>>(story: impl FnOnce(TestDb) -> F) {
    block_on(async {
        let Some(db) = TestDb::new(Kind::Postgres).await? else {
            eprintln!("skipped: there is no PostgreSQL here");
            return Ok(());
        };
        settle(&db).await?;
        story(db).await
    });
}

#[test]
fn connections_that_the_server_ends_at_any_statement_lose_and_double_nothing() {
    on_postgres(|db| async move {
        let mut store = Store::connect(&db.url).await?;
        let (count, url) = (Arc::new(AtomicUsize::new(0)), db.url.clone());
        store.on_write(move |_| {
            // A number that shares nothing with that of a batch's statements, so that each has its turn.
            if count.fetch_add(1, Ordering::SeqCst) % 37 == 36 {
                let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                           WHERE datname = current_database() AND pid <> pg_backend_pid()";
                tokio::task::block_in_place(|| {
                    tokio::runtime::Handle::current().block_on(async {
                        let admin = Database::connect(&url).await.unwrap();
                        admin.execute_unprepared(end).await.unwrap();
                        admin.close().await.unwrap();
                    });
                });
            }
        });
        let engine = engine(store).await?;
        let (mut kept, mut failed) = (Acknowledged::new(), 0);
        for round in 0..40 {
            until("it goes on", async || engine.readiness().is_ok()).await?;
            let keys = || (0..5).map(move |n| format!("k{round}-{n}"));
            for error in log_many(&engine, keys(), &mut kept).await {
                assert_eq!(error.outage(), Some(Outage::Unavailable), "{error}");
                failed += 1;
            }
            // Whoever got no answer sends it again, under the same key.
            until("each is done", async || log_many(&engine, keys(), &mut kept).await.is_empty()).await?;
        }
        assert_eq!(kept.len(), 200, "{failed} failed");
        engine.stop().await?;
        all_there(&db.url, &kept, 0).await
    });
}

/// Passes on what both sides say, and breaks the connection at every `each`th commit: before the server has it, or
/// when the server has done it and nobody has heard so.
async fn proxy(each: usize) -> Result<(String, Arc<AtomicUsize>), Trouble> {
    let cluster = std::env::var(CLUSTER)?;
    let (scheme, server) = cluster.rsplit_once('@').ok_or("the cluster's address names nobody")?;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = format!("{scheme}@{}", listener.local_addr()?);
    let (server, commits, cut) = (server.to_owned(), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let cuts = Arc::clone(&cut);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (server, commits, cuts) = (server.clone(), Arc::clone(&commits), Arc::clone(&cuts));
            tokio::spawn(async move {
                let Ok(server) = TcpStream::connect(server).await else { return };
                // It breaks, which is what it is for.
                let _ = pass(client, server, each, &commits, &cuts).await;
            });
        }
    });
    Ok((address, cut))
}

async fn pass(
    mut client: TcpStream,
    mut server: TcpStream,
    each: usize,
    commits: &AtomicUsize,
    cuts: &AtomicUsize,
) -> Result<(), Trouble> {
    let (mut asked, mut answered) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        tokio::select! {
            read = client.read(&mut asked) => {
                let said = asked.get(..read?).filter(|said| !said.is_empty()).ok_or("closed")?;
                if said.windows(COMMIT.len()).any(|window| window == COMMIT) {
                    let no = commits.fetch_add(1, Ordering::SeqCst) + 1;
                    if no % each == 0 {
                        cuts.fetch_add(1, Ordering::SeqCst);
                        if no / each % 2 == 0 {
                            server.write_all(said).await?;
                            // Done, and nobody hears of it.
                            server.read_exact(answered.get_mut(..1).unwrap_or_default()).await?;
                        }
                        return Ok(());
                    }
                }
                server.write_all(said).await?;
            }
            read = server.read(&mut answered) => {
                let said = answered.get(..read?).filter(|said| !said.is_empty()).ok_or("closed")?;
                client.write_all(said).await?;
            }
        }
    }
}

fn through(address: &str, db: &TestDb) -> String {
    format!("{address}/{}", db.url.rsplit('/').next().unwrap_or_default())
}

#[test]
fn a_connection_that_breaks_before_a_commit_or_after_it_loses_and_doubles_nothing() {
    on_postgres(|db| async move {
        let (address, cuts) = proxy(3).await?;
        let engine = engine(Store::connect(&through(&address, &db)).await?).await?;
        let mut kept = Acknowledged::new();
        for round in 0..40 {
            let keys = (0..5).map(|n| format!("k{round}-{n}"));
            // One break is mended by another connection: nobody hears of it.
            let failed = log_many(&engine, keys, &mut kept).await;
            assert!(failed.is_empty(), "{failed:?}");
        }
        assert!(cuts.load(Ordering::SeqCst) > 10);
        engine.stop().await?;
        all_there(&db.url, &kept, 0).await
    });
}

#[test]
fn a_commit_that_nobody_hears_of_is_never_called_done_and_is_found_by_its_key() {
    on_postgres(|db| async move {
        let (address, cuts) = proxy(1).await?;
        let engine = engine(Store::connect(&through(&address, &db)).await?).await?;
        let error = log(&engine, "once").await.unwrap_err();
        assert_eq!((error.outage(), error.is_unknown()), (Some(Outage::Unavailable), true), "{error}");
        assert!(error.to_string().contains("not known") && error.to_string().contains("same key"), "{error}");
        assert!(engine.readiness().is_err());
        assert!(cuts.load(Ordering::SeqCst) >= 2);
        engine.stop().await?;
        let engine = super::engine(Store::connect(&db.url).await?).await?;
        let mut kept = Acknowledged::new();
        kept.insert("once".to_owned(), log(&engine, "once").await?);
        engine.stop().await?;
        all_there(&db.url, &kept, 0).await
    });
}

#[test]
fn a_database_that_may_only_be_read_takes_no_command_until_it_may_be_written() {
    on_postgres(|db| async move {
        let engine = engine(Store::connect(&db.url).await?).await?;
        // From another database, which goes on being written.
        let admin = Database::connect(format!("{}/postgres", std::env::var(CLUSTER)?)).await?;
        let name = db.url.rsplit('/').next().unwrap_or_default();
        let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
        let may = async |only: &str| -> Result<(), Trouble> {
            admin
                .execute_unprepared(&format!("ALTER DATABASE {name} SET default_transaction_read_only = {only}"))
                .await?;
            admin.execute_unprepared(&end).await?;
            Ok(())
        };
        let mut kept = Acknowledged::new();
        kept.insert("first".to_owned(), log(&engine, "first").await?);
        may("on").await?;
        let error = log(&engine, "second").await.unwrap_err();
        assert_eq!(error.outage(), Some(Outage::ReadOnly), "{error}");
        assert!(engine.stored_register().await?.rows() > 0, "it is read");
        may("off").await?;
        until("it goes on", async || engine.readiness().is_ok()).await?;
        kept.insert("second".to_owned(), log(&engine, "second").await?);
        engine.stop().await?;
        all_there(&db.url, &kept, 0).await
    });
}
