//! What a SIP transaction costs: the bare endpoint in virtual time, each transaction with its final response, held
//! until its last timer ends it.

use std::env;
use std::fs;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::process::Command;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sip_stack::message::{HeaderName, Message, Method, StatusCode};
use sip_stack::{
    Config, Endpoint, Invite, InviteId, Limits, Listener, Output, RegistrationId, Respond, Target, Transport,
    UaEvent,
};

use crate::report::{Report, Row};

const HELD: usize = 20_000;
/// At one a millisecond, timers D and J (32 s) hold some 32,000 at once, and old ones end while new ones begin.
const BETWEEN: Duration = Duration::from_millis(1);
const PER_ROUND: usize = 3 * HELD;
const ROUNDS: usize = 3;
const LOCAL: &str = "192.0.2.1:5060";
const PEER: &str = "192.0.2.9:5060";
/// With it, a hundred thousand at once take no more than 400 MB.
const MEMORY_LIMIT_B: f64 = 4096.0;
/// A core that begins and ends 250 calls a second has 1,000, and shall spend no more than a tenth of its time on them.
const RATE_LIMIT_PER_S: f64 = 10_000.0;

/// The machines of RFC 3261 §17.
#[derive(Clone, Copy)]
enum Machine {
    InviteClient,
    InviteServer,
    NonInviteClient,
    NonInviteServer,
}

impl Machine {
    const ALL: [Self; 4] =
        [Self::InviteClient, Self::InviteServer, Self::NonInviteClient, Self::NonInviteServer];

    const fn name(self) -> &'static str {
        match self {
            Self::InviteClient => "invite_client",
            Self::InviteServer => "invite_server",
            Self::NonInviteClient => "non_invite_client",
            Self::NonInviteServer => "non_invite_server",
        }
    }
}

/// The part that a process of its own does, with the name of a machine behind it.
pub(crate) const MEMORY: &str = "sip_memory";

pub(crate) fn measure(report: &mut Report) -> io::Result<()> {
    let (mut most, mut least) = (0.0_f64, f64::MAX);
    for machine in Machine::ALL {
        let (bytes, rate) = (memory_b_alone(machine)?, rate_per_s(machine));
        report.add(memory_row(&format!("sip_memory_per_{}_b", machine.name()), bytes));
        report.add(rate_row(&format!("sip_{}_transactions_per_s", machine.name()), rate));
        (most, least) = (most.max(bytes), least.min(rate));
    }
    report.add(memory_row("sip_memory_per_transaction_b", most));
    report.add(rate_row("sip_transactions_per_s", least));
    Ok(())
}

/// Prints the memory that a transaction of the named machine adds, in bytes.
pub(crate) fn print_memory(name: &str) -> io::Result<()> {
    let machine = Machine::ALL.into_iter().find(|machine| machine.name() == name);
    let machine = machine.ok_or_else(|| io::Error::other(format!("no such machine: {name}")))?;
    writeln!(io::stdout(), "{}", memory_b(machine))
}

/// In a process of its own: what an earlier measurement has given back would hide what this one takes.
fn memory_b_alone(machine: Machine) -> io::Result<f64> {
    let mut command = Command::new(env::current_exe()?);
    let output = command.args(["-", MEMORY, machine.name()]).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim().parse().map_err(|_| io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()))
}

fn memory_row(name: &str, bytes: f64) -> Row {
    let against = format!("limit {MEMORY_LIMIT_B:.0} B");
    Row { name: name.into(), value: Some(bytes), unit: "B", against, ratio: Some(bytes / MEMORY_LIMIT_B) }
}

fn rate_row(name: &str, rate: f64) -> Row {
    let against = format!("limit {RATE_LIMIT_PER_S:.0}/s");
    Row { name: name.into(), value: Some(rate), unit: "1/s", against, ratio: Some(rate / RATE_LIMIT_PER_S) }
}

/// Resident memory that a transaction adds, with what the endpoint keeps beside it.
fn memory_b(machine: Machine) -> f64 {
    let mut bare = Bare::new();
    let before = resident_b();
    (0..HELD).for_each(|nth| bare.run(machine, nth));
    assert_eq!(bare.endpoint.transactions(), HELD, "all are held");
    (resident_b() - before) / HELD as f64
}

/// The fastest round: whatever else the machine does can only slow a round down.
fn rate_per_s(machine: Machine) -> f64 {
    let round = || {
        let (mut bare, start) = (Bare::new(), Instant::now());
        for nth in 0..PER_ROUND {
            bare.run(machine, nth);
            bare.advance(BETWEEN);
        }
        bare.advance(Duration::from_secs(64));
        assert_eq!(bare.endpoint.transactions(), 0, "all have ended");
        PER_ROUND as f64 / start.elapsed().as_secs_f64()
    };
    (0..ROUNDS).map(|_| round()).fold(0.0, f64::max)
}

fn resident_b() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse().ok()).map_or(0.0, |kb: f64| kb * 1024.0)
}

/// An endpoint whose peer answers every request at once.
struct Bare {
    endpoint: Endpoint,
    now: Instant,
    deadline: Instant,
}

impl Bare {
    fn new() -> Self {
        let (now, all) = (Instant::now(), 4 * HELD);
        let listener = Listener { transport: Transport::Udp, local: address(LOCAL), advertised: None };
        let config = Config::new(vec![listener]);
        let limits = Limits {
            server_transactions: all,
            server_transactions_per_source: all,
            refusals_kept_per_source: all,
            refusals_kept: all,
            calls: all,
            outgoing: all,
            ..config.limits
        };
        let endpoint = Endpoint::new(Config { limits, ..config }, [7; 32], now);
        Self { endpoint, now, deadline: now }
    }

    /// Begins a transaction and answers it.
    fn run(&mut self, machine: Machine, nth: usize) {
        let (id, target) = (nth as u64, Target::new(Transport::Udp, address(PEER)));
        let uri = "sip:bob@192.0.2.9".parse().expect("a uri");
        let begun = match machine {
            Machine::InviteClient => {
                let from = "<sip:alice@192.0.2.1>".parse().expect("an address");
                self.endpoint.invite(self.now, InviteId(id), Invite::new(uri, target, from))
            }
            Machine::NonInviteClient => self.endpoint.options(self.now, RegistrationId(id), uri, target),
            Machine::InviteServer => {
                self.hear(request("INVITE", nth));
                Ok(())
            }
            Machine::NonInviteServer => {
                self.hear(request("OPTIONS", nth));
                Ok(())
            }
        };
        begun.expect("there is room");
        self.drain();
    }

    fn hear(&mut self, payload: Bytes) {
        self.endpoint.handle_datagram(self.now, address(LOCAL), address(PEER), payload);
    }

    fn drain(&mut self) {
        loop {
            match self.endpoint.poll_output() {
                Output::Timeout(at) => {
                    self.deadline = at;
                    return;
                }
                Output::Datagram { payload, .. } => {
                    if let Some(answer) = answer(payload) {
                        self.hear(answer);
                    }
                }
                Output::Event(event) => self.refuse(&event),
                Output::StreamData { .. }
                | Output::Connect { .. }
                | Output::Close { .. }
                | Output::Resolve { .. } => panic!("its only peer has an address and takes datagrams"),
            }
        }
    }

    fn refuse(&mut self, event: &UaEvent) {
        if let UaEvent::Incoming { id, .. } = event {
            let busy = Respond::new(StatusCode::BUSY_HERE.as_u16());
            self.endpoint.respond(self.now, *id, busy).expect("it waits for a response");
        }
    }

    fn advance(&mut self, time: Duration) {
        let end = self.now + time;
        while self.deadline <= end {
            self.now = self.deadline.max(self.now);
            self.endpoint.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
    }
}

fn address(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

/// As a phone sends it.
fn request(method: &str, nth: usize) -> Bytes {
    let lines = [
        format!("{method} sip:bob@192.0.2.1 SIP/2.0"),
        format!("Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK3c1d8e7a-{nth};rport"),
        "Max-Forwards: 70".to_owned(),
        format!("From: \"Alice\" <sip:alice@192.0.2.9>;tag=8f7e6d5c-{nth}"),
        "To: <sip:bob@192.0.2.1>".to_owned(),
        format!("Call-ID: 7d1f0c9a-4b7e-4d0c-{nth}@192.0.2.9"),
        format!("CSeq: 1 {method}"),
        "Contact: <sip:alice@192.0.2.9:5060>".to_owned(),
        "Content-Length: 0\r\n\r\n".to_owned(),
    ];
    Bytes::from(lines.join("\r\n"))
}

/// What the peer says to a message of ours: 486 to a request, ACK to that answer of ours.
fn answer(payload: Bytes) -> Option<Bytes> {
    let message = Message::parse(payload).ok()?;
    let value = |name| message.headers().get(&name).unwrap_or_default();
    let (first, tag, cseq) = match &message {
        Message::Request(request) if request.method == Method::Ack => return None,
        Message::Request(_) => ("SIP/2.0 486 Busy Here", ";tag=1", value(HeaderName::CSeq)),
        Message::Response(response) if response.code != StatusCode::BUSY_HERE => return None,
        Message::Response(_) => ("ACK sip:bob@192.0.2.1 SIP/2.0", "", "1 ACK"),
    };
    let lines = [
        first.to_owned(),
        format!("Via: {}", value(HeaderName::Via)),
        "Max-Forwards: 70".to_owned(),
        format!("From: {}", value(HeaderName::From)),
        format!("To: {}{tag}", value(HeaderName::To)),
        format!("Call-ID: {}", value(HeaderName::CallId)),
        format!("CSeq: {cseq}"),
        "Content-Length: 0\r\n\r\n".to_owned(),
    ];
    Some(Bytes::from(lines.join("\r\n")))
}
