//! Now, as an argument.

use std::time::{Instant, SystemTime};

/// One reading of both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// For deadlines.
    pub instant: Instant,
    /// For events and ids.
    pub wall: SystemTime,
}
