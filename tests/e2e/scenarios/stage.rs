//! Where the scenarios play: one runtime for all, one scenario at a time, a bound on each.

use anyhow::{Context, Result};
use e2e::machine;
use std::future::Future;
use std::sync::OnceLock;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Scenarios that run at once. A second browser beside the first makes the sound of both stutter on two cores, and sound
/// is what is judged.
static ROOM: Semaphore = Semaphore::const_new(1);
/// Longest scenario, above all of its own waits.
const CURTAIN: Duration = Duration::from_secs(90);

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        machine::watch();
        Runtime::new().expect("a runtime")
    })
}

/// Plays a scenario to its end; its failure is the test's.
pub(crate) fn play(scenario: impl Future<Output = Result<()>> + Send + 'static) {
    let outcome = runtime().block_on(async {
        let _room = ROOM.acquire().await?;
        let playing = tokio::spawn(scenario);
        timeout(CURTAIN, playing).await.context("the scenario does not end")??
    });
    if let Err(error) = outcome {
        panic!("{error:#}");
    }
}
