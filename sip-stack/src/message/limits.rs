//! What a stranger's message may cost at most.

/// The bytes of one message, head and body; a UDP datagram holds no more anyway.
pub const MESSAGE_BYTES_MAX: usize = HEAD_BYTES_MAX + BODY_BYTES_MAX;
/// The bytes from the start line to the empty line.
pub const HEAD_BYTES_MAX: usize = 32_768;
/// The bytes of one header line with its folds (RFC 4475 §3.1.1.7 has one of some 700).
pub const LINE_BYTES_MAX: usize = 8_192;
/// The header lines of one message.
pub const HEADER_LINES_MAX: usize = 256;
/// The values of one comma-separated header, over all its lines.
pub const LIST_VALUES_MAX: usize = 256;
/// The Via values of one message: more than the 70 hops Max-Forwards starts with means a loop.
pub const VIA_VALUES_MAX: usize = 70;
/// The bytes of a body.
pub const BODY_BYTES_MAX: usize = 32_767;
/// The bytes of a request URI.
pub const URI_BYTES_MAX: usize = 4_096;
/// The parameters of one value, and the headers of one URI.
pub const PARAMS_MAX: usize = 64;
/// The parts of one body, those of all levels together.
pub const MULTIPART_PARTS_MAX: usize = 32;
/// How deep bodies of several parts nest.
pub const MULTIPART_DEPTH_MAX: usize = 4;
/// How deep comments nest.
pub const COMMENT_DEPTH_MAX: usize = 16;
