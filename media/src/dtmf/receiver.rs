use std::time::{Duration, Instant};

use super::{Digit, EventPayload};

/// Without news for this long an event is over, its end lost: three updates of 50 ms and some jitter
/// (RFC 4733 §2.5.2.2).
const LOST_END: Duration = Duration::from_millis(200);
/// A packet this much older than the last digit is no straggler, but of a stream that began anew.
const STRAGGLER_S: u32 = 5;
/// The shortest segment that peers cut long events into (RFC 4733 §2.5.1.3.1).
const SEGMENT_MIN: u32 = 0x3F00;
const SEGMENT_MAX: u32 = 0xFFFF;

/// A whole digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    /// Which.
    pub digit: Digit,
    /// How long it was held.
    pub duration: Duration,
}

/// Makes one digit of the many packets that tell of it, at its end.
#[derive(Debug, Default)]
pub struct Receiver {
    current: Option<Event>,
    finished: Option<Finished>,
    ready: [Option<Received>; 2],
}

#[derive(Clone, Copy, Debug)]
struct Event {
    digit: Digit,
    clock: u32,
    timestamp: u32,
    /// Of this segment, in ticks.
    duration: u32,
    /// Of the segments before.
    before: u32,
    seen: Instant,
}

#[derive(Clone, Copy, Debug)]
struct Finished {
    digit: Digit,
    timestamp: u32,
}

impl Receiver {
    /// Takes an RTP packet's timestamp and payload. `clock` is that of its payload type, in ticks per
    /// second. Events that are no DTMF digit, and payloads too short, are passed over.
    pub fn handle(&mut self, now: Instant, clock: u32, timestamp: u32, payload: &[u8]) {
        let Some(payload) = EventPayload::parse(payload) else { return };
        let Ok(digit) = Digit::from_code(payload.event) else { return };
        self.handle_timeout(now);
        if self.is_straggler(digit, clock, timestamp) {
            return;
        }
        let mut event = match self.current.take() {
            Some(current) => self.follow(current, digit, timestamp),
            None => None,
        }
        .unwrap_or(Event { digit, clock, timestamp, duration: 0, before: 0, seen: now });
        event.seen = now;
        event.duration = event.duration.max(payload.duration.into());
        if payload.end { self.finish(event) } else { self.current = Some(event) }
    }

    /// Ends an event whose end was lost.
    pub fn handle_timeout(&mut self, now: Instant) {
        if let Some(event) = self.current.take_if(|event| now >= event.seen + LOST_END) {
            self.finish(event);
        }
    }

    /// When to call [`Receiver::handle_timeout`].
    pub fn deadline(&self) -> Option<Instant> {
        self.current.map(|event| event.seen + LOST_END)
    }

    /// The next digit that has ended.
    pub fn poll(&mut self) -> Option<Received> {
        self.ready.iter_mut().find_map(Option::take)
    }

    /// Forgets the stream: another one began, with its own timestamps. A digit under way has ended.
    pub fn reset(&mut self) {
        if let Some(event) = self.current.take() {
            self.finish(event);
        }
        self.finished = None;
    }

    fn is_straggler(&self, digit: Digit, clock: u32, timestamp: u32) -> bool {
        let window = clock.saturating_mul(STRAGGLER_S);
        let is_before = |since: u32| since != 0 && since < window;
        let before_current =
            self.current.is_some_and(|event| is_before(event.timestamp.wrapping_sub(timestamp)));
        let before_finished = self.finished.is_some_and(|finished| {
            let since = finished.timestamp.wrapping_sub(timestamp);
            is_before(since) || (since == 0 && finished.digit == digit)
        });
        before_current || before_finished
    }

    /// The event that a packet belongs to, if that is the current one or its next segment; else the
    /// current one has ended.
    fn follow(&mut self, current: Event, digit: Digit, timestamp: u32) -> Option<Event> {
        let since = timestamp.wrapping_sub(current.timestamp);
        let is_same = current.digit == digit && since == 0;
        let is_full = since == SEGMENT_MAX || (since >= SEGMENT_MIN && since == current.duration);
        if is_same {
            return Some(current);
        }
        if current.digit == digit && is_full {
            let before = current.before.saturating_add(since);
            return Some(Event { timestamp, duration: 0, before, ..current });
        }
        self.finish(current);
        None
    }

    fn finish(&mut self, event: Event) {
        self.finished = Some(Finished { digit: event.digit, timestamp: event.timestamp });
        let ticks = u64::from(event.before) + u64::from(event.duration);
        let duration = Duration::from_micros(ticks * 1_000_000 / u64::from(event.clock.max(1)));
        let received = Received { digit: event.digit, duration };
        if let Some(free) = self.ready.iter_mut().find(|slot| slot.is_none()) {
            *free = Some(received);
        }
    }
}
