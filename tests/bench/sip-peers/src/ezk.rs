//! `ezk-sip-types`. The crate has the pieces; they are put together as `ezk-sip-core` does.

use std::fmt::Write as _;
use std::hint::black_box;

use bytes::{Bytes, BytesMut};
use ezk_sip_types::header::typed::{
    Allow, AuthResponse, CSeq, CallID, Contact, ContentType, Expires, FromTo, MaxForwards, Routing,
    Supported, Via,
};
use ezk_sip_types::header::{ConstNamed, DecodeValues};
use ezk_sip_types::msg::{Line, MessageLine, PullParser};
use ezk_sip_types::parse::Parse;
use ezk_sip_types::print::AppendCtx;
use ezk_sip_types::{Headers, Name};

use crate::messages::Kind;
use crate::parser::Parser;

pub struct Ezk;

pub struct Message {
    line: MessageLine,
    headers: Headers,
    body: Bytes,
}

impl Parser for Ezk {
    const NAME: &'static str = "ezk-sip-types";
    type Message = Message;

    fn parse(wire: &Bytes) -> Option<Message> {
        let mut lines = PullParser::new(wire, 0);
        let first = std::str::from_utf8(lines.next()?.ok()?).ok()?;
        let line = MessageLine::parse(wire)(first).ok()?.1;
        let mut headers = Headers::new();
        for line in &mut lines {
            let line = Line::parse(wire, std::str::from_utf8(line.ok()?).ok()?).ok()?.1;
            headers.insert(line.name, line.value);
        }
        let body = wire.slice(lines.head_end()..);
        Some(Message { line, headers, body })
    }

    fn read(message: &Message, kind: Kind) -> Option<()> {
        let headers = &message.headers;
        named::<Vec<Via>>(headers, Name::VIA)?;
        if kind != Kind::Register {
            named::<Vec<Routing>>(headers, Name::RECORD_ROUTE)?;
        }
        named::<FromTo>(headers, Name::FROM)?;
        named::<FromTo>(headers, Name::TO)?;
        one::<CSeq>(headers)?;
        one::<CallID>(headers)?;
        one::<Contact>(headers)?;
        named::<Vec<Allow>>(headers, Name::ALLOW)?;
        named::<Vec<Supported>>(headers, Name::SUPPORTED)?;
        if kind != Kind::Ok {
            one::<MaxForwards>(headers)?;
        }
        if kind == Kind::Register {
            named::<AuthResponse>(headers, Name::AUTHORIZATION)?;
            one::<Expires>(headers)
        } else {
            one::<ContentType>(headers)
        }
    }

    fn print(message: &Message) -> usize {
        let mut out = BytesMut::with_capacity(2048);
        let line = message.line.default_print_ctx();
        write!(out, "{line}\r\n{}\r\n", message.headers).expect("a buffer grows");
        out.extend_from_slice(&message.body);
        black_box(out).len()
    }
}

fn one<H: ConstNamed + DecodeValues>(headers: &Headers) -> Option<()> {
    black_box(headers.get_named::<H>().ok()?);
    Some(())
}

fn named<H: DecodeValues>(headers: &Headers, name: Name) -> Option<()> {
    black_box(headers.get::<H>(name).ok()?);
    Some(())
}
