//! Any bytes as a stream: cut in two it gives the same messages as in one piece, and each of them that parses
//! survives another stream.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use sip_stack::message::Message;
use sip_stack::message::limits::{BODY_BYTES_MAX, HEAD_BYTES_MAX, LINE_BYTES_MAX};
use sip_stack::transport::framing::{Frame, Framer, FramingError};

/// The first two bytes say where the stream is cut.
const CUT_BYTES: usize = 2;

fuzz_target!(|bytes: &[u8]| {
    let Some((cut, stream)) = bytes.split_first_chunk::<CUT_BYTES>() else { return };
    let (before, after) = stream.split_at(usize::from(u16::from_le_bytes(*cut)) % (stream.len() + 1));
    let (whole, fault) = messages(&[stream]);
    let (pieces, fault_in_pieces) = messages(&[before, after]);
    assert_eq!((&whole, fault.map(|error| error.fault)), (&pieces, fault_in_pieces.map(|error| error.fault)));
    whole.into_iter().for_each(survives);
});

fn messages(pieces: &[&[u8]]) -> (Vec<Bytes>, Option<FramingError>) {
    let mut framer = Framer::new();
    let mut messages = Vec::new();
    for piece in pieces {
        framer.push(piece);
        loop {
            match framer.next_frame() {
                Ok(Some(Frame::Message(message))) => messages.push(message),
                Ok(Some(Frame::Ping | Frame::Pong)) => {}
                Ok(None) => break,
                Err(error) => return (messages, Some(error)),
            }
        }
    }
    (messages, None)
}

fn survives(bytes: Bytes) {
    let Ok(message) = Message::parse(bytes) else { return };
    let printed = message.to_bytes();
    let (head, body) = (printed.len() - message.body().len(), message.body().len());
    let long = message.headers().iter().any(|(_, value)| value.len() > LINE_BYTES_MAX / 2);
    if long || head > HEAD_BYTES_MAX || body > BODY_BYTES_MAX {
        return;
    }
    let (again, fault) = messages(&[&printed]);
    assert_eq!((again.as_slice(), fault), ([printed].as_slice(), None));
    let again = again.into_iter().next().map(Message::parse);
    assert_eq!(again, Some(Ok(message)));
}
