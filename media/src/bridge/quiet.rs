//! Silence that a sender does not send, and that is filled here for who wants sound without end.

use std::time::{Duration, Instant};

use crate::codec::Decoder;
use crate::codec::comfort_noise::ComfortNoise;

/// What is filled at a time.
pub(super) const FRAME: Duration = Duration::from_millis(20);
/// How late the sender's next packet may come and still find its place.
const MARGIN: Duration = Duration::from_millis(40);
/// A sender that says nothing for so long is gone.
const LONGEST: Duration = Duration::from_secs(60);

/// Whether the sender is silent, and how that sounds.
#[derive(Debug, Default)]
pub(super) struct Quiet {
    source: Source,
    noise: ComfortNoise,
    due: Option<Instant>,
    until: Option<Instant>,
}

/// Who makes the noise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Source {
    /// Opus knows how silence sounded.
    #[default]
    Decoder,
    /// The sender described it.
    Described,
}

impl Quiet {
    /// The sender told its decoder of silence, in a packet that lasts for `packet`.
    pub(super) fn begin(&mut self, now: Instant, packet: Duration) {
        self.source = Source::Decoder;
        self.schedule(now, packet);
    }

    /// The sender described its silence (RFC 3389), from here on.
    pub(super) fn describe(&mut self, now: Instant, payload: &[u8]) {
        self.source = Source::Described;
        self.noise.describe(payload);
        self.schedule(now, Duration::ZERO);
    }

    /// There is sound again.
    pub(super) fn end(&mut self) {
        (self.due, self.until) = (None, None);
    }

    pub(super) fn is_on(&self) -> bool {
        self.until.is_some()
    }

    /// When the next frame is to be filled.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.due
    }

    /// Whether a frame is to be filled now; it is taken for filled.
    pub(super) fn take_due(&mut self, now: Instant) -> bool {
        let Some(due) = self.due.filter(|due| *due <= now) else { return false };
        self.due = self.until.filter(|until| due < *until).map(|_| due + FRAME);
        true
    }

    /// Makes the sound of the silence.
    pub(super) fn fill(&mut self, decoder: &mut dyn Decoder, pcm: &mut [i16]) {
        match self.source {
            Source::Decoder => _ = decoder.conceal(pcm),
            Source::Described => self.noise.fill(pcm),
        }
    }

    fn schedule(&mut self, now: Instant, from: Duration) {
        (self.due, self.until) = (Some(now + from + MARGIN), Some(now + LONGEST));
    }
}
