//! What a peer's description says of its audio stream.

use std::net::{IpAddr, SocketAddr};

use super::direction::described;
use super::session::{Connection, Media, Session};
use super::{NegotiationError, OpusParameters, SrtpMode};
use crate::worker::Direction;

/// The attribute that asks for extended reports, and one kind of them (RFC 3611 §5.1).
pub(super) const RTCP_XR: &str = "rtcp-xr";
pub(super) const VOIP_METRICS: &str = "voip-metrics";

const PTIME_MS: u32 = 20;
/// Shorter and longer ones are not sent even if asked for.
const PTIME_MS_RANGE: std::ops::RangeInclusive<u32> = 10..=120;

/// The stream that we talk over.
#[derive(Clone, Copy, Debug)]
pub(super) struct RemoteAudio<'a> {
    session: &'a Session,
    /// Its place among the streams.
    pub(super) index: usize,
    pub(super) media: &'a Media,
}

impl<'a> RemoteAudio<'a> {
    /// The first audio stream that is not rejected: over SRTP if there is one and `mode` allows, else over
    /// plain RTP.
    pub(super) fn find(session: &'a Session, mode: SrtpMode) -> Result<Self, NegotiationError> {
        let open =
            || session.media.iter().enumerate().filter(|(_, media)| is_audio(media) && media.port != 0);
        let secure = open().find(|(_, media)| is_secure(media)).filter(|_| mode != SrtpMode::Off);
        let found = secure.or_else(|| open().find(|(_, media)| !is_secure(media)));
        let (index, media) = found.ok_or(NegotiationError::NoAudio)?;
        Ok(Self { session, index, media })
    }

    /// Where the peer takes RTP, and where RTCP (RFC 3605, else the next port up).
    pub(super) fn addresses(&self) -> Result<(SocketAddr, SocketAddr), NegotiationError> {
        let connection = self.media.connections.first().or(self.session.connection.as_ref());
        let ip = connection.and_then(unicast).ok_or(NegotiationError::NoAddress)?;
        let rtp = SocketAddr::new(ip, self.media.port);
        let next = SocketAddr::new(ip, self.media.port.saturating_add(1));
        let rtcp = self.media.attribute("rtcp").and_then(|value| rtcp(value, ip));
        Ok((rtp, rtcp.unwrap_or(next)))
    }

    /// Seen from us. The unspecified address is the hold of old (RFC 3264 §8.4): nothing goes there.
    pub(super) fn direction(&self, ip: IpAddr) -> Direction {
        let described = described(self.session, self.media).reversed();
        if ip.is_unspecified() { described.narrowed_by(Direction::RecvOnly) } else { described }
    }

    /// How much sound the peer wants in a packet.
    pub(super) fn ptime_ms(&self) -> u32 {
        packet_ms(self.media.attribute("ptime"), self.media.attribute("maxptime"))
    }

    /// Whether it asks for VoIP metrics in extended reports (RFC 3611 §5.1).
    pub(super) fn asks_voip_metrics(&self) -> bool {
        let asked = self.media.attribute(RTCP_XR).or(self.session.attribute(RTCP_XR));
        let mut blocks = asked.unwrap_or_default().split_ascii_whitespace();
        // One may say more of itself behind an equals sign.
        blocks.any(|block| block.split('=').next() == Some(VOIP_METRICS))
    }

    /// What the peer says of its Opus under a payload type.
    pub(super) fn opus(&self, payload_type: u8) -> OpusParameters {
        let formats = self.media.attributes.iter().filter(|attribute| attribute.name == "fmtp");
        let mut formats = formats.filter_map(|attribute| attribute.value.as_deref()?.split_once(' '));
        let found = formats.find(|(number, _)| number.parse() == Ok(payload_type));
        found.map_or_else(OpusParameters::default, |(_, value)| OpusParameters::parse(value))
    }
}

/// How much sound goes into a packet, by what `a=ptime` and `a=maxptime` say.
pub(crate) fn packet_ms(wanted: Option<&str>, most: Option<&str>) -> u32 {
    let number = |value: Option<&str>| value.and_then(|value| value.trim().parse::<u32>().ok());
    let wanted = number(wanted).unwrap_or(PTIME_MS);
    let bounded = wanted.min(number(most).unwrap_or(wanted));
    bounded.clamp(*PTIME_MS_RANGE.start(), *PTIME_MS_RANGE.end())
}

/// Audio over RTP or SRTP.
pub(super) fn is_audio(media: &Media) -> bool {
    media.kind.eq_ignore_ascii_case("audio") && (is_over(media, ["RTP/AVP", "RTP/AVPF"]) || is_secure(media))
}

/// Over SRTP with keys in the description.
pub(super) fn is_secure(media: &Media) -> bool {
    is_over(media, ["RTP/SAVP", "RTP/SAVPF"])
}

fn is_over(media: &Media, protocols: [&str; 2]) -> bool {
    protocols.iter().any(|protocol| media.protocol.eq_ignore_ascii_case(protocol))
}

fn unicast(connection: &Connection) -> Option<IpAddr> {
    let ip: IpAddr = connection.address.parse().ok()?;
    let is_broadcast = matches!(ip, IpAddr::V4(v4) if v4.is_broadcast());
    (!ip.is_multicast() && !is_broadcast).then_some(ip)
}

/// `a=rtcp:port [IN IP4 address]`
fn rtcp(value: &str, ip: IpAddr) -> Option<SocketAddr> {
    let mut fields = value.split_ascii_whitespace();
    let port = fields.next()?.parse().ok().filter(|port| *port != 0)?;
    let own = fields.nth(2).and_then(|address| address.parse().ok());
    Some(SocketAddr::new(own.unwrap_or(ip), port))
}
