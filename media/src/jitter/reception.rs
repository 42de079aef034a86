use std::time::{Duration, Instant};

use crate::rtcp::{ReportBlock, SenderInfo};
use crate::rtp::{Header, SequenceExtender};

/// What a receiver knows of a stream: loss and jitter (RFC 3550 §6.4.1, appendices A.3 and A.8).
#[derive(Debug)]
pub struct Reception {
    clock: u32,
    stream: Option<Stream>,
    received_before: u64,
    lost_before: u64,
}

#[derive(Debug)]
struct Stream {
    ssrc: u32,
    extender: SequenceExtender,
    first: u64,
    highest: u64,
    received: u64,
    reported: Reported,
    timing: Timing,
    last_sr: Option<(u32, Instant)>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Reported {
    expected: u64,
    received: u64,
}

#[derive(Clone, Copy, Debug)]
struct Timing {
    arrived: Instant,
    timestamp: u32,
    /// Sixteenths of a tick, as appendix A.8 keeps it.
    jitter: u64,
}

impl Reception {
    /// Starts with nothing received. `clock` is the codec's RTP clock, ticks per second.
    pub fn new(clock: u32) -> Self {
        Self { clock: clock.max(1), stream: None, received_before: 0, lost_before: 0 }
    }

    /// Takes note of a packet, duplicates and stragglers included. A new SSRC starts anew, with what
    /// was received and lost before kept in the totals.
    pub fn record(&mut self, now: Instant, header: &Header) {
        match &mut self.stream {
            Some(stream) if stream.ssrc == header.ssrc => stream.record(now, header, self.clock),
            _ => {
                self.received_before = self.received();
                self.lost_before = self.lost();
                self.stream = Some(Stream::new(now, header));
            }
        }
    }

    /// Takes note of a sender report, for the block that answers it.
    pub fn record_sender_report(&mut self, now: Instant, ssrc: u32, info: &SenderInfo) {
        if let Some(stream) = self.stream.as_mut().filter(|stream| stream.ssrc == ssrc) {
            stream.last_sr = Some((info.ntp.middle(), now));
        }
    }

    /// The stream that is heard.
    pub fn ssrc(&self) -> Option<u32> {
        self.stream.as_ref().map(|stream| stream.ssrc)
    }

    /// Packets since the beginning.
    pub fn received(&self) -> u64 {
        self.received_before + self.stream.as_ref().map_or(0, |stream| stream.received)
    }

    /// Packets that should have come and did not.
    pub fn lost(&self) -> u64 {
        let lost = self.stream.as_ref().map_or(0, |stream| stream.expected().saturating_sub(stream.received));
        self.lost_before + lost
    }

    /// Interarrival jitter.
    pub fn jitter(&self) -> Duration {
        let ticks = self.stream.as_ref().map_or(0, |stream| stream.timing.jitter);
        Duration::from_micros(ticks * 1_000_000 / 16 / u64::from(self.clock))
    }

    /// The block that goes into the next report; `None` before the first packet. Its fraction counts
    /// from the last time this was called.
    pub fn take_report_block(&mut self, now: Instant) -> Option<ReportBlock> {
        let stream = self.stream.as_mut()?;
        let (last_sr, came) = stream.last_sr.unzip();
        Some(ReportBlock {
            ssrc: stream.ssrc,
            fraction_lost: stream.take_fraction_lost(),
            cumulative_lost: stream.cumulative_lost(),
            highest_sequence: (stream.highest as u32).wrapping_sub(1 << 16),
            jitter: (stream.timing.jitter / 16) as u32,
            last_sr: last_sr.unwrap_or(0),
            delay_since_last_sr: came.map_or(0, |came| short_ticks(now.saturating_duration_since(came))),
        })
    }
}

impl Stream {
    fn new(now: Instant, header: &Header) -> Self {
        let mut extender = SequenceExtender::default();
        let first = extender.extend(header.sequence);
        Self {
            ssrc: header.ssrc,
            extender,
            first,
            highest: first,
            received: 1,
            reported: Reported::default(),
            timing: Timing { arrived: now, timestamp: header.timestamp, jitter: 0 },
            last_sr: None,
        }
    }

    fn record(&mut self, now: Instant, header: &Header, clock: u32) {
        let sequence = self.extender.extend(header.sequence);
        self.first = self.first.min(sequence);
        self.highest = self.highest.max(sequence);
        self.received += 1;
        self.timing.record(now, header.timestamp, clock);
    }

    fn expected(&self) -> u64 {
        self.highest - self.first + 1
    }

    fn cumulative_lost(&self) -> i32 {
        let lost = self.expected().cast_signed() - self.received.cast_signed();
        lost.clamp(-0x80_0000, 0x7F_FFFF) as i32
    }

    fn take_fraction_lost(&mut self) -> u8 {
        let (expected, received) = (self.expected(), self.received);
        let before = std::mem::replace(&mut self.reported, Reported { expected, received });
        let expected = expected - before.expected;
        let lost = expected.saturating_sub(received - before.received);
        // 256 would be all lost, and then there is no packet to report on.
        (lost * 256).checked_div(expected).map_or(0, |fraction| fraction.min(255) as u8)
    }
}

impl Timing {
    /// Packets of one instant, such as the updates of a digit, say nothing of the network.
    fn record(&mut self, now: Instant, timestamp: u32, clock: u32) {
        let sent = timestamp.wrapping_sub(self.timestamp).cast_signed();
        if sent == 0 {
            return;
        }
        let elapsed = now.saturating_duration_since(self.arrived).as_micros();
        let arrived = (elapsed * u128::from(clock) / 1_000_000) as i64;
        let difference = (arrived - i64::from(sent)).unsigned_abs();
        // Beyond this the sender's clock jumped.
        if difference < u64::from(clock) * 10 {
            self.jitter = self.jitter + difference - ((self.jitter + 8) >> 4);
        }
        (self.arrived, self.timestamp) = (now, timestamp);
    }
}

/// In 1/65,536 s, as long as that holds (18 hours).
fn short_ticks(duration: Duration) -> u32 {
    u32::try_from(duration.as_micros() * 65_536 / 1_000_000).unwrap_or(u32::MAX)
}
