//! SIP messages (RFC 3261 §7, §20, §25).
//!
//! Reading has two stages. [`Message::parse`] frames a message, checks its first line and cuts the headers
//! into spans of the bytes it came in; what a header means is parsed when [`Headers::typed`] asks for it.
//! [`validate::receive`] does both and then holds the message against the RFC, and names the status code to
//! answer with if it fails.

pub mod header;
pub mod limits;
pub mod multipart;
pub mod validate;

mod byte_set;
mod first_line;
pub(crate) mod grammar;
mod headers;
mod host;
mod length;
mod line;
mod method;
mod name;
mod name_addr;
mod params;
mod parse;
mod request;
mod response;
mod scan;
mod status;
mod text;
mod uri;
mod write;

pub use header::{HeaderError, TypedHeader};
pub use headers::{Header, Headers};
pub use host::{Host, InvalidHost};
pub(crate) use length::{DeclaredLength, declared_length};
pub use method::{InvalidMethod, Method};
pub use name::{HeaderName, InvalidHeaderName};
pub use name_addr::{InvalidNameAddr, NameAddr};
pub use params::{Param, ParamIter, ParamValue, Params};
pub use parse::{Fault, ParseError, Salvage};
pub use request::Request;
pub use response::Response;
pub use smol_str::SmolStr;
pub use status::StatusCode;
pub use text::Text;
pub use uri::{Context, InvalidUri, Scheme, Telephone, Uri};

/// What travels between two SIP elements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Asks.
    Request(Request),
    /// Answers.
    Response(Response),
}

impl Message {
    /// The headers of either kind.
    pub const fn headers(&self) -> &Headers {
        match self {
            Self::Request(request) => &request.headers,
            Self::Response(response) => &response.headers,
        }
    }

    /// The body of either kind.
    pub const fn body(&self) -> &bytes::Bytes {
        match self {
            Self::Request(request) => &request.body,
            Self::Response(response) => &response.body,
        }
    }
}

impl From<Request> for Message {
    fn from(request: Request) -> Self {
        Self::Request(request)
    }
}

impl From<Response> for Message {
    fn from(response: Response) -> Self {
        Self::Response(response)
    }
}
