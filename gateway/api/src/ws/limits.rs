//! Bounds on what a client may put in a field.

/// Bytes of a request's `id`.
pub const ID_BYTES_MAX: usize = 64;
/// Bytes of a session description; Chromium's offer for one audio stream is about 4 kB.
pub const SDP_BYTES_MAX: usize = 32 * 1024;
/// Bytes of a number or SIP URI.
pub const ADDRESS_BYTES_MAX: usize = 256;
/// Bytes of a token.
pub const TOKEN_BYTES_MAX: usize = 8 * 1024;
/// Bytes of a resume token.
pub const RESUME_TOKEN_BYTES_MAX: usize = 128;
/// Bytes of a trickled candidate.
pub const CANDIDATE_BYTES_MAX: usize = 1024;
/// Digits in one request.
pub const DIGITS_MAX: usize = 64;
/// Milliseconds of one digit, at least; RFC 4733 receivers need about 40.
pub const DIGIT_MS_MIN: u32 = 40;
/// Milliseconds of one digit, at most.
pub const DIGIT_MS_MAX: u32 = 6000;
/// Headers of the client's own in `call.start`.
pub const HEADERS_MAX: usize = 16;
/// Bytes of one such header's name, and of its value.
pub const HEADER_BYTES_MAX: usize = 256;
/// Bytes of a client's name, and of its version.
pub const CLIENT_NAME_BYTES_MAX: usize = 128;
