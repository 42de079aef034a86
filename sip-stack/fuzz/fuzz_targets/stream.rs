//! A stream in two pieces gives the same frames as in one.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sip_stack::transport::framing::{Frame, Framer};

fn messages(pieces: &[&[u8]]) -> Vec<Frame> {
    let mut framer = Framer::new();
    let mut frames = Vec::new();
    for piece in pieces {
        framer.push(piece);
        while let Ok(Some(frame)) = framer.next_frame() {
            if matches!(frame, Frame::Message(_)) {
                frames.push(frame);
            }
        }
    }
    frames
}

fuzz_target!(|input: (usize, &[u8])| {
    let (cut, data) = input;
    let (before, after) = data.split_at(cut % (data.len() + 1));
    let whole = messages(&[data]);
    let pieces = messages(&[before, after]);
    assert!(pieces.starts_with(&whole));
});
