//! Publication of event state (RFC 3903): ours, kept at a state agent, and a state agent's own.

pub mod agent;
pub mod command;
pub mod event;
pub(crate) mod publisher;

pub use agent::{Change, PublicationLimits, Publications, Published};
pub use command::{PublicationId, Publish};
pub use event::{PublicationEnd, PublicationEvent};
pub(crate) use publisher::Publisher;
