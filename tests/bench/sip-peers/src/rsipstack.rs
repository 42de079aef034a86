//! `rsipstack`.

use std::hint::black_box;

use bytes::Bytes;
use rsipstack::sip::prelude::{HasHeaders, ToTypedHeader};
use rsipstack::sip::{Header, SipMessage, typed};

use crate::messages::Kind;
use crate::parser::Parser;

pub struct Rsipstack;

impl Parser for Rsipstack {
    const NAME: &'static str = "rsipstack";
    type Message = SipMessage;

    fn parse(wire: &Bytes) -> Option<SipMessage> {
        SipMessage::try_from(&wire[..]).ok()
    }

    fn read(message: &SipMessage, _: Kind) -> Option<()> {
        message.headers().iter().try_for_each(|header| {
            match header {
                Header::Via(header) => drop(black_box(header.typed().ok()?)),
                Header::RecordRoute(header) => drop(black_box(header.typed().ok()?)),
                Header::From(header) => drop(black_box(header.typed().ok()?)),
                Header::To(header) => drop(black_box(header.typed().ok()?)),
                Header::CSeq(header) => drop(black_box(header.typed().ok()?)),
                Header::CallId(header) => drop(black_box(header.value())),
                Header::Contact(header) => drop(black_box(header.typed().ok()?)),
                Header::Allow(header) => drop(black_box(typed::Allow::parse(header.value()).ok()?)),
                Header::Supported(header) => drop(black_box(header.value())),
                Header::MaxForwards(header) => drop(black_box(number(header.value())?)),
                Header::Authorization(header) => {
                    drop(black_box(typed::Authorization::parse(header.value()).ok()?))
                }
                Header::Expires(header) => drop(black_box(number(header.value())?)),
                Header::ContentType(header) => drop(black_box(header.value())),
                _ => {}
            }
            Some(())
        })
    }

    fn print(message: &SipMessage) -> usize {
        black_box(match message {
            SipMessage::Request(request) => request.to_bytes(),
            SipMessage::Response(response) => response.to_bytes(),
        })
        .len()
    }
}

fn number(text: &str) -> Option<u32> {
    text.parse().ok()
}
