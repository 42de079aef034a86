//! `make bench`: Offhook's figures, taken beside a peer's or a limit's in the same run.
//!
//! Machines differ and are noisy, so what counts is the ratio. The load is the same for both sides: real ICE, DTLS-SRTP
//! and speech on loopback, every packet's delay taken.

mod browser;
mod flood;
mod flood_sender;
mod load;
mod offhook;
mod phone;
mod process;
mod report;
mod route_lookup;
mod rtpengine;
mod setup;
mod sip_load;
mod sip_parse;
mod sip_server;
mod sip_transactions;
mod sipp;
mod speech;
mod trunk;
mod udp_drops;

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use load::{Load, Measured, Work};
use offhook::TRUNK;
use process::Process;
use report::{Report, Row};
use speech::Clip;
use tokio::runtime::{Builder, Runtime};
use trunk::Trunk;

/// Calls at once where processor time is compared: few enough that neither side loses a packet on two cores.
const CALLS_COMPARED: usize = 10;
/// Calls at once where delay and memory are taken.
const CALLS_MANY: usize = 50;
/// Both sides take turns, and each one's median by processor time counts: what else the machine does comes and goes.
const ROUNDS: usize = 3;
const WARM_UP: Duration = Duration::from_secs(2);
const MEASURED: Duration = Duration::from_secs(10);
const CONNECT_WITHIN: Duration = Duration::from_secs(20);
const FRAMES_PER_S: f64 = 50.0;

/// One gateway's figures under one load.
struct Figures {
    /// Processor time for 20 ms of one call, both ways, in us.
    cpu_us: f64,
    /// Resident memory that a call adds.
    memory_kb: f64,
    measured: Measured,
}

/// `bench BINARY [transcode] [relay] [setup] [sip_parse] [sip_transactions] [sip_load] [route_lookup]`: all of these where
/// none is named. `bench BINARY flood [METHOD]...` instead floods it, with every method where none is named.
fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let binary = arguments.next().map_or_else(|| PathBuf::from("target/release/offhook"), PathBuf::from);
    let parts: Vec<String> = arguments.collect();
    if let [part, machine] = &parts[..]
        && part == sip_transactions::MEMORY
    {
        return sip_transactions::print_memory(machine);
    }
    let wants = |part: &str| parts.is_empty() || parts.iter().any(|named| named == part);
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let mut report = Report::default();
    let bench = Bench { runtime, binary, clip: Clip::speak()?, trunk: Trunk::start(TRUNK)? };
    if wants("transcode") {
        bench.compare(&mut report, Work::Transcode)?;
        bench.many(&mut report, Work::Transcode)?;
        bench.compare(&mut report, Work::TranscodeFullband)?;
    }
    if wants("relay") {
        bench.compare(&mut report, Work::Relay)?;
        bench.many(&mut report, Work::Relay)?;
    }
    if wants("setup") {
        bench.runtime.block_on(setup::measure(&mut report, &bench.binary))?;
    }
    if wants("sip_parse") {
        sip_parse::measure(&mut report);
    }
    if wants("sip_transactions") {
        sip_transactions::measure(&mut report)?;
    }
    if wants("route_lookup") {
        route_lookup::measure(&mut report);
    }
    if wants("sip_load") {
        sip_load::measure(&mut report, &bench.binary)?;
    }
    if parts.first().is_some_and(|named| named == "flood") {
        let wants = |method: &str| parts.len() == 1 || parts.iter().any(|named| named == method);
        bench.runtime.block_on(flood::measure(&mut report, &bench.binary, wants))?;
    }
    report.write(Path::new("target/bench.json"))
}

/// What all measurements share.
struct Bench {
    runtime: Runtime,
    binary: PathBuf,
    clip: Clip,
    trunk: Trunk,
}

impl Bench {
    /// Processor time, in turns.
    fn compare(&self, report: &mut Report, work: Work) -> io::Result<()> {
        let (mut ours, mut peers) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            ours.push(self.ours(work, CALLS_COMPARED)?);
            peers.extend(self.peers(work, CALLS_COMPARED)?);
        }
        if let Some(ours) = median(ours) {
            processor_rows(report, work, &ours, median(peers).as_ref());
        }
        Ok(())
    }

    /// Delay and memory of many calls.
    fn many(&self, report: &mut Report, work: Work) -> io::Result<()> {
        let (ours, peer) = (self.ours(work, CALLS_MANY)?, self.peers(work, CALLS_MANY)?);
        delay_and_memory_rows(report, work, &ours, peer.as_ref());
        Ok(())
    }

    fn ours(&self, work: Work, calls: usize) -> io::Result<Figures> {
        let load = setup::offhook_load(&self.binary, &self.trunk, work, calls);
        let ours = self.runtime.block_on(load)?;
        run(&ours.offhook.process, ours.idle_kb, ours.load, &self.clip, calls)
    }

    /// `None` where rtpengine is not installed.
    fn peers(&self, work: Work, calls: usize) -> io::Result<Option<Figures>> {
        match setup::rtpengine_load(work, calls) {
            Ok(peer) => run(&peer.engine.process, peer.idle_kb, peer.load, &self.clip, calls).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn run(gateway: &Process, idle_kb: f64, mut load: Load, clip: &Clip, calls: usize) -> io::Result<Figures> {
    load.connect(CONNECT_WITHIN)?;
    load.speak(clip, WARM_UP)?;
    let (cpu, start) = (gateway.cpu()?, Instant::now());
    let measured = load.speak(clip, MEASURED)?;
    let (cpu, time) = (gateway.cpu()? - cpu, start.elapsed());
    let frames = time.as_secs_f64() * FRAMES_PER_S * calls as f64;
    Ok(Figures {
        cpu_us: cpu.as_secs_f64() * 1e6 / frames,
        memory_kb: (gateway.resident_kb()? - idle_kb) / calls as f64,
        measured,
    })
}

fn median(mut rounds: Vec<Figures>) -> Option<Figures> {
    rounds.sort_by(|one, other| one.cpu_us.total_cmp(&other.cpu_us));
    let middle = rounds.len() / 2;
    rounds.into_iter().nth(middle)
}

fn processor_rows(report: &mut Report, work: Work, ours: &Figures, peer: Option<&Figures>) {
    let name = |figure: &str| format!("{}_{figure}", work.name());
    report.add(Row::plain(&name("cpu_us_per_frame"), ours.cpu_us, "us/20 ms", work.sound()));
    let ratio = name("cpu_ratio_rtpengine");
    match peer {
        Some(peer) => report.add(Row {
            name: ratio,
            value: Some(ours.cpu_us / peer.cpu_us),
            unit: "ratio",
            against: format!("rtpengine {:.3} us/20 ms", peer.cpu_us),
            ratio: Some(ours.cpu_us / peer.cpu_us),
        }),
        None => report.add(Row::skipped(&ratio, "ratio", "rtpengine is not installed")),
    }
    let lost = |figures: &Figures| figures.measured.lost() * 100.0;
    report.add(versus(&name("lost_percent"), lost(ours), "%", peer.map(lost)));
    let disordered = |figures: &Figures| figures.measured.disorder as f64;
    report.add(versus(&name("disordered_packets"), disordered(ours), "packets", peer.map(disordered)));
}

fn delay_and_memory_rows(report: &mut Report, work: Work, ours: &Figures, peer: Option<&Figures>) {
    let (delay, memory) = match work {
        Work::Transcode | Work::TranscodeFullband => ("added_delay", "memory_per_call_kb"),
        Work::Relay => ("relay_delay", "memory_per_relayed_call_kb"),
    };
    for (percentile, share) in [("p50", 0.50), ("p99", 0.99)] {
        let name = format!("{delay}_{percentile}_ms");
        let theirs = peer.map(|peer| peer.measured.delay_ms(share));
        report.add(versus(&name, ours.measured.delay_ms(share), "ms", theirs));
    }
    report.add(versus(memory, ours.memory_kb, "kB", peer.map(|peer| peer.memory_kb)));
    let share = |figures: &Figures| figures.measured.lost() * 100.0;
    let lost = format!("{}_{CALLS_MANY}_lost_percent", work.name());
    report.add(versus(&lost, share(ours), "%", peer.map(share)));
}

fn versus(name: &str, ours: f64, unit: &'static str, peer: Option<f64>) -> Row {
    let ratio = peer.map(|peer| ours / peer).filter(|ratio| ratio.is_finite());
    let against =
        peer.map_or_else(|| "rtpengine skipped".to_owned(), |peer| format!("rtpengine {peer:.3} {unit}"));
    Row { name: name.to_owned(), value: Some(ours), unit, against, ratio }
}
