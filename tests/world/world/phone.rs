//! A phone or a trunk: a real endpoint, and a script for those who call it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use media::{CodecKind, Direction};
use sip_stack::message::{HeaderName, Request};
use sip_stack::{
    Answer, Body, CallOptions, CommandError, Config, Endpoint, Hangup, Invite, InviteId, Listener, Output,
    Respond, Target, Transport, UaEvent,
};

use super::gateway;
use super::ledger::Agent;
use super::line::{Line, LineState};
use super::network::Datagram;
use super::stage::{Happening, Stage};

/// What a phone does when it is called.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner {
    /// It rings so long after the INVITE; `None` stays silent after the 100.
    pub(crate) rings: Option<Rings>,
    pub(crate) then: Then,
}

/// How it rings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rings {
    /// 180.
    Plainly,
    /// 183 with a description.
    WithSound,
}

/// How it goes on; the time counts from the INVITE.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Then {
    Answer(Duration),
    Refuse(Duration, u16),
    Wait,
}

/// Something that the phone is to do.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cue {
    Ring(InviteId),
    Answer(InviteId),
    Refuse(InviteId, u16),
}

pub(crate) struct Phone {
    number: usize,
    pub(crate) address: SocketAddr,
    pub(crate) endpoint: Endpoint,
    pub(crate) manner: Manner,
    pub(crate) lines: BTreeMap<InviteId, Line>,
    /// Every event of the endpoint.
    pub(crate) events: Vec<UaEvent>,
    ports: u16,
    calls: u64,
    deadline: Instant,
}

impl Phone {
    pub(crate) fn new(number: usize, address: SocketAddr, stage: &mut Stage) -> Self {
        let listener = Listener { transport: Transport::Udp, local: address, advertised: None };
        Self {
            number,
            address,
            endpoint: Endpoint::new(Config::new(vec![listener]), stage.chance.seed(), stage.now),
            manner: Manner { rings: Some(Rings::Plainly), then: Then::Answer(Duration::from_secs(1)) },
            lines: BTreeMap::new(),
            events: Vec::new(),
            ports: 7000,
            calls: 0,
            deadline: stage.now,
        }
    }

    pub(crate) fn deadline(&self) -> Instant {
        let voices = self.lines.values().filter_map(|line| line.voice.as_ref());
        voices.map(|voice| voice.next).fold(self.deadline, Instant::min)
    }

    fn line(&mut self) -> Line {
        let rtp = SocketAddr::new(self.address.ip(), self.ports);
        self.ports += 2;
        Line::new(rtp, vec![CodecKind::Pcmu, CodecKind::Pcma])
    }

    /// Calls a user of the gateway.
    pub(crate) fn call(&mut self, stage: &mut Stage, called: &str, offer: Offer) -> InviteId {
        self.calls += 1;
        let id = InviteId(self.calls);
        let mut line = self.line();
        let body = (offer == Offer::Early).then(|| Body::sdp(line.make_offer()));
        let uri = format!("sip:{called}@10.0.0.1").parse().expect("an address");
        let invite = Invite {
            uri,
            target: Target::new(Transport::Udp, gateway::SIP).into(),
            route: Vec::new(),
            from: format!("<sip:+4930777@{}>", self.address.ip()).parse().expect("an address"),
            to: format!("<sip:{called}@10.0.0.1>").parse().expect("an address"),
            headers: Vec::new(),
            body,
            credentials: None,
            options: CallOptions::default(),
        };
        self.endpoint.invite(stage.now, id, invite).expect("a phone may call");
        self.lines.insert(id, line);
        self.drain(stage);
        id
    }

    pub(crate) fn hang_up(&mut self, stage: &mut Stage, id: InviteId) -> Result<(), CommandError> {
        let hangup = Hangup { code: 603, reason: None, headers: Vec::new() };
        let done = self.endpoint.hangup(stage.now, id, hangup);
        self.drain(stage);
        done
    }

    /// A re-INVITE with this direction.
    pub(crate) fn reoffer(
        &mut self,
        stage: &mut Stage,
        id: InviteId,
        direction: Direction,
    ) -> Result<(), CommandError> {
        let Some(line) = self.lines.get_mut(&id) else { return Err(CommandError::UnknownId) };
        line.local.direction = direction;
        let offer = Body::sdp(line.make_offer());
        let done = self.endpoint.reoffer(stage.now, id, offer);
        self.drain(stage);
        done
    }

    pub(crate) fn act(&mut self, stage: &mut Stage, cue: Cue) {
        let (id, code) = match cue {
            Cue::Ring(id) if self.manner.rings == Some(Rings::WithSound) => (id, 183),
            Cue::Ring(id) => (id, 180),
            Cue::Answer(id) => (id, 200),
            Cue::Refuse(id, code) => (id, code),
        };
        let described = code == 183 || code == 200;
        let Some(line) = self.lines.get_mut(&id).filter(|line| line.state != LineState::Over) else { return };
        let body = described.then(|| Body::sdp(line.describe()));
        let respond = Respond { code, reason: None, headers: Vec::new(), body };
        // Refused if the caller has given up meanwhile.
        if self.endpoint.respond(stage.now, id, respond).is_ok() && code == 200 {
            line.state = LineState::Talking;
        }
        self.drain(stage);
    }

    pub(crate) fn receive(&mut self, stage: &mut Stage, datagram: Datagram) {
        if datagram.to == self.address {
            let Datagram { from, to, payload } = datagram;
            self.endpoint.handle_datagram(stage.now, to, from, payload.into());
            return self.drain(stage);
        }
        let line = self.lines.values_mut().find(|line| line.local.rtp == datagram.to);
        if let Some(line) = line {
            line.receive(&datagram);
        }
    }

    pub(crate) fn wake(&mut self, stage: &mut Stage) {
        if self.deadline <= stage.now {
            self.endpoint.handle_timeout(stage.now);
            self.drain(stage);
        }
        for line in self.lines.values_mut() {
            while line.voice.as_ref().is_some_and(|voice| voice.next <= stage.now) {
                line.next_packet().into_iter().for_each(|packet| stage.send(packet));
            }
        }
    }

    fn drain(&mut self, stage: &mut Stage) {
        loop {
            match self.endpoint.poll_output() {
                Output::Datagram { local, remote, payload } => {
                    stage.send(Datagram { from: local, to: remote, payload: payload.to_vec() });
                }
                Output::Event(event) => {
                    stage.ledger.signalled(Agent::Phone(self.number), &event);
                    self.events.push(event.clone());
                    self.hear(stage, event);
                }
                Output::Timeout(at) => {
                    self.deadline = at;
                    return;
                }
                Output::Resolve { query, .. } => self.endpoint.handle_dns(stage.now, query, Answer::Failure),
                stream @ (Output::StreamData { .. } | Output::Connect { .. } | Output::Close { .. }) => {
                    panic!("no listener for streams, yet {stream:?}")
                }
            }
        }
    }

    fn hear(&mut self, stage: &mut Stage, event: UaEvent) {
        let now = stage.now;
        match event {
            UaEvent::Incoming { id, request, .. } => self.incoming(stage, id, &request),
            UaEvent::Progress { id, body: Some(body), .. } => {
                self.with(id, |line| line.take_answer(&body.content))
            }
            UaEvent::Answered { id, body, .. } => self.answered(now, id, body),
            UaEvent::Acknowledged { id, body: Some(body) } => {
                self.with(id, |line| line.take_answer(&body.content));
            }
            UaEvent::Reoffer { id, body, .. } => {
                let mut answer = Bytes::new();
                let offer = body.expect("a refresh is the endpoint's own business").content;
                self.with(id, |line| answer = line.make_answer(&offer));
                let _ = self.endpoint.answer_reoffer(now, id, 200, Some(Body::sdp(answer)));
            }
            UaEvent::ReofferDone { id, body: Some(body), .. } => {
                self.with(id, |line| line.take_answer(&body.content));
            }
            UaEvent::Info { id, body } => {
                let text = String::from_utf8_lossy(&body.content).into_owned();
                self.with(id, |line| line.digits.push_str(&text));
            }
            UaEvent::Failed { id, .. } | UaEvent::Canceled { id, .. } | UaEvent::Ended { id, .. } => {
                self.with(id, |line| {
                    line.state = LineState::Over;
                    line.voice = None;
                });
            }
            UaEvent::Progress { .. }
            | UaEvent::Acknowledged { .. }
            | UaEvent::ReofferDone { .. }
            | UaEvent::Registered { .. }
            | UaEvent::Requested { .. }
            | UaEvent::RequestCanceled { .. }
            | UaEvent::Replied { .. }
            | UaEvent::Unreplied { .. }
            | UaEvent::FlowFailed { .. }
            | UaEvent::RegistrationFailed { .. }
            | UaEvent::Located { .. }
            | UaEvent::OptionsAnswered { .. }
            | UaEvent::Subscription(_)
            | UaEvent::Publication(_)
            | UaEvent::InCall(_) => {}
        }
    }

    fn with(&mut self, id: InviteId, act: impl FnOnce(&mut Line)) {
        act(self.lines.get_mut(&id).expect("an event is about a line"));
    }

    fn answered(&mut self, now: Instant, id: InviteId, body: Option<Body>) {
        let line = self.lines.get_mut(&id).expect("an answer is about a line");
        line.state = LineState::Talking;
        let body = body.expect("the gateway answers with a description").content;
        if line.offer_made() {
            return line.take_answer(&body);
        }
        let answer = line.make_answer(&body);
        self.endpoint.ack(now, id, Body::sdp(answer)).expect("the offer in the 2xx wants an answer");
    }

    fn incoming(&mut self, stage: &mut Stage, id: InviteId, request: &Request) {
        let mut line = self.line();
        let described = request.headers.get(&HeaderName::ContentType).is_some();
        line.offer = described.then(|| request.body.clone());
        self.lines.insert(id, line);
        if self.manner.rings.is_some() {
            stage.after(Duration::from_millis(50), Happening::Phone(self.number, Cue::Ring(id)));
        }
        match self.manner.then {
            Then::Answer(after) => stage.after(after, Happening::Phone(self.number, Cue::Answer(id))),
            Then::Refuse(after, code) => {
                stage.after(after, Happening::Phone(self.number, Cue::Refuse(id, code)));
            }
            Then::Wait => {}
        }
    }

    /// The line that was made last.
    pub(crate) fn last(&self) -> InviteId {
        let newest = self.lines.iter().max_by_key(|(_, line)| line.local.rtp.port());
        *newest.expect("a call at this phone").0
    }

    /// The lines that are not over.
    pub(crate) fn live(&self) -> Vec<InviteId> {
        let live = self.lines.iter().filter(|(_, line)| line.state != LineState::Over);
        live.map(|(id, _)| *id).collect()
    }

    pub(crate) fn check_end(&self) {
        assert_eq!(self.endpoint.calls(), 0, "calls left at phone {}", self.number);
        assert_eq!(self.endpoint.transactions(), 0, "transactions left at phone {}", self.number);
        assert_eq!(self.endpoint.counters().malformed, 0, "the gateway speaks no broken SIP");
    }
}

/// When a caller says how it can hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Offer {
    /// In the INVITE.
    Early,
    /// In the ACK, as the answer to the gateway's own offer.
    Late,
}
