//! The log: lines on standard error.

use std::io::IsTerminal;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use crate::config::{Log, LogFormat};

/// Our own crates. Libraries are heard from `warn` on: one of them tells ICE passwords at `debug`.
const OURS: [&str; 5] = ["server", "offhook", "engine", "media", "sip_stack"];

/// Starts the log; a second start in the same process changes nothing.
pub fn start(log: &Log) {
    let filter = filter(log.level.get_ref());
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    let layer = match log.format {
        LogFormat::Text => lines.with_target(false).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    // The tests of one process share one log.
    let _ = tracing_subscriber::registry().with(layer.with_filter(filter)).try_init();
}

/// A bare level is meant for what is ours; with names, the list is taken as it is written.
fn filter(level: &str) -> Targets {
    match level.parse::<LevelFilter>() {
        Ok(level) => {
            let ours = Targets::new().with_targets(OURS.map(|name| (name, level)));
            ours.with_default(level.min(LevelFilter::WARN))
        }
        Err(_) => level.parse().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn a_bare_level_leaves_libraries_quiet() {
        let debug = filter("debug");
        assert!(debug.would_enable("server::call", &Level::DEBUG));
        assert!(!debug.would_enable("str0m", &Level::INFO) && debug.would_enable("str0m", &Level::WARN));
        assert!(!filter("error").would_enable("str0m", &Level::WARN));
        assert!(filter("info,str0m=debug").would_enable("str0m", &Level::DEBUG));
    }
}
