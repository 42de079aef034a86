//! The outbox: which event each web hook has still to hear.

use uuid::Uuid;

use super::Event;

/// A delivery to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDelivery {
    /// Unique; later ones sort behind earlier ones.
    pub id: Uuid,
    /// Whom to tell.
    pub webhook: String,
}

/// A delivery of one event to one web hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Unique.
    pub id: Uuid,
    /// Whom to tell.
    pub webhook: String,
    /// The event's cursor.
    pub event: u64,
    /// How it stands.
    pub state: DeliveryState,
    /// Attempts so far.
    pub attempts: u32,
    /// When it was or is to be tried.
    pub due_ms: i64,
    /// When the event happened.
    pub created_ms: i64,
    /// The latest attempt.
    pub last: Option<Attempt>,
}

/// How a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum DeliveryState {
    /// To be tried, for the first time or again.
    Pending = 0,
    /// Accepted.
    Delivered = 1,
    /// Given up.
    Failed = 2,
}

impl DeliveryState {
    pub(crate) const fn from_number(number: u8) -> Self {
        match number {
            1 => Self::Delivered,
            2 => Self::Failed,
            _ => Self::Pending,
        }
    }
}

/// One attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// When it began.
    pub at_ms: i64,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// What happened, in a few words.
    pub detail: String,
}

/// What follows from an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Done.
    Delivered,
    /// Again at this time.
    Retry { due_ms: i64 },
    /// Given up.
    Failed,
}

/// Which deliveries to make now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Of this web hook.
    pub webhook: String,
    /// The time.
    pub now_ms: i64,
    /// Until when nobody else gets them; if they are not settled by then, they are due again.
    pub until_ms: i64,
    /// So many at most.
    pub limit: usize,
}

/// A delivery to make now, with its event; `None` if the log has forgotten it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The delivery.
    pub delivery: Delivery,
    /// What to tell.
    pub event: Option<Event>,
}
