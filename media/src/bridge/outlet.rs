//! The sending side of a port.

use std::time::{Duration, Instant};

use super::Listener;
use super::red::Red;
use crate::codec::comfort_noise;
use crate::dtmf;
use crate::port::{Formats, Port};
use crate::rtcp::{Ntp, SenderInfo};
use crate::rtp::Header;
use crate::worker::Outbox;

/// Whose sound a port sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Voice {
    /// Of the port that it is bridged to.
    Bridge,
    /// Made here, by the clock.
    Own,
}

/// Sequence and time of what a port sends; they go on whatever it is joined to.
pub(crate) struct Sender {
    pub(crate) voice: Voice,
    /// Hears what is sent.
    pub(crate) listener: Option<Box<Listener>>,
    /// How long the sound sent last is, as far as known.
    length: Duration,
    next_sequence: u64,
    timestamp: u32,
    at: Option<Instant>,
    packets: u64,
    octets: u64,
    red: Option<Box<Red>>,
    pub(crate) digits: Option<dtmf::Sender>,
    /// When the next packet of a digit goes out.
    pub(crate) digits_due: Option<Instant>,
}

impl Sender {
    /// Random starting points (RFC 3550 §5.1); the sequence starts low in its range so that SRTP's
    /// roll-over counter starts at 0 on both sides (RFC 3711 §3.3.1).
    pub(crate) fn new(sequence: u16, timestamp: u32) -> Self {
        let next_sequence = u64::from(sequence & 0x7fff);
        Self {
            voice: Voice::Bridge,
            listener: None,
            length: Duration::ZERO,
            next_sequence,
            timestamp,
            at: None,
            packets: 0,
            octets: 0,
            red: None,
            digits: None,
            digits_due: None,
        }
    }

    /// Where the RTP clock stands.
    pub(crate) fn timestamp_at(&self, now: Instant, clock: u32) -> u32 {
        let elapsed = self.at.map_or(Duration::ZERO, |at| now.saturating_duration_since(at));
        let ticks = elapsed.as_micros() * u128::from(clock) / 1_000_000;
        self.timestamp.wrapping_add(ticks as u32)
    }

    /// Where another voice joins on: where the clock stands, but not within what was sent last.
    pub(crate) fn join_at(&self, now: Instant, clock: u32) -> u32 {
        self.timestamp_at(self.free_at().map_or(now, |free| free.max(now)), clock)
    }

    /// When what was sent last is over.
    pub(crate) fn free_at(&self) -> Option<Instant> {
        self.at.map(|at| at + self.length)
    }

    /// Leaves out numbers, so that a loss stays visible.
    pub(crate) fn skip(&mut self, packets: u64) {
        self.next_sequence += packets;
    }

    pub(crate) fn packets(&self) -> u64 {
        self.packets
    }

    /// What a sender report says; `None` before the first packet.
    pub(crate) fn info(&self, now: Instant, ntp: Ntp, clock: u32) -> Option<SenderInfo> {
        self.at?;
        let rtp_timestamp = self.timestamp_at(now, clock);
        Some(SenderInfo { ntp, rtp_timestamp, packets: self.packets as u32, octets: self.octets as u32 })
    }

    pub(crate) fn is_sending_digits(&self) -> bool {
        self.digits.as_ref().is_some_and(dtmf::Sender::is_sending)
    }
}

/// A port to send through, with its state.
pub(crate) struct Outlet<'a> {
    pub(crate) port: &'a mut Port,
    pub(crate) sender: &'a mut Sender,
    pub(crate) outbox: &'a mut Outbox,
}

impl Outlet<'_> {
    pub(crate) fn formats(&self) -> Option<&Formats> {
        self.port.formats()
    }

    /// Whether the peer takes sound.
    pub(crate) fn can_send(&self) -> bool {
        self.formats().is_some_and(Formats::can_send)
    }

    /// Sends sound under the negotiated payload type.
    pub(crate) fn send_audio(&mut self, now: Instant, marker: bool, timestamp: u32, payload: &[u8]) {
        let Some(formats) = self.port.formats().filter(|formats| formats.can_send()) else { return };
        if self.sender.is_sending_digits() {
            return;
        }
        if let Some(listener) = &mut self.sender.listener {
            listener.hear_sent(now, formats.codec, timestamp, payload);
        }
        let mut header = self.header(formats.payload_type, marker, timestamp);
        let Some(red_type) = formats.red else { return self.send(now, &header, payload) };
        let mut red = self.sender.red.take().unwrap_or_default();
        red.update(now, self.port.quality().remote_loss);
        let wrapped = red.wrap(self.sender.next_sequence, timestamp, header.payload_type, payload);
        if wrapped.is_some() {
            header.payload_type = red_type;
        }
        self.send(now, &header, wrapped.unwrap_or(payload));
        self.sender.red = Some(red);
    }

    /// The share of packets (0 to 1) that the peer loses and no packet of ours brings again.
    pub(crate) fn loss_left(&self) -> Option<f32> {
        let is_red = self.sender.red.as_ref().is_some_and(|red| red.is_on());
        // Two lost in a row.
        self.port.quality().remote_loss.map(|loss| if is_red { loss * loss } else { loss })
    }

    /// Describes silence (RFC 3389), if the peer takes that; tells whether it does.
    pub(crate) fn send_noise(&mut self, now: Instant, timestamp: u32, level_dbov: f32) -> bool {
        let formats = self.port.formats().filter(|formats| formats.can_send());
        let Some(payload_type) = formats.and_then(|formats| formats.comfort_noise) else { return false };
        if !self.sender.is_sending_digits() {
            let header = self.header(payload_type, false, timestamp);
            self.send(now, &header, &comfort_noise::payload(level_dbov));
        }
        true
    }

    /// Sends a packet of a digit.
    pub(crate) fn send_event(&mut self, now: Instant, marker: bool, timestamp: u32, payload: &[u8]) {
        if let Some((payload_type, _)) = self.port.formats().and_then(|formats| formats.telephone_event) {
            let header = self.header(payload_type, marker, timestamp);
            self.send(now, &header, payload);
        }
    }

    fn header(&self, payload_type: u8, marker: bool, timestamp: u32) -> Header {
        Header { marker, payload_type, sequence: self.sender.next_sequence as u16, timestamp, ssrc: 0 }
    }

    fn send(&mut self, now: Instant, header: &Header, payload: &[u8]) {
        if self.port.send(now, header, self.sender.next_sequence, payload, self.outbox) {
            self.sender.next_sequence += 1;
            self.sender.packets += 1;
            self.sender.octets += payload.len() as u64;
            self.note_time(now, header);
        }
    }

    /// Sound tells the time; all packets of a digit bear the time of its beginning.
    fn note_time(&mut self, now: Instant, header: &Header) {
        let Some(formats) = self.port.formats() else { return };
        let is_event = formats.telephone_event.is_some_and(|(number, _)| number == header.payload_type);
        if is_event && self.sender.at.is_some() {
            return;
        }
        let ms = if is_event { 0 } else { formats.ptime_ms.into() };
        self.sender.length = Duration::from_millis(ms);
        (self.sender.timestamp, self.sender.at) = (header.timestamp, Some(now));
    }
}
