//! How the program starts, and how it does not: on a database that is not there, is none, is of another version, or does
//! not answer.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Output, Stdio},
};

use liandong_engine::run::{
    error::Error,
    store::{CannotOpen, Store},
};
use liandong_schema::migration::Migrator;
use liandong_tests::{
    fixtures,
    server::{free_port, program},
    serving::PATIENCE,
    stores::{CLUSTER, Kind, TestDb, Trouble},
};
use rustix::process::{Pid, Signal, kill_process};
use sea_orm::{ConnectionTrait, Database};
use sea_orm_migration::MigratorTrait;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines},
    net::TcpListener,
    process::{Child, ChildStderr, Command},
    time::timeout,
};

fn block_on(story: impl Future<Output = Result<(), Trouble>>) {
    tokio::runtime::Runtime::new().unwrap().block_on(story).unwrap();
}

/// A program that runs, and the lines of its log.
struct Running {
    child: Child,
    log: Lines<BufReader<ChildStderr>>,
}

impl Running {
    fn start(dir: &Path, words: &[&str]) -> Result<Self, Trouble> {
        let mut child = command(dir, words)?.stderr(Stdio::piped()).stdout(Stdio::null()).kill_on_drop(true).spawn()?;
        let log = BufReader::new(child.stderr.take().ok_or("no log")?).lines();
        Ok(Self { child, log })
    }

    fn serve(dir: &Path, database: &str) -> Result<Self, Trouble> {
        let listen = format!("127.0.0.1:{}", free_port()?);
        let secret = dir.join("secret").display().to_string();
        Self::start(
            dir,
            &["serve", "--database", database, "--listen", &listen, "--secret-file", &secret, "--grace", "0"],
        )
    }

    /// Reads its log up to the line that says this.
    async fn says(&mut self, what: &str) -> Result<String, Trouble> {
        let mut said = String::new();
        while let Some(line) = timeout(PATIENCE, self.log.next_line()).await?? {
            if line.contains(what) {
                return Ok(line);
            }
            said += &format!("{line}\n");
        }
        Err(format!("it ended and did not say `{what}`: {said}").into())
    }

    /// Asks it to stop; whether it ended well.
    async fn stop(mut self) -> Result<bool, Trouble> {
        let pid = self.child.id().and_then(|id| Pid::from_raw(id.try_into().ok()?)).ok_or("it is gone")?;
        kill_process(pid, Signal::TERM)?;
        // It must not wait for whoever reads its log.
        while timeout(PATIENCE, self.log.next_line()).await??.is_some() {}
        Ok(timeout(PATIENCE, self.child.wait()).await??.success())
    }
}

fn command(dir: &Path, words: &[&str]) -> Result<Command, Trouble> {
    let mut command = Command::new(program()?);
    command.args(words).current_dir(dir).env_remove("LIANDONG_DATABASE").env("RUST_LOG", "info").stdin(Stdio::null());
    Ok(command)
}

/// What it says when it does not start, and its exit code.
async fn fails(dir: &Path, words: &[&str]) -> Result<(String, Option<i32>), Trouble> {
    let Output { status, stderr, .. } = timeout(PATIENCE, command(dir, words)?.output()).await??;
    Ok((String::from_utf8(stderr)?, status.code()))
}

fn rights(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn an_address_without_a_database_starts_nothing_makes_nothing_and_says_what_to_do() {
    block_on(async {
        let dir = TempDir::new()?;
        fs::create_dir(dir.path().join("folder"))?;
        fs::write(dir.path().join("letter.db"), "dear sir or madam, this is a letter and no database at all")?;
        let before = fs::read_dir(dir.path())?.count();
        let table = [
            ("sqlite://gone.db", "there is no database `gone.db`", "register load"),
            ("sqlite://no/folder/gone.db", "there is no database `no/folder/gone.db`", "--create"),
            ("sqlite://", "`sqlite://` names no file", "sqlite://FILE"),
            ("sqlite://folder", "`folder` is a directory", "sqlite://DIR/FILE"),
            ("sqlite:gone.db", "`sqlite:gone.db` is not a database address", "sqlite://FILE"),
            ("sqlite::memory:", "`sqlite::memory:` is not a database address", "sqlite://FILE"),
            ("mysql://me:hush@there/town", "`there/town` is not a database address", "postgres://"),
            ("sqlite://letter.db", "`letter.db` is no database", "put a copy in its place"),
            ("sqlite://letter.db?mode=odd", "the address of the database cannot be used", "sqlite://FILE"),
            ("postgres://there:port/town", "the address of the database cannot be used", "postgres://"),
        ];
        for (address, said, mend) in table {
            for words in [&["serve"][..], &["token", "issue", "--person", "P1"], &["journal", "verify"]] {
                let words = [words, &["--database", address]].concat();
                let (found, code) = fails(dir.path(), &words).await?;
                assert!(found.contains(said) && found.contains(mend), "{words:?} says: {found}");
                assert!(!found.contains("hush"), "{found}");
                assert_eq!((found.lines().count(), code), (1, Some(2)), "{words:?} says: {found}");
            }
        }
        let (found, _) = fails(dir.path(), &["serve", "--create", "--database", "sqlite://no/folder/new.db"]).await?;
        assert!(found.contains("make its folder first"), "{found}");
        assert_eq!(fs::read_dir(dir.path())?.count(), before, "nothing is made");
        Ok(())
    });
}

#[test]
fn a_database_is_made_when_that_is_asked_for_and_nobody_else_may_open_its_files() {
    block_on(async {
        let dir = TempDir::new()?;
        let listen = format!("127.0.0.1:{}", free_port()?);
        let words = ["serve", "--create", "--database", "sqlite://town.db", "--listen", &listen, "--grace", "0"];
        let mut server = Running::start(dir.path(), &words)?;
        server.says("the register is empty").await?;
        server.says("listening").await?;
        let files: Vec<_> = fs::read_dir(dir.path())?.collect::<Result<_, _>>()?;
        assert!(files.len() >= 3, "{files:?}");
        for file in files {
            assert_eq!(rights(&file.path()), 0o600, "{file:?}");
        }
        assert!(server.stop().await?);

        let register = fixtures::directory("hamlet").display().to_string();
        let (said, code) =
            fails(dir.path(), &["register", "load", &register, "--database", "sqlite://other.db"]).await?;
        assert_eq!(code, Some(0), "{said}");
        assert_eq!(rights(&dir.path().join("other.db")), 0o600);
        let (said, code) =
            fails(dir.path(), &["register", "export", "out/here", "--database", "sqlite://other.db"]).await?;
        assert_eq!(code, Some(0), "{said}");
        assert_eq!([rights(&dir.path().join("out")), rights(&dir.path().join("out/here"))], [0o700, 0o700]);
        assert_eq!(rights(&dir.path().join("out/here/people.csv")), 0o600);
        Ok(())
    });
}

#[test]
fn files_that_others_may_open_are_said_at_the_start() {
    block_on(async {
        let dir = TempDir::new()?;
        let address = format!("sqlite://{}", dir.path().join("town.db").display());
        Store::open(&address).await?.close().await?;
        let mut server = Running::serve(dir.path(), &address)?;
        server.says("listening").await?;
        assert!(server.stop().await?);
        for file in ["town.db", "secret"] {
            fs::set_permissions(dir.path().join(file), fs::Permissions::from_mode(0o644))?;
        }
        // Base64 of 24 bytes, which only a test would choose.
        fs::write(dir.path().join("hook"), format!("whsec_{}\n", "A".repeat(32)))?;
        fs::set_permissions(dir.path().join("hook"), fs::Permissions::from_mode(0o640))?;
        let listen = format!("127.0.0.1:{}", free_port()?);
        let serve = ["serve", "--database", &address, "--listen", &listen, "--secret-file", "secret", "--grace", "0"];
        let hook = ["--webhook", "http://127.0.0.1:9/", "--webhook-secret-file", "hook"];
        let mut server = Running::start(dir.path(), &[&serve[..], &hook].concat())?;
        for file in ["hook", "town.db", "secret"] {
            let said = server.says("others on this machine can open").await?;
            assert!(said.contains(file) && said.contains("chmod 600"), "{said}");
        }
        server.says("listening").await?;
        assert!(server.stop().await?);
        Ok(())
    });
}

async fn of_another_version(kind: Kind) -> Result<(), Trouble> {
    let Some(db) = TestDb::new(kind).await? else { return Ok(()) };
    let url = if kind == Kind::Sqlite { format!("{}?mode=rwc", db.url) } else { db.url.clone() };
    let connection = Database::connect(url).await?;
    let all = Migrator::migrations();
    let last = all.last().ok_or("no migrations")?.name().to_owned();
    Migrator::up(&connection, Some(u32::try_from(all.len())? - 1)).await?;
    let older = Store::connect(&db.url).await;
    assert!(matches!(&older, Err(Error::Open(CannotOpen::Older(missing))) if *missing == last), "{older:?}");
    let (said, _) = fails(db.dir(), &["journal", "verify", "--database", &db.url]).await?;
    assert!(said.contains(&last) && said.contains("`liandong serve` brings it up to date"), "{said}");

    Store::open(&db.url).await?.close().await?;
    Store::connect(&db.url).await?.close().await?;
    let tomorrow = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m99991231_000001_tomorrow', 0)";
    connection.execute_unprepared(tomorrow).await?;
    for words in [&["serve"][..], &["journal", "verify"], &["token", "issue", "--person", "P1"]] {
        let words = [words, &["--database", &db.url]].concat();
        let (said, code) = fails(db.dir(), &words).await?;
        assert!(said.contains("newer version") && said.contains("m99991231_000001_tomorrow"), "{words:?} says: {said}");
        assert_eq!(code, Some(2));
    }
    Ok(connection.close().await?)
}

#[test]
fn a_database_of_another_version_is_not_touched_on_sqlite() {
    block_on(of_another_version(Kind::Sqlite));
}

#[test]
fn a_database_of_another_version_is_not_touched_on_postgres() {
    block_on(of_another_version(Kind::Postgres));
}

#[test]
fn a_server_waits_for_a_database_that_is_out_of_reach_and_a_signal_ends_the_waiting() {
    block_on(async {
        let dir = TempDir::new()?;
        let mut server = Running::serve(dir.path(), &format!("postgres://me@127.0.0.1:{}/town", free_port()?))?;
        for pause in ["0.5 s", "1 s"] {
            let said = server.says("the database cannot be reached").await?;
            assert!(said.contains(&format!("trying again in {pause}")), "{said}");
        }
        assert!(server.stop().await?, "it was asked to stop, and did");
        Ok(())
    });
}

/// Lets nobody in, with this code.
async fn porter(code: &'static str) -> Result<String, Trouble> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut asked = [0; 1024];
            // Once for TLS, which there is none of, and once for who it is.
            if socket.read(&mut asked).await.is_ok_and(|n| n == 8) {
                socket.write_all(b"N").await.unwrap();
                assert!(socket.read(&mut asked).await.unwrap() > 8);
            }
            let fields = format!("SFATAL\0VFATAL\0C{code}\0Mnot you\0\0");
            let length = u32::try_from(fields.len() + 4).unwrap().to_be_bytes();
            socket.write_all(&[b"E", &length[..], fields.as_bytes()].concat()).await.unwrap();
        }
    });
    Ok(format!("postgres://me:hush@{address}/town"))
}

#[test]
fn what_waiting_does_not_mend_is_said_at_once_and_not_tried_again() {
    block_on(async {
        let dir = TempDir::new()?;
        for (code, why) in [("28P01", "the password"), ("28000", "the user"), ("3D000", "no such database")] {
            let mut server = Running::serve(dir.path(), &porter(code).await?)?;
            let said = server.says("does not let this program in: ").await?;
            assert!(said.contains("not you") && said.contains("check the user, the password"), "{why}: {said}");
            assert!(!said.contains("hush"), "{said}");
            assert_eq!(timeout(PATIENCE, server.child.wait()).await??.code(), Some(2), "{why}");
        }
        let mut server = Running::serve(dir.path(), &porter("57P03").await?)?;
        let said = server.says("not you").await?;
        assert!(said.contains("trying again"), "one that is starting is waited for: {said}");
        assert!(server.stop().await?);
        Ok(())
    });
}

#[test]
fn a_server_starts_as_soon_as_its_database_can_be_reached() {
    block_on(async {
        let Some(db) = TestDb::new(Kind::Postgres).await? else { return Ok(()) };
        let cluster = std::env::var(CLUSTER)?;
        let real = cluster.rsplit('@').next().ok_or("no address")?.to_owned();
        let port = free_port()?;
        let mut server = Running::serve(db.dir(), &db.url.replace(&real, &format!("127.0.0.1:{port}")))?;
        server.says("the database cannot be reached").await?;
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        tokio::spawn(async move {
            while let Ok((mut here, _)) = listener.accept().await {
                let real = real.clone();
                tokio::spawn(async move {
                    let mut there = tokio::net::TcpStream::connect(real).await.unwrap();
                    // Whoever hangs up first, it is over.
                    drop(tokio::io::copy_bidirectional(&mut here, &mut there).await);
                });
            }
        });
        server.says("listening").await?;
        assert!(server.stop().await?);
        Ok(())
    });
}
