//! A worker between a browser (str0m as a full ICE agent) and a trunk, in virtual time.

mod browser;
mod trunk;

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant, UNIX_EPOCH};

use media::sdp::SrtpMode;
use media::{
    Certificate, CodecKind, DtmfMethod, Limits, MediaCommand, MediaEvent, Output, PortId, PortSpec, Socket,
    Stats, Worker, WorkerConfig,
};

pub(crate) use browser::Browser;
pub(crate) use trunk::Trunk;

pub(crate) const BROWSER: PortId = PortId(1);
pub(crate) const TRUNK: PortId = PortId(2);
pub(crate) const TICK: Duration = Duration::from_millis(20);
const OPUS_PARAMETERS: &str = "a=fmtp:111 minptime=10;useinbandfec=1";
const GATEWAY: &str = "10.0.0.1:40000";

/// What is done to a datagram on its way from browser to gateway.
pub(crate) type Mangle = Box<dyn FnMut(Vec<u8>) -> Vec<Vec<u8>>>;

/// Tells of a datagram whether it is lost.
pub(crate) type Lose = Box<dyn FnMut(&[u8]) -> bool>;

pub(crate) struct World {
    pub(crate) now: Instant,
    pub(crate) worker: Worker,
    pub(crate) browser: Browser,
    pub(crate) trunk: Trunk,
    pub(crate) events: Vec<MediaEvent>,
    pub(crate) mangle: Option<Mangle>,
    /// Tells whether a datagram from gateway to browser is lost.
    pub(crate) lose_to_browser: Option<Lose>,
    /// What the browser says of Opus, instead of the usual.
    pub(crate) opus_parameters: Option<String>,
    /// How many of the next pairs of ports another process has.
    pub(crate) bound_elsewhere: usize,
    /// What the trunk is offered.
    pub(crate) srtp: SrtpMode,
    /// The lower port of each pair that was tried.
    pub(crate) binds: Vec<u16>,
}

impl World {
    /// A bridged call: the browser offers `browser_codecs`, the trunk answers with `trunk_codec`.
    pub(crate) fn call(browser_codecs: &[CodecKind], trunk_codec: CodecKind) -> Self {
        Self::new().joined(browser_codecs, trunk_codec)
    }

    /// As [`World::call`], with a browser that offers redundant audio.
    pub(crate) fn call_with_red(trunk_codec: CodecKind) -> Self {
        let world = Self::new();
        let browser = Browser::with_red(world.now);
        Self { browser, ..world }.joined(&[CodecKind::Opus], trunk_codec)
    }

    fn joined(self, browser_codecs: &[CodecKind], trunk_codec: CodecKind) -> Self {
        let mut world = self;
        world.open_browser(browser_codecs);
        world.open_trunk(trunk_codec);
        world.run(Duration::from_secs(2));
        assert!(world.browser.is_connected(), "ICE and DTLS done");
        let command = MediaCommand::Bridge { a: BROWSER, b: TRUNK };
        world.command(command);
        world
    }

    /// A worker for more than a call.
    pub(crate) fn large() -> Worker {
        let today = UNIX_EPOCH + Duration::from_secs(20_781 * 86_400);
        let config = WorkerConfig {
            browser_addrs: vec![GATEWAY.parse().unwrap()],
            advertised: vec![],
            rtp_ports: 30_000..=30_099,
            limits: Limits::default(),
            certificate: Certificate::generate([7; 32], today),
        };
        Worker::new(config, [9; 32], Instant::now())
    }

    pub(crate) fn new() -> Self {
        let now = Instant::now();
        let today = UNIX_EPOCH + Duration::from_secs(20_781 * 86_400);
        let config = WorkerConfig {
            browser_addrs: vec![GATEWAY.parse().unwrap()],
            advertised: vec![],
            rtp_ports: 30_000..=30_099,
            limits: Limits { ports: 4, ..Limits::default() },
            certificate: Certificate::generate([7; 32], today),
        };
        let worker = Worker::new(config, [9; 32], now);
        let (browser, trunk) = (Browser::new(now), Trunk::new());
        Self {
            now,
            worker,
            browser,
            trunk,
            events: Vec::new(),
            mangle: None,
            lose_to_browser: None,
            opus_parameters: None,
            bound_elsewhere: 0,
            srtp: SrtpMode::Off,
            binds: Vec::new(),
        }
    }

    /// As [`World::call`], with a browser whose offer says something else of Opus.
    pub(crate) fn call_saying(parameters: &str, trunk_codec: CodecKind) -> Self {
        Self { opus_parameters: Some(parameters.into()), ..Self::new() }
            .joined(&[CodecKind::Opus], trunk_codec)
    }

    pub(crate) fn open_browser(&mut self, codecs: &[CodecKind]) {
        let mut offer = self.browser.offer();
        if let Some(parameters) = &self.opus_parameters {
            assert!(offer.contains(OPUS_PARAMETERS), "{offer}");
            offer = offer.replace(OPUS_PARAMETERS, &format!("a=fmtp:111 {parameters}"));
        }
        let spec = PortSpec::WebRtc { offer, codecs: codecs.to_vec(), playback_rate: 48_000 };
        self.command(MediaCommand::Open { port: BROWSER, spec });
        let answer = self.description_of(BROWSER);
        self.browser.accept(&answer);
    }

    pub(crate) fn open_trunk(&mut self, codec: CodecKind) {
        let local: IpAddr = "10.0.0.1".parse().unwrap();
        let others = [CodecKind::Pcmu, CodecKind::Pcma, CodecKind::G722];
        let codecs = [codec].into_iter().chain(others.into_iter().filter(|other| *other != codec)).collect();
        let spec = PortSpec::RtpOffer { local, codecs, dtmf: DtmfMethod::Auto, srtp: self.srtp };
        self.command(MediaCommand::Open { port: TRUNK, spec });
        let offer = self.description_of(TRUNK);
        let sdp = self.trunk.answer(&offer, codec);
        let signalled_from = self.trunk.address.ip();
        self.command(MediaCommand::SetAnswer { port: TRUNK, sdp: sdp.into(), signalled_from });
    }

    /// A trunk that is offered SRTP and answers with this line.
    pub(crate) fn open_secure_trunk(&mut self, crypto: &str) {
        self.open_rtp(TRUNK);
        let sdp = self.trunk.describe(CodecKind::Pcmu, "sendrecv").replace("RTP/AVP", "RTP/SAVP") + crypto;
        let signalled_from = self.trunk.address.ip();
        self.command(MediaCommand::SetAnswer { port: TRUNK, sdp: sdp.into(), signalled_from });
    }

    /// The trunk offers anew; the gateway's answer.
    pub(crate) fn reoffer(&mut self, codec: CodecKind, direction: &str) -> String {
        let sdp = self.trunk.describe(codec, direction).into();
        let signalled_from = Some(self.trunk.address.ip());
        self.command(MediaCommand::SetOffer { port: TRUNK, sdp, signalled_from });
        self.description_of(TRUNK)
    }

    pub(crate) fn command(&mut self, command: MediaCommand) {
        self.worker.handle_command(self.now, command);
        self.settle();
    }

    /// Lets time pass without sound.
    pub(crate) fn run(&mut self, duration: Duration) {
        let end = self.now + duration;
        while self.now < end {
            self.step(Duration::from_millis(5));
        }
    }

    pub(crate) fn step(&mut self, duration: Duration) {
        self.now += duration;
        self.worker.handle_timeout(self.now);
        self.browser.handle_timeout(self.now);
        self.settle();
    }

    /// A datagram to the gateway.
    pub(crate) fn inject(&mut self, socket: Socket, from: SocketAddr, mut packet: Vec<u8>) {
        self.worker.handle_packet(self.now, socket, from, &mut packet);
        self.settle();
    }

    /// The trunk sends one packet.
    pub(crate) fn trunk_sends(&mut self, payload_type: u8, marker: bool, ticks: u32, payload: &[u8]) {
        let packet = self.trunk.packet(payload_type, marker, ticks, payload);
        let from = self.trunk.address;
        self.inject(Socket::Rtp(TRUNK), from, packet);
    }

    /// The browser sends one packet.
    pub(crate) fn browser_sends(&mut self, payload_type: u8, marker: bool, ticks: u32, payload: &[u8]) {
        self.browser.send(self.now, payload_type, marker, ticks, payload);
        self.settle();
    }

    pub(crate) fn open_rtp(&mut self, port: PortId) {
        let local: IpAddr = "10.0.0.1".parse().unwrap();
        let spec = PortSpec::RtpOffer {
            local,
            codecs: vec![CodecKind::Pcmu],
            dtmf: DtmfMethod::Auto,
            srtp: self.srtp,
        };
        self.command(MediaCommand::Open { port, spec });
    }

    pub(crate) fn last_stats(&self, of: PortId) -> Stats {
        let stats = |event: &MediaEvent| {
            let MediaEvent::Stats { port, stats } = event else { return None };
            (*port == of).then(|| stats.clone())
        };
        self.events.iter().rev().find_map(stats).unwrap()
    }

    pub(crate) fn digits_of(&self, of: PortId) -> String {
        let digit = |event: &MediaEvent| {
            let MediaEvent::Digit { port, digit, .. } = event else { return None };
            (*port == of).then_some(*digit)
        };
        self.events.iter().filter_map(digit).collect()
    }

    pub(crate) fn description_of(&self, of: PortId) -> String {
        let sdp = |event: &MediaEvent| {
            let MediaEvent::LocalDescription { port, sdp } = event else { return None };
            (*port == of).then(|| sdp.clone())
        };
        let sdp = self.events.iter().rev().find_map(sdp);
        let sdp = sdp.unwrap_or_else(|| panic!("no description in {:?}", self.events));
        String::from_utf8(sdp.to_vec()).unwrap()
    }

    /// Carries datagrams until nobody has any more to send.
    fn settle(&mut self) {
        let gateway: SocketAddr = GATEWAY.parse().unwrap();
        loop {
            self.drain_worker(gateway);
            let Some(packet) = self.browser.outgoing.pop_front() else { return };
            let packets = match &mut self.mangle {
                Some(mangle) if packet[0] >= 128 => mangle(packet),
                _ => vec![packet],
            };
            for mut packet in packets {
                let from = self.browser.address;
                self.worker.handle_packet(self.now, Socket::Browsers(0), from, &mut packet);
                self.drain_worker(gateway);
            }
        }
    }

    fn drain_worker(&mut self, gateway: SocketAddr) {
        loop {
            match self.worker.poll_output() {
                Output::Transmit { socket: Socket::Browsers(_), to, .. } => {
                    assert_eq!(to, self.browser.address);
                    let payload = self.worker.payload();
                    let is_lost = self.lose_to_browser.as_mut().is_some_and(|lose| lose(payload));
                    if !is_lost {
                        self.browser.receive(self.now, gateway, payload);
                    }
                }
                Output::Transmit { socket: Socket::Rtp(_), to, .. } => {
                    assert_eq!(to, self.trunk.address);
                    self.trunk.receive(self.worker.payload());
                }
                Output::Transmit { socket: Socket::Rtcp(_), .. } => {
                    self.trunk.reports.push(self.worker.payload().to_vec());
                }
                Output::Bind { port, local } => {
                    self.binds.push(local.port());
                    if self.bound_elsewhere > 0 {
                        self.bound_elsewhere -= 1;
                        self.worker.handle_bind_failed(self.now, port);
                    } else {
                        self.worker.handle_bound(self.now, port);
                    }
                }
                Output::Unbind { .. } => {}
                Output::Event(event) => self.events.push(event),
                Output::Timeout(_) => return,
            }
        }
    }
}
