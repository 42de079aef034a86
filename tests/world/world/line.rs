//! One call at a phone: its descriptions and its sound.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use media::codec::{Decoder, decoder};
use media::rtp::{Header, Packet};
use media::sdp::{self, LocalMedia, LocalSrtp, Negotiated, Origin, Session};
use media::{CodecKind, Direction};

use super::network::Datagram;
use super::sound::Ear;
use super::voice::{Voice, rate};

/// Where a call is, as its phone sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineState {
    /// Calls, or is called.
    Trying,
    /// It was answered.
    Talking,
    Over,
}

pub(crate) struct Line {
    pub(crate) state: LineState,
    /// What the INVITE to this phone offered.
    pub(crate) offer: Option<Bytes>,
    pub(crate) digits: String,
    pub(crate) local: LocalMedia,
    previous: Option<Session>,
    pub(crate) agreed: Option<Negotiated>,
    pub(crate) voice: Option<Voice>,
    ear: Option<(CodecKind, Box<dyn Decoder>, Ear)>,
    sequence: u16,
    timestamp: u32,
}

impl Line {
    pub(crate) fn new(rtp: SocketAddr, codecs: Vec<CodecKind>) -> Self {
        let origin = Origin { session_id: u64::from(rtp.port()), version: 1 };
        let rtcp = SocketAddr::new(rtp.ip(), rtp.port() + 1);
        let (direction, srtp) = (Direction::SendRecv, LocalSrtp::default());
        let local = LocalMedia { origin, rtp, rtcp, codecs, direction, ptime_ms: 20, srtp };
        Self {
            state: LineState::Trying,
            offer: None,
            digits: String::new(),
            local,
            previous: None,
            agreed: None,
            voice: None,
            ear: None,
            sequence: 65_500,
            timestamp: 0xffff_ff00,
        }
    }

    /// Our first offer, or a later one.
    pub(crate) fn make_offer(&mut self) -> Bytes {
        let text = match &self.previous {
            None => sdp::offer(&self.local),
            Some(previous) => {
                self.local.origin = self.local.origin.next();
                sdp::reoffer(previous, &self.local)
            }
        };
        self.remember(text)
    }

    pub(crate) fn is_live(&self) -> bool {
        self.state != LineState::Over
    }

    pub(crate) fn offer_made(&self) -> bool {
        self.previous.is_some()
    }

    /// The description of a provisional or final answer: the same in each.
    pub(crate) fn describe(&mut self) -> Bytes {
        if let Some(previous) = &self.previous {
            return previous.to_string().into();
        }
        match self.offer.clone() {
            Some(offer) => self.make_answer(&offer),
            None => self.make_offer(),
        }
    }

    /// Our answer to the peer's offer.
    pub(crate) fn make_answer(&mut self, offer: &[u8]) -> Bytes {
        if self.previous.is_some() {
            self.local.origin = self.local.origin.next();
        }
        let offer = Session::parse(offer).expect("the gateway's offer parses");
        let (text, agreed) = sdp::answer(&offer, &self.local).expect("the gateway's offer suits");
        self.agree(agreed);
        self.remember(text)
    }

    pub(crate) fn take_answer(&mut self, answer: &[u8]) {
        let answer = Session::parse(answer).expect("the gateway's answer parses");
        let agreed = sdp::accept_answer(&answer, &self.local).expect("the gateway's answer suits");
        self.agree(agreed);
    }

    fn remember(&mut self, text: String) -> Bytes {
        self.previous = Session::parse(text.as_bytes()).ok();
        text.into()
    }

    fn agree(&mut self, agreed: Negotiated) {
        if self.ear.as_ref().is_none_or(|(codec, ..)| *codec != agreed.codec) {
            let decoder = decoder(agreed.codec, rate(agreed.codec)).expect("a codec of ours");
            self.ear = Some((agreed.codec, decoder, Ear::new(rate(agreed.codec))));
        }
        self.agreed = Some(agreed);
    }

    pub(crate) fn speak(&mut self, hertz: u32, every: Duration, now: Instant) {
        let agreed = self.agreed.as_ref().expect("a phone speaks after it has agreed how");
        self.voice = Some(Voice::new(agreed.codec, hertz, every, now));
    }

    pub(crate) fn hears(&self, hertz: u32) -> bool {
        self.ear.as_ref().is_some_and(|(_, _, ear)| ear.hears(hertz))
    }

    pub(crate) fn ear(&mut self) -> Option<&mut Ear> {
        self.ear.as_mut().map(|(_, _, ear)| ear)
    }

    /// The packet that is due.
    pub(crate) fn next_packet(&mut self) -> Option<Datagram> {
        let agreed = self.agreed.as_ref()?;
        let voice = self.voice.as_mut()?;
        let (payload, ticks) = (voice.speak(), voice.ticks);
        let (sequence, timestamp) = (self.sequence, self.timestamp);
        let payload_type = agreed.payload_type;
        let header = Header { marker: false, payload_type, sequence, timestamp, ssrc: 77 };
        self.sequence = sequence.wrapping_add(1);
        self.timestamp = timestamp.wrapping_add(ticks);
        let mut bytes = vec![0; 12 + payload.len()];
        Packet { header, payload: &payload }.write(&mut bytes).expect("room for a packet");
        Some(Datagram { from: self.local.rtp, to: agreed.remote, payload: bytes })
    }

    pub(crate) fn receive(&mut self, datagram: &Datagram) {
        let packet = Packet::parse(&datagram.payload).expect("the gateway sends RTP");
        let Some((codec, decoder, ear)) = &mut self.ear else { return };
        let agreed = self.agreed.as_ref().and_then(|agreed| {
            agreed.receive.iter().find(|(payload_type, _)| *payload_type == packet.header.payload_type)
        });
        if agreed.map(|(_, codec)| *codec) != Some(*codec) {
            return;
        }
        let mut pcm = [0; 4096];
        let samples = decoder.decode(packet.payload, &mut pcm).expect("sound that decodes");
        ear.heard.extend_from_slice(&pcm[..samples]);
    }
}
