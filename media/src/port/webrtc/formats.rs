//! Our codecs in str0m's words.

use str0m::Rtc;
use str0m::format::{Codec, CodecConfig, FormatParams, PayloadParams};
use str0m::media::{Direction as Str0mDirection, Frequency, Mid};

use crate::port::Formats;
use crate::worker::{CodecKind, Direction};

/// What Chrome uses, so that numbers stay when it is the other side; the offer's win anyway.
const OPUS: u8 = 111;
const EVENT_48K: u8 = 110;
const EVENT_8K: u8 = 126;
/// DTMF and flash.
const EVENT_MAX: u8 = 16;

/// Allows `codecs` in this order, and digits.
pub(super) fn enable(config: &mut CodecConfig, codecs: &[CodecKind]) {
    for codec in codecs {
        match codec {
            CodecKind::Opus => {
                let format =
                    FormatParams { min_p_time: Some(10), use_inband_fec: Some(true), ..Default::default() };
                config.add_config(
                    OPUS.into(),
                    None,
                    Codec::Opus,
                    Frequency::FORTY_EIGHT_KHZ,
                    Some(2),
                    format,
                );
            }
            CodecKind::Pcmu => config.enable_pcmu(true, false),
            CodecKind::Pcma => config.enable_pcma(true, false),
            CodecKind::G722 => config.enable_g722(true, false),
        }
    }
    let format = FormatParams { telephone_event_max: Some(EVENT_MAX), ..Default::default() };
    for (number, clock) in [(EVENT_48K, Frequency::FORTY_EIGHT_KHZ), (EVENT_8K, Frequency::EIGHT_KHZ)] {
        config.add_config(number.into(), None, Codec::Tele, clock, None, format);
    }
}

/// What the last offer and answer left; `None` if no codec for sound is among it.
pub(super) fn agreed(rtc: &Rtc, mid: Mid) -> Option<Formats> {
    let media = rtc.media(mid)?;
    let params = rtc.codec_config().params().iter();
    let params: Vec<_> = params.filter(|params| media.remote_pts().contains(&params.pt())).collect();
    let receive: Vec<_> = params.iter().filter_map(|params| Some((*params.pt(), kind(params)?))).collect();
    let receive_events: Vec<_> = params.iter().filter_map(|params| event(params)).collect();
    let (payload_type, codec) = *receive.first()?;
    // RFC 4733 §2.1: the clock of the sound it goes between; else what there is.
    let same_clock = receive_events.iter().find(|(_, clock)| *clock == codec.rtp_clock());
    let telephone_event = same_clock.or(receive_events.first()).copied();
    let direction = direction(media.direction());
    Some(Formats { codec, payload_type, receive, telephone_event, receive_events, direction })
}

fn kind(params: &PayloadParams) -> Option<CodecKind> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "str0m's enum is open, and mostly video")]
    match params.spec().codec {
        Codec::Opus => Some(CodecKind::Opus),
        Codec::PCMU => Some(CodecKind::Pcmu),
        Codec::PCMA => Some(CodecKind::Pcma),
        Codec::G722 => Some(CodecKind::G722),
        _ => None,
    }
}

fn event(params: &PayloadParams) -> Option<(u8, u32)> {
    let spec = params.spec();
    (spec.codec == Codec::Tele).then(|| (*params.pt(), spec.clock_rate.get()))
}

fn direction(direction: Str0mDirection) -> Direction {
    match direction {
        Str0mDirection::SendRecv => Direction::SendRecv,
        Str0mDirection::SendOnly => Direction::SendOnly,
        Str0mDirection::RecvOnly => Direction::RecvOnly,
        Str0mDirection::Inactive => Direction::Inactive,
    }
}
