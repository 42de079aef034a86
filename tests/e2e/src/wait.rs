//! Waiting with a bound and a reason.

use anyhow::{Result, bail};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How often a condition is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Looks until `found` answers something, at most for `limit`.
///
/// # Errors
/// Nothing came in time; the message says what was waited for and what `state` was seen last.
pub async fn until<T>(
    what: &str,
    limit: Duration,
    mut found: impl FnMut() -> Option<T>,
    state: impl Fn() -> String,
) -> Result<T> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(value) = found() {
            return Ok(value);
        }
        if Instant::now() >= deadline {
            bail!("no {what} within {limit:?}; {}", state());
        }
        sleep(LOOK_EVERY).await;
    }
}
