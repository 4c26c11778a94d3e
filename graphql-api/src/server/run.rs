//! The listeners, and the orderly stop.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};

use super::{
    App, ServeError,
    doors::{Doors, LEAVING, Leave},
    files,
    listen::{Listener, REFUSALS},
    metrics_routes, routes,
};

/// How long web sockets have to say good-bye.
const CLOSING_TIME: Duration = Duration::from_secs(2);

/// How long clients have to read answers that are ready, once nothing is worked on any more.
const READING_TIME: Duration = Duration::from_secs(2);

/// How many connections there are where only the numbers are read.
const METRICS_CONNECTIONS: usize = 16;

/// See [`super::serve`].
pub(super) async fn serve(
    app: Arc<App>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let (stop, stopping) = watch::channel(false);
    let aside =
        app.config.metrics_listen.map(|address| (address, Doors::new(METRICS_CONNECTIONS, METRICS_CONNECTIONS)));
    let most = files::most_connections(app.config.max_connections, reserved(aside.is_some()));
    let most_of_one = app.config.max_connections_per_address.unwrap_or(most / 2).clamp(1, most);
    let doors = Doors::new(most, most_of_one);
    let with = (&app.metrics, &app.config);
    let main = routes(Arc::clone(&app));
    let main = Listener::bind(app.config.listen, main, Arc::clone(&doors), with, stopping.clone()).await?;
    let mut listeners = JoinSet::new();
    if let Some((address, doors)) = &aside {
        let numbers = metrics_routes(Arc::clone(&app));
        listeners.spawn(Listener::bind(*address, numbers, Arc::clone(doors), with, stopping).await?.run());
    }
    listeners.spawn(main.run());
    tracing::info!(most, most_of_one, "connections that are let in, in all and from one address");

    shutdown.await;
    tracing::info!("stopping");
    app.engine.announce_stop();
    // Whoever sends work here learns of the end by asking `/health/ready`: it must be able to ask.
    sleep(app.config.grace_time).await;
    stop.send_replace(true);
    while listeners.join_next().await.is_some() {}
    // Who only sits there goes at once, and is not waited for.
    doors.clear(Leave::Served);
    if timeout(app.config.stop_time, until(|| doors.working() == 0)).await.is_err() {
        tracing::warn!("some requests did not end in time");
    }
    drop(timeout(READING_TIME, until(|| doors.plain() == 0)).await);
    doors.clear(Leave::Now);
    // The feed closes here, so every subscription completes; then the sockets close.
    let closed = app.engine.stop().await;
    app.closing.send_replace(true);
    // Until they have read it, too, so that the last word is not lost on the way.
    if timeout(CLOSING_TIME, until(|| doors.empty())).await.is_err() && app.metrics.sockets_open() > 0 {
        tracing::warn!("some web sockets did not close in time");
    }
    // Nobody waits for whoever is left, of whom nothing is known that would have to be done.
    for doors in aside.iter().map(|(_, doors)| doors).chain([&doors]) {
        doors.close();
    }
    tracing::info!("stopped");
    Ok(closed?)
}

/// Files that connections may have open beside those that are let in for long: whoever is on their way out, and whoever
/// is told why they are not let in.
fn reserved(aside: bool) -> u64 {
    let listener = LEAVING.saturating_add(REFUSALS);
    let aside = if aside { listener.saturating_add(METRICS_CONNECTIONS) } else { 0 };
    u64::try_from(listener.saturating_add(aside)).unwrap_or(u64::MAX)
}

/// Returns when it is so.
async fn until(so: impl Fn() -> bool) {
    while !so() {
        sleep(Duration::from_millis(10)).await;
    }
}
