//! A switch with scripted surroundings.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant, UNIX_EPOCH};

use engine::route::NumberFormat;
use engine::{
    CallEvent, CallFact, CallId, CallSnapshot, Cause, Directory, Grants, Moment, Outcome, Output, Page,
    Refused, Reply, RequestId, Route, RouteTo, RtcNotice, RtcOrigin, RtcRequest, SessionEvent, SessionId,
    SipCommand, Start, Switch, SwitchConfig, Trunk, TrunkId, User,
};
use media::dtmf::Clamp;
use media::sdp::SrtpMode;
use media::{CodecKind, Direction, DtmfMethod, MediaCommand, MediaEvent, PortId, PortSpec};
use sip_stack::message::{Host, Message};
use sip_stack::{Body, EndedBy, Invite, InviteId, Source, Target, Transport, UaEvent};
use uuid::Uuid;

pub(crate) const ANN: SessionId = SessionId(Uuid::from_u128(0xa1));
pub(crate) const ANN_TOO: SessionId = SessionId(Uuid::from_u128(0xa2));
pub(crate) const BOB: SessionId = SessionId(Uuid::from_u128(0xb1));
pub(crate) const CALL: CallId = CallId(Uuid::from_u128(0xca11));
pub(crate) const CARRIER: &str = "192.0.2.10:5060";
pub(crate) const SPARE: &str = "192.0.2.20:5060";

/// How the scripted media worker treats new ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ports {
    /// Describes them at once.
    Describe,
    /// Leaves them to the test.
    Manual,
}

pub(crate) struct World {
    pub(crate) switch: Switch,
    pub(crate) now: Moment,
    pub(crate) ports: Ports,
    pub(crate) sip: Vec<SipCommand>,
    pub(crate) rtc: Vec<(SessionId, CallId, RtcNotice)>,
    pub(crate) media: Vec<MediaCommand>,
    pub(crate) events: Vec<CallEvent>,
    pub(crate) replies: BTreeMap<RequestId, Vec<Result<Reply, Refused>>>,
    pub(crate) deadline: Instant,
    open: BTreeSet<PortId>,
    /// How many descriptions were given by itself.
    describing: usize,
    /// The ports described by hand.
    pub(crate) described: BTreeSet<PortId>,
    requests: u64,
    incoming: u64,
}

pub(crate) fn trunk(name: &str, remote: &str, dtmf: DtmfMethod) -> (TrunkId, Trunk) {
    let remote: SocketAddr = remote.parse().unwrap();
    let trunk = Trunk {
        id: name.into(),
        target: Target::new(Transport::Udp, remote).into(),
        addresses: vec![remote],
        domain: Host::Name(format!("{name}.example").into()),
        port: None,
        route: Vec::new(),
        credentials: None,
        sources: Vec::new(),
        codecs: vec![CodecKind::Pcmu, CodecKind::Pcma],
        dtmf,
        dtmf_clamp: Clamp::Off,
        srtp: SrtpMode::Off,
        caller_id: Some("+4930100".to_owned()),
        calls_max: None,
        number_format: NumberFormat::default(),
        rates: None,
    };
    (name.into(), trunk)
}

pub(crate) fn directory() -> Directory {
    let user = |name: &str| User {
        id: name.into(),
        display_name: Some(name.to_owned()),
        caller_id: None,
        language: None,
    };
    let route = |pattern: &str, trunks: &[&str]| {
        let trunks = RouteTo::trunks(trunks.iter().map(|&name| name.into()));
        Route::new(pattern, pattern.parse().unwrap(), trunks)
    };
    Directory {
        users: [("ann".into(), user("ann")), ("bob".into(), user("bob"))].into(),
        trunks: [
            trunk("carrier", CARRIER, DtmfMethod::Auto),
            trunk("spare", SPARE, DtmfMethod::Auto),
            trunk("old", "192.0.2.30:5060", DtmfMethod::Info),
        ]
        .into(),
        routes: vec![route("60x", &["carrier"]), route("+49*", &["carrier", "spare"]), route("7*", &["old"])],
        numbers: [("+4930100".to_owned(), "ann".into())].into(),
    }
}

pub(crate) fn config() -> SwitchConfig {
    SwitchConfig::new([192, 0, 2, 1].into())
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(config(), directory())
    }

    pub(crate) fn with(config: SwitchConfig, directory: Directory) -> Self {
        let now = Moment { instant: Instant::now(), wall: UNIX_EPOCH + Duration::from_secs(1_800_000_000) };
        let switch = Switch::new(config, Arc::new(directory), [7; 32], now);
        let mut world = Self {
            switch,
            now,
            ports: Ports::Describe,
            sip: Vec::new(),
            rtc: Vec::new(),
            media: Vec::new(),
            events: Vec::new(),
            replies: BTreeMap::new(),
            deadline: now.instant,
            open: BTreeSet::new(),
            describing: 0,
            described: BTreeSet::new(),
            requests: 0,
            incoming: 0,
        };
        world.connect(ANN, "ann", Grants::all());
        world
    }

    pub(crate) fn connect(&mut self, session: SessionId, user: &str, grants: Grants) {
        self.switch.handle_session(self.now, SessionEvent::Connected { session, user: user.into(), grants });
        self.drain();
    }

    pub(crate) fn disconnect(&mut self, session: SessionId) {
        self.switch.handle_session(self.now, SessionEvent::Ended { session });
        self.drain();
    }

    /// The signalling of a session is lost.
    pub(crate) fn detach(&mut self, session: SessionId) {
        self.switch.handle_session(self.now, SessionEvent::Detached { session });
        self.drain();
    }

    /// The signalling of a session is back.
    pub(crate) fn resume(&mut self, session: SessionId, grants: Grants) {
        let event = SessionEvent::Resumed { session, grants, page: Page::Same };
        self.switch.handle_session(self.now, event);
        self.drain();
    }

    /// The page of a session was loaded again.
    pub(crate) fn reload(&mut self, session: SessionId) {
        let event = SessionEvent::Resumed { session, grants: Grants::all(), page: Page::Reloaded };
        self.switch.handle_session(self.now, event);
        self.drain();
    }

    pub(crate) fn next_request(&mut self) -> RequestId {
        self.requests += 1;
        RequestId(self.requests)
    }

    /// A browser's request, and what it got.
    pub(crate) fn ask(
        &mut self,
        session: SessionId,
        call: CallId,
        request: RtcRequest,
    ) -> Result<Reply, Refused> {
        let id = self.next_request();
        self.switch.handle_rtc(self.now, RtcOrigin { session, call, request: id }, request);
        self.drain();
        self.reply(id)
    }

    /// A program's request, and what it got.
    pub(crate) fn command(&mut self, command: engine::CallCommand) -> Result<Reply, Refused> {
        let id = self.next_request();
        self.switch.handle_command(self.now, id, command);
        self.drain();
        self.reply(id)
    }

    fn reply(&self, id: RequestId) -> Result<Reply, Refused> {
        match self.replies.get(&id).map(Vec::as_slice) {
            Some([reply]) => reply.clone(),
            other => panic!("one reply wanted, got {other:?}"),
        }
    }

    pub(crate) fn start(&mut self, to: &str) -> Result<Reply, Refused> {
        self.ask(ANN, CALL, start(to))
    }

    pub(crate) fn sip_event(&mut self, event: UaEvent) {
        self.switch.handle_sip(self.now, event);
        self.drain();
    }

    pub(crate) fn media_event(&mut self, event: MediaEvent) {
        if let MediaEvent::Refused { port, .. } | MediaEvent::Closed { port } = &event {
            self.open.remove(port);
        }
        self.switch.handle_media(self.now, event);
        self.drain();
    }

    pub(crate) fn progress(&mut self, id: InviteId, code: u16, sdp: Option<&'static str>) {
        let (reason, body) = (String::new(), sdp.map(Body::sdp));
        self.sip_event(UaEvent::Progress {
            id,
            fork: 0,
            code,
            reason,
            headers: sip_stack::message::Headers::new(),
            body,
            prack: sip_stack::Prack::NotNeeded,
        });
    }

    pub(crate) fn answer(&mut self, id: InviteId, sdp: Option<&'static str>) {
        let headers = sip_stack::message::Headers::new();
        self.sip_event(UaEvent::Answered { id, fork: 0, headers, body: sdp.map(Body::sdp) });
    }

    pub(crate) fn fail(&mut self, id: InviteId, code: u16, synthetic: bool) {
        let (reason, headers) = ("Because".to_owned(), sip_stack::message::Headers::new());
        self.sip_event(UaEvent::Failed { id, code, reason, headers, synthetic });
    }

    pub(crate) fn remote_bye(&mut self, id: InviteId) {
        self.sip_event(UaEvent::Ended { id, by: EndedBy::Remote, reason: None });
    }

    /// An INVITE from `source` to `called`.
    pub(crate) fn incoming(&mut self, source: &str, called: &str, sdp: Option<&str>) -> InviteId {
        self.incoming += 1;
        let id = InviteId(InviteId::FIRST_INCOMING.0 + self.incoming);
        let body = sdp.unwrap_or_default();
        let content_type = if sdp.is_some() { "Content-Type: application/sdp\r\n" } else { "" };
        let text = format!(
            "INVITE sip:{called}@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP {source};branch=z9hG4bK1\r\n\
             Max-Forwards: 70\r\nFrom: \"Carol\" <sip:+4930777@carrier.example>;tag=1\r\n\
             To: <sip:{called}@192.0.2.1>\r\nCall-ID: {id:?}\r\nCSeq: 1 INVITE\r\n\
             Contact: <sip:{source}>\r\n{content_type}Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let Ok(Message::Request(request)) = Message::parse(text.into_bytes().into()) else {
            panic!("no request")
        };
        let (remote, local) = (source.parse().unwrap(), "192.0.2.1:5060".parse().unwrap());
        let source = Source { transport: Transport::Udp, remote, local, flow: None };
        self.sip_event(UaEvent::Incoming { id, request: Box::new(request), source, relations: Vec::new() });
        id
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        let end = self.now.instant + by;
        while self.deadline <= end {
            let step = self.deadline.saturating_duration_since(self.now.instant);
            self.shift(step);
            self.switch.handle_timeout(self.now);
            self.drain();
            assert!(self.deadline > self.now.instant, "the switch spins");
        }
        self.shift(end - self.now.instant);
    }

    fn shift(&mut self, by: Duration) {
        self.now = Moment { instant: self.now.instant + by, wall: self.now.wall + by };
    }

    pub(crate) fn drain(&mut self) {
        loop {
            match self.switch.poll_output() {
                Output::Sip(command) => self.sip.push(command),
                Output::Rtc { session, call, notice } => self.rtc.push((session, call, notice)),
                Output::Media { command, .. } => self.on_media_command(command),
                Output::Event(event) => self.events.push(event),
                Output::Reply { request, result } => self.replies.entry(request).or_default().push(result),
                Output::Timeout(deadline) => {
                    self.deadline = deadline;
                    if !self.describe_next() {
                        return;
                    }
                }
            }
        }
    }

    fn on_media_command(&mut self, command: MediaCommand) {
        match &command {
            MediaCommand::Open { port, .. } => assert!(self.open.insert(*port), "{port:?} opened twice"),
            MediaCommand::Close { port } => assert!(self.open.remove(port), "{port:?} closed twice"),
            MediaCommand::Bridge { a, b } => assert!(self.open.contains(a) && self.open.contains(b)),
            other => assert!(self.open.contains(&other.port()), "{other:?} for no port"),
        }
        self.media.push(command);
    }

    /// Answers one description that is asked for, as a worker would.
    fn describe_next(&mut self) -> bool {
        if self.ports == Ports::Manual {
            return false;
        }
        let asked = |command: &MediaCommand| {
            matches!(command, MediaCommand::Open { .. } | MediaCommand::SetOffer { .. })
        };
        let mut asked = self.media.iter().filter(|command| asked(command));
        let Some(port) = asked.nth(self.describing).map(MediaCommand::port) else { return false };
        self.describing += 1;
        if self.open.contains(&port) {
            let sdp = format!("v=0 {}", port.0).into();
            self.switch.handle_media(self.now, MediaEvent::LocalDescription { port, sdp });
        }
        true
    }

    pub(crate) fn open_ports(&self) -> Vec<PortId> {
        self.open.iter().copied().collect()
    }

    /// The ports that were opened, in order.
    pub(crate) fn opened(&self) -> Vec<(PortId, &PortSpec)> {
        let opened = self.media.iter().filter_map(|command| match command {
            MediaCommand::Open { port, spec } => Some((*port, spec)),
            _ => None,
        });
        opened.collect()
    }

    pub(crate) fn browser_port(&self) -> PortId {
        self.opened().iter().find(|(_, spec)| matches!(spec, PortSpec::WebRtc { .. })).unwrap().0
    }

    pub(crate) fn trunk_port(&self) -> PortId {
        self.opened().iter().rfind(|(_, spec)| !matches!(spec, PortSpec::WebRtc { .. })).unwrap().0
    }

    pub(crate) fn connected(&mut self, port: PortId) {
        self.media_event(MediaEvent::Connected { port });
    }

    pub(crate) fn negotiated(&mut self, port: PortId, direction: Direction, dtmf: bool) {
        self.media_event(MediaEvent::Negotiated { port, codec: CodecKind::Pcmu, direction, dtmf });
    }

    pub(crate) fn invites(&self) -> Vec<(InviteId, &Invite)> {
        let invites = self.sip.iter().filter_map(|command| match command {
            SipCommand::Invite(id, invite) => Some((*id, &**invite)),
            _ => None,
        });
        invites.collect()
    }

    pub(crate) fn last_invite(&self) -> InviteId {
        self.invites().last().unwrap().0
    }

    /// The final status of each hang-up of an INVITE.
    pub(crate) fn hangups(&self, id: InviteId) -> Vec<u16> {
        let hangups = self.sip.iter().filter_map(|command| match command {
            SipCommand::Hangup(hung, hangup) if *hung == id => Some(hangup.code),
            _ => None,
        });
        hangups.collect()
    }

    pub(crate) fn responses(&self, id: InviteId) -> Vec<u16> {
        let responses = self.sip.iter().filter_map(|command| match command {
            SipCommand::Respond(to, respond) if *to == id => Some(respond.code),
            _ => None,
        });
        responses.collect()
    }

    pub(crate) fn bridges(&self) -> usize {
        self.media.iter().filter(|command| matches!(command, MediaCommand::Bridge { .. })).count()
    }

    /// What one session was told, without descriptions and quality.
    pub(crate) fn told(&self, session: SessionId) -> Vec<&RtcNotice> {
        let notices = self.rtc.iter().filter(|(to, ..)| *to == session).map(|(.., notice)| notice);
        notices
            .filter(|notice| !matches!(notice, RtcNotice::Description { .. } | RtcNotice::Quality { .. }))
            .collect()
    }

    pub(crate) fn ended_notice(&self, session: SessionId) -> &Outcome {
        let ended = self.rtc.iter().filter_map(|(to, _, notice)| match notice {
            RtcNotice::Ended(outcome) if *to == session => Some(outcome),
            _ => None,
        });
        let all: Vec<_> = ended.collect();
        assert_eq!(all.len(), 1, "one end wanted for {session:?}: {all:?}");
        all[0]
    }

    /// How the only call ended.
    pub(crate) fn outcome(&self) -> Outcome {
        let ends: Vec<_> = self.events.iter().filter_map(ended).collect();
        assert_eq!(ends.len(), 1, "one end wanted: {ends:?}");
        ends[0].outcome.clone().unwrap()
    }

    /// What happened, but for who has which leg.
    pub(crate) fn facts(&self) -> Vec<&CallFact> {
        let facts = self.events.iter().map(|event| &event.fact);
        facts.filter(|fact| !matches!(fact, CallFact::LegOwner(_))).collect()
    }

    /// Nothing is left of any call.
    pub(crate) fn assert_clean(&self) {
        let usage = self.switch.usage();
        assert_eq!((usage.calls, usage.entries), (0, 0));
        assert!(self.open.is_empty(), "ports left: {:?}", self.open);
    }

    /// The call ended once, so, and nothing is left.
    pub(crate) fn assert_ended(&self, cause: Cause) {
        assert_eq!(self.outcome().cause, cause);
        self.assert_clean();
    }

    /// Talking: ANN to the carrier.
    pub(crate) fn talking() -> (Self, InviteId) {
        let mut world = Self::new();
        world.start("600").unwrap();
        let id = world.last_invite();
        world.connected(world.browser_port());
        world.progress(id, 180, None);
        world.answer(id, Some("v=0 answer"));
        world.negotiated(world.trunk_port(), Direction::SendRecv, true);
        (world, id)
    }
}

pub(crate) fn start(to: &str) -> RtcRequest {
    RtcRequest::Start(Start {
        to: to.to_owned(),
        from: None,
        sdp: "v=0 offer".to_owned(),
        headers: Vec::new(),
    })
}

pub(crate) fn accept() -> RtcRequest {
    RtcRequest::Accept { sdp: "v=0 offer".to_owned() }
}

pub(crate) fn ended(event: &CallEvent) -> Option<&CallSnapshot> {
    match &event.fact {
        CallFact::Ended(snapshot) => Some(snapshot),
        _ => None,
    }
}
