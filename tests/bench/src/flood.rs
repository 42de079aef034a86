//! Floods: requests of one method at what one core sends, while good calls go on beside them.

use std::cell::Cell;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::time::sleep;

use crate::browser::Browser;
use crate::flood_sender::Flood;
use crate::load::Work;
use crate::offhook::{Offhook, SIP, Session};
use crate::process::Process;
use crate::report::{Report, Row};
use crate::udp_drops;

const METHODS: [&str; 15] = [
    "INVITE",
    "ACK",
    "BYE",
    "CANCEL",
    "REGISTER",
    "OPTIONS",
    "SUBSCRIBE",
    "NOTIFY",
    "PUBLISH",
    "UPDATE",
    "REFER",
    "INFO",
    "MESSAGE",
    "PRACK",
    "BREW",
];
/// How long each flood lasts, from the environment; an issue's proof takes 60.
const SECONDS: &str = "FLOOD_SECONDS";
const SECONDS_DEFAULT: u64 = 3;
/// How long memory may take to come back: longer than any timer of a transaction.
const BACK_WITHIN: Duration = Duration::from_secs(60);
/// Memory has come back when no more than this share above what it was before.
const BACK: f64 = 1.1;
/// Pages that place good calls, one after the other.
const CALLERS: usize = 8;
const CALL_LASTS: Duration = Duration::from_millis(200);
/// Calls of each before the first look at memory: enough that what is kept of the store in memory is full.
const WARM_UP_CALLS: usize = 30;
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What a flood did.
struct Suffered {
    sent: u64,
    absorbed: u64,
    seconds: f64,
    calls: Calls,
    before_kb: f64,
    peak_kb: f64,
    after_kb: f64,
    back_after: Duration,
}

/// Good calls beside a flood, as they ended.
#[derive(Default)]
struct Calls {
    all: usize,
    good: usize,
    /// What the first bad one died of.
    flaw: Option<String>,
}

impl Calls {
    fn with(self, other: Self) -> Self {
        let flaw = self.flaw.or(other.flaw);
        Self { all: self.all + other.all, good: self.good + other.good, flaw }
    }
}

/// A flood of each method that `wants` does, against a gateway of its own.
pub(crate) async fn measure(
    report: &mut Report,
    binary: &Path,
    wants: impl Fn(&str) -> bool,
) -> io::Result<()> {
    let seconds = std::env::var(SECONDS).ok().and_then(|text| text.parse().ok()).unwrap_or(SECONDS_DEFAULT);
    for method in METHODS.into_iter().filter(|method| wants(method)) {
        let offhook = Offhook::start(binary).await?;
        let suffered = suffer(&offhook, method, Duration::from_secs(seconds)).await?;
        rows(report, method, &suffered);
    }
    Ok(())
}

async fn suffer(offhook: &Offhook, method: &'static str, time: Duration) -> io::Result<Suffered> {
    let (_browser, offer) = Browser::offer(Work::Transcode, Instant::now())?;
    let mut callers = Vec::new();
    for _ in 0..CALLERS {
        callers.push(offhook.session().await?);
    }
    // All at once: a browser that does not answer pings meanwhile is thought to be gone.
    for warm in join_all(callers.iter_mut().map(|session| warm_up(session, &offer))).await {
        warm?;
    }
    let before_kb = offhook.process.resident_kb()?;
    let dropped = udp_drops::at(SIP)?;
    let (start, over) = (Instant::now(), Cell::new(false));
    let flood = Flood::start(method);
    let calling = join_all(callers.iter_mut().map(|session| calls_until(&over, session, &offer)));
    let watching = async {
        let peak_kb = peak_kb(&offhook.process, start + time).await;
        over.set(true);
        peak_kb
    };
    let (calls, peak_kb) = tokio::join!(calling, watching);
    let (sent, seconds) = (flood.stop()?, start.elapsed().as_secs_f64());
    let absorbed = sent.saturating_sub(udp_drops::at(SIP)?.saturating_sub(dropped));
    let (after_kb, back_after) = back(&offhook.process, before_kb).await?;
    Ok(Suffered {
        sent,
        absorbed,
        seconds,
        calls: calls.into_iter().fold(Calls::default(), Calls::with),
        before_kb,
        peak_kb: peak_kb?.max(after_kb),
        after_kb,
        back_after,
    })
}

async fn warm_up(session: &mut Session, offer: &str) -> io::Result<()> {
    for _ in 0..WARM_UP_CALLS {
        call(session, offer).await?;
    }
    Ok(())
}

async fn call(session: &mut Session, offer: &str) -> io::Result<()> {
    let placed = session.call("1000000", offer).await?;
    sleep(CALL_LASTS).await;
    session.hangup(&placed.id).await
}

/// Calls until told that it is over.
async fn calls_until(over: &Cell<bool>, session: &mut Session, offer: &str) -> Calls {
    let mut calls = Calls::default();
    while !over.get() {
        calls.all += 1;
        match call(session, offer).await {
            Ok(()) => calls.good += 1,
            Err(error) => calls.flaw = calls.flaw.or_else(|| Some(error.to_string())),
        }
    }
    calls
}

async fn peak_kb(process: &Process, end: Instant) -> io::Result<f64> {
    let mut peak = 0.0_f64;
    while Instant::now() < end {
        peak = peak.max(process.resident_kb()?);
        sleep(LOOK_EVERY).await;
    }
    Ok(peak)
}

/// Waits until memory is back; what it is then, and how long that took.
async fn back(process: &Process, before_kb: f64) -> io::Result<(f64, Duration)> {
    let start = Instant::now();
    loop {
        let kb = process.resident_kb()?;
        if kb <= before_kb * BACK || start.elapsed() >= BACK_WITHIN {
            return Ok((kb, start.elapsed()));
        }
        sleep(LOOK_EVERY).await;
    }
}

fn rows(report: &mut Report, method: &str, suffered: &Suffered) {
    let Suffered { sent, absorbed, seconds, calls, before_kb, peak_kb, after_kb, back_after } = suffered;
    let Calls { all, good, flaw } = calls;
    let name = |figure: &str| format!("flood_{}_{figure}", method.to_lowercase());
    let a_second = |count: &u64| *count as f64 / seconds;
    let flaw = flaw.as_ref().map(|flaw| format!("; the first bad one: {flaw}")).unwrap_or_default();
    let beside = format!("{all} calls beside {:.0}/s for {seconds:.0} s{flaw}", a_second(sent));
    let share = *good as f64 * 100.0 / (*all).max(1) as f64;
    report.add(Row::plain(&name("good_calls_percent"), share, "%", &beside));
    let refused = "the rest was dropped by the kernel";
    report.add(Row::plain(&name("absorbed_per_s"), a_second(absorbed), "requests/s", refused));
    report.add(Row {
        name: name("memory_peak_mb"),
        value: Some(peak_kb / 1e3),
        unit: "MB",
        against: format!(
            "before {:.1}, {:.0} s after {:.1}",
            before_kb / 1e3,
            back_after.as_secs_f64(),
            after_kb / 1e3
        ),
        ratio: Some(after_kb / before_kb),
    });
}
