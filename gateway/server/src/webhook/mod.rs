//! Web hooks: events by HTTP, from the store's outbox, until each is accepted or given up.
//!
//! The journal writes an event and the deliveries of it together. A task for each web hook takes them from there, so
//! that one that does not answer holds up no other, and a crash forgets none.

mod client;
mod deliver;
mod hook;
mod registry;
mod sign;
mod target;

pub use client::Client;
pub use hook::Hook;
pub use registry::{Refused, Webhooks};
pub use target::{Reach, Target, TargetError};

/// The kind of its objects in the store.
const KIND: &str = "webhook";
