//! The socket, and the orderly stop.

use std::{sync::Arc, time::Duration};

use axum::serve::ListenerExt;
use tokio::{net::TcpListener, sync::oneshot};

use super::{App, ServeError, routes};

/// How long web sockets have to say good-bye.
const CLOSING_TIME: Duration = Duration::from_secs(2);

/// See [`super::serve`].
pub(super) async fn serve(
    app: Arc<App>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let address = app.config.listen;
    let listen = |error| ServeError::Listen { address, error };
    let listener = TcpListener::bind(address).await.map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    // Answers are small and somebody waits for each: none is to wait for the next.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "no TCP_NODELAY");
        }
    });
    tracing::info!(%address, "listening");

    let (stopping, stopped) = oneshot::channel();
    let announcer = Arc::clone(&app);
    let signal = async move {
        shutdown.await;
        tracing::info!("stopping");
        announcer.engine.announce_stop();
        // Whoever sends work here learns of the end by asking `/health/ready`: it must be able to ask.
        tokio::time::sleep(announcer.config.grace_time).await;
        stopping.send(()).ok();
    };
    let serving = axum::serve(listener, routes(Arc::clone(&app))).with_graceful_shutdown(signal);
    let late = async {
        drop(stopped.await);
        tokio::time::sleep(app.config.stop_time).await;
    };
    tokio::select! {
        served = serving => served.map_err(listen)?,
        () = late => tracing::warn!("some requests did not end in time"),
    }
    // The feed closes here, so every subscription completes; then the sockets close.
    let closed = app.engine.stop().await;
    app.closing.send_replace(true);
    let all_closed = async {
        while app.metrics.sockets_open() > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    if tokio::time::timeout(CLOSING_TIME, all_closed).await.is_err() {
        tracing::warn!("some web sockets did not close in time");
    }
    tracing::info!("stopped");
    Ok(closed?)
}
