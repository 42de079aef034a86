//! A recording of both sides of a port: left what came from its peer, right what went to it.

use std::time::{Duration, Instant};

use super::file::File;
use super::{RecordControl, RecordFormat, RecordingId};
use crate::bridge::Listener;
use crate::codec::CodecError;
use crate::ogg::Place;
use crate::worker::{MediaEvent, Outbox, PortId};

const FRAME: Duration = Duration::from_millis(20);
const FRAME_LEN_MAX: usize = 320;
/// Frames of one peak, 100 ms, and of one piece, 1 s: what a killed process loses at most.
const PEAK_FRAMES: u32 = 5;
const PIECE_FRAMES: u32 = 50;
/// A worker that was held up for longer leaves the time out in both sides alike.
const LATE_MAX: Duration = Duration::from_secs(1);

/// Writes by the clock, whatever comes in.
pub(crate) struct Recorder {
    pub(crate) id: RecordingId,
    port: PortId,
    due: Instant,
    state: State,
    file: File,
    frame_len: usize,
    peaks: Vec<[u16; 2]>,
    /// In this piece, and in those before.
    frames: u32,
    frames_before: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Running,
    Paused,
}

impl Recorder {
    pub(crate) fn new(
        (id, format): (RecordingId, RecordFormat),
        port: PortId,
        now: Instant,
    ) -> Result<Self, CodecError> {
        let file = File::new(format, id.0 as u32)?;
        let (peaks, due) = (Vec::with_capacity(16), now + FRAME);
        let frame_len = (format.rate() / 50) as usize;
        let (state, frames, frames_before) = (State::Running, 0, 0);
        Ok(Self { id, port, due, state, file, frame_len, peaks, frames, frames_before })
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
            let (mut left, mut right) = ([0; FRAME_LEN_MAX], [0; FRAME_LEN_MAX]);
            let (left, right) = (&mut left[..self.frame_len], &mut right[..self.frame_len]);
            incoming.play(self.due, left);
            outgoing.play(self.due, right);
            self.due += FRAME;
            if self.state == State::Running {
                self.add(left, right);
            }
            if self.frames == PIECE_FRAMES {
                self.tell(Place::Within, outbox);
            }
        }
    }

    /// Tells of the rest, and that it is all.
    pub(crate) fn finish(mut self, outbox: &mut Outbox) {
        self.tell(Place::Last, outbox);
        let length = FRAME * self.frames_before;
        outbox.event(MediaEvent::RecordingEnded { port: self.port, recording: self.id, length });
    }

    fn add(&mut self, left: &[i16], right: &[i16]) {
        if self.frames.is_multiple_of(PEAK_FRAMES) {
            self.peaks.push([0, 0]);
        }
        if let Some(peak) = self.peaks.last_mut() {
            let loudest = |side: &[i16]| side.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0);
            *peak = [peak[0].max(loudest(left)), peak[1].max(loudest(right))];
        }
        self.file.add(left, right);
        self.frames += 1;
    }

    fn tell(&mut self, place: Place, outbox: &mut Outbox) {
        for (at, bytes) in self.file.take(place).into_iter().flatten() {
            let (port, recording, peaks) = (self.port, self.id, std::mem::take(&mut self.peaks));
            outbox.event(MediaEvent::Recorded { port, recording, at, bytes, peaks });
        }
        self.frames_before += self.frames;
        self.frames = 0;
    }
}
