use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::{Digit, EVENT_LEN, EventPayload};

/// Between two packets of one event; also how late the first one may come.
const INTERVAL: Duration = Duration::from_millis(20);
/// Times that the last packet of an event or of its segment is sent (RFC 4733 §2.5.1.4).
const FINAL_PACKETS: u8 = 3;
/// Silence after a digit: what detectors of ITU-T Q.24 need, with room.
const PAUSE: Duration = Duration::from_millis(60);
/// Shorter ones are not told from noise (ITU-T Q.24 wants 40 ms).
const DURATION_MIN: Duration = Duration::from_millis(40);
const DURATION_MAX: Duration = Duration::from_secs(30);
/// Digits waiting to be sent.
const QUEUE_MAX: usize = 128;
/// Nominal power, -dBm0.
const VOLUME: u8 = 10;

/// No digit is taken: [`Sender`] has too many waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many digits are waiting")]
pub struct QueueFull;

/// An RTP packet to send under the negotiated payload type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventPacket {
    /// Set on the first packet of a digit.
    pub marker: bool,
    /// When the digit, or this segment of it, began; on the stream's RTP clock.
    pub timestamp: u32,
    /// What goes after the RTP header.
    pub payload: [u8; EVENT_LEN],
}

/// What [`Sender::poll`] wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Send this and poll again.
    Send(EventPacket),
    /// Poll again at that time.
    Wait(Instant),
    /// The last digit is sent.
    Done,
}

/// Sends digits one after the other.
///
/// ```text
/// Idle -> Playing (update each 20 ms, a new segment each 0xFFFF ticks) -> Ending (3 x end bit)
///  ^---------------------------------- Pausing (60 ms) <-----------------------'
/// ```
#[derive(Debug)]
pub struct Sender {
    clock: u32,
    queue: VecDeque<(Digit, Duration)>,
    state: State,
}

#[derive(Debug)]
enum State {
    Idle,
    Playing(Event),
    Ending { event: Event, left: u8 },
    Pausing { until: Instant },
}

#[derive(Clone, Copy, Debug)]
struct Event {
    digit: Digit,
    /// Of the whole event, in ticks.
    total: u32,
    started: Instant,
    timestamp: u32,
    /// Ticks of the segments before this one, and finals of the last segment still to send.
    before: u32,
    finals_of_segment: u8,
    is_first: bool,
    due: Instant,
}

impl Sender {
    /// Starts with nothing to send. `clock` is that of the negotiated telephone-event, in ticks per
    /// second.
    pub fn new(clock: u32) -> Self {
        Self { clock, queue: VecDeque::new(), state: State::Idle }
    }

    /// Adds a digit; its duration is kept between 40 ms and 30 s.
    pub fn push(&mut self, digit: Digit, duration: Duration) -> Result<(), QueueFull> {
        if self.queue.len() == QUEUE_MAX {
            return Err(QueueFull);
        }
        self.queue.push_back((digit, duration.clamp(DURATION_MIN, DURATION_MAX)));
        Ok(())
    }

    /// Tells whether a digit is on the line: sound is not to be sent meanwhile (RFC 4733 §2.5.1.2).
    pub fn is_sending(&self) -> bool {
        matches!(self.state, State::Playing(_) | State::Ending { .. })
    }

    /// Tells whether nothing is being sent or waiting.
    pub fn is_idle(&self) -> bool {
        matches!(self.state, State::Idle) && self.queue.is_empty()
    }

    /// What is due. `timestamp` is where the outbound stream's RTP clock stands now.
    pub fn poll(&mut self, now: Instant, timestamp: u32) -> Step {
        loop {
            match &mut self.state {
                State::Idle => {
                    let Some((digit, duration)) = self.queue.pop_front() else { return Step::Done };
                    self.state =
                        State::Playing(Event::new(digit, ticks(duration, self.clock), now, timestamp));
                }
                State::Pausing { until } if now < *until => return Step::Wait(*until),
                State::Pausing { .. } => self.state = State::Idle,
                State::Playing(event) if now < event.due => return Step::Wait(event.due),
                State::Playing(event) => {
                    let event = *event;
                    return Step::Send(self.play(event, now));
                }
                State::Ending { event, left: 0 } => {
                    self.state = State::Pausing { until: event.last_sent() + PAUSE }
                }
                State::Ending { event, .. } if now < event.due => return Step::Wait(event.due),
                State::Ending { event, left } => {
                    *left -= 1;
                    event.due += INTERVAL;
                    return Step::Send(event.packet(event.total - event.before, End::Set));
                }
            }
        }
    }

    fn play(&mut self, mut event: Event, now: Instant) -> EventPacket {
        let elapsed = ticks(now.saturating_duration_since(event.started) + INTERVAL, self.clock);
        let in_segment = elapsed.min(event.total) - event.before;
        event.due += INTERVAL;
        if in_segment > SEGMENT_MAX {
            let packet = event.packet(SEGMENT_MAX, End::Clear);
            event.is_first = false;
            event.finish_segment_packet();
            self.state = State::Playing(event);
            return packet;
        }
        if elapsed >= event.total {
            let packet = event.packet(in_segment, End::Set);
            event.is_first = false;
            self.state = State::Ending { event, left: FINAL_PACKETS - 1 };
            return packet;
        }
        let packet = event.packet(in_segment, End::Clear);
        event.is_first = false;
        self.state = State::Playing(event);
        packet
    }
}

/// The most that the duration field holds.
const SEGMENT_MAX: u32 = 0xFFFF;

#[derive(Clone, Copy)]
enum End {
    Set,
    Clear,
}

impl Event {
    fn new(digit: Digit, total: u32, now: Instant, timestamp: u32) -> Self {
        let finals_of_segment = FINAL_PACKETS;
        Self { digit, total, started: now, timestamp, before: 0, finals_of_segment, is_first: true, due: now }
    }

    fn packet(&self, duration: u32, end: End) -> EventPacket {
        let payload = EventPayload {
            event: self.digit.code(),
            end: matches!(end, End::Set),
            volume: VOLUME,
            duration: duration.min(SEGMENT_MAX) as u16,
        };
        EventPacket { marker: self.is_first, timestamp: self.timestamp, payload: payload.to_bytes() }
    }

    /// A full segment is told three times; the next one begins where it ended (RFC 4733 §2.5.1.3).
    fn finish_segment_packet(&mut self) {
        self.finals_of_segment -= 1;
        if self.finals_of_segment == 0 {
            self.finals_of_segment = FINAL_PACKETS;
            self.before += SEGMENT_MAX;
            self.timestamp = self.timestamp.wrapping_add(SEGMENT_MAX);
        }
    }

    fn last_sent(&self) -> Instant {
        self.due - INTERVAL
    }
}

fn ticks(duration: Duration, clock: u32) -> u32 {
    (duration.as_micros() * u128::from(clock) / 1_000_000) as u32
}
