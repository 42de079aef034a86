//! A process under measurement: started, watched through `/proc`, killed when dropped.

use std::fs;
use std::io;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Clock ticks a second in `/proc/PID/stat`; a constant of the Linux ABI.
const TICKS_PER_S: f64 = 100.0;

/// A running peer.
pub(crate) struct Process(Child);

impl Process {
    /// Starts a program with its output thrown away.
    pub(crate) fn start(command: &mut Command) -> io::Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().map(Self)
    }

    /// User and system time so far, all threads.
    pub(crate) fn cpu(&self) -> io::Result<Duration> {
        Ok(Stat::read(&self.0.id().to_string())?.cpu)
    }

    /// The same with its children, where it forks.
    pub(crate) fn cpu_of_family(&self) -> io::Result<Duration> {
        let names = fs::read_dir("/proc")?.flatten().map(|entry| entry.file_name());
        let stats = names.filter_map(|name| Stat::read(name.to_str()?).ok());
        let children = stats.filter(|stat| stat.parent == self.0.id()).map(|stat| stat.cpu);
        Ok(self.cpu()? + children.sum::<Duration>())
    }

    /// Whether it has ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.0.try_wait().is_ok_and(|status| status.is_some())
    }

    /// Tells it to end, and waits: one that forks takes its children with it.
    pub(crate) fn terminate(&mut self) {
        let told = Command::new("kill").arg(self.0.id().to_string()).status();
        if told.is_ok_and(|status| status.success()) {
            // Its own end is all that is waited for.
            let _ = self.0.wait();
        }
    }

    /// Resident memory in kB.
    pub(crate) fn resident_kb(&self) -> io::Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
        Ok(line.split_whitespace().nth(1).and_then(|kb| kb.parse().ok()).unwrap_or(0.0))
    }
}

/// A line of `/proc/PID/stat`.
struct Stat {
    parent: u32,
    cpu: Duration,
}

impl Stat {
    fn read(id: &str) -> io::Result<Self> {
        let stat = fs::read_to_string(format!("/proc/{id}/stat"))?;
        // The name in parentheses may hold spaces; the parent is field 4, utime and stime are fields 14 and 15.
        let after_name = stat.rsplit(')').next().unwrap_or_default();
        let fields: Vec<&str> = after_name.split_whitespace().collect();
        let number = |at: usize| fields.get(at).and_then(|field| field.parse::<u32>().ok()).unwrap_or(0);
        let cpu = Duration::from_secs_f64(f64::from(number(11) + number(12)) / TICKS_PER_S);
        Ok(Self { parent: number(1), cpu })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing to do about either error.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
