//! The gateway: sockets, tasks, files and HTTP around the cores that decide.
//!
//! `config` -> [`app::start`] -> serve -> [`app::Running::stop`]. Each of `sip`, `media` and `call` is a driver: one
//! task or thread that owns one core, waits for one thing, hands it over and carries out what comes back.

pub mod allocator;
pub mod app;
pub mod arguments;
pub mod auth;
mod backlog;
pub mod call;
pub mod config;
pub mod demo;
pub mod drain;
pub mod http;
pub mod interfaces;
pub mod journal;
pub mod media;
pub mod node;
pub mod pem;
pub mod recording;
pub mod rim;
pub mod routing;
pub mod signal;
pub mod sip;
pub mod telemetry;
pub mod webhook;
pub mod wire;
