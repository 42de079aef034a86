//! `rvoip-sip-core`. Its parser makes values of all headers at once.

use std::hint::black_box;

use bytes::Bytes;
use rvoip_sip_core::types::headers::TypedHeader;
use rvoip_sip_core::{Message, parse_message};

use crate::messages::Kind;
use crate::parser::Parser;

pub struct Rvoip;

impl Parser for Rvoip {
    const NAME: &'static str = "rvoip-sip-core";
    type Message = Message;

    fn parse(wire: &Bytes) -> Option<Message> {
        parse_message(wire).ok()
    }

    fn read(message: &Message, kind: Kind) -> Option<()> {
        let headers = black_box(message.all_headers());
        let has = |is: fn(&TypedHeader) -> bool| headers.iter().any(is);
        let common = has(|header| matches!(header, TypedHeader::Via(_)))
            && has(|header| matches!(header, TypedHeader::From(_)))
            && has(|header| matches!(header, TypedHeader::To(_)))
            && has(|header| matches!(header, TypedHeader::CSeq(_)))
            && has(|header| matches!(header, TypedHeader::CallId(_)))
            && has(|header| matches!(header, TypedHeader::Contact(_)))
            && has(|header| matches!(header, TypedHeader::Allow(_)));
        let own = match kind {
            Kind::Register => has(|header| matches!(header, TypedHeader::Authorization(_))),
            Kind::Invite | Kind::Ok => has(|header| matches!(header, TypedHeader::ContentType(_))),
        };
        (common && own).then_some(())
    }

    fn print(message: &Message) -> usize {
        black_box(message.to_bytes()).len()
    }
}
