//! What is kept. Times are milliseconds since 1970, UTC.

mod audit;
mod cdr;
mod delivery;
mod event;
mod object;

pub use audit::{Audit, NewAudit};
pub use cdr::{Cdr, CdrQuery, NewCdr};
pub use delivery::{Attempt, Claim, Delivery, DeliveryState, Due, NewDelivery, Verdict};
pub use event::{Batch, Entry, Event, EventQuery, Left, Topics, Track};
pub use object::{Expected, Object, Put};

/// Part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// What was found.
    pub items: Vec<T>,
    /// Where to go on; `None` at the end.
    pub next: Option<u64>,
}
