//! The log, and the calls that it tells of.

use uuid::Uuid;

use super::{NewCdr, NewDelivery};

/// Events to write together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// The node whose calls they are about.
    pub node: String,
    /// When it wrote; after a crash, the last moment at which its calls are known to have lived.
    pub alive_ms: i64,
    /// The events, in order.
    pub entries: Vec<Entry>,
}

/// An event to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Unique.
    pub id: Uuid,
    /// When it happened.
    pub at_ms: i64,
    /// Its type, for example `call.ended`.
    pub topic: String,
    /// The call it is about.
    pub call: Option<Uuid>,
    /// The event as JSON.
    pub body: String,
    /// What becomes of the call.
    pub track: Track,
    /// Whom to tell.
    pub deliveries: Vec<NewDelivery>,
}

/// What an event makes of its call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Track {
    /// Nothing.
    Nothing,
    /// It goes on; its state as JSON, for whoever finds it after a crash.
    Live(String),
    /// It is over.
    Ended(NewCdr),
}

/// An event of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its place, from 1; gaps are possible.
    pub cursor: u64,
    /// Unique.
    pub id: Uuid,
    /// When it happened.
    pub at_ms: i64,
    /// Its type.
    pub topic: String,
    /// The call it is about.
    pub call: Option<Uuid>,
    /// The event as JSON.
    pub body: String,
}

/// Which events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventQuery {
    /// Those behind this cursor.
    pub after: u64,
    /// So many at most.
    pub limit: usize,
    /// Of these types.
    pub topics: Topics,
    /// About this call.
    pub call: Option<Uuid>,
}

/// Types of events: `call.ended`, or `call.*` for all that begin so; none at all means every type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Topics(pub Vec<String>);

impl Topics {
    /// Whether an event of this type is meant.
    pub fn contain(&self, topic: &str) -> bool {
        let family = topic.split('.').next().unwrap_or_default();
        let names = |wanted: &String| wanted == topic || wanted.strip_suffix(".*") == Some(family);
        self.0.is_empty() || self.0.iter().any(names)
    }
}

/// What a node left behind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// States of the calls that have not ended, as JSON.
    pub calls: Vec<String>,
    /// When it wrote last.
    pub alive_ms: Option<i64>,
}
