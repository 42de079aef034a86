//! Where the scenarios play: one runtime for all, one scenario at a time, a bound on each.

use crate::ear::Flaw;
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
/// Longest take, above all of its own waits.
const CURTAIN: Duration = Duration::from_secs(150);
/// How often a scenario is played at most, where the machine stood still and spoilt the sound.
const TAKES: usize = 4;

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        machine::watch();
        Runtime::new().expect("a runtime")
    })
}

/// Plays a scenario to its end; its failure is the test's. A flaw of the sound while the whole machine stood still tells
/// nothing of the gateway, so such a take is played again.
pub(crate) fn play<S>(scenario: impl Fn() -> S)
where
    S: Future<Output = Result<()>> + Send + 'static,
{
    for take in 1..=TAKES {
        match runtime().block_on(one_take(scenario())) {
            Ok(()) => return,
            Err(error) if take < TAKES && is_the_machines(&error) => eprintln!("take {take}: {error:#}"),
            Err(error) => panic!("take {take}: {error:#}"),
        }
    }
}

async fn one_take(scenario: impl Future<Output = Result<()>> + Send + 'static) -> Result<()> {
    let _room = ROOM.acquire().await?;
    let playing = tokio::spawn(scenario);
    timeout(CURTAIN, playing).await.context("the scenario does not end")??
}

fn is_the_machines(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Flaw>().is_some_and(|flaw| !flaw.stall.is_zero())
}
