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
    /// How deep a query may nest, in fields; introspection has its own bound.
    pub max_depth: usize,
    /// How much a query may cost: one for each field, times the length of the lists it stands in.
    pub max_complexity: usize,
    /// How long a request's body, or a message of a web socket, may be, in bytes.
    pub max_body: usize,
    /// How long a request may take, from its first byte read to its last byte ready.
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
