//! What payload type numbers stand for.

use super::session::Media;
use crate::codec::comfort_noise;
use crate::worker::CodecKind;

/// What goes under one payload type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Codec(CodecKind),
    /// RFC 4733, with its clock.
    TelephoneEvent(u32),
    /// RFC 3389, at a clock of 8 kHz.
    ComfortNoise,
}

/// A payload type and what it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Payload {
    pub(super) payload_type: u8,
    pub(super) encoding: Encoding,
}

const TELEPHONE_EVENT: &str = "telephone-event";
const COMFORT_NOISE: &str = "CN";
/// Of the range that RFC 3551 leaves to the session; the numbers that most peers use.
const OPUS: u8 = 111;
const EVENTS_8000: Payload = Payload { payload_type: 101, encoding: Encoding::TelephoneEvent(8_000) };
const EVENTS_48000: Payload = Payload { payload_type: 110, encoding: Encoding::TelephoneEvent(48_000) };

impl Encoding {
    pub(super) fn rtpmap(self) -> String {
        match self {
            Self::Codec(CodecKind::Opus) => "opus/48000/2".to_owned(),
            Self::Codec(kind) => format!("{}/{}", kind.rtp_name(), kind.rtp_clock()),
            Self::TelephoneEvent(clock) => format!("{TELEPHONE_EVENT}/{clock}"),
            Self::ComfortNoise => format!("{COMFORT_NOISE}/8000"),
        }
    }

    pub(super) fn fmtp(self) -> Option<&'static str> {
        match self {
            Self::Codec(CodecKind::Opus) => Some("minptime=10;useinbandfec=1"),
            Self::Codec(CodecKind::Pcmu | CodecKind::Pcma | CodecKind::G722) => None,
            Self::TelephoneEvent(_) => Some("0-15"),
            Self::ComfortNoise => None,
        }
    }

    fn from_rtpmap(value: &str) -> Option<Self> {
        let mut parts = value.trim().split('/');
        let name = parts.next()?;
        let clock = parts.next()?.parse().ok()?;
        if name.eq_ignore_ascii_case(TELEPHONE_EVENT) {
            return matches!(clock, 8_000 | 16_000 | 48_000).then_some(Self::TelephoneEvent(clock));
        }
        if name.eq_ignore_ascii_case(COMFORT_NOISE) {
            return (clock == 8_000).then_some(Self::ComfortNoise);
        }
        let kind = CodecKind::ALL.into_iter().find(|kind| name.eq_ignore_ascii_case(kind.rtp_name()))?;
        // Some peers write G722's sampling rate for its clock, against RFC 3551 §4.5.2.
        let fits = clock == kind.rtp_clock() || (kind, clock) == (CodecKind::G722, 16_000);
        fits.then_some(Self::Codec(kind))
    }

    fn from_static(payload_type: u8) -> Option<Self> {
        if payload_type == comfort_noise::PAYLOAD_TYPE {
            return Some(Self::ComfortNoise);
        }
        let mut kinds = CodecKind::ALL.into_iter();
        kinds.find(|kind| kind.static_payload_type() == Some(payload_type)).map(Self::Codec)
    }
}

/// What we offer: the codecs in order, then digits in each clock that a codec of ours has.
pub(super) fn offered(codecs: &[CodecKind]) -> Vec<Payload> {
    let payload_type = |kind: CodecKind| kind.static_payload_type().unwrap_or(OPUS);
    let payload = |kind| Payload { payload_type: payload_type(kind), encoding: Encoding::Codec(kind) };
    let mut payloads: Vec<_> = codecs.iter().map(|kind| payload(*kind)).collect();
    for (events, clock) in [(EVENTS_8000, 8_000), (EVENTS_48000, 48_000)] {
        if codecs.iter().any(|kind| kind.rtp_clock() == clock) {
            payloads.push(events);
        }
    }
    payloads
}

/// What a peer's stream lists, in order. Numbers without `a=rtpmap` stand for what `known` says, or
/// RFC 3551; those that we have no use for are left out.
pub(super) fn listed(media: &Media, known: &[Payload]) -> Vec<Payload> {
    let numbers = media.formats.iter().filter_map(|format| format.parse().ok()).filter(|n| *n < 128);
    let encoding = |number: u8| match rtpmap(media, number) {
        Some(value) => Encoding::from_rtpmap(value),
        None => {
            let known = known.iter().find(|payload| payload.payload_type == number);
            known.map(|payload| payload.encoding).or_else(|| Encoding::from_static(number))
        }
    };
    let payload = |number| Some(Payload { payload_type: number, encoding: encoding(number)? });
    numbers.filter_map(payload).collect()
}

fn rtpmap(media: &Media, number: u8) -> Option<&str> {
    let maps = media.attributes.iter().filter(|attribute| attribute.name == "rtpmap");
    let mut maps = maps.filter_map(|attribute| attribute.value.as_deref()?.trim_start().split_once(' '));
    maps.find(|(mapped, _)| mapped.parse() == Ok(number)).map(|(_, value)| value)
}

/// The comfort noise that goes with a codec: it has a clock of 8 kHz only, and Opus has its own.
pub(super) fn comfort_noise_for(payloads: &[Payload], codec: CodecKind) -> Option<u8> {
    let mut noise = payloads.iter().filter(|payload| payload.encoding == Encoding::ComfortNoise);
    noise.next().filter(|_| codec.rtp_clock() == 8_000).map(|payload| payload.payload_type)
}

/// The digits that go with a codec: on its clock, else on any (RFC 4733 §2.1 wants the same, and yet
/// peers offer 8000 beside Opus).
pub(super) fn events_for(payloads: &[Payload], codec: CodecKind) -> Option<(u8, u32)> {
    let events = || {
        payloads.iter().filter_map(|payload| match payload.encoding {
            Encoding::TelephoneEvent(clock) => Some((payload.payload_type, clock)),
            Encoding::Codec(_) | Encoding::ComfortNoise => None,
        })
    };
    events().find(|(_, clock)| *clock == codec.rtp_clock()).or_else(|| events().next())
}
