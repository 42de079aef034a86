//! Recordings of a port.

use std::time::Instant;

use super::entry::Entry;
use super::{Outbox, Refusal};
use crate::bridge::Listener;
use crate::tap::{RecordControl, RecordFormat, Recorder, RecordingId};

impl Entry {
    /// Begins to record; a port is recorded once at a time.
    pub(super) fn start_record(
        &mut self,
        now: Instant,
        (id, format): (RecordingId, RecordFormat),
    ) -> Result<(), Refusal> {
        if self.recorder.is_some() {
            return Err(Refusal::Busy);
        }
        let recorder = Recorder::new((id, format), self.id, now).map_err(|_| Refusal::Busy)?;
        self.inbound.stage.listener = Some(Box::new(Listener::new(now, format.rate())));
        self.sender.listener = Some(Box::new(Listener::new(now, format.rate())));
        self.recorder = Some(Box::new(recorder));
        Ok(())
    }

    pub(super) fn control_record(&mut self, control: RecordControl, outbox: &mut Outbox) {
        match control {
            RecordControl::Stop => self.end_record(outbox),
            RecordControl::Pause | RecordControl::Resume => {
                if let Some(recorder) = &mut self.recorder {
                    recorder.control(control);
                }
            }
        }
    }

    /// Writes what is due.
    pub(super) fn record(&mut self, now: Instant, outbox: &mut Outbox) {
        let sides = (self.inbound.stage.listener.as_deref_mut(), self.sender.listener.as_deref_mut());
        if let (Some(recorder), (Some(incoming), Some(outgoing))) = (&mut self.recorder, sides) {
            recorder.proceed(now, (incoming, outgoing), outbox);
        }
    }

    pub(super) fn end_record(&mut self, outbox: &mut Outbox) {
        (self.inbound.stage.listener, self.sender.listener) = (None, None);
        if let Some(recorder) = self.recorder.take() {
            recorder.finish(outbox);
        }
    }
}
