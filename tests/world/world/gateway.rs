//! The three cores, with a mailbox between each two, as the server joins them.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant, UNIX_EPOCH};

use bytes::Bytes;
use engine::{
    CallCommand, CallId, Directory, RequestId, RtcOrigin, RtcRequest, SessionEvent, SessionId, SipCommand,
    Switch, SwitchConfig,
};
use media::{Certificate, Limits, MediaCommand, MediaEvent, PortId, Socket, Worker, WorkerConfig};
use sip_stack::{Answer, Body, Config, Endpoint, InviteId, Listener, Transport, UaEvent};

use super::browser::{News, Told, browser_of};
use super::ledger::Agent;
use super::network::Datagram;
use super::stage::{Happening, Lane, Stage};

const HOST: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
pub(crate) const SIP: SocketAddr = SocketAddr::new(HOST, super::SIP_PORT);
const BROWSERS: SocketAddr = SocketAddr::new(HOST, 40_000);

/// What waits in a mailbox of the gateway.
pub(crate) enum Mail {
    Sip(SipCommand),
    SipReport(UaEvent),
    InviteRefused(InviteId),
    Media(MediaCommand),
    MediaReport(MediaEvent),
    Session(SessionEvent),
    Ask(RtcOrigin, RtcRequest),
    Command(RequestId, CallCommand),
}

pub(crate) struct Gateway {
    pub(crate) endpoint: Endpoint,
    pub(crate) worker: Worker,
    pub(crate) switch: Switch,
    /// The RTP sockets; RTCP is the next port up.
    bound: BTreeMap<PortId, SocketAddr>,
    /// The INVITE that was sent last, with its offer.
    invited: Option<(InviteId, Body)>,
    sip_deadline: Instant,
    media_deadline: Instant,
    switch_deadline: Instant,
}

impl Gateway {
    pub(crate) fn new(stage: &mut Stage, config: SwitchConfig, directory: Directory) -> Self {
        let listener = Listener { transport: Transport::Udp, local: SIP, advertised: None };
        let today = UNIX_EPOCH + Duration::from_secs(20_781 * 86_400);
        let media = WorkerConfig {
            browser_addrs: vec![BROWSERS],
            advertised: Vec::new(),
            rtp_ports: 30_000..=30_199,
            limits: Limits { ports: 100, ..Limits::default() },
            certificate: Certificate::generate([7; 32], today),
        };
        let (now, moment) = (stage.now, stage.moment());
        Self {
            endpoint: Endpoint::new(Config::new(vec![listener]), stage.chance.seed(), now),
            worker: Worker::new(media, stage.chance.seed(), now),
            switch: Switch::new(config, Arc::new(directory), stage.chance.seed(), moment),
            bound: BTreeMap::new(),
            invited: None,
            sip_deadline: now,
            media_deadline: now,
            switch_deadline: now,
        }
    }

    pub(crate) fn deadline(&self) -> Instant {
        self.sip_deadline.min(self.media_deadline).min(self.switch_deadline)
    }

    pub(crate) fn open(&mut self, stage: &mut Stage, mail: Mail) {
        let (now, moment) = (stage.now, stage.moment());
        match mail {
            Mail::Sip(command) => return self.command(stage, command),
            Mail::Media(command) => {
                self.worker.handle_command(now, command);
                return self.drain_worker(stage);
            }
            Mail::SipReport(event) => self.switch.handle_sip(moment, event),
            Mail::InviteRefused(invite) => self.switch.handle_sip_refused(moment, invite),
            Mail::MediaReport(event) => self.switch.handle_media(moment, event),
            Mail::Session(event) => self.switch.handle_session(moment, event),
            Mail::Ask(origin, request) => self.switch.handle_rtc(moment, origin, request),
            Mail::Command(request, command) => self.switch.handle_command(moment, request, command),
        }
        self.drain_switch(stage);
    }

    fn command(&mut self, stage: &mut Stage, command: SipCommand) {
        let (now, endpoint) = (stage.now, &mut self.endpoint);
        // A command that crossed the peer's own end of the call is refused; nothing follows from it.
        let _ = match command {
            SipCommand::Invite(id, invite) => {
                self.invited = invite.body.clone().map(|offer| (id, offer));
                let placed = endpoint.invite(now, id, *invite);
                if placed.is_err() {
                    stage.post(Lane::SipToSwitch, Happening::Gateway(Mail::InviteRefused(id)));
                }
                placed
            }
            SipCommand::Respond(id, respond) => endpoint.respond(now, id, respond),
            SipCommand::Ack(id, answer) => endpoint.ack(now, id, answer),
            SipCommand::Hangup(id, hangup) => endpoint.hangup(now, id, hangup),
            SipCommand::Reoffer(id, offer) => endpoint.reoffer(now, id, offer),
            SipCommand::AnswerReoffer(id, code, answer) => endpoint.answer_reoffer(now, id, code, answer),
            SipCommand::Info(id, body) => endpoint.info(now, id, body),
            SipCommand::Options(id, uri, target) => endpoint.options(now, id, *uri, target),
        };
        self.drain_endpoint(stage);
    }

    /// Offers the last INVITE's description anew, which the switch never does by itself.
    pub(crate) fn reoffer(&mut self, stage: &mut Stage) {
        let (id, offer) = self.invited.clone().expect("a call to a trunk");
        self.endpoint.reoffer(stage.now, id, offer).expect("a call that may be changed");
        self.drain_endpoint(stage);
    }

    /// A datagram to one of the gateway's sockets; nobody reads those that are not bound.
    pub(crate) fn receive(&mut self, stage: &mut Stage, mut datagram: Datagram) {
        let Datagram { from, to, .. } = datagram;
        if to == SIP {
            let payload = Bytes::from(datagram.payload);
            self.endpoint.handle_datagram(stage.now, to, from, payload);
            return self.drain_endpoint(stage);
        }
        let Some(socket) = self.socket(to) else { return };
        self.worker.handle_packet(stage.now, socket, from, &mut datagram.payload);
        self.drain_worker(stage);
    }

    fn socket(&self, to: SocketAddr) -> Option<Socket> {
        if to == BROWSERS {
            return Some(Socket::Browsers(0));
        }
        let bound = |offset: u16| {
            let port = to.port().checked_sub(offset)?;
            self.bound.iter().find(|(_, local)| local.port() == port).map(|(id, _)| *id)
        };
        bound(0).map(Socket::Rtp).or_else(|| bound(1).map(Socket::Rtcp))
    }

    pub(crate) fn wake(&mut self, stage: &mut Stage) {
        let (now, moment) = (stage.now, stage.moment());
        if self.sip_deadline <= now {
            self.endpoint.handle_timeout(now);
            self.drain_endpoint(stage);
        }
        if self.media_deadline <= now {
            self.worker.handle_timeout(now);
            self.drain_worker(stage);
        }
        if self.switch_deadline <= now {
            self.switch.handle_timeout(moment);
            self.drain_switch(stage);
        }
    }

    fn drain_endpoint(&mut self, stage: &mut Stage) {
        use sip_stack::Output;
        loop {
            match self.endpoint.poll_output() {
                Output::Datagram { local, remote, payload } => {
                    stage.send(Datagram { from: local, to: remote, payload: payload.to_vec() });
                }
                Output::Event(event) => {
                    stage.ledger.signalled(Agent::Gateway, &event);
                    stage.post(Lane::SipToSwitch, Happening::Gateway(Mail::SipReport(event)));
                }
                Output::Timeout(at) => {
                    self.sip_deadline = at;
                    return;
                }
                Output::Resolve { query, .. } => self.endpoint.handle_dns(stage.now, query, Answer::Failure),
                stream @ (Output::StreamData { .. } | Output::Connect { .. } | Output::Close { .. }) => {
                    panic!("no listener for streams, yet {stream:?}")
                }
            }
        }
    }

    fn drain_worker(&mut self, stage: &mut Stage) {
        use media::Output;
        loop {
            match self.worker.poll_output() {
                Output::Transmit { socket, to, len } => {
                    let from = self.address(socket);
                    let payload = self.worker.payload()[..len].to_vec();
                    stage.send(Datagram { from, to, payload });
                }
                Output::Bind { port, local } => {
                    let taken = self.bound.values().any(|bound| *bound == local);
                    assert!(!taken, "{local} bound twice");
                    self.bound.insert(port, local);
                    self.worker.handle_bound(stage.now, port);
                }
                Output::Unbind { port } => {
                    assert!(self.bound.remove(&port).is_some(), "{port:?} unbound without being bound");
                }
                Output::Event(event) => {
                    stage.post(Lane::MediaToSwitch, Happening::Gateway(Mail::MediaReport(event)));
                }
                Output::Timeout(at) => {
                    self.media_deadline = at;
                    return;
                }
            }
        }
    }

    fn address(&self, socket: Socket) -> SocketAddr {
        let rtp = |port| *self.bound.get(&port).unwrap_or_else(|| panic!("{port:?} sends but is not bound"));
        match socket {
            Socket::Browsers(_) => BROWSERS,
            Socket::Rtp(port) => rtp(port),
            Socket::Rtcp(port) => SocketAddr::new(rtp(port).ip(), rtp(port).port() + 1),
        }
    }

    fn drain_switch(&mut self, stage: &mut Stage) {
        use engine::Output;
        loop {
            match self.switch.poll_output() {
                Output::Sip(command) => stage.post(Lane::SwitchToSip, Happening::Gateway(Mail::Sip(command))),
                Output::Media { command, .. } => {
                    stage.post(Lane::SwitchToMedia, Happening::Gateway(Mail::Media(command)));
                }
                Output::Rtc { session, call, notice } => {
                    stage.ledger.told(session, call, &notice);
                    tell(stage, session, call, News::Notice(notice));
                }
                Output::Event(event) => stage.ledger.happened(event),
                Output::Reply { request, result } => {
                    stage.ledger.replied(request, &result);
                    if let Some((session, call)) = stage.askers.remove(&request) {
                        tell(stage, session, call, News::Reply(result));
                    }
                }
                Output::Timeout(at) => {
                    self.switch_deadline = at;
                    break;
                }
            }
        }
        stage.ledger.check(&self.switch);
    }

    /// Nothing is left of any call.
    pub(crate) fn check_end(&self) {
        let usage = self.switch.usage();
        assert_eq!((usage.calls, usage.entries), (0, 0), "left in the switch");
        assert_eq!(self.endpoint.calls(), 0, "INVITE usages left");
        assert_eq!(self.endpoint.transactions(), 0, "transactions left");
        assert_eq!(self.worker.ports(), 0, "ports left in the worker");
        assert!(self.bound.is_empty(), "sockets left: {:?}", self.bound);
        assert_eq!(self.endpoint.counters().malformed, 0, "phones speak no broken SIP");
    }
}

fn tell(stage: &mut Stage, session: SessionId, call: CallId, news: News) {
    let browser = browser_of(session);
    stage.post(Lane::ToBrowser(browser), Happening::Browser(browser, Told { session, call, news }));
}
