//! Order and statistics of a stream that comes in.

mod reception;
mod reorder;

pub use reception::Reception;
pub use reorder::{Arrival, Released, Reorder, ReorderConfig};
