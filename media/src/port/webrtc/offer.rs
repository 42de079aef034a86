//! Reads a browser's offer down to the one audio stream that is answered, before str0m sees it.
//!
//! Other streams are rejected by lines of our own; whatever is not needed is left out, so that a
//! page can neither grow our state nor reach paths made for video.

use std::fmt::Write;

use crate::worker::Refusal;

/// Browsers send 2 to 8 kB with audio, 20 with video.
const BYTES_MAX: usize = 64 * 1024;
const MEDIA_MAX: usize = 16;
/// Chrome offers 14 for audio.
const PAYLOAD_TYPES_MAX: usize = 32;

/// For peers that name no stream.
const NO_MID: &str = "0";

const SESSION_KEPT: &[&str] = &["ice-ufrag", "ice-pwd", "ice-options", "ice-lite", "fingerprint", "setup"];
const MEDIA_KEPT: &[&str] = &[
    "ice-ufrag",
    "ice-pwd",
    "ice-options",
    "fingerprint",
    "setup",
    "mid",
    "rtcp-mux",
    "sendrecv",
    "sendonly",
    "recvonly",
    "inactive",
    "ssrc",
    "msid",
    "rtpmap",
    "fmtp",
    "ptime",
    "maxptime",
    "extmap",
];
/// Which stream a packet belongs to, and how loud it is (RFC 9143 §15, RFC 6464).
const EXTENSIONS_KEPT: &[&str] =
    &["urn:ietf:params:rtp-hdrext:sdes:mid", "urn:ietf:params:rtp-hdrext:ssrc-audio-level"];

/// An offer, reduced.
#[derive(Debug)]
pub(super) struct AudioOffer {
    /// A description with a single audio stream.
    pub(super) sdp: String,
    streams: Vec<Stream>,
    audio: usize,
}

#[derive(Debug)]
struct Stream {
    kind: String,
    protocol: String,
    mid: Option<String>,
}

impl AudioOffer {
    /// Picks the first audio stream that is not rejected.
    pub(super) fn parse(offer: &str) -> Result<Self, Refusal> {
        if offer.len() > BYTES_MAX {
            return Err(malformed("description too long"));
        }
        let mut sections = sections(offer)?;
        let session = sections.remove(0);
        let streams = sections.iter().map(|lines| stream(lines)).collect::<Result<Vec<_>, _>>()?;
        let audio = sections.iter().position(|lines| is_audio(lines)).ok_or(Refusal::NoAudio)?;
        let sdp = reduced(&session, &sections[audio], streams[audio].mid.as_deref())?;
        Ok(Self { sdp, streams, audio })
    }

    /// What the audio stream's lines say of an attribute, each after its colon.
    pub(super) fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let attributes = self.sdp.lines().filter_map(|line| line.strip_prefix("a="));
        attributes.filter_map(move |line| line.strip_prefix(name)?.strip_prefix(':'))
    }

    /// Names the audio stream.
    pub(super) fn mid(&self) -> &str {
        self.streams[self.audio].mid.as_deref().unwrap_or(NO_MID)
    }

    /// Puts the rejected streams around the answer to the audio stream, in the offer's order
    /// (RFC 3264 §6).
    pub(super) fn complete(&self, answer: &str) -> String {
        let (session, audio) = answer.split_at(answer.find("m=").unwrap_or(answer.len()));
        let mut out = session.to_string();
        for (index, stream) in self.streams.iter().enumerate() {
            if index == self.audio {
                out.push_str(audio);
            } else {
                stream.reject(&mut out);
            }
        }
        out
    }
}

impl Stream {
    fn reject(&self, out: &mut String) {
        let format = if self.kind == "application" { "webrtc-datachannel" } else { "0" };
        let _ = write!(out, "m={} 0 {} {format}\r\nc=IN IP4 0.0.0.0\r\n", self.kind, self.protocol);
        if let Some(mid) = &self.mid {
            let _ = write!(out, "a=mid:{mid}\r\n");
        }
        out.push_str("a=inactive\r\n");
    }
}

/// The session's lines, then those of each stream.
fn sections(offer: &str) -> Result<Vec<Vec<&str>>, Refusal> {
    let mut sections = vec![Vec::new()];
    for line in offer.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
        if line.starts_with("m=") {
            sections.push(Vec::new());
        }
        if let Some(section) = sections.last_mut() {
            section.push(line);
        }
    }
    match sections.len() {
        1 => Err(Refusal::NoAudio),
        2..=MEDIA_MAX => Ok(sections),
        _ => Err(malformed("too many media descriptions")),
    }
}

fn stream(lines: &[&str]) -> Result<Stream, Refusal> {
    let mut words = lines[0][2..].split(' ');
    let kind = words.next().filter(|word| is_token(word)).ok_or_else(|| malformed("media line"))?;
    let protocol = words.nth(1).filter(|word| is_token(word)).ok_or_else(|| malformed("media line"))?;
    let mid = value(lines, "mid").filter(|mid| is_token(mid));
    Ok(Stream { kind: kind.into(), protocol: protocol.into(), mid: mid.map(Into::into) })
}

fn is_token(word: &str) -> bool {
    !word.is_empty() && word.len() <= 64 && word.bytes().all(|byte| byte.is_ascii_graphic())
}

fn is_audio(lines: &[&str]) -> bool {
    let rejected = lines[0].starts_with("m=audio 0 ") && !lines.contains(&"a=bundle-only");
    lines[0].starts_with("m=audio ") && !rejected
}

fn value<'a>(lines: &[&'a str], name: &str) -> Option<&'a str> {
    let attribute = |line: &&'a str| line.strip_prefix("a=")?.strip_prefix(name)?.strip_prefix(':');
    lines.iter().find_map(attribute)
}

fn reduced(session: &[&str], audio: &[&str], mid: Option<&str>) -> Result<String, Refusal> {
    let mut out = String::from("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n");
    let mid = mid.unwrap_or(NO_MID);
    let _ = write!(out, "a=group:BUNDLE {mid}\r\n");
    keep(&mut out, session, SESSION_KEPT);
    let formats = PayloadTypes::of(audio)?;
    let _ = write!(out, "m=audio 9 UDP/TLS/RTP/SAVPF{}\r\nc=IN IP4 0.0.0.0\r\n", formats.list());
    if value(audio, "mid").is_none() {
        let _ = write!(out, "a=mid:{mid}\r\n");
    }
    let kept: Vec<&str> = audio.iter().copied().filter(|line| formats.allows(line)).collect();
    keep(&mut out, &kept, MEDIA_KEPT);
    Ok(out)
}

fn keep(out: &mut String, lines: &[&str], names: &[&str]) {
    for line in lines.iter().filter_map(|line| line.strip_prefix("a=")) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let wanted = name != "extmap" || EXTENSIONS_KEPT.iter().any(|uri| value.ends_with(uri));
        if names.contains(&name) && wanted {
            let _ = write!(out, "a={}\r\n", normalized(name, line));
        }
    }
}

/// The hash function's name is compared without case (RFC 8122 §5); str0m wants it small.
fn normalized(name: &str, line: &str) -> String {
    match line.split_once(' ') {
        Some((function, digest)) if name == "fingerprint" => {
            format!("{} {}", function.to_ascii_lowercase(), digest.to_ascii_uppercase())
        }
        _ => line.to_string(),
    }
}

/// The payload types with exactly one meaning; a second `rtpmap` for one is nobody's honest offer.
struct PayloadTypes<'a> {
    all: Vec<&'a str>,
    maps: Vec<&'a str>,
}

impl<'a> PayloadTypes<'a> {
    fn of(audio: &[&'a str]) -> Result<Self, Refusal> {
        let mut all: Vec<&str> = Vec::new();
        for format in audio[0].split(' ').skip(3) {
            let number = format.parse::<u8>().ok().filter(|number| *number < 128);
            number.ok_or_else(|| malformed("payload type"))?;
            if !all.contains(&format) {
                all.push(format);
            }
        }
        if all.len() > PAYLOAD_TYPES_MAX {
            return Err(malformed("too many payload types"));
        }
        let mut maps: Vec<&str> = Vec::new();
        for line in audio.iter().filter(|line| line.starts_with("a=rtpmap:")) {
            if !maps.iter().any(|map| payload_type(map) == payload_type(line)) {
                maps.push(line);
            }
        }
        Ok(Self { all, maps })
    }

    fn list(&self) -> String {
        self.all.iter().fold(String::new(), |list, format| list + " " + format)
    }

    fn allows(&self, line: &&str) -> bool {
        if line.starts_with("a=rtpmap:") {
            let same = self.maps.iter().any(|map| std::ptr::eq(*map, *line));
            return same && self.all.contains(&payload_type(line));
        }
        !line.starts_with("a=fmtp:") || self.all.contains(&payload_type(line))
    }
}

fn payload_type(line: &str) -> &str {
    let value = line.split_once(':').map_or("", |(_, value)| value);
    value.split(' ').next().unwrap_or("")
}

fn malformed(what: &str) -> Refusal {
    Refusal::Malformed(what.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFER: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n\
        m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\na=rtpmap:96 VP8/90000\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 111 126\r\na=candidate:1 1 udp 1 x.local 9 typ host\r\na=mid:1\r\n\
        a=fingerprint:SHA-256 ab:cd\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:111 PCMU/8000\r\n\
        a=rtpmap:126 telephone-event/8000\r\na=extmap:4 urn:other\r\na=sendrecv\r\n";

    #[test]
    fn only_the_audio_stream_is_left() {
        let offer = AudioOffer::parse(OFFER).unwrap();
        assert!(offer.sdp.contains("a=fingerprint:sha-256 AB:CD\r\n"), "{}", offer.sdp);
        for left_out in ["VP8", "candidate", "PCMU", "urn:other", "m=video"] {
            assert!(!offer.sdp.contains(left_out), "{left_out}");
        }
    }

    #[test]
    fn other_streams_are_rejected_in_place() {
        let offer = AudioOffer::parse(OFFER).unwrap();
        let answer = offer.complete("v=0\r\ns=-\r\nm=audio 9 x 111\r\na=mid:1\r\n");
        let media: Vec<&str> = answer.lines().filter(|line| line.starts_with("m=")).collect();
        assert_eq!(media, ["m=video 0 UDP/TLS/RTP/SAVPF 0", "m=audio 9 x 111"]);
    }

    #[test]
    fn nonsense_is_refused() {
        assert_eq!(AudioOffer::parse("").unwrap_err(), Refusal::NoAudio);
        assert_eq!(AudioOffer::parse("m=video 9 x 1\r\n").unwrap_err(), Refusal::NoAudio);
        assert!(matches!(AudioOffer::parse("m=audio 9 x 900"), Err(Refusal::Malformed(_))));
        assert!(matches!(AudioOffer::parse(&"m=audio 9 x 1\n".repeat(17)), Err(Refusal::Malformed(_))));
        assert!(matches!(AudioOffer::parse(&"x".repeat(BYTES_MAX + 1)), Err(Refusal::Malformed(_))));
    }
}
