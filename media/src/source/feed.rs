//! Frames that come in from elsewhere, until it is their turn.

/// So much sound waits at most; of more, the oldest is left out, so that what is heard stays near.
const WAIT_MS_MAX: u32 = 60_000;

/// A queue of samples.
#[derive(Debug)]
pub(super) struct Feed {
    pub(super) rate: u32,
    samples: std::collections::VecDeque<i16>,
}

impl Feed {
    pub(super) fn new(rate: u32) -> Self {
        Self { rate, samples: std::collections::VecDeque::new() }
    }

    pub(super) fn push(&mut self, pcm: &[i16]) {
        let room = (self.rate / 1_000 * WAIT_MS_MAX) as usize;
        let pcm = &pcm[pcm.len().saturating_sub(room)..];
        let over = (self.samples.len() + pcm.len()).saturating_sub(room);
        self.samples.drain(..over);
        self.samples.extend(pcm);
    }

    /// Forgets what waits.
    pub(super) fn clear(&mut self) {
        self.samples.clear();
    }

    /// Fills `pcm`, with silence where nothing waits.
    pub(super) fn read(&mut self, pcm: &mut [i16]) {
        for sample in pcm {
            *sample = self.samples.pop_front().unwrap_or(0);
        }
    }
}
