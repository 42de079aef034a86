//! A trunk's RTP stream, plain or over SRTP.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::guard::Guard;
use super::latch::Latch;
use super::{Formats, Inbox, Quality};
use crate::bridge::Sender;
use crate::jitter::Reception;
use crate::rtcp::{Compound, CompoundWriter, Ntp, Packet as Report, ReportBlock, VoipMetrics};
use crate::rtp::{HEADER_LEN, Header, Packet};
use crate::sdp::{self, LocalMedia, LocalSrtp, Negotiated, Origin, Session, SrtpMode};
use crate::srtp;
use crate::worker::{CodecKind, Direction, DtmfMethod, MediaEvent, Outbox, PortId, Refusal, Rng, Socket};

const PTIME_MS: u32 = 20;
/// The longest payload sent: 120 ms of G.711, or of Opus at its densest.
const PAYLOAD_MAX: usize = 1500;

/// Between reports (RFC 3550 §6.2 at the least).
const REPORT_INTERVAL: Duration = Duration::from_secs(5);
/// A report, one block, a CNAME and VoIP metrics, protected.
const REPORT_LEN_MAX: usize = 192;
/// The zero of our NTP clock lies so long before a port opens, so that no report is sent at 0.
const NTP_START: Duration = Duration::from_secs(1);

/// What a trunk is to be offered.
pub(crate) struct RtpTerms {
    pub(crate) codecs: Vec<CodecKind>,
    pub(crate) dtmf: DtmfMethod,
    pub(crate) srtp: SrtpMode,
}

/// Who speaks first.
pub(crate) enum RtpSpec {
    Offer,
    Answer { offer: Bytes, signalled_from: IpAddr },
}

/// One trunk stream.
pub(crate) struct RtpPort {
    id: PortId,
    local: LocalMedia,
    dtmf: DtmfMethod,
    ssrc: u32,
    first: Option<RtpSpec>,
    peer: Option<Peer>,
    guard: Option<Box<Guard>>,
    opened: Instant,
    next_report: Instant,
    quality: Quality,
    /// Packets from addresses that were not signalled.
    foreign: u64,
}

struct Peer {
    formats: Formats,
    rtp: Latch,
    rtcp: Latch,
    voip_metrics: bool,
}

impl RtpPort {
    /// A port whose sockets are not bound yet. An offer to answer is checked at once.
    pub(crate) fn new(
        id: PortId,
        terms: RtpTerms,
        spec: RtpSpec,
        local: SocketAddr,
        rng: &mut Rng,
        now: Instant,
    ) -> Result<Self, Refusal> {
        let RtpTerms { codecs, dtmf, srtp } = terms;
        let origin = Origin { session_id: rng.next_u64() >> 1, version: 1 };
        let ssrc = rng.next_u64() as u32;
        let (direction, srtp) = (Direction::SendRecv, LocalSrtp::new(srtp, || rng.block()));
        let local =
            LocalMedia { origin, rtp: local, rtcp: local, codecs, direction, ptime_ms: PTIME_MS, srtp };
        if let RtpSpec::Answer { offer, .. } = &spec {
            sdp::answer(&Session::parse(offer)?, &local)?;
        }
        let mut port = Self {
            id,
            local,
            dtmf,
            ssrc,
            first: Some(spec),
            peer: None,
            guard: None,
            opened: now,
            next_report: now + REPORT_INTERVAL,
            quality: Quality::default(),
            foreign: 0,
        };
        port.set_local(port.local.rtp);
        Ok(port)
    }

    /// Another pair of ports is tried.
    pub(crate) fn set_local(&mut self, rtp: SocketAddr) {
        self.local.rtp = rtp;
        self.local.rtcp = SocketAddr::new(rtp.ip(), rtp.port() + 1);
    }

    /// The local RTP address.
    pub(crate) fn local(&self) -> SocketAddr {
        self.local.rtp
    }

    pub(crate) fn formats(&self) -> Option<&Formats> {
        self.peer.as_ref().map(|peer| &peer.formats)
    }

    pub(crate) fn quality(&self) -> Quality {
        self.quality
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.peer.is_some().then_some(self.next_report)
    }

    /// Whether the next report is due, and the peer asks for VoIP metrics in it.
    pub(crate) fn owes_voip_metrics(&self, now: Instant) -> bool {
        now >= self.next_report && self.peer.as_ref().is_some_and(|peer| peer.voip_metrics)
    }

    /// Sends a report when one is due.
    pub(crate) fn report(
        &mut self,
        now: Instant,
        sender: &Sender,
        (reception, voip): (&mut Reception, Option<VoipMetrics>),
        outbox: &mut Outbox,
    ) {
        let Some(peer) = self.peer.as_ref().filter(|_| now >= self.next_report) else { return };
        self.next_report = now + REPORT_INTERVAL;
        let Some(to) = peer.rtcp.target() else { return };
        let info = sender.info(now, self.ntp(now), peer.formats.codec.rtp_clock());
        let block = reception.take_report_block(now);
        let mut space = [0; REPORT_LEN_MAX];
        let mut writer = CompoundWriter::new(&mut space);
        let written = writer
            .report(self.ssrc, info.as_ref(), block.as_slice())
            .and_then(|writer| writer.cname(self.ssrc, "offhook"))
            .and_then(|writer| match &voip {
                Some(metrics) => writer.voip_metrics(self.ssrc, metrics),
                None => Ok(writer),
            })
            .map(|writer| writer.len());
        let sealed = written.ok().and_then(|len| match &mut self.guard {
            Some(guard) => guard.seal_rtcp(&mut space, len),
            None => Some(len),
        });
        if let Some(len) = sealed {
            outbox.transmit(Socket::Rtcp(self.id), to, &space[..len]);
        }
    }

    /// A datagram on the RTCP socket.
    pub(crate) fn handle_rtcp(
        &mut self,
        now: Instant,
        from: SocketAddr,
        packet: &mut [u8],
        reception: &mut Reception,
    ) -> Result<(), Dropped> {
        let peer = self.peer.as_mut().ok_or(Dropped::Foreign)?;
        let len = match &mut self.guard {
            Some(guard) if peer.rtcp.allows(from) => guard.open_rtcp(packet)?,
            Some(_) => return Err(Dropped::Foreign),
            None => packet.len(),
        };
        let compound = Compound::parse(&packet[..len]).map_err(|_| Dropped::Malformed)?;
        if !peer.rtcp.accept(from) {
            return Err(Dropped::Foreign);
        }
        for report in compound {
            match report {
                Report::SenderReport { ssrc, info, blocks } => {
                    reception.record_sender_report(now, ssrc, &info);
                    blocks.for_each(|block| self.note_block(now, &block));
                }
                Report::ReceiverReport { blocks, .. } => {
                    blocks.for_each(|block| self.note_block(now, &block))
                }
                Report::ExtendedReport { voip, .. } => {
                    let voip = voip.filter(|voip| voip.ssrc == self.ssrc);
                    let told = voip.and_then(|voip| voip.mos_conversational.or(voip.mos_listening));
                    self.quality.remote_mos = told.or(self.quality.remote_mos);
                }
                Report::SourceDescription { .. } | Report::Bye { .. } | Report::Other { .. } => {}
            }
        }
        Ok(())
    }

    fn note_block(&mut self, now: Instant, block: &ReportBlock) {
        if block.ssrc == self.ssrc {
            let round_trip = self.ntp(now).round_trip(block.last_sr, block.delay_since_last_sr);
            self.quality.round_trip = round_trip.or(self.quality.round_trip);
            let clock = self.formats().map_or(8_000, |formats| formats.codec.rtp_clock());
            self.quality.remote_jitter = Duration::from_secs(1) * block.jitter.min(clock) / clock;
            self.quality.remote_loss = Some(f32::from(block.fraction_lost) / 256.0);
        }
    }

    fn ntp(&self, now: Instant) -> Ntp {
        Ntp::after(now.saturating_duration_since(self.opened) + NTP_START)
    }

    /// The sockets are bound: makes the first description.
    pub(crate) fn handle_bound(&mut self, outbox: &mut Outbox) -> Result<(), Refusal> {
        match self.first.take() {
            Some(RtpSpec::Offer) => self.describe(sdp::offer(&self.local), outbox),
            Some(RtpSpec::Answer { offer, signalled_from }) => self.answer(&offer, signalled_from, outbox)?,
            None => {}
        }
        Ok(())
    }

    /// The peer answered our offer.
    pub(crate) fn set_answer(
        &mut self,
        answer: &[u8],
        signalled_from: IpAddr,
        outbox: &mut Outbox,
    ) -> Result<(), Refusal> {
        let negotiated = sdp::accept_answer(&Session::parse(answer)?, &self.local)?;
        self.settle(negotiated, signalled_from, outbox);
        Ok(())
    }

    /// The peer offers anew.
    pub(crate) fn set_offer(
        &mut self,
        offer: &[u8],
        signalled_from: Option<IpAddr>,
        outbox: &mut Outbox,
    ) -> Result<(), Refusal> {
        self.local.origin = self.local.origin.next();
        let known = self.peer.as_ref().and_then(|peer| peer.rtp.target()).map(|target| target.ip());
        let from = signalled_from.or(known).unwrap_or(self.local.rtp.ip());
        self.answer(offer, from, outbox)
    }

    /// A datagram on the RTP socket. `Err` tells why it is not for the inbox.
    pub(crate) fn handle_rtp(
        &mut self,
        from: SocketAddr,
        packet: &mut [u8],
        inbox: &mut Inbox,
    ) -> Result<(), Dropped> {
        let taken = self.take_rtp(from, packet, inbox);
        self.foreign += u64::from(taken == Err(Dropped::Foreign));
        taken
    }

    fn take_rtp(&mut self, from: SocketAddr, packet: &mut [u8], inbox: &mut Inbox) -> Result<(), Dropped> {
        let peer = self.peer.as_mut().ok_or(Dropped::Foreign)?;
        let len = match &mut self.guard {
            // Only what is genuine may tell of another port.
            Some(guard) if peer.rtp.allows(from) => guard.open_rtp(packet)?,
            Some(_) => return Err(Dropped::Foreign),
            None => packet.len(),
        };
        let parsed = Packet::parse(&packet[..len]).map_err(|_| Dropped::Malformed)?;
        if !peer.rtp.accept(from) {
            return Err(Dropped::Foreign);
        }
        inbox.push(parsed.header, None, parsed.payload);
        Ok(())
    }

    /// Sends one packet; `sequence` is that of the header, extended.
    pub(crate) fn send(
        &mut self,
        header: &Header,
        sequence: u64,
        payload: &[u8],
        outbox: &mut Outbox,
    ) -> bool {
        let Some(to) = self.peer.as_ref().and_then(|peer| peer.rtp.target()) else { return false };
        let mut space = [0; HEADER_LEN + PAYLOAD_MAX + srtp::EXPANSION_MAX];
        let packet = Packet { header: Header { ssrc: self.ssrc, ..*header }, payload };
        let Ok(len) = packet.write(&mut space) else { return false };
        let sealed = match &mut self.guard {
            Some(guard) => guard.seal_rtp(&mut space, len, sequence),
            None => Some(len),
        };
        let Some(len) = sealed else { return false };
        outbox.transmit(Socket::Rtp(self.id), to, &space[..len]);
        true
    }

    fn answer(&mut self, offer: &[u8], from: IpAddr, outbox: &mut Outbox) -> Result<(), Refusal> {
        let (answer, negotiated) = sdp::answer(&Session::parse(offer)?, &self.local)?;
        self.describe(answer, outbox);
        self.settle(negotiated, from, outbox);
        Ok(())
    }

    fn describe(&self, sdp: String, outbox: &mut Outbox) {
        outbox.event(MediaEvent::LocalDescription { port: self.id, sdp: sdp.into() });
    }

    /// Packets from the peer's address that its keys do not fit.
    pub(crate) fn unauthenticated(&self) -> u64 {
        self.guard.as_ref().map_or(0, |guard| guard.refused())
    }

    /// Packets from addresses that were not signalled.
    pub(crate) fn foreign(&self) -> u64 {
        self.foreign
    }

    fn protect(&mut self, negotiated: &Negotiated) {
        match (&mut self.guard, &negotiated.srtp) {
            (Some(guard), Some(srtp)) => guard.update(srtp),
            (_, srtp) => self.guard = srtp.as_ref().map(|srtp| Box::new(Guard::new(srtp))),
        }
    }

    fn settle(&mut self, negotiated: Negotiated, signalled_from: IpAddr, outbox: &mut Outbox) {
        self.protect(&negotiated);
        let events = negotiated.telephone_event.filter(|_| self.dtmf != DtmfMethod::Info);
        let formats = Formats {
            codec: negotiated.codec,
            payload_type: negotiated.payload_type,
            receive: negotiated.receive,
            telephone_event: events,
            receive_events: negotiated.receive_events,
            red: None,
            comfort_noise: negotiated.comfort_noise,
            direction: negotiated.direction,
            ptime_ms: negotiated.ptime_ms,
            opus: negotiated.opus,
        };
        let is_first = self.peer.is_none();
        outbox.event(MediaEvent::Negotiated {
            port: self.id,
            codec: formats.codec,
            direction: formats.direction,
            dtmf: events.is_some(),
        });
        let rtp = Latch::new(negotiated.remote, signalled_from);
        let rtcp = Latch::new(negotiated.remote_rtcp, signalled_from);
        self.peer = Some(Peer { formats, rtp, rtcp, voip_metrics: negotiated.voip_metrics });
        if is_first {
            outbox.event(MediaEvent::Connected { port: self.id });
        }
    }
}

/// Why a datagram was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dropped {
    Malformed,
    Foreign,
    /// The keys do not fit.
    Unauthenticated,
    Replayed,
}
