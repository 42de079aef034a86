//! Whether the machine kept time, as a hint at the cause of a hole in the sound.

use std::collections::VecDeque;
use std::num::NonZero;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

const BEAT: Duration = Duration::from_millis(5);
/// A sleeper may wake up this late on a healthy machine.
const LATE_MAX: Duration = Duration::from_millis(15);
/// Stalls that are remembered.
const STALLS_MAX: usize = 1_000;

static STALLS: Mutex<VecDeque<(Instant, Duration)>> = Mutex::new(VecDeque::new());

/// Begins to watch; later calls do nothing.
pub fn watch() {
    static BEGUN: OnceLock<()> = OnceLock::new();
    BEGUN.get_or_init(|| {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        (0..cores).for_each(|_| drop(thread::spawn(beat)));
    });
}

/// The longest time for which the machine stood still in the last `window`; zero where it kept time.
pub fn longest_stall(window: Duration) -> Duration {
    let stalls = STALLS.lock().unwrap_or_else(PoisonError::into_inner);
    let recent = stalls.iter().filter(|(at, _)| at.elapsed() <= window);
    recent.map(|&(_, late)| late).max().unwrap_or_default()
}

fn beat() {
    loop {
        let slept = Instant::now();
        thread::sleep(BEAT);
        let late = slept.elapsed().saturating_sub(BEAT);
        if late > LATE_MAX {
            let mut stalls = STALLS.lock().unwrap_or_else(PoisonError::into_inner);
            stalls.truncate(STALLS_MAX - 1);
            stalls.push_front((slept, late));
        }
    }
}
