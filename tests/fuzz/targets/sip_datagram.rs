//! Any bytes as a datagram: taken or refused, and what is taken prints to what reads the same.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use sip_stack::message::header::{
    Allow, Authorization, CSeq, CallId, Contact, ContentType, Date, From, MaxForwards, PAssertedIdentity,
    ProxyAuthenticate, RAck, RSeq, ReasonHeader, RecordRoute, Replaces, Require, RetryAfter, Route,
    SessionExpires, Supported, To, Via, Warning, WwwAuthenticate,
};
use sip_stack::message::limits::{HEAD_BYTES_MAX, LINE_BYTES_MAX};
use sip_stack::message::validate::receive;
use sip_stack::message::{HeaderName, Headers, Message, TypedHeader};

fuzz_target!(|bytes: &[u8]| {
    let _ = receive(Bytes::copy_from_slice(bytes));
    let Ok(mut message) = Message::parse(Bytes::copy_from_slice(bytes)) else { return };
    let headers = match &mut message {
        Message::Request(request) => &mut request.headers,
        Message::Response(response) => &mut response.headers,
    };
    // One that does not fit stays among the headers; the writer puts its own in its place.
    headers.remove(&HeaderName::ContentLength);
    type_all(headers);
    if fits_when_printed(&message) {
        assert_eq!(Message::parse(message.to_bytes()), Ok(message));
    }
});

/// Long names, and Latin-1 as UTF-8, may make more of a message than it was.
fn fits_when_printed(message: &Message) -> bool {
    let printed = message.to_bytes().len() - message.body().len();
    printed <= HEAD_BYTES_MAX && message.headers().iter().all(|(_, value)| value.len() < LINE_BYTES_MAX / 2)
}

fn type_all(headers: &Headers) {
    same_when_printed::<Via>(headers);
    same_when_printed::<From>(headers);
    same_when_printed::<To>(headers);
    same_when_printed::<Contact>(headers);
    same_when_printed::<Route>(headers);
    same_when_printed::<RecordRoute>(headers);
    same_when_printed::<PAssertedIdentity>(headers);
    same_when_printed::<CSeq>(headers);
    same_when_printed::<CallId>(headers);
    same_when_printed::<MaxForwards>(headers);
    same_when_printed::<ContentType>(headers);
    same_when_printed::<Date>(headers);
    same_when_printed::<RAck>(headers);
    same_when_printed::<RSeq>(headers);
    same_when_printed::<ReasonHeader>(headers);
    same_when_printed::<Replaces>(headers);
    same_when_printed::<RetryAfter>(headers);
    same_when_printed::<SessionExpires>(headers);
    same_when_printed::<Warning>(headers);
    same_when_printed::<Allow>(headers);
    same_when_printed::<Require>(headers);
    same_when_printed::<Supported>(headers);
    same_when_printed::<Authorization>(headers);
    same_when_printed::<ProxyAuthenticate>(headers);
    same_when_printed::<WwwAuthenticate>(headers);
}

fn same_when_printed<H: TypedHeader + PartialEq + std::fmt::Debug>(headers: &Headers) {
    for header in headers.typed_all::<H>().unwrap_or_default() {
        let mut printed = String::new();
        header.write(&mut printed);
        assert_eq!(H::parse(&printed), Ok(header), "{printed:?}");
    }
}
