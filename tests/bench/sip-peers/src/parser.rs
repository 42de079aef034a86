//! What every crate has to do.

use bytes::Bytes;

use crate::messages::Kind;

/// One crate.
///
/// A full parse cuts a message and then reads these of its headers as values, with all that is in them: every Via
/// and Record-Route, From, To, CSeq, Call-ID, Contact, Allow, Supported, of a request Max-Forwards, of a REGISTER
/// Authorization and Expires, of a body Content-Type. Where a crate has no value for one, its text will do.
pub trait Parser {
    const NAME: &'static str;
    type Message;

    fn parse(wire: &Bytes) -> Option<Self::Message>;
    /// Reads the headers.
    fn read(message: &Self::Message, kind: Kind) -> Option<()>;
    /// How many octets the message has as it travels.
    fn print(message: &Self::Message) -> usize;
}
