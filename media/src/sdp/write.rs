//! Our side's descriptions.

use std::net::{IpAddr, SocketAddr};

use super::payload::{Payload, offered};
use super::remote::is_audio;
use super::session::{Attribute, Connection, Detail, Media, Session};
use super::{LocalMedia, SrtpMode, crypto};
use crate::worker::Direction;

/// Writes a first offer: the codecs of `local` in its order, and digits.
pub fn offer(local: &LocalMedia) -> String {
    session(local, vec![offered_stream(local)], unbounded_time()).to_string()
}

/// Writes a later offer in the session of `previous`, our own description before: our stream keeps
/// its place, the others stay rejected in theirs (RFC 3264 §8). `local.origin` is the next version.
pub fn reoffer(previous: &Session, local: &LocalMedia) -> String {
    let mut streams: Vec<_> = previous.media.iter().map(rejected).collect();
    let is_ours = |media: &Media| is_audio(media) && media.port != 0;
    match previous.media.iter().position(is_ours) {
        Some(index) => streams[index] = offered_stream(local),
        None => streams.push(offered_stream(local)),
    }
    session(local, streams, unbounded_time()).to_string()
}

/// A description of ours with the given streams; `times` are its `t=` lines.
pub(super) fn session(local: &LocalMedia, media: Vec<Media>, times: Vec<Detail>) -> Session {
    let (kind, ip) = (address_kind(local.rtp.ip()), local.rtp.ip());
    let origin = local.origin;
    Session {
        origin: Some(format!("- {} {} IN {kind} {ip}", origin.session_id, origin.version)),
        name: "-".to_owned(),
        connection: Some(connection(ip)),
        details: times,
        attributes: Vec::new(),
        media,
    }
}

fn unbounded_time() -> Vec<Detail> {
    vec![Detail { letter: 't', value: "0 0".to_owned() }]
}

/// The times of an offer, which its answer repeats (RFC 3264 §6).
pub(super) fn times_of(offer: &Session) -> Vec<Detail> {
    let times: Vec<_> = offer.details.iter().filter(|detail| detail.letter == 't').cloned().collect();
    if times.is_empty() { unbounded_time() } else { times }
}

fn offered_stream(local: &LocalMedia) -> Media {
    let protocol = if local.srtp.mode == SrtpMode::Mandatory { "RTP/SAVP" } else { "RTP/AVP" };
    let mut stream = stream(local, protocol, &offered(&local.codecs), local.direction);
    stream.attributes.extend(crypto::offered(&local.srtp));
    stream
}

/// Our stream with these payloads.
pub(super) fn stream(
    local: &LocalMedia,
    protocol: &str,
    payloads: &[Payload],
    direction: Direction,
) -> Media {
    let mut attributes: Vec<_> = payloads.iter().flat_map(described).collect();
    attributes.push(attribute("ptime", local.ptime_ms.to_string()));
    attributes.push(attribute("rtcp", rtcp(local.rtp, local.rtcp)));
    attributes.push(Attribute { name: direction.as_str().to_owned(), value: None });
    Media {
        port: local.rtp.port(),
        formats: payloads.iter().map(|payload| payload.payload_type.to_string()).collect(),
        attributes,
        ..bare("audio", protocol)
    }
}

/// The same stream, declined.
pub(super) fn rejected(media: &Media) -> Media {
    Media { formats: media.formats.clone(), ..bare(&media.kind, &media.protocol) }
}

fn bare(kind: &str, protocol: &str) -> Media {
    Media {
        kind: kind.to_owned(),
        port: 0,
        port_count: None,
        protocol: protocol.to_owned(),
        formats: Vec::new(),
        connections: Vec::new(),
        details: Vec::new(),
        attributes: Vec::new(),
    }
}

fn described(payload: &Payload) -> impl Iterator<Item = Attribute> {
    let Payload { payload_type, encoding } = *payload;
    let rtpmap = attribute("rtpmap", format!("{payload_type} {}", encoding.rtpmap()));
    let fmtp = encoding.fmtp().map(|value| attribute("fmtp", format!("{payload_type} {value}")));
    std::iter::once(rtpmap).chain(fmtp)
}

fn attribute(name: &str, value: String) -> Attribute {
    Attribute { name: name.to_owned(), value: Some(value) }
}

fn rtcp(rtp: SocketAddr, rtcp: SocketAddr) -> String {
    if rtp.ip() == rtcp.ip() {
        return rtcp.port().to_string();
    }
    format!("{} IN {} {}", rtcp.port(), address_kind(rtcp.ip()), rtcp.ip())
}

fn connection(ip: IpAddr) -> Connection {
    Connection { network: "IN".to_owned(), kind: address_kind(ip).to_owned(), address: ip.to_string() }
}

fn address_kind(ip: IpAddr) -> &'static str {
    if ip.is_ipv4() { "IP4" } else { "IP6" }
}
