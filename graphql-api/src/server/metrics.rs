//! Numbers for Prometheus. No label holds anything that a caller chose.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use liandong_engine::run::engine::{Engine, Lateness};
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric, NoLabelSet, text::encode},
    metrics::{
        MetricType,
        counter::{ConstCounter, Counter},
        family::Family,
        gauge::{ConstGauge, Gauge},
        histogram::Histogram,
    },
    registry::{Registry, Unit},
};

use super::{
    App,
    accept::{Media, negotiate},
    fault::{self, Fault},
};

/// The route and the status of a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: &'static str,
    status: u16,
}

/// Which bound a connection came up against.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Refused {
    full: &'static str,
}

/// What is counted here, beside what the engine counts.
#[derive(Debug)]
pub(super) struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    graphql: Histogram,
    connections: Counter,
    connections_open: Gauge,
    refused: Family<Refused, Counter>,
    evicted: Counter,
    sockets: Gauge,
    subscriptions: Gauge,
}

/// Half a millisecond to ten seconds.
const BUCKETS: [f64; 14] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

impl Metrics {
    pub(super) fn new(engine: &Arc<Engine>) -> Self {
        let mut registry = Registry::with_prefix("liandong");
        let requests = Family::default();
        let graphql = Histogram::new(BUCKETS);
        let (connections_open, sockets, subscriptions) = (Gauge::default(), Gauge::default(), Gauge::default());
        registry.register("http_requests", "HTTP requests by route and status", requests.clone());
        registry.register_with_unit(
            "graphql_request",
            "From a GraphQL request's head to its answer",
            Unit::Seconds,
            graphql.clone(),
        );
        let (connections, refused, evicted) = (Counter::default(), Family::default(), Counter::default());
        registry.register("connections", "Connections let in", connections.clone());
        registry.register("connections_open", "Connections open", connections_open.clone());
        let help = "Connections not let in, because there were too many in all or of their address";
        registry.register("connections_refused", help, refused.clone());
        registry.register("connections_evicted", "Idle connections closed to make room", evicted.clone());
        registry.register("web_sockets_open", "Web sockets open", sockets.clone());
        registry.register("subscriptions_open", "Subscriptions open", subscriptions.clone());
        registry.register_collector(Box::new(OfEngine(Arc::clone(engine))));
        Self { registry, requests, graphql, connections, connections_open, refused, evicted, sockets, subscriptions }
    }

    /// Counts a request that was answered.
    pub(super) fn answered(&self, route: &'static str, status: StatusCode, seconds: f64) {
        self.requests.get_or_create(&Answered { route, status: status.as_u16() }).inc();
        if route == "/graphql" {
            self.graphql.observe(seconds);
        }
    }

    /// Counts a connection that was let in, and whether another one had to make room for it; as open for as long as the
    /// result lives.
    pub(super) fn let_in(&self, made_room: bool) -> Open {
        self.connections.inc();
        if made_room {
            self.evicted.inc();
        }
        Open::new(&self.connections_open)
    }

    /// Counts a connection that was not.
    pub(super) fn refused(&self, full: &'static str) {
        self.refused.get_or_create(&Refused { full }).inc();
    }

    /// Counts a web socket for as long as the result lives.
    pub(super) fn socket(&self) -> Open {
        Open::new(&self.sockets)
    }

    /// Counts a subscription for as long as the result lives.
    pub(super) fn subscription(&self) -> Open {
        Open::new(&self.subscriptions)
    }

    /// How many web sockets are open.
    pub(super) fn sockets_open(&self) -> i64 {
        self.sockets.get()
    }
}

/// One more while it lives.
#[derive(Debug)]
pub(super) struct Open(Gauge<i64, AtomicI64>);

impl Open {
    fn new(gauge: &Gauge<i64, AtomicI64>) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.dec();
    }
}

fn histogram(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    counted: &Lateness,
) -> Result<(), std::fmt::Error> {
    let buckets: Vec<(f64, u64)> = counted.buckets().collect();
    let total: u64 = buckets.iter().map(|(_, count)| count).sum();
    let mut metric = encoder.encode_descriptor(name, help, Some(&Unit::Seconds), MetricType::Histogram)?;
    metric.encode_histogram::<NoLabelSet>(counted.seconds(), total, &buckets, None)
}

/// What the engine counts about itself.
#[derive(Debug)]
struct OfEngine(Arc<Engine>);

impl Collector for OfEngine {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let counts = self.0.counts();
        let outcomes = [
            ("done", &counts.done),
            ("refused", &counts.refused),
            ("replayed", &counts.replayed),
            ("busy", &counts.busy),
            ("failed", &counts.failed),
        ];
        let of = |count: &AtomicU64| ConstCounter::new(count.load(Ordering::Relaxed));
        let gauge = |count: u64| ConstGauge::new(i64::try_from(count).unwrap_or(i64::MAX));
        let commits = of(&counts.commits);
        let mut commands = encoder.encode_descriptor("commands", "Commands by outcome", None, commits.metric_type())?;
        for (outcome, count) in outcomes {
            of(count).encode(commands.encode_family(&[("outcome", outcome)])?)?;
        }
        commits.encode(encoder.encode_descriptor("commits", "Commits made", None, commits.metric_type())?)?;
        let help = "How late limits took effect: now less due";
        histogram(&mut encoder, "limit_lateness", help, &counts.lateness)?;
        let help = "From the instant of a commit until it was published";
        histogram(&mut encoder, "created_to_visible", help, self.0.created_to_visible())?;
        let help = "From the instant at which a delivery was to go out, an urgent one as it was raised, until the \
                    receiver took it";
        histogram(&mut encoder, "created_to_delivered", help, &counts.delivery)?;
        let help = "Attempts to deliver notices by outcome; dead is given up";
        let mut deliveries = encoder.encode_descriptor("deliveries", help, None, commits.metric_type())?;
        let outcomes =
            [("delivered", &counts.delivered), ("failed", &counts.failed_deliveries), ("dead", &counts.given_up)];
        for (outcome, count) in outcomes {
            of(count).encode(deliveries.encode_family(&[("outcome", outcome)])?)?;
        }
        let help = "Open assignments by the colour of their time, as the auditor counts them";
        let mut open = encoder.encode_descriptor("open_assignments", help, None, MetricType::Gauge)?;
        let audited = self.0.audited();
        for (colour, count) in audited.colours {
            gauge(count).encode(open.encode_family(&[("colour", colour.word())])?)?;
        }
        let dead = ConstGauge::new(self.0.dead_letter_count());
        let help = "Deliveries that are given up now, as the courier counts them";
        dead.encode(encoder.encode_descriptor("dead_letters", help, None, dead.metric_type())?)?;
        let missed = gauge(audited.missed);
        let help = "Limits that ran out and did not take effect, as the auditor counts them";
        missed.encode(encoder.encode_descriptor("limits_missed", help, None, missed.metric_type())?)?;
        let position = ConstGauge::new(self.0.feed().position());
        let help = "The newest journal position that this process knows of";
        position.encode(encoder.encode_descriptor("journal_position", help, None, position.metric_type())?)?;
        let world = gauge(self.0.world().version());
        world.encode(encoder.encode_descriptor(
            "world_version",
            "The version of the register",
            None,
            world.metric_type(),
        )?)?;
        let ready = ConstGauge::new(i64::from(self.0.readiness().is_ok()));
        let help = "1 while work can be sent here: until the stop is announced, and while the store can be written";
        ready.encode(encoder.encode_descriptor("ready", help, None, ready.metric_type())?)?;
        transactions(&mut encoder, &self.0)
    }
}

/// What is counted of transactions, by their names, which are those in the code.
fn transactions(encoder: &mut DescriptorEncoder<'_>, engine: &Engine) -> Result<(), std::fmt::Error> {
    let measured = engine.transactions();
    let of = |count: &AtomicU64| ConstCounter::new(count.load(Ordering::Relaxed));
    let help = "Transactions by name and outcome; a conflict is an attempt that is made again";
    let mut counts = encoder.encode_descriptor("transactions", help, None, MetricType::Counter)?;
    for (name, measured) in &measured {
        let outcomes =
            [("committed", &measured.committed), ("failed", &measured.failed), ("conflict", &measured.retried)];
        for (outcome, count) in outcomes {
            of(count).encode(counts.encode_family(&[("name", *name), ("outcome", outcome)])?)?;
        }
    }
    let help =
        "From the beginning of a transaction until its commit or its failure, with attempts that were made again";
    let mut durations = encoder.encode_descriptor("transaction", help, Some(&Unit::Seconds), MetricType::Histogram)?;
    for (name, measured) in &measured {
        let buckets: Vec<(f64, u64)> = measured.duration.buckets().collect();
        let total: u64 = buckets.iter().map(|(_, count)| count).sum();
        let labels = [("name", *name)];
        let mut family = durations.encode_family(&labels)?;
        family.encode_histogram::<NoLabelSet>(measured.duration.seconds(), total, &buckets, None)?;
    }
    Ok(())
}

/// `GET /metrics`: OpenMetrics for whoever asks for it, else the classic text format.
pub(super) async fn show(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let mut text = String::with_capacity(8192);
    if encode(&mut text, &app.metrics.registry).is_err() {
        return Fault::internal().into_response();
    }
    let (kind, text) = match negotiate(&headers, &[Media::OpenMetrics, Media::Text]) {
        Some(Media::OpenMetrics) => (Media::OpenMetrics, text),
        // Whoever asks for neither is a program that does not say what it means: it reads what all of them read.
        _ => (Media::Text, classic(&text)),
    };
    fault::body(StatusCode::OK, kind, text)
}

/// The same numbers in the classic text format, which knows no units and no end, and in which a counter is named as its
/// sample is: <https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>.
fn classic(open_metrics: &str) -> String {
    let counters: HashSet<&str> =
        open_metrics.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.strip_suffix(" counter")).collect();
    let mut text = String::with_capacity(open_metrics.len());
    for line in open_metrics.lines() {
        let mut words = line.splitn(4, ' ');
        match (words.next(), words.next(), words.next(), words.next()) {
            (Some("#"), Some("UNIT" | "EOF"), ..) => continue,
            (Some("#"), Some(what), Some(name), Some(rest)) if counters.contains(name) => {
                text.extend(["# ", what, " ", name, "_total ", rest]);
            }
            _ => text.push_str(line),
        }
        text.push('\n');
    }
    text
}
