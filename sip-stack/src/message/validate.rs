//! The second stage: what RFC 3261 §8.1.1 and §20 demand of a message, and the status code when it does not
//! hold.
//!
//! Here is what any element checks. Whether a method, an extension or a content type is supported is the user
//! agent's to say (405, 420, 415).

use bytes::Bytes;

use super::header::{
    CSeq, CallId, Contact, ContentType, From, MAGIC_COOKIE, MaxForwards, ProxyRequire, RecordRoute, Require,
    Route, To, Via,
};
use super::limits::{BODY_BYTES_MAX, VIA_VALUES_MAX};
use super::name::HeaderName;
use super::parse::Fault;
use super::{
    HeaderError, Headers, Message, Method, Request, Response, Scheme, StatusCode, Text, TypedHeader,
};

/// Why a message is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The bytes are no message.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// A header is malformed, or comes too often.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// A header that every message has is not there.
    #[error("no {0}")]
    Missing(HeaderName),
    /// The method of CSeq is not the request's.
    #[error("the method of CSeq is another one")]
    CSeqMethod,
    /// The same, of a method that this stack has never heard of (RFC 4475 §3.1.2.18).
    #[error("unknown method, and that of CSeq is another one")]
    UnknownMethod,
    /// Content-Length is no number, comes twice or promises more octets than there are.
    #[error("Content-Length does not fit")]
    ContentLength,
    /// The branch is the magic cookie and nothing else, so that it identifies nothing.
    #[error("the branch is empty")]
    EmptyBranch,
    /// The request URI has headers (RFC 3261 §19.1.5 keeps them out).
    #[error("the request uri has headers")]
    UriHeaders,
    /// The request URI is neither `sip`, `sips` nor `tel`.
    #[error("unknown scheme of the request uri")]
    UriScheme,
    /// More hops than Max-Forwards allows any request.
    #[error("too many Via values")]
    TooManyHops,
    /// The body is longer than [`BODY_BYTES_MAX`].
    #[error("body too long")]
    BodyTooLong,
}

impl Problem {
    /// The status code to answer a request with.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::Fault(fault) => fault.status(),
            Self::UriScheme => StatusCode::UNSUPPORTED_URI_SCHEME,
            Self::TooManyHops => StatusCode::TOO_MANY_HOPS,
            Self::BodyTooLong => StatusCode::REQUEST_ENTITY_TOO_LARGE,
            Self::UnknownMethod => StatusCode::NOT_IMPLEMENTED,
            Self::Header(_)
            | Self::Missing(_)
            | Self::CSeqMethod
            | Self::ContentLength
            | Self::EmptyBranch
            | Self::UriHeaders => StatusCode::BAD_REQUEST,
        }
    }
}

/// A message that is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct Refusal {
    /// Why.
    pub problem: Problem,
    /// What to send back; the To tag, and `received` in the topmost Via, are the caller's to add. `None` for a
    /// response, an ACK and noise: those are dropped without a word.
    pub response: Option<Box<Response>>,
}

/// Parses a message and holds it against the RFC.
///
/// # Errors
/// [`Refusal`], with the response to send back.
pub fn receive(bytes: Bytes) -> Result<Message, Refusal> {
    let message = Message::parse(bytes).map_err(|error| {
        let salvage = error.request.as_deref();
        let asks = salvage.map(|salvage| (salvage.method.as_ref(), &salvage.headers));
        Refusal::new(error.fault.into(), asks)
    })?;
    let checked = match &message {
        Message::Request(request) => check_request(request),
        Message::Response(response) => check_common(&response.headers, &response.body).map(drop),
    };
    match (checked, &message) {
        (Ok(()), _) => Ok(message),
        (Err(problem), Message::Request(request)) => {
            Err(Refusal::new(problem, Some((Some(&request.method), &request.headers))))
        }
        (Err(problem), Message::Response(_)) => Err(Refusal::new(problem, None)),
    }
}

impl Refusal {
    fn new(problem: Problem, asks: Option<(Option<&Method>, &Headers)>) -> Self {
        let answered = asks.filter(|(method, headers)| is_answered(*method, headers));
        let response = answered.map(|(_, headers)| Box::new(refuse(headers, &problem)));
        Self { problem, response }
    }
}

/// The response to a request that its transport had to give up; `None` if too little of it can be read, and for
/// a response and an ACK.
pub fn refuse_unread(bytes: Bytes, code: StatusCode) -> Option<Response> {
    let (method, headers) = match Message::parse(bytes) {
        Ok(Message::Request(request)) => (Some(request.method), request.headers),
        Ok(Message::Response(_)) => return None,
        Err(error) => error.request.map(|salvage| (salvage.method, salvage.headers))?,
    };
    is_answered(method.as_ref(), &headers).then(|| Response::to_request(&headers, code))
}

fn is_answered(method: Option<&Method>, headers: &Headers) -> bool {
    method != Some(&Method::Ack) && headers.contains(&HeaderName::Via)
}

/// The answer to a request that is not taken, with the problem as its reason phrase.
fn refuse(headers: &Headers, problem: &Problem) -> Response {
    let code = problem.status();
    let mut response = Response::to_request(headers, code);
    response.reason = Text::from(format!("{} ({problem})", code.phrase()));
    response
}

/// Holds a request against the RFC.
///
/// # Errors
/// The first [`Problem`] found.
pub fn check_request(request: &Request) -> Result<(), Problem> {
    let headers = &request.headers;
    let cseq = check_common(headers, &request.body)?;
    if cseq.method != request.method {
        let is_unknown = matches!(request.method, Method::Extension(_));
        return Err(if is_unknown { Problem::UnknownMethod } else { Problem::CSeqMethod });
    }
    headers.typed::<MaxForwards>()?;
    headers.typed::<ContentType>()?;
    headers.typed::<Require>()?;
    headers.typed::<ProxyRequire>()?;
    headers.typed_all::<Contact>()?;
    headers.typed_all::<Route>()?;
    headers.typed_all::<RecordRoute>()?;
    check_uri(request)
}

fn check_uri(request: &Request) -> Result<(), Problem> {
    match request.uri.scheme {
        Scheme::Other(_) => Err(Problem::UriScheme),
        Scheme::Sip | Scheme::Sips | Scheme::Tel if !request.uri.headers.is_empty() => {
            Err(Problem::UriHeaders)
        }
        Scheme::Sip | Scheme::Sips | Scheme::Tel => Ok(()),
    }
}

/// What requests and responses have in common.
fn check_common(headers: &Headers, body: &Bytes) -> Result<CSeq, Problem> {
    let hops = match headers.typed_all::<Via>() {
        Err(HeaderError::TooMany(_)) => return Err(Problem::TooManyHops),
        hops => hops?,
    };
    let top = hops.first().ok_or(Problem::Missing(HeaderName::Via))?;
    if top.branch().is_some_and(|branch| branch.eq_ignore_ascii_case(MAGIC_COOKIE)) {
        return Err(Problem::EmptyBranch);
    }
    if hops.len() > VIA_VALUES_MAX {
        return Err(Problem::TooManyHops);
    }
    required::<From>(headers)?;
    required::<To>(headers)?;
    required::<CallId>(headers)?;
    if headers.contains(&HeaderName::ContentLength) {
        return Err(Problem::ContentLength);
    }
    if body.len() > BODY_BYTES_MAX {
        return Err(Problem::BodyTooLong);
    }
    required::<CSeq>(headers)
}

fn required<H: TypedHeader>(headers: &Headers) -> Result<H, Problem> {
    headers.typed::<H>()?.ok_or(Problem::Missing(H::NAME))
}
