//! The deadlines of a call.

use std::time::Instant;

use super::{Call, Ending};
use crate::cause::Cause;
use crate::outcome::EndedBy;
use crate::switch::Context;

/// When something that was waited for counts as failed.
#[derive(Debug, Default)]
pub(super) struct Timers {
    /// A phone has rung long enough.
    pub(super) ring: Option<Instant>,
    /// A browser that accepted has had its time to connect before the trunk is answered.
    pub(super) answer: Option<Instant>,
    /// A browser in an answered call has had its time to connect.
    pub(super) connect: Option<Instant>,
    /// The key that a program waits for is late.
    pub(super) collect: Option<Instant>,
    /// The next digit goes out.
    pub(super) digit: Option<Instant>,
    /// A digit that came in a message waits no longer for the sound.
    pub(super) withheld: Option<Instant>,
}

impl Timers {
    fn next(&self) -> Option<Instant> {
        let Self { ring, answer, connect, collect, digit, withheld } = *self;
        [ring, answer, connect, collect, digit, withheld].into_iter().flatten().min()
    }
}

/// Takes a deadline if it has come.
fn take_due(deadline: &mut Option<Instant>, now: Instant) -> bool {
    deadline.take_if(|deadline| *deadline <= now).is_some()
}

impl Call {
    /// When the call wants to be woken.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let recording = self.recording.as_ref().map(|recording| recording.ends_at);
        [self.timers.next(), recording].into_iter().flatten().min()
    }

    /// Acts on every deadline that has come.
    pub(crate) fn on_timeout(&mut self, context: &mut Context<'_>) {
        let now = context.now.instant;
        if take_due(&mut self.timers.digit, now) {
            self.send_next_info(context);
        }
        if take_due(&mut self.timers.withheld, now) {
            self.release_digits(context);
        }
        if take_due(&mut self.timers.collect, now) {
            self.on_collect_timeout(context);
        }
        if self.recording.as_ref().is_some_and(|recording| recording.ends_at <= now) {
            self.on_recording_timeout(context);
        }
        if take_due(&mut self.timers.answer, now) {
            self.take_answer_fallback(context);
        }
        if take_due(&mut self.timers.ring, now) {
            self.unreached(context, Ending::new(EndedBy::System, Cause::RingTimeout));
        }
        if take_due(&mut self.timers.connect, now) {
            self.finish(context, Ending::new(EndedBy::System, Cause::MediaFailed));
        }
    }
}
