//! A disk that refuses under a running server: one that is full, in the commit too, and one that fails.

use std::{
    path::{Path, PathBuf},
    process::Command as Program,
    sync::Arc,
};

use futures_util::future::join_all;
use liandong_engine::{
    rules::actor::Actor,
    run::{
        engine::{Command, Engine, Order},
        source::{Clock, Entropy},
        store::Store,
    },
};
use liandong_tests::{client::Client, fixtures, server::Server, stores::Trouble};
use serde_json::{Value, json};

use super::{Acknowledged, all_there, block_on, until};

const LOG: &str = "mutation($input: LogRequestInput!, $key: String!) {
    logRequest(input: $input, idempotencyKey: $key) { id refusal { code } }
}";

const WRITERS: usize = 8;

/// The request that came of it, or the code of the error.
async fn log(client: &Client, key: &str) -> Result<Result<String, String>, Trouble> {
    let input = json!({
        "place": "H21", "matter": "water-pipe", "channel": "HomeVisit", "words": "水".repeat(500),
        "citizen": { "name": "韦某" }
    });
    let reply = client.post(LOG, json!({ "input": input, "key": key })).await?;
    match reply.json().pointer("/data/logRequest/id").and_then(Value::as_str) {
        Some(id) => Ok(Ok(id.to_owned())),
        None => {
            assert_eq!(reply.status, 503, "{}", reply.text);
            Ok(Err(reply.error_code()))
        }
    }
}

/// Each writer logs until it is refused; what was acknowledged, and the codes of the refusals.
async fn fill(client: &Client, round: usize, kept: &mut Acknowledged) -> Result<Vec<String>, Trouble> {
    let client = Arc::new(client.clone());
    let writers = (0..WRITERS).map(|writer| {
        let client = Arc::clone(&client);
        async move {
            let mut done = Vec::new();
            for n in 0..20_000 {
                let key = format!("r{round}-w{writer}-{n}");
                match log(&client, &key).await? {
                    Ok(id) => done.push((key, id)),
                    Err(code) => return Ok::<_, Trouble>((done, code)),
                }
            }
            Err("the disk took everything".into())
        }
    });
    let mut codes = Vec::new();
    for ended in join_all(writers).await {
        let (done, code) = ended?;
        for (key, id) in done {
            kept.insert(key, id.parse()?);
        }
        codes.push(code);
    }
    Ok(codes)
}

/// A town on a database in that folder, and somebody's token.
async fn settle(dir: &Path) -> Result<(String, String), Trouble> {
    let url = format!("sqlite://{}/town.db", dir.display());
    let engine = Engine::open(Store::open(&url).await?, Clock::System, Entropy::System).await?;
    let command = Command::Load(Box::new(fixtures::register("hamlet")));
    engine.execute(Order { actor: Actor::Operator, key: "town".to_owned(), command }).await?.unwrap();
    let token = engine.issue_token(&"P5".parse()?).await?;
    engine.stop().await?;
    Ok((url, token))
}

async fn status(server: &Server) -> Result<(u16, String), Trouble> {
    let reply = server.client.get("/health/ready").await?;
    Ok((reply.status.as_u16(), reply.text))
}

/// Filled, mended, filled again, killed: everything that was acknowledged is there.
async fn story(
    server: Server,
    (url, token): (String, String),
    (code, reason): (&str, &str),
    mend: impl FnOnce(&Server) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let client = server.client.bearer(&token);
    let mut kept = Acknowledged::new();
    let codes = fill(&client, 0, &mut kept).await?;
    assert!(codes.iter().all(|said| said == code), "{codes:?}");
    assert!(kept.len() > 20, "{} were acknowledged", kept.len());
    let (ready, why) = status(&server).await?;
    assert!(ready == 503 && why.contains(reason), "{ready} {why}");
    let me = client.ask("{ me { person { code } } }", json!({})).await;
    assert!(me.is_ok(), "what is there is read: {me:?}");
    let metrics = server.client.get("/metrics").await?.text;
    let failed = r#"liandong_transactions_total{name="execute",outcome="failed"}"#;
    assert!(metrics.contains(failed) && metrics.contains("liandong_ready 0"), "{metrics}");
    mend(&server)?;
    until("it goes on", async || status(&server).await.is_ok_and(|(status, _)| status == 200)).await?;
    for n in 0..50 {
        let key = format!("mended-{n}");
        let id = log(&client, &key).await?.map_err(|code| format!("{key}: {code}"))?;
        kept.insert(key, id.parse()?);
    }
    server.kill().await?;
    // A command that was under way when the disk refused may be known to nobody.
    all_there(&url, &kept, WRITERS).await
}

/// A small disk of its own, taken away in the end.
struct Mounted(PathBuf);

impl Mounted {
    fn new(dir: &Path) -> Option<Self> {
        let mounted = Program::new("mount").args(["-t", "tmpfs", "-o", "size=24m", "tmpfs"]).arg(dir).output();
        mounted.is_ok_and(|done| done.status.success()).then(|| Self(dir.to_owned()))
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let unmounted = Program::new("umount").arg("-l").arg(&self.0).status();
        assert!(unmounted.is_ok_and(|status| status.success()), "the disk is still mounted");
    }
}

#[test]
fn a_disk_that_is_full_loses_nothing_that_was_acknowledged() {
    let dir = tempfile::TempDir::with_prefix("liandong-disk-").unwrap();
    let Some(disk) = Mounted::new(dir.path()) else {
        eprintln!("skipped: a disk of its own can be mounted here by nobody but root");
        return;
    };
    block_on(async {
        let town = settle(&disk.0).await?;
        let ballast = disk.0.join("ballast");
        std::fs::write(&ballast, vec![0; 16 << 20])?;
        let server = Server::under(&town.0, ":").await?;
        story(server, town, ("STORE_FULL", "no room left"), |_| Ok(std::fs::remove_file(&ballast)?)).await
    });
}

/// A limit for the process stands for a disk that fails: every write beyond it is an error of the system.
#[test]
fn a_disk_that_fails_loses_nothing_that_was_acknowledged() {
    let dir = tempfile::TempDir::with_prefix("liandong-disk-").unwrap();
    if Program::new("prlimit").arg("--version").output().is_err() {
        eprintln!("skipped: there is no `prlimit` here");
        return;
    }
    block_on(async {
        let town = settle(dir.path()).await?;
        // In blocks of 1,024 bytes; the signal that comes with it would end the process.
        let server = Server::under(&town.0, "trap '' XFSZ; ulimit -S -f 2500").await?;
        story(server, town, ("STORE_UNAVAILABLE", "disk fails"), |server| {
            let pid = server.child.id().ok_or("the server is gone")?.to_string();
            let mended = Program::new("prlimit").args(["--pid", &pid, "--fsize=unlimited:"]).status()?;
            if mended.success() { Ok(()) } else { Err("the limit stays".into()) }
        })
        .await
    });
}

/// What stands between the server and the system: from the two hundredth time on nothing reaches the disk, until somebody
/// makes the file.
const FAILING_SYNC: &str = r#"
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int synced;

static int sync_or_fail(long call, int fd) {
    if (__atomic_add_fetch(&synced, 1, __ATOMIC_SEQ_CST) > 200 && access(getenv("MENDED"), F_OK) != 0) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(call, fd);
}

int fsync(int fd) { return sync_or_fail(SYS_fsync, fd); }
int fdatasync(int fd) { return sync_or_fail(SYS_fdatasync, fd); }
"#;

#[test]
fn a_disk_that_takes_writes_and_does_not_keep_them_loses_nothing_that_was_acknowledged() {
    let dir = tempfile::TempDir::with_prefix("liandong-disk-").unwrap();
    let path = |name: &str| dir.path().join(name).display().to_string();
    std::fs::write(path("sync.c"), FAILING_SYNC).unwrap();
    // The compiler that SQLite was compiled with.
    let compiled = Program::new("cc").args(["-shared", "-fPIC", "-o", &path("sync.so"), &path("sync.c")]).status();
    assert!(compiled.is_ok_and(|status| status.success()), "`cc` does not compile what stands in for the disk");
    block_on(async {
        let town = settle(dir.path()).await?;
        let between = format!("export LD_PRELOAD={} MENDED={}", path("sync.so"), path("mended"));
        let server = Server::under(&town.0, &between).await?;
        story(server, town, ("STORE_UNAVAILABLE", "disk fails"), |_| Ok(std::fs::write(path("mended"), "")?)).await
    });
}
