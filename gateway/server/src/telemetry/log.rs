//! The log: lines on standard error.

use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use crate::config::{Log, LogFormat};

/// Starts the log; a second start in the same process changes nothing.
pub fn start(log: &Log) {
    let filter: Targets = log.level.get_ref().parse().unwrap_or_default();
    let lines = fmt::layer().with_writer(std::io::stderr);
    let layer = match log.format {
        LogFormat::Text => lines.with_target(false).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    // The tests of one process share one log.
    let _ = tracing_subscriber::registry().with(layer.with_filter(filter)).try_init();
}
