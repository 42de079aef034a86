//! Encoders and decoders, all mono, 16-bit linear.

pub mod comfort_noise;
pub mod g711;
pub mod g722;
pub mod opus;

mod conceal;
mod kind;

pub use conceal::Concealer;

use crate::sdp::OpusParameters;
use crate::worker::CodecKind;

/// The longest packet of any codec here, milliseconds (RFC 6716 §2.1.4).
pub const PACKET_MS_MAX: u32 = 120;

/// Why a codec refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// The packet is not one of this codec, or too long.
    #[error("malformed packet")]
    Malformed,
    /// The output slice is too short for what comes out.
    #[error("output buffer too small")]
    BufferTooSmall,
    /// No packet of this codec has that many samples.
    #[error("unsupported frame duration")]
    FrameDuration,
    /// The codec does not run at that sampling rate.
    #[error("unsupported sampling rate")]
    SamplingRate,
}

/// Turns packets into sound, one stream's worth of state.
pub trait Decoder: Send {
    /// Decodes a whole packet into `pcm`; tells how many samples were written.
    ///
    /// Fails with [`CodecError::Malformed`] on garbage and [`CodecError::BufferTooSmall`].
    fn decode(&mut self, packet: &[u8], pcm: &mut [i16]) -> Result<usize, CodecError>;

    /// Fills all of `pcm` (2.5 to 120 ms) with what a lost packet might have held, fading with each
    /// call in a row; tells how many samples were written.
    fn conceal(&mut self, pcm: &mut [i16]) -> usize;

    /// Recovers the lost packet before `next_packet` from what that carries, else conceals. `pcm` is
    /// as long as what was lost. Decode `next_packet` itself afterwards.
    fn decode_fec(&mut self, next_packet: &[u8], pcm: &mut [i16]) -> Result<usize, CodecError> {
        let _ = next_packet;
        Ok(self.conceal(pcm))
    }

    /// Tells whether [`Decoder::decode_fec`] would find the lost packet in `next_packet`.
    fn carries_fec(&self, next_packet: &[u8]) -> bool {
        let _ = next_packet;
        false
    }

    /// Tells whether the packet says that silence follows of which nothing more is sent (DTX).
    fn announces_silence(&self, packet: &[u8]) -> bool {
        let _ = packet;
        false
    }

    /// How many samples the packet holds, without decoding it.
    fn samples(&self, packet: &[u8]) -> Result<usize, CodecError>;

    /// Samples per second that come out.
    fn rate(&self) -> u32;
}

/// Turns sound into packets, one stream's worth of state.
pub trait Encoder: Send {
    /// The most samples, up to `available`, that make one packet; 0 if `available` is too few for any.
    /// What a peer sends in 30 ms packets goes out as 20 and 10 ms where a codec has no 30 ms.
    fn packet_samples(&self, available: usize) -> usize;

    /// Encodes one packet's worth of samples into `out`; tells how many bytes were written.
    fn encode(&mut self, pcm: &[i16], out: &mut [u8]) -> Result<usize, CodecError>;

    /// As [`Encoder::encode`], but tells that silence follows of which nothing more is sent, where the codec has a way to.
    fn encode_silence(&mut self, pcm: &[i16], out: &mut [u8]) -> Result<usize, CodecError> {
        self.encode(pcm, out)
    }

    /// Samples per second that go in.
    fn rate(&self) -> u32;

    /// Tells what share of packets (0 to 100) the peer loses; codecs with FEC spend bits by it.
    fn set_loss_percent(&mut self, percent: u8) {
        let _ = percent;
    }

    /// Keeps to what the peer says of the Opus that it takes; other codecs have no choice.
    fn follow(&mut self, parameters: &OpusParameters) {
        let _ = parameters;
    }

    /// Sets the effort of codecs that have a choice, 0 (fastest) to 10 (best).
    fn set_complexity(&mut self, complexity: u8) {
        let _ = complexity;
    }
}

/// Makes a decoder. `rate` is 8000 or 16000 for Opus, and otherwise the codec's own
/// ([`CodecKind::sample_rate`]); anything else is [`CodecError::SamplingRate`].
pub fn decoder(kind: CodecKind, rate: u32) -> Result<Box<dyn Decoder>, CodecError> {
    Ok(match (kind, rate) {
        (CodecKind::Opus, _) => Box::new(opus::OpusDecoder::new(rate)?),
        (CodecKind::Pcmu, 8_000) => Box::new(g711::G711Decoder::new(g711::Law::Mu)),
        (CodecKind::Pcma, 8_000) => Box::new(g711::G711Decoder::new(g711::Law::A)),
        (CodecKind::G722, 16_000) => Box::new(g722::G722Decoder::new()),
        (CodecKind::Pcmu | CodecKind::Pcma | CodecKind::G722, _) => return Err(CodecError::SamplingRate),
    })
}

/// Makes an encoder; `rate` as for [`decoder`].
pub fn encoder(kind: CodecKind, rate: u32) -> Result<Box<dyn Encoder>, CodecError> {
    Ok(match (kind, rate) {
        (CodecKind::Opus, _) => Box::new(opus::OpusEncoder::new(rate)?),
        (CodecKind::Pcmu, 8_000) => Box::new(g711::G711Encoder::new(g711::Law::Mu)),
        (CodecKind::Pcma, 8_000) => Box::new(g711::G711Encoder::new(g711::Law::A)),
        (CodecKind::G722, 16_000) => Box::new(g722::G722Encoder::new()),
        (CodecKind::Pcmu | CodecKind::Pcma | CodecKind::G722, _) => return Err(CodecError::SamplingRate),
    })
}
