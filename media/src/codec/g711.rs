//! ITU-T G.711, both laws, by table.

use super::{CodecError, Concealer, Decoder, Encoder, PACKET_MS_MAX};

const RATE: u32 = 8_000;
/// As much of what comes behind a loss as concealment looks at: 40 ms.
const AHEAD: usize = 320;
const SAMPLES_MAX: usize = (PACKET_MS_MAX * RATE / 1_000) as usize;

/// Which of the two curves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Law {
    /// PCMU, North America and Japan.
    Mu,
    /// PCMA, the rest of the world.
    A,
}

static MU_EXPANDED: [i16; 256] = expansions(Law::Mu);
static A_EXPANDED: [i16; 256] = expansions(Law::A);
/// Indexed by the upper 14 bits of a sample: all that mu-law looks at.
static MU_COMPRESSED: [u8; 1 << 14] = mu_compressions();
/// Indexed by the upper 12 bits of a sample: all that A-law looks at.
static A_COMPRESSED: [u8; 1 << 12] = a_compressions();

impl Law {
    /// The code of one sample.
    pub fn compress(self, sample: i16) -> u8 {
        match self {
            Self::Mu => MU_COMPRESSED[usize::from(sample.cast_unsigned() >> 2)],
            Self::A => A_COMPRESSED[usize::from(sample.cast_unsigned() >> 4)],
        }
    }

    /// The sample of one code.
    pub fn expand(self, code: u8) -> i16 {
        match self {
            Self::Mu => MU_EXPANDED[usize::from(code)],
            Self::A => A_EXPANDED[usize::from(code)],
        }
    }
}

/// G.711 to linear.
#[derive(Debug)]
pub struct G711Decoder {
    law: Law,
    concealer: Concealer,
    ahead: [i16; AHEAD],
}

impl G711Decoder {
    /// Starts a stream.
    pub fn new(law: Law) -> Self {
        Self { law, concealer: Concealer::new(RATE), ahead: [0; AHEAD] }
    }
}

impl Decoder for G711Decoder {
    fn decode(&mut self, packet: &[u8], pcm: &mut [i16]) -> Result<usize, CodecError> {
        let samples = self.samples(packet)?;
        let pcm = pcm.get_mut(..samples).ok_or(CodecError::BufferTooSmall)?;
        let expanded = match self.law {
            Law::Mu => &MU_EXPANDED,
            Law::A => &A_EXPANDED,
        };
        for (sample, code) in pcm.iter_mut().zip(packet) {
            *sample = expanded[usize::from(*code)];
        }
        self.concealer.accept(pcm);
        Ok(samples)
    }

    fn conceal(&mut self, pcm: &mut [i16]) -> usize {
        self.concealer.conceal(pcm)
    }

    /// There is no redundancy, but the sound behind the loss tells much of it.
    fn decode_fec(&mut self, next_packet: &[u8], pcm: &mut [i16]) -> Result<usize, CodecError> {
        for (sample, code) in self.ahead.iter_mut().zip(next_packet) {
            *sample = self.law.expand(*code);
        }
        let known = next_packet.len().min(AHEAD);
        Ok(self.concealer.conceal_before(&self.ahead[..known], pcm))
    }

    fn samples(&self, packet: &[u8]) -> Result<usize, CodecError> {
        if packet.is_empty() || packet.len() > SAMPLES_MAX {
            return Err(CodecError::Malformed);
        }
        Ok(packet.len())
    }

    fn rate(&self) -> u32 {
        RATE
    }
}

/// Linear to G.711.
#[derive(Debug)]
pub struct G711Encoder {
    law: Law,
}

impl G711Encoder {
    /// Starts a stream.
    pub fn new(law: Law) -> Self {
        Self { law }
    }
}

impl Encoder for G711Encoder {
    fn packet_samples(&self, available: usize) -> usize {
        available.min(SAMPLES_MAX)
    }

    fn encode(&mut self, pcm: &[i16], out: &mut [u8]) -> Result<usize, CodecError> {
        let out = out.get_mut(..pcm.len()).ok_or(CodecError::BufferTooSmall)?;
        match self.law {
            Law::Mu => compress_all(pcm, out, |s| MU_COMPRESSED[usize::from(s.cast_unsigned() >> 2)]),
            Law::A => compress_all(pcm, out, |s| A_COMPRESSED[usize::from(s.cast_unsigned() >> 4)]),
        }
        Ok(pcm.len())
    }

    fn rate(&self) -> u32 {
        RATE
    }
}

fn compress_all(pcm: &[i16], out: &mut [u8], compress: impl Fn(i16) -> u8) {
    for (code, sample) in out.iter_mut().zip(pcm) {
        *code = compress(*sample);
    }
}

const fn expansions(law: Law) -> [i16; 256] {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        table[code] = match law {
            Law::Mu => mu_expand(code as u8),
            Law::A => a_expand(code as u8),
        };
        code += 1;
    }
    table
}

const fn mu_compressions() -> [u8; 1 << 14] {
    let mut table = [0; 1 << 14];
    let mut index = 0;
    while index < table.len() {
        table[index] = mu_compress(((index as u16) << 2).cast_signed());
        index += 1;
    }
    table
}

const fn a_compressions() -> [u8; 1 << 12] {
    let mut table = [0; 1 << 12];
    let mut index = 0;
    while index < table.len() {
        table[index] = a_compress(((index as u16) << 4).cast_signed());
        index += 1;
    }
    table
}

/// G.711 table 2: 14-bit magnitude plus a bias of 33, eight segments that double, all bits inverted.
const fn mu_compress(sample: i16) -> u8 {
    let magnitude = (if sample < 0 { !sample } else { sample } >> 2) + 33;
    let magnitude = if magnitude > 0x1FFF { 0x1FFF } else { magnitude };
    let segment = 10 - magnitude.leading_zeros() as i16;
    let step = (magnitude >> (segment + 1)) & 0x0F;
    let sign = if sample < 0 { 0x80 } else { 0 };
    !(sign | (segment << 4) | step) as u8
}

const fn mu_expand(code: u8) -> i16 {
    let code = !code;
    let (segment, step) = ((code >> 4) & 7, (code & 0x0F) as i16);
    let magnitude = (((step << 1) + 33) << segment) - 33;
    let sample = magnitude << 2;
    if code & 0x80 != 0 { -sample } else { sample }
}

/// G.711 table 1: 12-bit magnitude, the first two segments alike, every other bit inverted.
const fn a_compress(sample: i16) -> u8 {
    let magnitude = if sample < 0 { !sample } else { sample } >> 4;
    let code = if magnitude < 32 {
        magnitude
    } else {
        let segment = 12 - magnitude.leading_zeros() as i16;
        (segment << 4) | ((magnitude >> (segment - 1)) & 0x0F)
    };
    let sign = if sample < 0 { 0 } else { 0x80 };
    (sign | code) as u8 ^ 0x55
}

const fn a_expand(code: u8) -> i16 {
    let code = code ^ 0x55;
    let (segment, step) = ((code >> 4) & 7, (code & 0x0F) as i16);
    let magnitude = match segment {
        0 => (step << 4) + 8,
        _ => ((step << 4) + 0x108) << (segment - 1),
    };
    if code & 0x80 != 0 { magnitude } else { -magnitude }
}
