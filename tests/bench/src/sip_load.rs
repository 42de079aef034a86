//! Calls and registrations a second through a SIP server that has one core alone, with SIPp on another: ours and
//! Kamailio's, in turns, in one run.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use crate::report::{Report, Row};
use crate::sip_server::{ADDRESS, CALLEE, DOMAIN, SipServer};
use crate::sipp::{Rate, Sipp, Tally};

const PROBE_S: u64 = 4;
/// Probes on the way to the highest rate, after the first.
const PROBES: usize = 4;
/// Of all calls, those that may fail or need a retransmission.
const BAD_MAX: f64 = 0.001;
/// How far above a good rate the next is tried, and at what share of what the processor allows the search begins.
const STEP_UP: f64 = 1.15;
const BEGIN: f64 = 0.85;

/// What SIPp does.
#[derive(Clone, Copy)]
enum Load {
    Calls,
    Registrations,
}

impl Load {
    /// A rate that everyone sustains: what it costs shows where to look for the highest.
    const fn first_per_s(self) -> u64 {
        match self {
            Self::Calls => 300,
            Self::Registrations => 1_500,
        }
    }
}

/// A rate that was sustained.
#[derive(Clone, Copy)]
struct Sustained {
    per_s: f64,
    /// Processor time of the server for one call, in us.
    server_us: f64,
    /// Shares of one core.
    server_share: f64,
    sipp_share: f64,
}

impl Sustained {
    /// Calls for a second of processor time.
    fn per_core(&self) -> f64 {
        1e6 / self.server_us
    }

    fn said(&self, who: &str) -> String {
        let Self { per_s, server_share, sipp_share, .. } = self;
        format!(
            "{who} {per_s:.0}/s at {:.0} % of a core, SIPp {:.0} %",
            server_share * 100.0,
            sipp_share * 100.0
        )
    }
}

/// All rows.
pub(crate) fn measure(report: &mut Report, binary: &Path) -> io::Result<()> {
    let sipp = match Sipp::new() {
        Ok(sipp) => sipp,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            report.add(Row::skipped("proxy_cps_ratio_kamailio", "ratio", "SIPp is not installed"));
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    let b2bua = highest(&sipp, Load::Calls, &SipServer::example(binary, "b2bua", &[ADDRESS, CALLEE])?)?;
    report.add(Row::plain("b2bua_cps_per_core", b2bua.per_core(), "1/cpu s", &b2bua.said("sustained")));
    let proxy = || SipServer::example(binary, "proxy", &[ADDRESS, DOMAIN]);
    compare(report, &sipp, Load::Calls, "proxy_cps", proxy)?;
    let registrar = || SipServer::example(binary, "registrar", &[ADDRESS, DOMAIN]);
    compare(report, &sipp, Load::Registrations, "registrations", registrar)
}

fn compare(
    report: &mut Report,
    sipp: &Sipp,
    load: Load,
    name: &str,
    start: impl Fn() -> io::Result<SipServer>,
) -> io::Result<()> {
    let ours = highest(sipp, load, &start()?)?;
    report.add(Row::plain(&format!("{name}_per_core"), ours.per_core(), "1/cpu s", &ours.said("sustained")));
    let ratio = format!("{name}_ratio_kamailio");
    let kamailio = match SipServer::kamailio() {
        Ok(kamailio) => highest(sipp, load, &kamailio)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            report.add(Row::skipped(&ratio, "ratio", "Kamailio is not installed"));
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    let value = ours.per_core() / kamailio.per_core();
    let against = format!("{:.0} a cpu s; {}", kamailio.per_core(), kamailio.said("Kamailio"));
    report.add(Row { name: ratio, value: Some(value), unit: "ratio", against, ratio: Some(value) });
    Ok(())
}

/// Searches the highest rate that the server sustains. It is what the cost of a call allows, or what SIPp can give.
fn highest(sipp: &Sipp, load: Load, server: &SipServer) -> io::Result<Sustained> {
    let (mut best, first) = probe(sipp, load, server, load.first_per_s())?;
    if first > BAD_MAX {
        return Err(io::Error::other(format!("{first:.4} of the first calls are bad")));
    }
    let busiest = best.server_share.max(best.sipp_share);
    let mut rate = best.per_s / busiest * BEGIN;
    let mut too_high = f64::INFINITY;
    for _ in 0..PROBES {
        let (sustained, bad) = probe(sipp, load, server, rate as u64)?;
        if bad <= BAD_MAX && sustained.per_s > best.per_s {
            best = sustained;
        } else {
            too_high = rate;
        }
        rate = (best.per_s * STEP_UP).min((best.per_s + too_high) / 2.0);
    }
    Ok(best)
}

/// Loads the server for a while; the share of calls that were bad as well.
fn probe(sipp: &Sipp, load: Load, server: &SipServer, per_s: u64) -> io::Result<(Sustained, f64)> {
    let target: SocketAddr = ADDRESS.parse().map_err(io::Error::other)?;
    let rate = Rate { per_s, seconds: PROBE_S };
    let before = server.process.cpu_of_family()?;
    let tally = match load {
        Load::Calls => sipp.calls(target, rate)?,
        Load::Registrations => sipp.registrations(target, rate)?,
    };
    let cpu = server.process.cpu_of_family()? - before;
    Ok((sustained(&tally, cpu), tally.bad()))
}

fn sustained(tally: &Tally, server: Duration) -> Sustained {
    let time = tally.time.as_secs_f64();
    Sustained {
        per_s: tally.per_s(),
        server_us: server.as_secs_f64() * 1e6 / tally.successful.max(1) as f64,
        server_share: server.as_secs_f64() / time,
        sipp_share: tally.cpu.as_secs_f64() / time,
    }
}
