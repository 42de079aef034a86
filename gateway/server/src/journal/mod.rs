//! The journal: every event in its order, on the disk before anybody hears of it, and one CDR for each call.
//!
//! The calls hand events over and go on; one task writes them in batches. A slow disk fills the queue between the two,
//! never the calls' time.

mod calls;
mod csv;
mod feed;
mod place;
mod restart;
mod writer;

use std::sync::Arc;

use tokio::sync::mpsc;

pub use csv::csv;
pub use feed::{Cut, Feed, Follow, Recorded, Wanted, text};
pub use place::{Kept, open};
pub use writer::Writer;

/// Events that wait to be written: those of about ten minutes with a thousand calls.
pub const WAITING_MAX: usize = 65_536;

/// Where the calls put their events.
#[derive(Clone)]
pub struct Journal(mpsc::Sender<api::event::Event>);

impl Journal {
    /// A journal, and what its writer reads.
    pub fn new() -> (Self, mpsc::Receiver<api::event::Event>) {
        let (sender, receiver) = mpsc::channel(WAITING_MAX);
        (Self(sender), receiver)
    }

    /// Hands an event over; it is lost, and counted, where the disk has not kept up for very long.
    pub fn record(&self, event: api::event::Event) {
        if self.0.try_send(event).is_err() {
            metrics::counter!("offhook_events_lost_total").increment(1);
        }
    }
}

/// The store that a node uses.
pub type Shared = Arc<dyn store::Store>;
