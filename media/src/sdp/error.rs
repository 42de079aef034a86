use crate::worker::Refusal;

/// Why bytes are not a session description. Lines count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SdpError {
    /// More than [`limit::BYTES`](super::limit::BYTES).
    #[error("description too long")]
    TooLong,
    /// More than [`limit::LINES`](super::limit::LINES).
    #[error("too many lines")]
    TooManyLines,
    /// More than [`limit::MEDIA`](super::limit::MEDIA).
    #[error("too many media descriptions")]
    TooManyMedia,
    /// Not `x=value`, a value that does not fit its type, or a second one where one is allowed.
    #[error("line {0} is malformed")]
    Line(usize),
    /// The first line is not `v=0`.
    #[error("not version 0")]
    Version,
}

/// Why an offer or answer cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NegotiationError {
    /// No audio stream over RTP or SRTP that is not rejected.
    #[error("no audio stream")]
    NoAudio,
    /// No codec that both sides allow.
    #[error("no codec in common")]
    NoCommonCodec,
    /// SRTP is asked for, by us or by the peer, and there is no key that both can use.
    #[error("no srtp keys in common")]
    NoSrtp,
    /// No connection address for the stream, or one that is no unicast IP address.
    #[error("no usable connection address")]
    NoAddress,
}

impl From<SdpError> for Refusal {
    fn from(error: SdpError) -> Self {
        Self::Malformed(error.to_string())
    }
}

impl From<NegotiationError> for Refusal {
    fn from(error: NegotiationError) -> Self {
        match error {
            NegotiationError::NoAudio => Self::NoAudio,
            NegotiationError::NoCommonCodec => Self::NoCommonCodec,
            NegotiationError::NoSrtp => Self::NoSrtp,
            NegotiationError::NoAddress => Self::Malformed(error.to_string()),
        }
    }
}
