//! A datagram: nothing panics, and what is taken survives printing.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use sip_stack::message::validate::receive;
use sip_stack::message::{HeaderName, Message};

fuzz_target!(|data: &[u8]| {
    let _ = receive(Bytes::copy_from_slice(data));
    let Ok(mut message) = Message::parse(Bytes::copy_from_slice(data)) else { return };
    match &mut message {
        Message::Request(request) => request.headers.remove(&HeaderName::ContentLength),
        Message::Response(response) => response.headers.remove(&HeaderName::ContentLength),
    };
    let printed = message.to_bytes();
    if printed.len() <= sip_stack::message::limits::HEAD_BYTES_MAX {
        assert_eq!(Message::parse(printed), Ok(message));
    }
});
