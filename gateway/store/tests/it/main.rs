//! One suite for both stores, and a process that is killed while it writes.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod audit;
mod cdrs;
mod crash;
mod log;
mod memory;
mod objects;
mod outbox;
mod scratch;
mod server;
mod stores;
