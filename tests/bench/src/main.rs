//! `make bench`: Offhook's figures, taken beside a peer's or a limit's in the same run.
//!
//! Machines differ and are noisy, so what counts is the ratio. The load is the same for both sides: real ICE, DTLS-SRTP
//! and speech on loopback, every packet's delay taken.

mod browser;
mod load;
mod offhook;
mod phone;
mod process;
mod report;
mod rtpengine;
mod setup;
mod speech;
mod trunk;

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

/// Calls at once; also where the delay is taken.
const CALLS: usize = 50;
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

fn main() -> io::Result<()> {
    let binary = std::env::args().nth(1).map_or_else(|| PathBuf::from("target/release/offhook"), PathBuf::from);
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let mut report = Report::default();
    let clip = Clip::speak()?;
    let trunk = Trunk::start(TRUNK)?;
    let bench = Bench { runtime, binary, clip, trunk };
    bench.compare(&mut report, Work::Transcode)?;
    bench.compare(&mut report, Work::Relay)?;
    bench.runtime.block_on(setup::measure(&mut report, &bench.binary))?;
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
    fn compare(&self, report: &mut Report, work: Work) -> io::Result<()> {
        let ours = self.runtime.block_on(setup::offhook_load(&self.binary, &self.trunk, work))?;
        let ours = run(&ours.offhook.process, ours.idle_kb, ours.load, &self.clip)?;
        let peer = match setup::rtpengine_load(work) {
            Ok(peer) => Some(run(&peer.engine.process, peer.idle_kb, peer.load, &self.clip)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        rows(report, work, &ours, peer.as_ref());
        Ok(())
    }
}

fn run(gateway: &Process, idle_kb: f64, mut load: Load, clip: &Clip) -> io::Result<Figures> {
    load.connect(CONNECT_WITHIN)?;
    load.speak(clip, WARM_UP)?;
    let (cpu, start) = (gateway.cpu()?, Instant::now());
    let measured = load.speak(clip, MEASURED)?;
    let (cpu, time) = (gateway.cpu()? - cpu, start.elapsed());
    let frames = time.as_secs_f64() * FRAMES_PER_S * CALLS as f64;
    Ok(Figures {
        cpu_us: cpu.as_secs_f64() * 1e6 / frames,
        memory_kb: (gateway.resident_kb()? - idle_kb) / CALLS as f64,
        measured,
    })
}

fn rows(report: &mut Report, work: Work, ours: &Figures, peer: Option<&Figures>) {
    let against = |unit: &str, value: f64| format!("rtpengine {value:.3} {unit}");
    let (cpu, ratio) = match work {
        Work::Transcode => ("transcode_cpu_us_per_frame", "transcode_cpu_ratio_rtpengine"),
        Work::Relay => ("relay_cpu_us_per_frame", "relay_cpu_ratio_rtpengine"),
    };
    report.add(Row::plain(cpu, ours.cpu_us, "us/20 ms", "one call, both ways"));
    match peer {
        Some(peer) => report.add(Row {
            name: ratio,
            value: Some(ours.cpu_us / peer.cpu_us),
            unit: "ratio",
            against: against("us/20 ms", peer.cpu_us),
            ratio: Some(ours.cpu_us / peer.cpu_us),
        }),
        None => report.add(Row::skipped(ratio, "ratio", "rtpengine is not installed")),
    }
    let lost = |figures: &Figures| format!("{:.3} %", figures.measured.lost() * 100.0);
    let peer_lost = peer.map_or_else(|| "rtpengine skipped".to_owned(), |peer| format!("rtpengine {}", lost(peer)));
    let (loss, disorder) = match work {
        Work::Transcode => ("transcode_lost_percent", "transcode_disordered_packets"),
        Work::Relay => ("relay_lost_percent", "relay_disordered_packets"),
    };
    report.add(Row::plain(loss, ours.measured.lost() * 100.0, "%", &peer_lost));
    report.add(Row::plain(disorder, ours.measured.disorder as f64, "packets", "none"));
    if work == Work::Transcode {
        delay_and_memory(report, ours, peer);
    } else {
        report.add(versus("memory_per_relayed_call_kb", ours.memory_kb, "kB", peer.map(|peer| peer.memory_kb)));
    }
}

fn delay_and_memory(report: &mut Report, ours: &Figures, peer: Option<&Figures>) {
    for (name, share) in [("added_delay_p50_ms", 0.50), ("added_delay_p99_ms", 0.99)] {
        let theirs = peer.map(|peer| peer.measured.delay_ms(share));
        report.add(versus(name, ours.measured.delay_ms(share), "ms", theirs));
    }
    report.add(versus("memory_per_call_kb", ours.memory_kb, "kB", peer.map(|peer| peer.memory_kb)));
}

fn versus(name: &'static str, ours: f64, unit: &'static str, peer: Option<f64>) -> Row {
    Row {
        name,
        value: Some(ours),
        unit,
        against: peer.map_or_else(|| "rtpengine skipped".to_owned(), |peer| format!("rtpengine {peer:.3} {unit}")),
        ratio: peer.map(|peer| ours / peer),
    }
}

