//! Opening the engine of a server: waits for a database that is out of reach.

use std::{path::Path, sync::Arc, time::Duration};

use liandong_engine::run::{engine::Engine, private};
use tokio::time::sleep;

use super::{
    database::{self, file_of},
    secret::SecretFile,
    signals::Signals,
    trouble::Trouble,
};

/// How long it waits before it tries again for the first time; twice as long each time after that.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// How long it waits at most.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The engine on this database, with the secret of its receipts; none when a signal came before it could be reached.
///
/// A server of PostgreSQL may start after us, or be away for a while: it is tried again and again, and said each time.
/// A file that cannot be opened is nothing to wait for.
pub(super) async fn open(
    url: &str,
    secret: &SecretFile,
    signals: &mut Signals,
) -> Result<Option<Arc<Engine>>, Trouble> {
    let mut pause = FIRST_PAUSE;
    loop {
        let opened = tokio::select! {
            opened = database::engine(url) => opened,
            () = signals.next() => return Ok(stopped()),
        };
        let error = match opened {
            Ok(engine) => {
                secret.give(&engine, url).await?;
                engine.look_whether_it_can_write().await;
                let secret = secret.path(url);
                warn_of_rights(file_of(url).into_iter().map(Path::new).chain(secret.as_deref()));
                return Ok(Some(engine));
            }
            Err(error) => error,
        };
        if file_of(url).is_some() || !error.is_out_of_reach() {
            return Err(error.into());
        }
        tracing::warn!("{error}; trying again in {} s", pause.as_secs_f32());
        tokio::select! {
            () = sleep(pause) => {}
            () = signals.next() => return Ok(stopped()),
        }
        pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
    }
}

fn stopped() -> Option<Arc<Engine>> {
    tracing::info!("stopped before the database could be reached");
    None
}

/// Says which of these files others on this machine can open: names, telephones and secrets stand in them.
pub(super) fn warn_of_rights<'a>(files: impl IntoIterator<Item = &'a Path>) {
    for file in private::open_to_others(files) {
        let file = file.display();
        tracing::warn!("others on this machine can open `{file}`; take that right away: chmod 600 '{file}'");
    }
}
