//! The server as a process of its own, which a test may kill.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::process::{Child, Command};

use crate::{client::Client, stores::Trouble, town::SECRET_DIGITS};

/// A running server.
#[derive(Debug)]
pub struct Server {
    /// Its process; killed when this goes.
    pub child: Child,
    /// A client of it, without a token.
    pub client: Client,
    /// `HOST:PORT`.
    pub listen: String,
}

/// The program, beside the test binary; `make test` builds it.
///
/// # Errors
/// When it is not there.
pub fn program() -> Result<PathBuf, Trouble> {
    let test = std::env::current_exe()?;
    let found = test.ancestors().skip(1).take(3).map(|dir: &Path| dir.join("liandong")).find(|p| p.is_file());
    found.ok_or_else(|| "the program is not built; run `cargo build -p liandong-graphql-api --bin liandong`".into())
}

/// A loopback port that is free now.
///
/// # Errors
/// When there is none.
pub fn free_port() -> Result<u16, Trouble> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// A file with the secret of the tests, for every server of this process.
///
/// # Errors
/// When it cannot be written.
fn secret_file() -> Result<PathBuf, Trouble> {
    let path = std::env::temp_dir().join(format!("liandong-test-secret-{}", std::process::id()));
    // Somebody else may read it at this moment, so it is never there half.
    let making = path.with_extension(format!("{:?}", std::thread::current().id()));
    std::fs::write(&making, SECRET_DIGITS)?;
    std::fs::rename(&making, &path)?;
    Ok(path)
}

impl Server {
    /// Starts the server on a database and waits until it is ready.
    ///
    /// # Errors
    /// When it does not become ready.
    pub async fn start(database: &str) -> Result<Self, Trouble> {
        Self::started(database, "warn", None, &|| Ok(Stdio::inherit())).await
    }

    /// The same under a shell that says first what the process may do: `ulimit`, say. What it logs is not shown.
    ///
    /// # Errors
    /// When it does not become ready.
    pub async fn under(database: &str, shell: &str) -> Result<Self, Trouble> {
        Self::started(database, "off", Some(shell), &|| Ok(Stdio::null())).await
    }

    /// The same, with what it logs as a rule written to a file.
    ///
    /// # Errors
    /// When it does not become ready, or the file cannot be written.
    pub async fn under_logging(database: &str, shell: &str, file: &Path) -> Result<Self, Trouble> {
        Self::started(database, "info", Some(shell), &|| Ok(std::fs::File::create(file)?.into())).await
    }

    /// The same, with all that it ever logs written to a file.
    ///
    /// # Errors
    /// When it does not become ready, or the file cannot be written.
    pub async fn logging(database: &str, file: &Path) -> Result<Self, Trouble> {
        Self::started(database, "trace", None, &|| Ok(std::fs::File::create(file)?.into())).await
    }

    async fn started(
        database: &str,
        log: &str,
        shell: Option<&str>,
        stderr: &(dyn Fn() -> Result<Stdio, Trouble> + Sync),
    ) -> Result<Self, Trouble> {
        let mut trouble: Trouble = "the server did not start".into();
        // Another process may take the port between the look and the start.
        for _ in 0..3 {
            match Self::try_start(database, log, shell, stderr()?).await {
                Ok(server) => return Ok(server),
                Err(error) => trouble = error,
            }
        }
        Err(trouble)
    }

    async fn try_start(database: &str, log: &str, shell: Option<&str>, stderr: Stdio) -> Result<Self, Trouble> {
        let listen = format!("127.0.0.1:{}", free_port()?);
        let mut command = match shell {
            None => Command::new(program()?),
            Some(first) => {
                let mut command = Command::new("bash");
                command.args(["-c", &format!("{first}; exec \"$0\" \"$@\"")]).arg(program()?);
                command
            }
        };
        let mut child = command
            .args(["serve", "--database", database, "--listen", &listen])
            .env("RUST_LOG", log)
            .env("LIANDONG_SECRET_FILE", secret_file()?)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(stderr)
            .kill_on_drop(true)
            .spawn()?;
        let client = Client::new(&format!("http://{listen}"));
        let mut tick = tokio::time::interval(Duration::from_millis(20));
        for _ in 0..1_500 {
            tick.tick().await;
            if let Some(status) = child.try_wait()? {
                return Err(format!("the server ended: {status}").into());
            }
            if client.get("/health/ready").await.is_ok_and(|reply| reply.status.is_success()) {
                return Ok(Self { child, client, listen });
            }
        }
        Err("the server did not become ready".into())
    }

    /// Kills it as a power cut would.
    ///
    /// # Errors
    /// When it is gone already.
    pub async fn kill(mut self) -> Result<(), Trouble> {
        self.child.kill().await?;
        Ok(())
    }
}
