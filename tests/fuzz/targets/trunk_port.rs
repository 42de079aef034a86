//! Any bytes as what a trunk sends to the sockets of its call, bridged to another trunk, while time passes.
#![no_main]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::LazyLock;
use std::time::{Duration, Instant, UNIX_EPOCH};

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use media::sdp::SrtpMode;
use media::{
    Certificate, CodecKind, DtmfMethod, Limits, MediaCommand, Output, PortId, PortSpec, Socket, Worker,
    WorkerConfig,
};

const A: PortId = PortId(1);
const B: PortId = PortId(2);
const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
const PEER: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 5));
const PEER_RTP: u16 = 7_000;
const DATAGRAMS_MAX: usize = 200;
/// Longer than a digit plays; reports and statistics come too.
const REST: Duration = Duration::from_secs(10);
const TIMEOUTS_MAX: usize = 100_000;

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, rest)) = bytes.split_first() else { return };
    let mut call = Call::new(*choice);
    for (how, datagram) in datagrams(rest).take(DATAGRAMS_MAX) {
        call.hear(how, datagram);
    }
    call.wait(REST);
    call.end();
});

/// Each begins with a byte that says where it goes, and its length in one byte.
fn datagrams(bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let ([how, len], after) = rest.split_first_chunk::<2>()?;
        let (datagram, after) = after.split_at(usize::from(*len).min(after.len()));
        rest = after;
        Some((*how, datagram))
    })
}

struct Call {
    now: Instant,
    deadline: Instant,
    worker: Worker,
}

impl Call {
    fn new(choice: u8) -> Self {
        static CERTIFICATE: LazyLock<Certificate> =
            LazyLock::new(|| Certificate::generate([7; 32], UNIX_EPOCH + Duration::from_secs(1_800_000_000)));
        let now = Instant::now();
        let config = WorkerConfig {
            browser_addrs: vec![SocketAddr::new(LOCAL, 40_000)],
            advertised: Vec::new(),
            rtp_ports: 30_000..=30_099,
            limits: Limits::default(),
            certificate: CERTIFICATE.clone(),
        };
        let mut call = Self { now, deadline: now, worker: Worker::new(config, [9; 32], now) };
        let codec = |bits: u8| CodecKind::ALL[usize::from(bits & 3)];
        call.open(A, codec(choice));
        call.open(B, codec(choice >> 2));
        call.command(MediaCommand::Bridge { a: A, b: B });
        call
    }

    fn open(&mut self, port: PortId, codec: CodecKind) {
        let spec = PortSpec::RtpAnswer {
            local: LOCAL,
            codecs: CodecKind::ALL.to_vec(),
            dtmf: DtmfMethod::Auto,
            srtp: SrtpMode::Optional,
            offer: offer(codec),
            signalled_from: PEER,
        };
        self.command(MediaCommand::Open { port, spec });
        self.worker.handle_bound(self.now, port);
        self.drain();
    }

    fn command(&mut self, command: MediaCommand) {
        self.worker.handle_command(self.now, command);
        self.drain();
    }

    fn hear(&mut self, how: u8, datagram: &[u8]) {
        self.wait(Duration::from_millis(u64::from(how >> 2)));
        let port = if how & 1 == 0 { A } else { B };
        let (socket, from) = match how & 2 {
            0 => (Socket::Rtp(port), PEER_RTP),
            _ => (Socket::Rtcp(port), PEER_RTP + 1),
        };
        let from = SocketAddr::new(PEER, from);
        self.worker.handle_packet(self.now, socket, from, &mut datagram.to_vec());
        self.drain();
    }

    fn wait(&mut self, time: Duration) {
        let until = self.now + time;
        for _ in 0..TIMEOUTS_MAX {
            if self.deadline > until {
                self.now = until;
                return;
            }
            self.now = self.now.max(self.deadline);
            self.worker.handle_timeout(self.now);
            self.drain();
        }
        panic!("time stands still");
    }

    fn drain(&mut self) {
        loop {
            if let Output::Timeout(at) = self.worker.poll_output() {
                self.deadline = at;
                return;
            }
        }
    }

    fn end(mut self) {
        self.command(MediaCommand::Close { port: A });
        self.command(MediaCommand::Close { port: B });
        assert_eq!(self.worker.ports(), 0);
    }
}

fn offer(codec: CodecKind) -> Bytes {
    let (number, name) = (codec.static_payload_type().unwrap_or(96), codec.rtp_name());
    let clock = if codec == CodecKind::Opus { "48000/2" } else { "8000" };
    Bytes::from(format!(
        "v=0\r\no=- 5 5 IN IP4 {PEER}\r\ns=-\r\nc=IN IP4 {PEER}\r\nt=0 0\r\nm=audio {PEER_RTP} RTP/AVP {number} \
         101\r\na=rtpmap:{number} {name}/{clock}\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n"
    ))
}
