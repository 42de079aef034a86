//! Any bytes as a file of sound, WAV or Ogg Opus, that is played to a trunk from some place on.
#![no_main]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::LazyLock;
use std::time::{Duration, Instant, UNIX_EPOCH};

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use media::sdp::SrtpMode;
use media::source::{Audio, PlayControl, PlayId, PlaySettings, Repeat, Source};
use media::{
    Certificate, CodecKind, DtmfMethod, Limits, MediaCommand, Output, PortId, PortSpec, Worker, WorkerConfig,
};

const PORT: PortId = PortId(1);
const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
const PEER: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 5));
const TICK: Duration = Duration::from_millis(20);

fuzz_target!(|bytes: &[u8]| {
    let Some((place, file)) = bytes.split_first() else { return };
    let Ok(audio) = Audio::parse(&Bytes::copy_from_slice(file)) else { return };
    let from = audio.length() * u32::from(*place) / 255;
    let mut now = Instant::now();
    let mut worker = worker(now);
    let settings = PlaySettings { repeat: Repeat::Times(2), volume_db: 3.0, from };
    let source = Source::Audio(audio);
    worker.handle_command(now, MediaCommand::Play { port: PORT, play: PlayId(1), source, settings });
    for at in 0..100 {
        now += TICK;
        worker.handle_timeout(now);
        if at == 50 {
            let control = PlayControl::Seek(from / 2);
            worker.handle_command(now, MediaCommand::ControlPlay { port: PORT, control });
        }
        drain(&mut worker);
    }
});

fn worker(now: Instant) -> Worker {
    static CERTIFICATE: LazyLock<Certificate> =
        LazyLock::new(|| Certificate::generate([7; 32], UNIX_EPOCH + Duration::from_secs(1_800_000_000)));
    let config = WorkerConfig {
        browser_addrs: vec![SocketAddr::new(LOCAL, 40_000)],
        advertised: Vec::new(),
        rtp_ports: 30_000..=30_099,
        limits: Limits::default(),
        certificate: CERTIFICATE.clone(),
    };
    let mut worker = Worker::new(config, [9; 32], now);
    let spec = PortSpec::RtpAnswer {
        local: LOCAL,
        codecs: CodecKind::ALL.to_vec(),
        dtmf: DtmfMethod::Auto,
        srtp: SrtpMode::Off,
        offer: Bytes::from(format!(
            "v=0\r\no=- 5 5 IN IP4 {PEER}\r\ns=-\r\nc=IN IP4 {PEER}\r\nt=0 0\r\nm=audio 7000 RTP/AVP 0\r\n"
        )),
        signalled_from: PEER,
    };
    worker.handle_command(now, MediaCommand::Open { port: PORT, spec });
    worker.handle_bound(now, PORT);
    drain(&mut worker);
    worker
}

fn drain(worker: &mut Worker) {
    while !matches!(worker.poll_output(), Output::Timeout(_)) {}
}
