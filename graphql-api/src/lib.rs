//! GraphQL over HTTP for Liandong. It translates: tokens into actors, inputs into commands, what the
//! engine says into objects. It holds no rule, and it knows no table.
//!
//! The way of a request: [`server`] (HTTP) → `identity` (token → actor) → `guard` (what a document may
//! cost) → `query`, `mutation`, `subscription` → the engine → `object`, `reply`.

mod cache;
pub mod config;
mod context;
mod guard;
mod identity;
mod input;
mod loader;
mod mutation;
mod object;
mod query;
mod reply;
mod schema;
pub mod server;
mod subscription;
mod word;

pub use config::Config;
pub use schema::sdl;
