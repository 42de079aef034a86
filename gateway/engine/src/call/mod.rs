//! One call.

mod command;
mod event;
mod snapshot;
mod state;

pub use command::{CallCommand, Originate};
pub use event::{CallEvent, CallFact};
pub use snapshot::{CallSnapshot, LegSnapshot};
pub use state::{CallState, Direction, Side};
