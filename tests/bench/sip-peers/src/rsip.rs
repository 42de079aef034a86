//! `rsip`.

use std::hint::black_box;

use bytes::Bytes;
use rsip::headers::{ToTypedHeader, UntypedHeader};
use rsip::message::HasHeaders;
use rsip::{Header, SipMessage};

use crate::messages::Kind;
use crate::parser::Parser;

pub struct Rsip;

impl Parser for Rsip {
    const NAME: &'static str = "rsip";
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
                Header::Allow(header) => drop(black_box(header.typed().ok()?)),
                Header::Supported(header) => drop(black_box(header.value())),
                Header::MaxForwards(header) => drop(black_box(header.num().ok()?)),
                Header::Authorization(header) => drop(black_box(header.typed().ok()?)),
                Header::Expires(header) => drop(black_box(header.seconds().ok()?)),
                Header::ContentType(header) => drop(black_box(header.typed().ok()?)),
                _ => {}
            }
            Some(())
        })
    }

    fn print(message: &SipMessage) -> usize {
        black_box(message.to_string()).len()
    }
}
