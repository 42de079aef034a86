//! How much description a stranger may send.

/// Bytes of a description. The longest seen from a browser is near 8,000.
pub const BYTES: usize = 65_536;
/// Lines of a description.
pub const LINES: usize = 1_000;
/// Parameters of Opus in one `a=fmtp`; RFC 7587 knows nine.
pub const OPUS_PARAMETERS: usize = 32;
/// `m=` sections of a description.
pub const MEDIA: usize = 32;
