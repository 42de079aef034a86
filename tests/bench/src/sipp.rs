//! SIPp as load: one core for it alone, its own statistics read back.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::process::Process;

/// The core of every SIPp; what is measured has the other one.
const CORE: &str = "0";
const HOST: &str = "127.0.0.1";
const CALLER_PORT: &str = "16080";
const CALLEE_PORT: &str = "16070";
/// SIPp writes its statistics so often, in seconds, and once more as it ends.
const STATISTICS_EVERY_S: &str = "1";
/// Beyond the time that the calls themselves take: what is lost is sent again meanwhile.
const PATIENCE: Duration = Duration::from_secs(4);
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// How many calls, and how fast.
#[derive(Clone, Copy)]
pub(crate) struct Rate {
    pub(crate) per_s: u64,
    pub(crate) seconds: u64,
}

impl Rate {
    fn calls(self) -> u64 {
        self.per_s * self.seconds
    }
}

/// What SIPp says of its calls.
pub(crate) struct Tally {
    pub(crate) calls: u64,
    pub(crate) successful: u64,
    /// Messages sent again because something was lost or late, by either side.
    pub(crate) retransmissions: u64,
    /// From the first call to the end of the last.
    pub(crate) time: Duration,
    /// Processor time of all SIPp processes.
    pub(crate) cpu: Duration,
}

impl Tally {
    /// Calls that failed or needed a retransmission, as a share of all.
    pub(crate) fn bad(&self) -> f64 {
        let failed = self.calls.saturating_sub(self.successful);
        (failed + self.retransmissions) as f64 / self.calls.max(1) as f64
    }

    /// Calls completed a second.
    pub(crate) fn per_s(&self) -> f64 {
        self.successful as f64 / self.time.as_secs_f64()
    }
}

/// Where SIPp finds its scenarios and leaves its statistics.
pub(crate) struct Sipp {
    folder: PathBuf,
}

impl Sipp {
    /// A folder of its own. An error where SIPp is not installed.
    pub(crate) fn new() -> io::Result<Self> {
        Command::new("sipp").arg("-v").output()?;
        let folder = std::env::temp_dir().join(format!("offhook-bench-sipp-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        Ok(Self { folder })
    }

    /// Places calls through `target` to a callee of its own.
    pub(crate) fn calls(&self, target: SocketAddr, rate: Rate) -> io::Result<Tally> {
        let callee = self.start("callee", &["-p", CALLEE_PORT])?;
        let mut tally = self.place("caller", target, rate)?;
        // Its last statistics: the BYEs of the last calls may just have come.
        std::thread::sleep(Duration::from_millis(1_100));
        tally.cpu += callee.cpu()?;
        tally.retransmissions += self.statistic("callee", "Retransmissions(C)").unwrap_or(0);
        Ok(tally)
    }

    /// Registers addresses of record at `target`.
    pub(crate) fn registrations(&self, target: SocketAddr, rate: Rate) -> io::Result<Tally> {
        self.place("registrations", target, rate)
    }

    fn place(&self, scenario: &str, target: SocketAddr, rate: Rate) -> io::Result<Tally> {
        let (per_s, calls) = (rate.per_s.to_string(), rate.calls().to_string());
        let limit = Duration::from_secs(rate.seconds) + PATIENCE;
        let at_once = rate.calls().to_string();
        let target = target.to_string();
        let start = Instant::now();
        let mut sipp =
            self.start(scenario, &["-p", CALLER_PORT, "-r", &per_s, "-m", &calls, "-l", &at_once, &target])?;
        let mut cpu = Duration::ZERO;
        let mut time = start.elapsed();
        while time < limit && !sipp.has_ended() {
            cpu = sipp.cpu().unwrap_or(cpu);
            std::thread::sleep(LOOK_EVERY);
            time = start.elapsed();
        }
        let count = |name: &str| self.statistic(scenario, name).unwrap_or(0);
        let successful = count("SuccessfulCall(C)");
        Ok(Tally { calls: rate.calls(), successful, retransmissions: count("Retransmissions(C)"), time, cpu })
    }

    fn start(&self, scenario: &str, arguments: &[&str]) -> io::Result<Process> {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("sipp/{scenario}.xml"));
        let statistics = self.statistics(scenario);
        // Last time's must not be read for this one's.
        let _ = fs::remove_file(&statistics);
        let mut command = Command::new("taskset");
        command.args(["-c", CORE, "sipp"]).arg("-sf").arg(file);
        command.args(["-i", HOST, "-nostdin", "-skip_rlimit", "-trace_stat", "-fd", STATISTICS_EVERY_S]);
        command.arg("-stf").arg(statistics).args(arguments);
        Process::start(&mut command)
    }

    fn statistics(&self, scenario: &str) -> PathBuf {
        self.folder.join(format!("{scenario}.csv"))
    }

    /// The latest value of a column of SIPp's statistics.
    fn statistic(&self, scenario: &str, name: &str) -> Option<u64> {
        let table = fs::read_to_string(self.statistics(scenario)).ok()?;
        let mut rows = table.lines();
        let column = rows.next()?.split(';').position(|title| title == name)?;
        rows.next_back()?.split(';').nth(column)?.trim().parse().ok()
    }
}

impl Drop for Sipp {
    fn drop(&mut self) {
        // A leftover file in the temporary folder harms nothing.
        let _ = fs::remove_dir_all(&self.folder);
    }
}
