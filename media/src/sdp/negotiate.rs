use std::net::SocketAddr;

use super::crypto::{self, Srtp};
use super::payload::{Encoding, Payload, comfort_noise_for, events_for, listed, offered};
use super::remote::{RTCP_XR, RemoteAudio, VOIP_METRICS};
use super::session::{Attribute, Session};
use super::write::{self, rejected, stream, times_of};
use super::{LocalMedia, NegotiationError, OpusParameters};
use crate::worker::{CodecKind, Direction};

/// What offer and answer together settle for the audio stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Negotiated {
    /// What to send.
    pub codec: CodecKind,
    /// Under which payload type to send it.
    pub payload_type: u8,
    /// Every codec the peer may send, by payload type.
    pub receive: Vec<(u8, CodecKind)>,
    /// Payload type and clock of digits to send (RFC 4733), if the peer takes them.
    pub telephone_event: Option<(u8, u32)>,
    /// Payload types and clocks of digits that may come.
    pub receive_events: Vec<(u8, u32)>,
    /// Where to send RTP. The port is never 0; the address is unspecified in a hold of old, and then
    /// nothing can be sent.
    pub remote: SocketAddr,
    /// Where to send RTCP.
    pub remote_rtcp: SocketAddr,
    /// Payload type of comfort noise (RFC 3389) to send in place of silence, if the peer listed it.
    pub comfort_noise: Option<u8>,
    /// Seen from us.
    pub direction: Direction,
    /// How much sound the peer wants in a packet, milliseconds.
    pub ptime_ms: u32,
    /// How the peer takes Opus, where that is the codec.
    pub opus: OpusParameters,
    /// Whether the peer asks for VoIP metrics (RFC 3611).
    pub voip_metrics: bool,
    /// `None` is plain RTP.
    pub srtp: Option<Srtp>,
}

/// Answers an offer: picks the first codec of the *offer* that `local` allows, under the offer's
/// payload type, and rejects every stream but the first audio that `local` allows, SRTP before plain RTP.
pub fn answer(offer: &Session, local: &LocalMedia) -> Result<(String, Negotiated), NegotiationError> {
    let audio = RemoteAudio::find(offer, local.srtp.mode)?;
    let payloads = listed(audio.media, &[]);
    let chosen = choose(&payloads, &local.codecs)?;
    let negotiated = settle(&audio, local, chosen, &chosen_payloads(chosen))?;

    let mut ours = stream(local, &audio.media.protocol, &chosen_payloads(chosen), negotiated.direction);
    if negotiated.voip_metrics {
        ours.attributes.push(Attribute { name: RTCP_XR.to_owned(), value: Some(VOIP_METRICS.to_owned()) });
    }
    ours.attributes.extend(crypto::choose(audio.media, &local.srtp)?.map(|(_, line)| line));
    let mut streams: Vec<_> = offer.media.iter().map(rejected).collect();
    streams[audio.index] = ours;
    Ok((write::session(local, streams, times_of(offer)).to_string(), negotiated))
}

/// Takes the peer's answer to an offer made from `local`. The peer's first codec is the one to send.
pub fn accept_answer(answer: &Session, local: &LocalMedia) -> Result<Negotiated, NegotiationError> {
    let audio = RemoteAudio::find(answer, local.srtp.mode)?;
    let offered = offered(&local.codecs);
    let listed = listed(audio.media, &offered);
    let chosen = choose(&listed, &local.codecs)?;
    let is_listed = |ours: &&Payload| listed.iter().any(|theirs| theirs.encoding == ours.encoding);
    let mut receive: Vec<_> = offered.iter().filter(is_listed).copied().collect();
    // Our numbers are what the peer should send under; some send under their own.
    let is_free = |theirs: &&Payload| offered.iter().all(|ours| ours.payload_type != theirs.payload_type);
    let is_offered = |theirs: &&Payload| offered.iter().any(|ours| ours.encoding == theirs.encoding);
    receive.extend(listed.iter().filter(is_free).filter(is_offered));
    settle(&audio, local, chosen, &receive)
}

/// What to send.
#[derive(Clone, Copy)]
struct Chosen {
    codec: CodecKind,
    payload_type: u8,
    telephone_event: Option<(u8, u32)>,
    comfort_noise: Option<u8>,
}

fn choose(payloads: &[Payload], allowed: &[CodecKind]) -> Result<Chosen, NegotiationError> {
    let codecs = payloads.iter().filter_map(|payload| Some((payload.payload_type, codec_of(payload)?)));
    let found = codecs.into_iter().find(|(_, codec)| allowed.contains(codec));
    let (payload_type, codec) = found.ok_or(NegotiationError::NoCommonCodec)?;
    let (telephone_event, comfort_noise) = (events_for(payloads, codec), comfort_noise_for(payloads, codec));
    Ok(Chosen { codec, payload_type, telephone_event, comfort_noise })
}

fn chosen_payloads(chosen: Chosen) -> Vec<Payload> {
    let codec = Payload { payload_type: chosen.payload_type, encoding: Encoding::Codec(chosen.codec) };
    let events = chosen
        .telephone_event
        .map(|(payload_type, clock)| Payload { payload_type, encoding: Encoding::TelephoneEvent(clock) });
    let noise = chosen.comfort_noise;
    let noise = noise.map(|payload_type| Payload { payload_type, encoding: Encoding::ComfortNoise });
    std::iter::once(codec).chain(noise).chain(events).collect()
}

fn settle(
    audio: &RemoteAudio<'_>,
    local: &LocalMedia,
    chosen: Chosen,
    receive: &[Payload],
) -> Result<Negotiated, NegotiationError> {
    let (remote, remote_rtcp) = audio.addresses()?;
    let codec = |payload: &Payload| Some((payload.payload_type, codec_of(payload)?));
    Ok(Negotiated {
        codec: chosen.codec,
        payload_type: chosen.payload_type,
        receive: receive.iter().filter_map(codec).collect(),
        telephone_event: chosen.telephone_event,
        comfort_noise: chosen.comfort_noise,
        receive_events: receive.iter().filter_map(events_of).collect(),
        remote,
        remote_rtcp,
        direction: local.direction.narrowed_by(audio.direction(remote.ip())),
        ptime_ms: audio.ptime_ms(),
        opus: audio.opus(chosen.payload_type),
        voip_metrics: audio.asks_voip_metrics(),
        srtp: crypto::choose(audio.media, &local.srtp)?.map(|(srtp, _)| srtp),
    })
}

fn codec_of(payload: &Payload) -> Option<CodecKind> {
    match payload.encoding {
        Encoding::Codec(codec) => Some(codec),
        Encoding::TelephoneEvent(_) | Encoding::ComfortNoise => None,
    }
}

fn events_of(payload: &Payload) -> Option<(u8, u32)> {
    match payload.encoding {
        Encoding::TelephoneEvent(clock) => Some((payload.payload_type, clock)),
        Encoding::Codec(_) | Encoding::ComfortNoise => None,
    }
}
