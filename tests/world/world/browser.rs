//! A user's browser: its session, and a script for those who call it.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use engine::{
    CallId, Grants, Outcome, Page, Refused, RejectCause, Reply, RtcNotice, RtcRequest, SessionEvent,
    SessionId, Start, UserId,
};
use uuid::Uuid;

use super::gateway::Mail;
use super::network::Datagram;
use super::peer::Peer;
use super::socket::{Socket, Waiting};
use super::stage::{Happening, Lane, Stage};

/// What the gateway tells a session.
pub(crate) struct Told {
    pub(crate) session: SessionId,
    pub(crate) call: CallId,
    pub(crate) news: News,
}

pub(crate) enum News {
    Reply(Result<Reply, Refused>),
    Notice(RtcNotice),
    /// The user's own decision about a call that rings.
    Decide(Answering),
}

/// What the user does about a call that rings.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answering {
    Accept(Duration),
    Reject(Duration, RejectCause),
    Ignore,
}

/// A call as its page shows it.
pub(crate) struct View {
    session: SessionId,
    pub(crate) peer: Option<Peer>,
    pub(crate) notices: Vec<RtcNotice>,
}

impl View {
    pub(crate) fn outcome(&self) -> Option<&Outcome> {
        self.notices.iter().find_map(|notice| match notice {
            RtcNotice::Ended(outcome) => Some(outcome),
            RtcNotice::Description { .. }
            | RtcNotice::Incoming { .. }
            | RtcNotice::Ringing { .. }
            | RtcNotice::State(_)
            | RtcNotice::Answered
            | RtcNotice::Muted { .. }
            | RtcNotice::Held { .. }
            | RtcNotice::Transfer { .. }
            | RtcNotice::Digit { .. }
            | RtcNotice::Judged { .. }
            | RtcNotice::Quality { .. } => None,
        })
    }

    pub(crate) fn is_answered(&self) -> bool {
        self.notices.contains(&RtcNotice::Answered)
    }
}

pub(crate) struct Browser {
    number: usize,
    pub(crate) socket: Socket,
    pub(crate) user: UserId,
    address: IpAddr,
    pub(crate) session: Option<SessionId>,
    pub(crate) manner: Answering,
    pub(crate) calls: BTreeMap<CallId, View>,
    /// Refusals of its own calls.
    pub(crate) refusals: Vec<Refused>,
    ports: u16,
}

/// Session ids carry the browser's number.
pub(crate) fn browser_of(session: SessionId) -> usize {
    (session.0.as_u128() >> 64) as usize
}

impl Browser {
    pub(crate) fn new(number: usize, user: &str) -> Self {
        Self {
            number,
            socket: Socket::Open,
            user: user.into(),
            address: [203, 0, 113, 1 + number as u8].into(),
            session: None,
            manner: Answering::Accept(Duration::from_millis(500)),
            calls: BTreeMap::new(),
            refusals: Vec::new(),
            ports: 50_000,
        }
    }

    pub(crate) fn connect(&mut self, stage: &mut Stage) {
        let session = SessionId(Uuid::from_u128((self.number as u128) << 64 | u128::from(stage.number())));
        self.session = Some(session);
        self.socket = Socket::Open;
        let event = SessionEvent::Connected { session, user: self.user.clone(), grants: Grants::all() };
        stage.post(Lane::FromBrowser(self.number), Happening::Gateway(Mail::Session(event)));
    }

    /// The WebSocket breaks, under a page that lives on.
    pub(crate) fn cut(&mut self, stage: &mut Stage) {
        let Some(session) = self.session.filter(|_| !self.socket.is_cut()) else { return };
        self.socket.cut();
        let event = SessionEvent::Detached { session };
        stage.post(Lane::FromBrowser(self.number), Happening::Gateway(Mail::Session(event)));
    }

    /// The page comes back with a new WebSocket: each side repeats what the other has missed.
    pub(crate) fn resume(&mut self, stage: &mut Stage) {
        let Some(session) = self.session.filter(|_| self.socket.is_cut()) else { return };
        let event = SessionEvent::Resumed { session, grants: Grants::all(), page: Page::Same };
        stage.post(Lane::FromBrowser(self.number), Happening::Gateway(Mail::Session(event)));
        let Waiting { told, asked } = self.socket.mend();
        for (call, request) in asked {
            self.ask(stage, call, request);
        }
        for told in told {
            self.hear(stage, told);
        }
    }

    /// The page is gone, without a word.
    pub(crate) fn vanish(&mut self, stage: &mut Stage) {
        let Some(session) = self.session.take() else { return };
        self.calls.values_mut().for_each(|view| view.peer = None);
        let event = SessionEvent::Ended { session };
        stage.post(Lane::FromBrowser(self.number), Happening::Gateway(Mail::Session(event)));
    }

    fn peer(&mut self, now: Instant) -> (Peer, String) {
        let address = SocketAddr::new(self.address, self.ports);
        self.ports += 1;
        Peer::offer(address, now)
    }

    pub(crate) fn call(&mut self, stage: &mut Stage, to: &str) -> CallId {
        let session = self.session.expect("a page that is open");
        let call = CallId(Uuid::from_u128(u128::from(stage.number())));
        let (peer, sdp) = self.peer(stage.now);
        self.calls.insert(call, View { session, peer: Some(peer), notices: Vec::new() });
        let start = Start { to: to.to_owned(), from: None, sdp, headers: Vec::new() };
        self.ask(stage, call, RtcRequest::Start(start));
        call
    }

    /// Asks about a call, if the page is open.
    pub(crate) fn ask(&mut self, stage: &mut Stage, call: CallId, request: RtcRequest) {
        let Some(session) = self.session else { return };
        if let Some(request) = self.socket.ask(call, request) {
            stage.ask(session, call, request);
        }
    }

    pub(crate) fn accept(&mut self, stage: &mut Stage, call: CallId) {
        let Some(session) = self.session else { return };
        let (peer, sdp) = self.peer(stage.now);
        let view =
            self.calls.get_mut(&call).filter(|view| view.session == session && view.outcome().is_none());
        let Some(view) = view.filter(|view| view.peer.is_none()) else { return };
        view.peer = Some(peer);
        self.ask(stage, call, RtcRequest::Accept { sdp });
    }

    /// A frame from the gateway; one to a page that is gone is lost.
    pub(crate) fn hear(&mut self, stage: &mut Stage, told: Told) {
        if self.session != Some(told.session) {
            return;
        }
        if let News::Decide(manner) = told.news {
            return self.act(stage, told.call, manner);
        }
        let Some(Told { call, news, .. }) = self.socket.tell(told) else { return };
        match news {
            News::Reply(Ok(_)) => {}
            News::Reply(Err(refused)) => self.refusals.push(refused),
            News::Notice(notice) => self.notice(stage, call, notice),
            News::Decide(_) => {}
        }
    }

    fn act(&mut self, stage: &mut Stage, call: CallId, manner: Answering) {
        match manner {
            Answering::Accept(_) => self.accept(stage, call),
            Answering::Reject(_, cause) => self.ask(stage, call, RtcRequest::Reject { cause }),
            Answering::Ignore => {}
        }
    }

    fn notice(&mut self, stage: &mut Stage, call: CallId, notice: RtcNotice) {
        let session = self.session.expect("a notice to an open page");
        if matches!(notice, RtcNotice::Incoming { .. }) {
            self.calls.insert(call, View { session, peer: None, notices: Vec::new() });
            self.decide_later(stage, session, call);
        }
        let view = self.calls.get_mut(&call).expect("a notice is about a call that the page knows");
        if let (RtcNotice::Description { sdp }, Some(peer)) = (&notice, &mut view.peer) {
            peer.accept(sdp, stage);
        }
        if matches!(notice, RtcNotice::Ended(_)) {
            view.peer = None;
        }
        view.notices.push(notice);
    }

    fn decide_later(&self, stage: &mut Stage, session: SessionId, call: CallId) {
        let after = match self.manner {
            Answering::Accept(after) | Answering::Reject(after, _) => after,
            Answering::Ignore => return,
        };
        let told = Told { session, call, news: News::Decide(self.manner) };
        stage.after(after, Happening::Browser(self.number, told));
    }

    /// Every call that this page shows.
    pub(crate) fn live(&self) -> Vec<CallId> {
        let live = self
            .calls
            .iter()
            .filter(|(_, view)| view.outcome().is_none() && self.session == Some(view.session));
        live.map(|(call, _)| *call).collect()
    }

    pub(crate) fn hang_up_all(&mut self, stage: &mut Stage) {
        for call in self.live() {
            self.ask(stage, call, RtcRequest::Hangup);
        }
    }

    fn peers(&mut self) -> impl Iterator<Item = &mut Peer> {
        self.calls.values_mut().filter_map(|view| view.peer.as_mut())
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.calls.values().filter_map(|view| view.peer.as_ref()).map(Peer::deadline).min()
    }

    pub(crate) fn wake(&mut self, stage: &mut Stage) {
        self.peers().for_each(|peer| peer.wake(stage));
    }

    pub(crate) fn owns(&self, address: IpAddr) -> bool {
        self.address == address
    }

    pub(crate) fn receive(&mut self, stage: &mut Stage, datagram: &Datagram) {
        if let Some(peer) = self.peers().find(|peer| peer.address == datagram.to) {
            peer.receive(stage, datagram);
        }
    }

    pub(crate) fn check_end(&self) {
        for (call, view) in &self.calls {
            let told = view.outcome().is_some() || self.session != Some(view.session);
            assert!(
                told || view.notices.is_empty(),
                "browser {} never heard of the end of {call:?}",
                self.number
            );
        }
    }
}
