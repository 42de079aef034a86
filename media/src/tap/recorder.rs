//! A recording of both sides of a port: left what came from its peer, right what went to it.

use std::time::{Duration, Instant};

use bytes::Bytes;

use super::wav::header;
use super::{RecordControl, RecordingId};
use crate::bridge::Listener;
use crate::worker::{MediaEvent, Outbox, PortId};

/// Telephone sound; of what is wider, what a telephone would carry is kept.
pub(crate) const RATE: u32 = 8_000;
const FRAME: Duration = Duration::from_millis(20);
const FRAME_LEN: usize = 160;
/// Frames of one peak, 100 ms, and of one piece, 1 s: what a killed process loses at most.
const PEAK_FRAMES: u32 = 5;
const PIECE_FRAMES: u32 = 50;
/// A worker that was held up for longer leaves the time out in both sides alike.
const LATE_MAX: Duration = Duration::from_secs(1);
const HEADER_LEN: u64 = 44;

/// Writes by the clock, whatever comes in.
pub(crate) struct Recorder {
    pub(crate) id: RecordingId,
    port: PortId,
    due: Instant,
    state: State,
    data: Vec<u8>,
    peaks: Vec<[u16; 2]>,
    frames: u32,
    /// Bytes of sound told of so far.
    told: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Running,
    Paused,
}

impl Recorder {
    pub(crate) fn new(id: RecordingId, port: PortId, now: Instant) -> Self {
        let data = Vec::with_capacity(PIECE_FRAMES as usize * FRAME_LEN * 4);
        let (peaks, due) = (Vec::with_capacity(16), now + FRAME);
        Self { id, port, due, state: State::Running, data, peaks, frames: 0, told: 0 }
    }

    pub(crate) fn due(&self) -> Instant {
        self.due
    }

    /// Pauses or goes on.
    pub(crate) fn control(&mut self, control: RecordControl) {
        match control {
            RecordControl::Pause => self.state = State::Paused,
            RecordControl::Resume => self.state = State::Running,
            RecordControl::Stop => {}
        }
    }

    /// Takes what is due from both sides.
    pub(crate) fn proceed(
        &mut self,
        now: Instant,
        (incoming, outgoing): (&mut Listener, &mut Listener),
        outbox: &mut Outbox,
    ) {
        if now > self.due + LATE_MAX {
            self.due = now;
        }
        while now >= self.due {
            let (mut left, mut right) = ([0; FRAME_LEN], [0; FRAME_LEN]);
            incoming.play(self.due, &mut left);
            outgoing.play(self.due, &mut right);
            self.due += FRAME;
            if self.state == State::Running {
                self.add(&left, &right);
            }
            if self.frames == PIECE_FRAMES {
                self.tell(outbox);
            }
        }
    }

    /// Tells of the rest, and that it is all.
    pub(crate) fn finish(mut self, outbox: &mut Outbox) {
        self.tell(outbox);
        let length = Duration::from_micros(self.told / 4 * 1_000_000 / u64::from(RATE));
        outbox.event(MediaEvent::RecordingEnded { port: self.port, recording: self.id, length });
    }

    fn add(&mut self, left: &[i16], right: &[i16]) {
        if self.frames.is_multiple_of(PEAK_FRAMES) {
            self.peaks.push([0, 0]);
        }
        for (left, right) in left.iter().zip(right) {
            if let Some(peak) = self.peaks.last_mut() {
                *peak = [peak[0].max(left.unsigned_abs()), peak[1].max(right.unsigned_abs())];
            }
            self.data.extend_from_slice(&left.to_le_bytes());
            self.data.extend_from_slice(&right.to_le_bytes());
        }
        self.frames += 1;
    }

    /// First the sound, then the head that counts it: a file that is cut off between the two is whole without it.
    fn tell(&mut self, outbox: &mut Outbox) {
        let at = HEADER_LEN + self.told;
        self.told += self.data.len() as u64;
        let pieces = [(at, Bytes::copy_from_slice(&self.data)), (0, header(RATE, self.told).into())];
        for (at, bytes) in pieces {
            let peaks = if at == 0 { Vec::new() } else { std::mem::take(&mut self.peaks) };
            let recording = self.id;
            outbox.event(MediaEvent::Recorded { port: self.port, recording, at, bytes, peaks });
        }
        self.data.clear();
        self.frames = 0;
    }
}
