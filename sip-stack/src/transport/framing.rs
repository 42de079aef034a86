//! Cutting messages out of a stream (RFC 3261 §18.3) and telling keep-alives from them (RFC 5626 §3.5.1).

use bytes::{Buf, Bytes, BytesMut};

use crate::message::StatusCode;
use crate::message::limits::{BODY_BYTES_MAX, HEAD_BYTES_MAX};
use crate::message::{DeclaredLength, declared_length};

/// What a stream carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// One message, from its first line to the end of its body.
    Message(Bytes),
    /// A double CRLF: the peer wants a single one back.
    Ping,
    /// A single CRLF: the peer lives.
    Pong,
}

impl Frame {
    /// What one WebSocket message carries (RFC 7118 §5, §6).
    pub fn of_websocket_message(payload: Bytes) -> Self {
        match payload.as_ref() {
            EMPTY_LINE => Self::Ping,
            CRLF => Self::Pong,
            _ => Self::Message(payload),
        }
    }
}

/// Why a stream cannot be read any further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FramingFault {
    /// No Content-Length, so that nobody knows where the next message begins.
    #[error("a message on a stream needs Content-Length")]
    NoLength,
    /// Content-Length is no number, or comes twice.
    #[error("Content-Length is not one number")]
    BadLength,
    /// The head is longer than [`HEAD_BYTES_MAX`].
    #[error("head too long")]
    HeadTooLong,
    /// The body is to be longer than [`BODY_BYTES_MAX`].
    #[error("body too long")]
    BodyTooLong,
}

impl FramingFault {
    /// The status code to answer with before the stream is closed.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::NoLength | Self::BadLength => StatusCode::BAD_REQUEST,
            Self::HeadTooLong => StatusCode::MESSAGE_TOO_LARGE,
            Self::BodyTooLong => StatusCode::REQUEST_ENTITY_TOO_LARGE,
        }
    }
}

/// The stream lost its frame: answer if the head can be parsed, then close.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{fault}")]
pub struct FramingError {
    /// Why.
    pub fault: FramingFault,
    /// What there is of the message's head.
    pub head: Bytes,
}

/// Collects a stream's octets until they are messages. It holds one message of the permitted size at most,
/// besides the piece pushed last.
#[derive(Debug, Default)]
pub struct Framer {
    buffer: BytesMut,
    /// The end of the head is not before this octet.
    searched: usize,
    /// How long the message at the front is, once its head is whole.
    message_len: Option<usize>,
    keep_alive: KeepAlive,
}

/// How the CRLFs between messages are read.
#[derive(Debug, Default)]
enum KeepAlive {
    #[default]
    None,
    /// One CRLF was reported as a pong; another one makes it a ping.
    Single,
}

const CRLF: &[u8] = b"\r\n";
const EMPTY_LINE: &[u8] = b"\r\n\r\n";

impl Framer {
    /// A framer at the start of a stream.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends what the stream has brought.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Whether a message has begun and not ended.
    pub fn is_inside_message(&self) -> bool {
        !self.buffer.is_empty()
    }

    /// The next frame; `None` until more octets come.
    ///
    /// # Errors
    /// [`FramingError`], after which the stream has to be closed; the framer is empty then.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, FramingError> {
        if self.message_len.is_none()
            && let Some(frame) = self.keep_alive()
        {
            return Ok(Some(frame));
        }
        let Some(len) = self.message_len()? else { return Ok(None) };
        if self.buffer.len() < len {
            return Ok(None);
        }
        self.message_len = None;
        self.searched = 0;
        Ok(Some(Frame::Message(self.buffer.split_to(len).freeze())))
    }

    fn keep_alive(&mut self) -> Option<Frame> {
        let single = matches!(self.keep_alive, KeepAlive::Single);
        if self.buffer.starts_with(EMPTY_LINE) {
            self.buffer.advance(EMPTY_LINE.len());
            self.keep_alive = KeepAlive::None;
            return Some(Frame::Ping);
        }
        if self.buffer.starts_with(CRLF) && self.buffer.get(2) != Some(&b'\r') {
            self.buffer.advance(CRLF.len());
            self.keep_alive = if single { KeepAlive::None } else { KeepAlive::Single };
            return Some(if single { Frame::Ping } else { Frame::Pong });
        }
        if !self.buffer.is_empty() && !self.buffer.starts_with(b"\r") {
            self.keep_alive = KeepAlive::None;
        }
        None
    }

    fn message_len(&mut self) -> Result<Option<usize>, FramingError> {
        if self.message_len.is_some() || self.buffer.starts_with(b"\r") {
            return Ok(self.message_len);
        }
        let found = memchr::memmem::find(&self.buffer[self.searched..], EMPTY_LINE);
        let Some(head_len) = found.map(|at| self.searched + at + EMPTY_LINE.len()) else {
            self.searched = self.buffer.len().saturating_sub(EMPTY_LINE.len() - 1);
            return if self.buffer.len() > HEAD_BYTES_MAX {
                Err(self.lost(FramingFault::HeadTooLong))
            } else {
                Ok(None)
            };
        };
        let fault = match declared_length(&self.buffer[..head_len]) {
            _ if head_len > HEAD_BYTES_MAX => FramingFault::HeadTooLong,
            DeclaredLength::Octets(length) if length > BODY_BYTES_MAX => FramingFault::BodyTooLong,
            DeclaredLength::Octets(length) => {
                self.message_len = Some(head_len + length);
                return Ok(self.message_len);
            }
            DeclaredLength::Missing => FramingFault::NoLength,
            DeclaredLength::Malformed => FramingFault::BadLength,
        };
        self.buffer.truncate(head_len);
        Err(self.lost(fault))
    }

    fn lost(&mut self, fault: FramingFault) -> FramingError {
        let head = std::mem::take(self).buffer.freeze();
        FramingError { fault, head }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &[u8] = b"MESSAGE sip:a@b SIP/2.0\r\nl: 4\r\n\r\nbody";

    fn frames(stream: &[u8], piece: usize) -> Vec<Frame> {
        let mut framer = Framer::new();
        let mut frames = Vec::new();
        for bytes in stream.chunks(piece) {
            framer.push(bytes);
            while let Some(frame) = framer.next_frame().unwrap() {
                frames.push(frame);
            }
        }
        frames
    }

    fn fault(stream: &[u8]) -> Option<FramingFault> {
        let mut framer = Framer::new();
        framer.push(stream);
        framer.next_frame().err().map(|error| error.fault)
    }

    #[test]
    fn messages_come_out_whole_however_the_stream_is_cut() {
        let stream = [MESSAGE, MESSAGE].concat();
        let message = Frame::Message(Bytes::from_static(MESSAGE));
        for piece in 1..=stream.len() {
            assert_eq!(frames(&stream, piece), [message.clone(), message.clone()], "pieces of {piece}");
        }
    }

    #[test]
    fn line_ends_between_messages_are_keep_alives() {
        assert_eq!(frames(b"\r\n\r\n", 4), [Frame::Ping]);
        assert_eq!(frames(b"\r\n\r\n", 2), [Frame::Pong, Frame::Ping]);
        assert_eq!(frames(b"\r\n", 1), [Frame::Pong]);
        let stream = [b"\r\n", MESSAGE, b"\r\n\r\n", MESSAGE].concat();
        let message = Frame::Message(Bytes::from_static(MESSAGE));
        assert_eq!(frames(&stream, stream.len()), [Frame::Pong, message.clone(), Frame::Ping, message]);
    }

    #[test]
    fn a_length_that_is_not_one_number_loses_the_frame() {
        assert_eq!(fault(b"BYE sip:a@b SIP/2.0\r\n\r\n"), Some(FramingFault::NoLength));
        for length in ["l: -1", "l: x", "l: 1\r\nContent-Length: 1", "l: 1,1", "l: 99999999999999999999"] {
            let stream = format!("BYE sip:a@b SIP/2.0\r\n{length}\r\n\r\n");
            assert_eq!(fault(stream.as_bytes()), Some(FramingFault::BadLength), "{length}");
        }
    }

    #[test]
    fn what_never_ends_or_is_too_long_is_cut_off() {
        assert_eq!(fault(&vec![b'a'; HEAD_BYTES_MAX + 1]), Some(FramingFault::HeadTooLong));
        let stream = format!("BYE sip:a@b SIP/2.0\r\nl: {}\r\n\r\n", BODY_BYTES_MAX + 1);
        assert_eq!(fault(stream.as_bytes()), Some(FramingFault::BodyTooLong));
    }
}
