//! Order, statistics and even pace of a stream that comes in.

mod bursts;
mod delay;
mod reception;
mod reorder;
mod smoother;

pub use bursts::{BurstSummary, Bursts};
pub use reception::Reception;
pub use reorder::{Arrival, Released, Reorder, ReorderConfig};
pub use smoother::{Smoothed, Smoother};
