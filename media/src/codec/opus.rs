//! Opus (RFC 6716), straight at 8 or 16 kHz. The only module that names the codec's crate.

mod packet;

use rusty_opus::{Application, Bandwidth, OpusDecoder as Core, OpusEncoder as EncoderCore};

use super::{CodecError, Decoder, Encoder, PACKET_MS_MAX};
use crate::sdp::OpusParameters;
use packet::Packet;

/// Half milliseconds that one packet of ours may hold, longest first (RFC 6716 §2.1.4). Longer ones
/// are left out: the encoder drops sound from packets of 100 ms.
const PACKET_HALF_MS: [usize; 6] = [120, 80, 40, 20, 10, 5];
/// Costs two thirds of 5 for 0.03 less in PESQ, which nobody hears.
const COMPLEXITY: i32 = 3;
/// A packet no longer than this holds no sound (RFC 6716 §2.1.9).
const SILENCE_BYTES_MAX: usize = 2;
/// RFC 6716 §3.2.1: the longest frame.
const FRAME_BYTES_MAX: usize = 1275;

/// Opus to linear.
pub struct OpusDecoder {
    core: Core,
    rate: u32,
    float: Vec<f32>,
    single: Vec<u8>,
}

impl OpusDecoder {
    /// Starts a stream that comes out at 8000 or 16000 samples per second, mono.
    pub fn new(rate: u32) -> Result<Self, CodecError> {
        let core = Core::new(checked(rate)?, 1).map_err(|_| CodecError::SamplingRate)?;
        let float = vec![0.0; samples_max(rate)];
        Ok(Self { core, rate, float, single: Vec::with_capacity(1 + FRAME_BYTES_MAX) })
    }

    fn duration_samples(&self, us: u32) -> usize {
        (u64::from(self.rate) * u64::from(us) / 1_000_000) as usize
    }

    fn conceal_some(&mut self, pcm: &mut [i16]) {
        for part in pcm.chunks_mut(self.float.len()) {
            let float = &mut self.float[..part.len()];
            match self.core.decode(&[], part.len(), float) {
                Ok(_) => to_linear(float, part),
                Err(_) => part.fill(0),
            }
        }
    }
}

impl Decoder for OpusDecoder {
    fn decode(&mut self, packet: &[u8], pcm: &mut [i16]) -> Result<usize, CodecError> {
        let samples = self.samples(packet)?;
        let pcm = pcm.get_mut(..samples).ok_or(CodecError::BufferTooSmall)?;
        let float = &mut self.float[..samples];
        let decoded = self.core.decode(packet, samples, float).map_err(|_| CodecError::Malformed)?;
        if decoded != samples {
            return Err(CodecError::Malformed);
        }
        to_linear(float, pcm);
        Ok(samples)
    }

    fn conceal(&mut self, pcm: &mut [i16]) -> usize {
        self.conceal_some(pcm);
        pcm.len()
    }

    fn decode_fec(&mut self, next_packet: &[u8], pcm: &mut [i16]) -> Result<usize, CodecError> {
        let next = Packet::parse(next_packet)?;
        let frame = self.duration_samples(next.frame_us());
        let Some(before) = pcm.len().checked_sub(frame).filter(|_| next.carries_fec()) else {
            return Ok(self.conceal(pcm));
        };
        self.conceal_some(&mut pcm[..before]);
        self.single.clear();
        self.single.push(next.single_frame_toc());
        self.single.extend_from_slice(next.first_frame());
        let float = &mut self.float[..frame];
        self.core.decode_fec(&self.single, frame, float).map_err(|_| CodecError::Malformed)?;
        to_linear(float, &mut pcm[before..]);
        Ok(pcm.len())
    }

    fn carries_fec(&self, next_packet: &[u8]) -> bool {
        Packet::parse(next_packet).is_ok_and(|packet| packet.carries_fec())
    }

    fn announces_silence(&self, packet: &[u8]) -> bool {
        packet.len() <= SILENCE_BYTES_MAX
    }

    fn samples(&self, packet: &[u8]) -> Result<usize, CodecError> {
        Packet::parse(packet).map(|packet| self.duration_samples(packet.duration_us()))
    }

    fn rate(&self) -> u32 {
        self.rate
    }
}

/// Linear to Opus: speech, variable bit rate, in-band FEC once a loss is told, no DTX.
pub struct OpusEncoder {
    core: EncoderCore,
    rate: u32,
    float: Vec<f32>,
}

impl OpusEncoder {
    /// Starts a stream that goes in at 8000 or 16000 samples per second, mono.
    pub fn new(rate: u32) -> Result<Self, CodecError> {
        let mut core =
            EncoderCore::new(checked(rate)?, 1, Application::Voip).map_err(|_| CodecError::SamplingRate)?;
        core.bitrate_bps = bitrate(rate);
        core.complexity = COMPLEXITY;
        core.use_inband_fec = true;
        core.lsb_depth = 16;
        Ok(Self { core, rate, float: vec![0.0; samples_max(rate)] })
    }
}

impl Encoder for OpusEncoder {
    fn packet_samples(&self, available: usize) -> usize {
        let half_ms = (self.rate / 2_000) as usize;
        let fitting = PACKET_HALF_MS.iter().map(|duration| duration * half_ms);
        fitting.into_iter().find(|samples| *samples <= available).unwrap_or(0)
    }

    fn encode(&mut self, pcm: &[i16], out: &mut [u8]) -> Result<usize, CodecError> {
        if pcm.is_empty() || self.packet_samples(pcm.len()) != pcm.len() {
            return Err(CodecError::FrameDuration);
        }
        let float = &mut self.float[..pcm.len()];
        for (float, sample) in float.iter_mut().zip(pcm) {
            *float = f32::from(*sample) / 32_768.0;
        }
        self.core.encode(float, pcm.len(), out).map_err(|_| CodecError::BufferTooSmall)
    }

    /// A packet of one byte, at which a decoder goes on with the noise of what came before.
    fn encode_silence(&mut self, pcm: &[i16], out: &mut [u8]) -> Result<usize, CodecError> {
        // The encoder makes no more of so little room.
        let out = out.get_mut(..SILENCE_BYTES_MAX).ok_or(CodecError::BufferTooSmall)?;
        self.encode(pcm, out)
    }

    fn rate(&self) -> u32 {
        self.rate
    }

    fn set_loss_percent(&mut self, percent: u8) {
        self.core.packet_loss_perc = i32::from(percent.min(100));
    }

    fn follow(&mut self, parameters: &OpusParameters) {
        let rate = self.rate.min(parameters.playback_rate);
        self.core.max_bandwidth = bandwidth(parameters.playback_rate);
        self.core.bitrate_bps = bitrate(rate).min(parameters.bitrate.cast_signed());
        self.core.use_inband_fec = parameters.fec;
        self.core.use_cbr = parameters.cbr;
    }

    fn set_complexity(&mut self, complexity: u8) {
        self.core.complexity = i32::from(complexity.min(10));
    }
}

/// What speech of a sampling rate is worth, bits per second.
fn bitrate(rate: u32) -> i32 {
    if rate <= 8_000 { 16_000 } else { 24_000 }
}

/// The widest sound that something of a sampling rate can play (RFC 7587 §6.1).
fn bandwidth(rate: u32) -> Bandwidth {
    match rate {
        ..12_000 => Bandwidth::Narrowband,
        12_000..16_000 => Bandwidth::Mediumband,
        16_000..24_000 => Bandwidth::Wideband,
        24_000..48_000 => Bandwidth::Superwideband,
        48_000.. => Bandwidth::Fullband,
    }
}

fn checked(rate: u32) -> Result<i32, CodecError> {
    match rate {
        8_000 => Ok(8_000),
        16_000 => Ok(16_000),
        _ => Err(CodecError::SamplingRate),
    }
}

fn samples_max(rate: u32) -> usize {
    (PACKET_MS_MAX * rate / 1_000) as usize
}

fn to_linear(float: &[f32], pcm: &mut [i16]) {
    for (sample, float) in pcm.iter_mut().zip(float) {
        *sample = (float * 32_768.0).round_ties_even() as i16;
    }
}
