//! What the engine asks of a worker, and what the worker tells it.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;

use crate::bridge::Hearing;
use crate::delays::AddedDelay;
use crate::dtmf::Clamp;
use crate::sdp::SrtpMode;
use crate::source::{PlayControl, PlayEnd, PlayId, PlaySettings, Source};
use crate::tap::{RecordControl, RecordFormat, RecordingId};
use crate::vad::Talk;
use crate::verdict::Verdict;

/// One end of media: a browser's peer connection or a trunk's RTP stream. Picked by the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortId(pub u64);

/// A conference. Picked by the engine; it is there as long as anyone is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoomId(pub u64);

/// The codecs that Offhook speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CodecKind {
    /// RFC 7587.
    Opus,
    /// G.711 mu-law, RFC 3551.
    Pcmu,
    /// G.711 A-law, RFC 3551.
    Pcma,
    /// RFC 3551, 16 kHz sampling on an 8 kHz RTP clock.
    G722,
}

/// How digits go to a trunk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DtmfMethod {
    /// RFC 4733 when the peer negotiated it, else INFO.
    #[default]
    Auto,
    /// RFC 4733.
    Rfc4733,
    /// SIP INFO, `application/dtmf-relay`; the worker sends nothing.
    Info,
}

/// What to open.
#[derive(Clone, Debug)]
pub enum PortSpec {
    /// A browser that sent an offer; answered by [`MediaEvent::LocalDescription`]. It is asked to send
    /// no wider sound than `playback_rate`, what the other side of the call can play at best, in Hz.
    WebRtc { offer: String, codecs: Vec<CodecKind>, playback_rate: u32 },
    /// A SIP peer that gets our offer. Media is learned from the peer's described address only.
    RtpOffer { local: IpAddr, codecs: Vec<CodecKind>, dtmf: DtmfMethod, srtp: SrtpMode },
    /// A SIP peer that sent an offer. `signalled_from` is the address the SIP message came from.
    RtpAnswer {
        local: IpAddr,
        codecs: Vec<CodecKind>,
        dtmf: DtmfMethod,
        srtp: SrtpMode,
        offer: Bytes,
        signalled_from: IpAddr,
    },
}

/// A command; each names the port it is for.
#[derive(Clone, Debug)]
pub enum MediaCommand {
    /// Makes the port and its description.
    Open { port: PortId, spec: PortSpec },
    /// The peer's answer to our offer. May come again (early media of another fork).
    SetAnswer { port: PortId, sdp: Bytes, signalled_from: IpAddr },
    /// The peer's new offer (re-INVITE, ICE restart); answered by [`MediaEvent::LocalDescription`].
    SetOffer { port: PortId, sdp: Bytes, signalled_from: Option<IpAddr> },
    /// A trickled candidate of a browser; `None` is the end mark.
    AddCandidate { port: PortId, candidate: Option<String> },
    /// Joins two ports, both ways. A port is in one bridge at most; a former one ends.
    Bridge { a: PortId, b: PortId },
    /// Takes a port out of its bridge.
    Unbridge { port: PortId },
    /// Sends digits (0-9 * # A-D) to the peer as RFC 4733, one after the other; refused as
    /// [`Refusal::NoDtmf`] where [`MediaEvent::Negotiated`] said `dtmf: false`.
    SendDigits { port: PortId, digits: String, each: Duration },
    /// Drops what comes from this port's peer.
    Mute { port: PortId, muted: bool },
    /// Sets whether tones that are digits are left out of what comes from this port's peer.
    ClampDigits { port: PortId, clamp: Clamp },
    /// Takes a port into a room, where it hears all others and is heard by them; its bridge, and the room that it was
    /// in, it leaves. Both need the same worker.
    Mix { port: PortId, room: RoomId },
    /// Takes a port out of its room.
    Unmix { port: PortId },
    /// Sets whether one port of a room hears another: a listener is heard by nobody, a whisperer by one. Holds until
    /// one of them leaves; refused as [`Refusal::UnknownPort`] where they are not in one room.
    SetHearing { listener: PortId, talker: PortId, hearing: Hearing },
    /// Plays something to this port's peer, in place of what comes through its bridge, until
    /// [`MediaEvent::Played`]. A port plays one thing at a time; a former one ends.
    Play { port: PortId, play: PlayId, source: Source, settings: PlaySettings },
    /// Changes what is being played, if anything is.
    ControlPlay { port: PortId, control: PlayControl },
    /// Ends what is being played; its last packet fades out.
    StopPlay { port: PortId },
    /// Frames for a [`Source::Feed`]; mono, 16 bit, of any length. A minute of them may wait.
    Feed { port: PortId, pcm: Vec<i16> },
    /// Records both sides of a port as [`MediaEvent::Recorded`]; refused as [`Refusal::Busy`] while another recording
    /// of it goes on.
    Record { port: PortId, recording: RecordingId, format: RecordFormat },
    /// Pauses, goes on with or ends the recording of a port.
    ControlRecord { port: PortId, control: RecordControl },
    /// From now on tells whether sound flows, as [`MediaEvent::Judged`]: for the first time within 2.5 s.
    Judge { port: PortId },
    /// Ends the port.
    Close { port: PortId },
}

impl MediaCommand {
    /// The port it is for; of two, the first.
    pub fn port(&self) -> PortId {
        match self {
            Self::Open { port, .. }
            | Self::SetAnswer { port, .. }
            | Self::SetOffer { port, .. }
            | Self::AddCandidate { port, .. }
            | Self::Bridge { a: port, .. }
            | Self::Unbridge { port }
            | Self::SendDigits { port, .. }
            | Self::Mute { port, .. }
            | Self::ClampDigits { port, .. }
            | Self::Mix { port, .. }
            | Self::Unmix { port }
            | Self::SetHearing { listener: port, .. }
            | Self::Play { port, .. }
            | Self::ControlPlay { port, .. }
            | Self::StopPlay { port }
            | Self::Feed { port, .. }
            | Self::Record { port, .. }
            | Self::ControlRecord { port, .. }
            | Self::Judge { port }
            | Self::Close { port } => *port,
        }
    }
}

/// Which way media flows, seen from us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Both ways.
    SendRecv,
    /// The peer holds us with music, or only listens.
    SendOnly,
    /// The peer only sends.
    RecvOnly,
    /// The peer holds.
    Inactive,
}

/// Why a port could not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The description does not parse.
    #[error("malformed session description: {0}")]
    Malformed(String),
    /// No codec that both sides allow (488).
    #[error("no codec in common")]
    NoCommonCodec,
    /// No audio stream was offered (488).
    #[error("no audio stream")]
    NoAudio,
    /// The trunk's [`SrtpMode`] or the peer asks for SRTP, and no key fits both (488).
    #[error("no srtp keys in common")]
    NoSrtp,
    /// Every RTP port of the range is taken (503).
    #[error("no free port in the media port range")]
    NoFreePort,
    /// The worker is at its limit (503).
    #[error("media capacity exhausted")]
    Busy,
    /// The peer did not negotiate RFC 4733, or the port's [`DtmfMethod`] forbids it.
    #[error("telephone events are not negotiated")]
    NoDtmf,
    /// No such port.
    #[error("no such port")]
    UnknownPort,
}

/// Each second, one port.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stats {
    /// The codec's RTP name: `opus`, `PCMU`, `PCMA`, `G722`.
    pub codec: &'static str,
    /// Since the port opened.
    pub packets_received: u64,
    /// Since the port opened.
    pub packets_sent: u64,
    /// Since the port opened; from sequence gaps.
    pub packets_lost: u64,
    /// Of those, repaired by FEC or RED.
    pub packets_repaired: u64,
    /// SRTP from the peer's address that its keys do not fit, since the port opened.
    pub packets_unauthenticated: u64,
    /// RFC 3550 interarrival jitter.
    pub jitter_ms: f32,
    /// From RTCP or STUN, when known.
    pub round_trip_ms: Option<f32>,
    /// What the peer reports losing, 0 to 1.
    pub remote_loss: Option<f32>,
    /// What came in the last second, by the E-model (ITU-T G.107): 1 to 4.4. `None` when nothing was due.
    pub mos: Option<f32>,
    /// What we send, as the peer's last report tells of it.
    pub remote_mos: Option<f32>,
    /// RMS level of what came from the peer in the last second, dBov (0 loudest, -127 silence).
    pub level_dbov: f32,
    /// How long packets from the peer that went on were in here, in the last second; none when none did, or when the
    /// driver does not tell ([`Worker::handle_sent`](super::Worker::handle_sent)).
    pub added_delay: Option<AddedDelay>,
    /// The same since the port opened.
    pub added_delay_whole: Option<AddedDelay>,
}

/// A fact about a port.
#[derive(Clone, Debug)]
pub enum MediaEvent {
    /// The offer or answer to send to the peer.
    LocalDescription { port: PortId, sdp: Bytes },
    /// A command could not be done; after `Open` the port does not exist.
    Refused { port: PortId, refusal: Refusal },
    /// Both descriptions are known. `dtmf` tells whether digits go to this peer as RFC 4733.
    Negotiated { port: PortId, codec: CodecKind, direction: Direction, dtmf: bool },
    /// The first packet can flow: ICE and DTLS are done, or (RTP) the peer's address is known.
    Connected { port: PortId },
    /// ICE lost its consent; it may come back as `Connected`.
    Disconnected { port: PortId },
    /// The first RTP of the peer arrived.
    FirstPacket { port: PortId, from: SocketAddr },
    /// A whole digit, reported once, at its end. `relayed` tells that the bridged port negotiated
    /// RFC 4733 and got it already; else (it came as a tone, or that port has no RFC 4733) the engine may
    /// carry it by other means: [`MediaCommand::SendDigits`], INFO.
    Digit { port: PortId, digit: char, duration: Duration, relayed: bool },
    /// [`MediaCommand::SendDigits`] is done.
    DigitsSent { port: PortId },
    /// Nothing came for this long, and again each time it doubles. Not sent while the peer holds.
    Silence { port: PortId, since: Duration },
    /// Each second.
    Stats { port: PortId, stats: Stats },
    /// Someone in a room begins or ceases to speak.
    Talking { port: PortId, talk: Talk },
    /// A playing ended, after so much of it was heard; the bridge is heard again.
    Played { port: PortId, play: PlayId, end: PlayEnd, position: Duration },
    /// A piece of a recording, to be written at this byte of the file: in stereo, left what came from the port's peer,
    /// right what went to it. After each piece the file can be opened; of a WAV, the head comes anew for that. `peaks`
    /// are the loudest samples of either side in each 100 ms.
    Recorded { port: PortId, recording: RecordingId, at: u64, bytes: Bytes, peaks: Vec<[u16; 2]> },
    /// A recording's last event; so much was recorded, pauses left out.
    RecordingEnded { port: PortId, recording: RecordingId, length: Duration },
    /// Whether sound flows either way, and why not: once after [`MediaCommand::Judge`], and again when sound ceases or
    /// comes back, ten seconds apart at least.
    Judged { port: PortId, verdict: Verdict },
    /// The last event of a port.
    Closed { port: PortId },
}
