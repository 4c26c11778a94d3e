//! What can be set from outside.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

/// Where the server listens and what it allows. `Config::default()` is fit for a town.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where `/metrics` is to be had, and then only there; at `listen` when none is given.
    pub metrics_listen: Option<SocketAddr>,
    /// How many connections are open at most; as many as there are files for, 4,096 at most, when none is given.
    pub max_connections: Option<usize>,
    /// How many of them from one address (of IPv6: from one network of 64 bits); half when none is given.
    pub max_connections_per_address: Option<usize>,
    /// How long a connection may take until it has sent the head of a request, from its beginning or the last answer. Half
    /// a head and an idle connection are closed alike, without an answer; where room is needed, they go before that.
    pub header_time: Duration,
    /// How long nothing of what is written may be taken before a connection is broken off. Whoever takes a little now and
    /// then stays for as long as there is room.
    pub stall_time: Duration,
    /// How often a web socket is asked for a sign of life; who gave none by the next time is gone.
    pub ping_time: Duration,
    /// How deep a query may nest, in fields; introspection has its own bound.
    pub max_depth: usize,
    /// How much a query may cost: one for each field, times the length of the lists it stands in.
    pub max_complexity: usize,
    /// How long a request's body, or a message of a web socket, may be, in bytes.
    pub max_body: usize,
    /// How long a request may take, from its head read to its answer ready. When the body is not there by then nothing was
    /// done, which the answer says (408); when it is, something may have been (504).
    pub request_time: Duration,
    /// How long a web socket may wait before it says who it is.
    pub init_time: Duration,
    /// How many operations one web socket may have open.
    pub max_operations: usize,
    /// How long a server that is to stop goes on taking connections while `/health/ready` says that it
    /// stops: until whoever sends it work has looked.
    pub grace_time: Duration,
    /// How long the orderly stop waits for requests in flight.
    pub stop_time: Duration,
    /// How long an identity is believed before the token is looked up again.
    pub identity_time: Duration,
    /// How many identities are remembered.
    pub max_identities: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            metrics_listen: None,
            max_connections: None,
            max_connections_per_address: None,
            header_time: Duration::from_secs(30),
            stall_time: Duration::from_secs(30),
            ping_time: Duration::from_secs(30),
            max_depth: 12,
            max_complexity: 20_000,
            max_body: 256 * 1024,
            request_time: Duration::from_secs(10),
            init_time: Duration::from_secs(10),
            max_operations: 32,
            grace_time: Duration::from_secs(3),
            stop_time: Duration::from_secs(10),
            identity_time: Duration::from_secs(30),
            max_identities: 10_000,
        }
    }
}
