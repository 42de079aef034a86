//! Our codecs in str0m's words.

use str0m::Rtc;
use str0m::format::{Codec, CodecConfig, FormatParams, PayloadParams};
use str0m::media::{Direction as Str0mDirection, Frequency, Mid};

use super::offer::AudioOffer;
use crate::port::Formats;
use crate::sdp::{OpusParameters, packet_ms};
use crate::worker::{CodecKind, Direction};

/// What Chrome uses, so that numbers stay when it is the other side; the offer's win anyway.
const EVENT_48K: u8 = 110;
const EVENT_8K: u8 = 126;
/// DTMF and flash.
const EVENT_MAX: u8 = 16;

/// Allows `codecs` in this order, and digits.
pub(super) fn enable(config: &mut CodecConfig, codecs: &[CodecKind]) {
    for codec in codecs {
        match codec {
            CodecKind::Opus => config.enable_opus(true, true),
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
pub(super) fn agreed(rtc: &Rtc, mid: Mid, offer: &AudioOffer) -> Option<Formats> {
    let media = rtc.media(mid)?;
    let params = rtc.codec_config().params().iter();
    let params: Vec<_> = params.filter(|params| media.remote_pts().contains(&params.pt())).collect();
    let receive: Vec<_> = params.iter().filter_map(|params| Some((*params.pt(), kind(params)?))).collect();
    let receive_events: Vec<_> = params.iter().filter_map(|params| event(params)).collect();
    let (payload_type, codec) = *receive.first()?;
    let red = params.iter().find(|params| *params.pt() == payload_type)?.red().map(|red| *red);
    // RFC 4733 §2.1: the clock of the sound it goes between; else what there is.
    let same_clock = receive_events.iter().find(|(_, clock)| *clock == codec.rtp_clock());
    let telephone_event = same_clock.or(receive_events.first()).copied();
    let direction = direction(media.direction());
    Some(Formats {
        codec,
        payload_type,
        receive,
        telephone_event,
        receive_events,
        red,
        comfort_noise: None,
        direction,
        ptime_ms: packet_ms(offer.values("ptime").next(), offer.values("maxptime").next()),
        opus: opus(offer, payload_type),
    })
}

fn opus(offer: &AudioOffer, payload_type: u8) -> OpusParameters {
    let mut formats = offer.values("fmtp").filter_map(|value| value.split_once(' '));
    let found = formats.find(|(number, _)| number.parse() == Ok(payload_type));
    found.map_or_else(OpusParameters::default, |(_, value)| OpusParameters::parse(value))
}

/// Asks the browser for no wider sound than `rate`, and tells that none comes (RFC 7587 §6.1): a narrowband packet
/// costs a quarter to decode.
pub(super) fn ask_bandwidth(answer: &str, formats: &Formats, rate: u32) -> String {
    let asks = formats.codec == CodecKind::Opus && rate < CodecKind::Opus.sample_rate();
    let parameters = format!("a=fmtp:{} ", formats.payload_type);
    let mut out = String::with_capacity(answer.len() + 64);
    for line in answer.lines() {
        out.push_str(line);
        if asks && line.starts_with(&parameters) {
            out.push_str(&format!(";maxplaybackrate={rate};sprop-maxcapturerate={rate}"));
        }
        out.push_str("\r\n");
    }
    out
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

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = "m=audio 9 x 111 126\r\na=fmtp:111 minptime=10\r\na=fmtp:126 0-16\r\n";

    fn formats(codec: CodecKind, payload_type: u8) -> Formats {
        let (receive, receive_events) = (vec![(payload_type, codec)], Vec::new());
        let direction = Direction::SendRecv;
        let (telephone_event, red, ptime_ms) = (None, None, 20);
        let opus = OpusParameters::default();
        Formats {
            codec,
            payload_type,
            receive,
            telephone_event,
            receive_events,
            red,
            comfort_noise: None,
            direction,
            ptime_ms,
            opus,
        }
    }

    #[test]
    fn a_narrow_trunk_asks_for_narrow_opus() {
        let asked = ask_bandwidth(ANSWER, &formats(CodecKind::Opus, 111), 8_000);
        let line = "a=fmtp:111 minptime=10;maxplaybackrate=8000;sprop-maxcapturerate=8000\r\n";
        assert!(asked.contains(line), "{asked}");
        assert!(asked.ends_with("a=fmtp:126 0-16\r\n"));
    }

    #[test]
    fn nothing_is_asked_without_need() {
        assert_eq!(ask_bandwidth(ANSWER, &formats(CodecKind::Opus, 111), 48_000), ANSWER);
        assert_eq!(ask_bandwidth(ANSWER, &formats(CodecKind::Pcmu, 0), 8_000), ANSWER);
    }
}
