//! What a worker records, on its way to the disk.

use engine::RecordingId;
use media::MediaEvent;
use uuid::Uuid;

use crate::backlog::Backlog;
use crate::recording::{Desk, Note};

/// Beyond so many notes of one worker, sound is left out, which ends its recording; an end never is.
const WAITING_MAX: usize = 1024;

/// The notes that the disk has no room for yet.
pub(super) struct Tapes(Backlog<Note>);

impl Tapes {
    pub(super) fn new(desk: Desk) -> Self {
        Self(Backlog::new(desk))
    }

    /// Whether the disk is behind.
    pub(super) fn are_waiting(&self) -> bool {
        !self.0.is_empty()
    }

    /// Takes what is about a recording; gives all else back.
    pub(super) fn take(&mut self, event: MediaEvent) -> Option<MediaEvent> {
        let id = |recording: media::tap::RecordingId| RecordingId(Uuid::from_u128(recording.0));
        let note = match event {
            MediaEvent::Recorded { recording, at, bytes, .. } => {
                Note::Piece { recording: id(recording), at, bytes }
            }
            MediaEvent::RecordingEnded { recording, .. } => Note::Ended { recording: id(recording) },
            MediaEvent::LocalDescription { .. }
            | MediaEvent::Refused { .. }
            | MediaEvent::Negotiated { .. }
            | MediaEvent::Connected { .. }
            | MediaEvent::Disconnected { .. }
            | MediaEvent::FirstPacket { .. }
            | MediaEvent::Digit { .. }
            | MediaEvent::DigitsSent { .. }
            | MediaEvent::Silence { .. }
            | MediaEvent::Stats { .. }
            | MediaEvent::Talking { .. }
            | MediaEvent::Judged { .. }
            | MediaEvent::Played { .. }
            | MediaEvent::Closed { .. } => return Some(event),
        };
        if matches!(note, Note::Ended { .. }) || self.0.len() < WAITING_MAX {
            self.0.push(note);
            self.offer();
        } else {
            metrics::counter!("offhook_recording_pieces_lost_total").increment(1);
        }
        None
    }

    /// Offers the waiting notes once more.
    pub(super) fn offer(&mut self) {
        self.0.offer();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use media::PortId;
    use media::tap;
    use tokio::sync::mpsc;

    use super::*;

    #[test]
    fn a_disk_that_is_behind_loses_sound_but_no_end() {
        let (desk, mut notes) = mpsc::channel(1);
        let mut tapes = Tapes::new(desk);
        let (port, recording) = (PortId(1), tap::RecordingId(7));
        for second in 0..2 * WAITING_MAX as u64 {
            let (at, bytes, peaks) = (44 + second * 32_000, Bytes::new(), Vec::new());
            assert!(tapes.take(MediaEvent::Recorded { port, recording, at, bytes, peaks }).is_none());
        }
        assert!(tapes.take(MediaEvent::RecordingEnded { port, recording, length: Duration::ZERO }).is_none());
        let mut last = None;
        while let Ok(note) = notes.try_recv() {
            last = Some(note);
            tapes.offer();
        }
        assert!(matches!(last, Some(Note::Ended { recording }) if recording.0.as_u128() == 7), "{last:?}");
        assert!(tapes.take(MediaEvent::Closed { port }).is_some(), "what is no recording is not taken");
    }
}
