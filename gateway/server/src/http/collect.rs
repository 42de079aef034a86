//! From the keys that a request wants to the command that collects them.

use std::time::Duration;

use api::rest::Collect;
use engine::{CallCommand, CallId, LegId, Privacy};

use super::reject::Reject;
use super::sounds::{self, wrong};
use crate::media::Sounds;

const DIGITS_MAX: u32 = 64;
const TERMINATORS_MAX: usize = 16;
const TIMEOUT_MS: std::ops::RangeInclusive<u32> = 100..=600_000;

/// The command; the files of its prompt are read.
pub(super) async fn collect(files: &Sounds, call: CallId, wanted: Collect) -> Result<CallCommand, Reject> {
    check(&wanted)?;
    let Collect { leg, max, min, terminators, sounds, redact, .. } = wanted;
    let timeout = |ms: u32| Duration::from_millis(ms.into());
    let wanted = engine::Collect {
        max: max as usize,
        min: min as usize,
        terminators,
        first_digit: timeout(wanted.first_digit_timeout_ms),
        inter_digit: timeout(wanted.inter_digit_timeout_ms),
        prompt: sounds::prompt(files, sounds).await?,
        privacy: if redact { Privacy::Redacted } else { Privacy::Open },
    };
    Ok(CallCommand::Collect { call, leg: leg.map(|leg| LegId(leg.0)), wanted })
}

fn check(wanted: &Collect) -> Result<(), Reject> {
    if !(1..=DIGITS_MAX).contains(&wanted.max) {
        return Err(wrong("/max", format!("write a number from 1 to {DIGITS_MAX}")));
    }
    if wanted.min > wanted.max {
        return Err(wrong("/min", "write a number that is no more than max"));
    }
    let sign = |sign: char| matches!(sign, '0'..='9' | '*' | '#' | 'A'..='D' | 'a'..='d');
    if wanted.terminators.len() > TERMINATORS_MAX || !wanted.terminators.chars().all(sign) {
        return Err(wrong("/terminators", "write some of 0-9 * # A-D, or an empty text for none"));
    }
    let timeouts = [
        ("/first_digit_timeout_ms", wanted.first_digit_timeout_ms),
        ("/inter_digit_timeout_ms", wanted.inter_digit_timeout_ms),
    ];
    match timeouts.into_iter().find(|(_, ms)| !TIMEOUT_MS.contains(ms)) {
        Some((pointer, _)) => Err(wrong(pointer, "write a number of milliseconds from 100 to 600000")),
        None => Ok(()),
    }
}
