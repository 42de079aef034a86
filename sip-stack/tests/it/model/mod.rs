//! Two endpoints under random commands, legal and illegal, over a network that loses, doubles, delays and repeats,
//! held to a reference model of a call and of the wire.
//!
//! `SIP_MODEL_SECONDS` says how long to look for a fault, `SIP_MODEL_SEED` which run to repeat.

mod answered;
pub(crate) mod choice;
mod operation;
mod reference;
pub(crate) mod run;
mod wire;

use std::time::{Duration, Instant};

use choice::Seeded;

const SECONDS: u64 = 2;
const FIRST_SEED: u64 = 1;

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn every_call_ends_once_whatever_is_asked_and_lost() {
    let only = variable("SIP_MODEL_SEED");
    let patience = Duration::from_secs(variable("SIP_MODEL_SECONDS").unwrap_or(SECONDS));
    let (begun, mut seed) = (Instant::now(), only.unwrap_or(FIRST_SEED));
    loop {
        let outcome = std::panic::catch_unwind(|| run::run(&mut Seeded::new(seed)));
        assert!(outcome.is_ok(), "repeat with SIP_MODEL_SEED={seed}");
        seed += 1;
        if only.is_some() || begun.elapsed() >= patience {
            return;
        }
    }
}
