//! `sip-stack`.

use std::hint::black_box;

use bytes::Bytes;
use sip_stack::message::header::{
    Allow, Authorization, CSeq, CallId, Contact, ContentType, Expires, From, MaxForwards, RecordRoute,
    Supported, To, Via,
};
use sip_stack::message::{Headers, Message, TypedHeader};

use crate::messages::Kind;
use crate::parser::Parser;

pub struct Ours;

impl Parser for Ours {
    const NAME: &'static str = "sip-stack";
    type Message = Message;

    fn parse(wire: &Bytes) -> Option<Message> {
        Message::parse(wire.clone()).ok()
    }

    fn read(message: &Message, kind: Kind) -> Option<()> {
        let headers = message.headers();
        black_box(headers.typed_all::<Via>().ok()?);
        black_box(headers.typed_all::<RecordRoute>().ok()?);
        one::<From>(headers)?;
        one::<To>(headers)?;
        one::<CSeq>(headers)?;
        one::<CallId>(headers)?;
        one::<Contact>(headers)?;
        one::<Allow>(headers)?;
        one::<Supported>(headers)?;
        if kind != Kind::Ok {
            one::<MaxForwards>(headers)?;
        }
        if kind == Kind::Register {
            one::<Authorization>(headers)?;
            one::<Expires>(headers)
        } else {
            one::<ContentType>(headers)
        }
    }

    fn print(message: &Message) -> usize {
        message.to_bytes().len()
    }
}

fn one<H: TypedHeader>(headers: &Headers) -> Option<()> {
    black_box(headers.typed::<H>().ok()??);
    Some(())
}
