use std::time::{Duration, Instant};

use crate::rtp::{Header, Packet, SequenceExtender};

/// Steps that are a new start rather than a loss or a straggler (RFC 3550 appendix A.1).
const DROPOUT_MAX: u64 = 3_000;
const MISORDER_MAX: u64 = 100;
/// Room made beforehand for a held payload: 60 ms of G.711.
const PAYLOAD_CAPACITY: usize = 480;

/// How long a gap is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReorderConfig {
    /// This many packets behind a gap end the wait; 1 never waits.
    pub packets: usize,
    /// This long after the first of them too.
    pub wait: Duration,
}

impl Default for ReorderConfig {
    /// Restores a swap of neighbours at a cost of one packet's time for each loss.
    fn default() -> Self {
        Self { packets: 2, wait: Duration::from_millis(60) }
    }
}

/// What became of a packet.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// It is the next: use it now, then [`Reorder::pop`].
    Deliver,
    /// It is the first of a stream, or of one that began anew: forget timing and sound of the one
    /// before, then as [`Arrival::Deliver`].
    Restart,
    /// It waits behind a gap, in a copy; [`Reorder::pop`].
    Held,
    /// It came before, or too late.
    Stale,
}

/// A packet whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Released<'a> {
    /// How many packets before it are given up.
    pub missing: u32,
    /// Its header.
    pub header: Header,
    /// Its payload.
    pub payload: &'a [u8],
}

/// Puts packets in order without delaying those that are: no playout buffer, no clock.
#[derive(Debug)]
pub struct Reorder {
    wait: Duration,
    slots: Vec<Slot>,
    stream: Option<Stream>,
}

#[derive(Debug)]
struct Stream {
    ssrc: u32,
    extender: SequenceExtender,
    next: u64,
}

#[derive(Debug)]
struct Slot {
    held: Option<Held>,
    payload: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
struct Held {
    sequence: u64,
    header: Header,
    arrived: Instant,
    /// How many packets before it need not be waited for.
    brings: u32,
}

impl Reorder {
    /// Makes one with its room.
    pub fn new(config: ReorderConfig) -> Self {
        let slot = || Slot { held: None, payload: Vec::with_capacity(PAYLOAD_CAPACITY) };
        let slots = std::iter::repeat_with(slot).take(config.packets.max(1)).collect();
        Self { wait: config.wait, slots, stream: None }
    }

    /// Takes a packet in. Call [`Reorder::pop`] until it has no more after each.
    pub fn insert(&mut self, now: Instant, packet: &Packet<'_>) -> Arrival {
        self.insert_redundant(now, packet, 0)
    }

    /// As [`Reorder::insert`], for a packet that `brings` along what was in so many packets right before it: a gap no
    /// longer than that is not waited for.
    pub fn insert_redundant(&mut self, now: Instant, packet: &Packet<'_>, brings: u32) -> Arrival {
        let header = packet.header;
        let Some(stream) = self.stream.as_mut().filter(|stream| stream.ssrc == header.ssrc) else {
            return self.restart(header);
        };
        let sequence = stream.extender.peek(header.sequence);
        if sequence > stream.next + DROPOUT_MAX || sequence + MISORDER_MAX < stream.next {
            return self.restart(header);
        }
        stream.extender.extend(header.sequence);
        if sequence == stream.next {
            stream.next += 1;
            return Arrival::Deliver;
        }
        let is_stale = sequence < stream.next || self.held().any(|(_, held)| held.sequence == sequence);
        if is_stale {
            return Arrival::Stale;
        }
        self.hold(Held { sequence, header, arrived: now, brings }, packet.payload)
    }

    /// The next packet whose turn it is, or whose gap has been waited for long enough.
    pub fn pop(&mut self, now: Instant) -> Option<Released<'_>> {
        let (index, held) = self.held().min_by_key(|(_, held)| held.sequence)?;
        let is_due = self.deadline().is_some_and(|deadline| now >= deadline);
        let is_full = self.slots.iter().all(|slot| slot.held.is_some());
        let stream = self.stream.as_mut()?;
        let missing = (held.sequence - stream.next) as u32;
        if missing > held.brings && !is_due && !is_full {
            return None;
        }
        stream.next = held.sequence + 1;
        let slot = &mut self.slots[index];
        slot.held = None;
        Some(Released { missing, header: held.header, payload: &slot.payload })
    }

    /// When to call [`Reorder::pop`] next, if no packet comes before.
    pub fn deadline(&self) -> Option<Instant> {
        self.held().map(|(_, held)| held.arrived + self.wait).min()
    }

    fn held(&self) -> impl Iterator<Item = (usize, Held)> {
        self.slots.iter().enumerate().filter_map(|(index, slot)| Some((index, slot.held?)))
    }

    /// `pop` leaves a free slot behind; a caller that did not drain loses the newest.
    fn hold(&mut self, held: Held, payload: &[u8]) -> Arrival {
        let Some(slot) = self.slots.iter_mut().find(|slot| slot.held.is_none()) else {
            return Arrival::Stale;
        };
        slot.payload.clear();
        slot.payload.extend_from_slice(payload);
        slot.held = Some(held);
        Arrival::Held
    }

    fn restart(&mut self, header: Header) -> Arrival {
        let mut extender = SequenceExtender::default();
        let next = extender.extend(header.sequence) + 1;
        self.stream = Some(Stream { ssrc: header.ssrc, extender, next });
        self.slots.iter_mut().for_each(|slot| slot.held = None);
        Arrival::Restart
    }
}
