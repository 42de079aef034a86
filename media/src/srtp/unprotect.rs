use std::fmt;

use super::replay::Replay;
use super::transform::{Place, Protocol, Transform};
use super::{Keying, Reports, SrtpError};
use crate::rtp::Prefix;

/// Streams that a peer may have under one key. Only genuine packets begin one.
const STREAMS_MAX: usize = 16;
/// After so many packets under a new key, none comes under the former one any more.
const OVERLAP: u32 = 64;
const SEQUENCES: u64 = 1 << 16;

/// The receiving side of a peer's streams. After a change of keys, packets that were under way are taken too.
pub struct Unprotector {
    current: Keyed,
    former: Option<Box<Keyed>>,
    genuine: u32,
    reports: Reports,
}

/// All that belongs to one key.
struct Keyed {
    keying: Keying,
    rtp: Transform,
    rtcp: Transform,
    streams: Vec<Stream>,
}

#[derive(Clone, Copy)]
struct Stream {
    ssrc: u32,
    rtp: Replay,
    rtcp: Replay,
    counted: Counted,
}

/// Whether the roll-over counter is known to be the peer's.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counted {
    /// Under the key before, which should go on (RFC 3711 §3.3.1); many peers begin anew.
    Before,
    Here,
}

impl Unprotector {
    /// Starts with no stream.
    pub fn new(keying: Keying) -> Self {
        Self {
            current: Keyed::new(keying, Vec::new()),
            former: None,
            genuine: 0,
            reports: Reports::Encrypted,
        }
    }

    /// Sets whether reports must be encrypted; they must, to begin with.
    pub fn set_reports(&mut self, reports: Reports) {
        self.reports = reports;
    }

    /// Takes another key. The one that is in use already changes nothing.
    pub fn rekey(&mut self, keying: Keying) {
        if keying == self.current.keying {
            return;
        }
        let continued =
            |stream: &Stream| Stream { counted: Counted::Before, rtcp: Replay::default(), ..*stream };
        let streams = self.current.streams.iter().map(continued).collect();
        let former = std::mem::replace(&mut self.current, Keyed::new(keying, streams));
        (self.former, self.genuine) = (Some(Box::new(former)), 0);
    }

    /// Checks an SRTP packet and decrypts it in place; tells the length of the RTP packet.
    pub fn unprotect_rtp(&mut self, packet: &mut [u8]) -> Result<usize, SrtpError> {
        let prefix = Prefix::parse(packet).map_err(|_| SrtpError::Malformed)?;
        let opened = self.current.open_rtp(packet, prefix);
        self.or_former(opened, |former| former.open_rtp(packet, prefix))
    }

    /// Checks an SRTCP packet and decrypts it in place; tells the length of the RTCP compound.
    pub fn unprotect_rtcp(&mut self, packet: &mut [u8]) -> Result<usize, SrtpError> {
        let allowed = self.reports;
        let opened = self.current.open_rtcp(packet, allowed);
        self.or_former(opened, |former| former.open_rtcp(packet, allowed))
    }

    fn or_former(
        &mut self,
        opened: Result<usize, SrtpError>,
        retry: impl FnOnce(&mut Keyed) -> Result<usize, SrtpError>,
    ) -> Result<usize, SrtpError> {
        if opened.is_ok() {
            self.genuine = self.genuine.saturating_add(1);
            if self.genuine == OVERLAP {
                self.former = None;
            }
        }
        match (&mut self.former, opened) {
            (Some(former), Err(SrtpError::Unauthenticated)) => retry(former),
            (_, opened) => opened,
        }
    }
}

impl Keyed {
    fn new(keying: Keying, streams: Vec<Stream>) -> Self {
        let [rtp, rtcp] =
            [Protocol::Rtp, Protocol::Rtcp].map(|protocol| Transform::new(&keying.master, protocol));
        Self { keying, rtp, rtcp, streams }
    }

    fn open_rtp(&mut self, packet: &mut [u8], prefix: Prefix) -> Result<usize, SrtpError> {
        let Prefix { ssrc, sequence, len: body } = prefix;
        let known = self.streams.iter().position(|stream| stream.ssrc == ssrc);
        let stream = known.and_then(|at| self.streams.get(at));
        let indices = candidates(stream, sequence);
        let mut refused = SrtpError::Unauthenticated;
        for (at, index) in indices.into_iter().flatten().enumerate() {
            // What was counted before another key cannot tell a replay under this one.
            let is_counted = stream.is_some_and(|stream| stream.counted == Counted::Here);
            if is_counted && stream.is_some_and(|stream| !stream.rtp.is_new(index)) {
                refused = SrtpError::Replayed;
                continue;
            }
            match self.rtp.open_rtp(packet, body, &self.keying.mki, Place { ssrc, index }) {
                Ok(len) => {
                    self.note_rtp(ssrc, index, at);
                    return Ok(len);
                }
                Err(SrtpError::Malformed) => return Err(SrtpError::Malformed),
                Err(error) => refused = error,
            }
        }
        Err(refused)
    }

    /// `tried` is which of the candidates it was: not the first of a stream means that it began anew.
    fn note_rtp(&mut self, ssrc: u32, index: u64, tried: usize) {
        let stream = self.stream(ssrc);
        if stream.counted == Counted::Before && tried > 0 {
            stream.rtp = Replay::default();
        }
        stream.counted = Counted::Here;
        stream.rtp.note(index);
    }

    /// One that is not encrypted is taken only where both sides agreed to that (RFC 4568 §6.3.2).
    fn open_rtcp(&mut self, packet: &mut [u8], allowed: Reports) -> Result<usize, SrtpError> {
        let (place, reports) = self.rtcp.place_rtcp(packet, &self.keying.mki)?;
        if reports == Reports::Tagged && allowed == Reports::Encrypted {
            return Err(SrtpError::Unauthenticated);
        }
        let stream = self.streams.iter().find(|stream| stream.ssrc == place.ssrc);
        if stream.is_some_and(|stream| !stream.rtcp.is_new(place.index)) {
            return Err(SrtpError::Replayed);
        }
        let len = match reports {
            Reports::Encrypted => self.rtcp.open_rtcp(packet, &self.keying.mki, place)?,
            Reports::Tagged => self.rtcp.open_tagged(packet, &self.keying.mki, place)?,
        };
        self.stream(place.ssrc).rtcp.note(place.index);
        Ok(len)
    }

    /// The stream, perhaps a new one; the oldest makes room.
    fn stream(&mut self, ssrc: u32) -> &mut Stream {
        let at = self.streams.iter().position(|stream| stream.ssrc == ssrc).unwrap_or_else(|| {
            if self.streams.len() == STREAMS_MAX {
                self.streams.remove(0);
            }
            let (rtp, rtcp) = Default::default();
            self.streams.push(Stream { ssrc, rtp, rtcp, counted: Counted::Here });
            self.streams.len() - 1
        });
        &mut self.streams[at]
    }
}

/// What the index may be (RFC 3711 appendix A), likeliest first. Of a stream not counted here yet, the
/// peer may count from 0, and have sent past its first roll-over already.
fn candidates(stream: Option<&Stream>, sequence: u16) -> [Option<u64>; 3] {
    let low = u64::from(sequence);
    match stream.and_then(|stream| Some((stream.rtp.highest()?, stream.counted))) {
        Some((highest, Counted::Here)) => [Some(nearest(highest, sequence)), None, None],
        Some((highest, Counted::Before)) => {
            let near = nearest(highest, sequence);
            [Some(near), Some(low).filter(|low| *low != near), None]
        }
        None => [Some(low), Some(low + SEQUENCES).filter(|_| sequence < 1 << 15), None],
    }
}

fn nearest(highest: u64, sequence: u16) -> u64 {
    let step = sequence.wrapping_sub(highest as u16).cast_signed();
    highest.checked_add_signed(i64::from(step)).unwrap_or(u64::from(sequence))
}

impl fmt::Debug for Unprotector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unprotector").field("keying", &self.current.keying).finish_non_exhaustive()
    }
}
