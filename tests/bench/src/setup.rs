//! Sets calls up: through our own signalling and a trunk, or through rtpengine's control protocol.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::browser::Browser;
use crate::load::{Call, Load, Work};
use crate::offhook::{Offhook, Session};
use crate::phone::Phone;
use crate::report::{Report, Row};
use crate::rtpengine::Rtpengine;
use crate::trunk::Trunk;

/// Calls whose set-up is timed one after the other.
const TIMED: usize = 200;
/// Sessions that set calls up at the same time.
const AT_ONCE: usize = 16;

/// Offhook with its calls answered; media not yet flowing.
pub(crate) struct OurLoad {
    pub(crate) offhook: Offhook,
    pub(crate) idle_kb: f64,
    pub(crate) load: Load,
    /// Kept open: a lost session ends its calls.
    _sessions: Vec<Session>,
}

/// rtpengine with its calls answered.
pub(crate) struct PeerLoad {
    pub(crate) engine: Rtpengine,
    pub(crate) idle_kb: f64,
    pub(crate) load: Load,
}

/// Starts Offhook and places every call, a session each.
pub(crate) async fn offhook_load(
    binary: &Path,
    trunk: &Trunk,
    work: Work,
    calls: usize,
) -> io::Result<OurLoad> {
    let offhook = Offhook::start(binary).await?;
    let idle_kb = offhook.process.resident_kb()?;
    let (mut load, mut sessions) = (Load::new(work)?, Vec::new());
    for n in 0..calls {
        let (mut browser, offer) = Browser::offer(work, Instant::now())?;
        let mut session = offhook.session().await?;
        let placed = session.call(&format!("1{n:06}"), &offer).await?;
        browser.accept(&placed.answer)?;
        let phone = trunk.phones.recv_timeout(Duration::from_secs(5)).map_err(io::Error::other)?;
        load.add(Call::new(browser, phone, Instant::now()))?;
        sessions.push(session);
    }
    Ok(OurLoad { offhook, idle_kb, load, _sessions: sessions })
}

/// Starts rtpengine and describes every call to it.
pub(crate) fn rtpengine_load(work: Work, calls: usize) -> io::Result<PeerLoad> {
    let mut engine = Rtpengine::start()?;
    let idle_kb = engine.process.resident_kb()?;
    let mut load = Load::new(work)?;
    for n in 0..calls {
        let (mut browser, offer) = Browser::offer(work, Instant::now())?;
        // rtpengine keeps the phone's SSRC when it relays, and a browser takes none of 0.
        let mut phone = Phone::new(n as u32 + 1)?;
        let id = format!("call-{n}");
        let to_phone = engine.offer(&id, &offer, work)?;
        let answer = phone.answer(&to_phone)?;
        browser.accept(&engine.answer(&id, &answer, &browser.mid())?)?;
        load.add(Call::new(browser, phone, Instant::now()))?;
    }
    Ok(PeerLoad { engine, idle_kb, load })
}

/// Times set-up, and counts how many a second succeed.
pub(crate) async fn measure(report: &mut Report, binary: &Path) -> io::Result<()> {
    let offhook = Offhook::start(binary).await?;
    let (_browser, offer) = Browser::offer(Work::Transcode, Instant::now())?;
    let mut session = offhook.session().await?;
    let mut times = setups(&mut session, &offer, TIMED).await?;
    times.sort_unstable();
    let median_ms = times[times.len() / 2].as_secs_f64() * 1000.0;
    report.add(Row::plain(
        "setup_ms_p50",
        median_ms,
        "ms",
        "call.start to call.answered, trunk answers at once",
    ));

    let mut sessions = Vec::new();
    for _ in 0..AT_ONCE {
        sessions.push(offhook.session().await?);
    }
    let start = Instant::now();
    let all = sessions.iter_mut().map(|session| setups(session, &offer, TIMED / 4));
    let done = futures_util::future::try_join_all(all).await?;
    let calls = done.iter().map(Vec::len).sum::<usize>() as f64;
    let per_s = calls / start.elapsed().as_secs_f64();
    report.add(Row::plain(
        "calls_set_up_per_s",
        per_s,
        "calls/s",
        "placed, answered and hung up; load on the same cores",
    ));
    Ok(())
}

async fn setups(session: &mut Session, offer: &str, count: usize) -> io::Result<Vec<Duration>> {
    let mut times = Vec::with_capacity(count);
    for n in 0..count {
        let placed = session.call(&format!("1{n:06}"), offer).await?;
        times.push(placed.setup);
        session.hangup(&placed.id).await?;
    }
    Ok(times)
}
