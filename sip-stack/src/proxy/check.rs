//! Whether a request may be forwarded at all (RFC 3261 §16.3).

use super::identity::Identity;
use super::loops;
use super::preprocess::Routed;
use crate::message::header::{MaxBreadth, MaxForwards, ProxyRequire, Unsupported};
use crate::message::{Header, StatusCode};
use crate::transaction::incoming::IncomingRequest;

/// Why a request is answered instead of forwarded, and the header that says more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: StatusCode,
    pub(crate) header: Option<Header>,
}

impl From<StatusCode> for Refusal {
    fn from(code: StatusCode) -> Self {
        Self { code, header: None }
    }
}

/// What forwarding needs to know of a request that passed.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    /// How many hops it may still take.
    pub(crate) max_forwards: u8,
    /// How many branches it may still have at once.
    pub(crate) breadth: u32,
    /// The second part of its branches.
    pub(crate) mark: String,
}

/// Steps 3 to 5; syntax and scheme were checked when the request came, credentials are the owner's.
pub(crate) fn check(
    identity: &Identity,
    incoming: &IncomingRequest,
    breadth_max: u32,
) -> Result<Checked, Refusal> {
    let headers = &incoming.request.headers;
    let hops = headers.typed::<MaxForwards>().map_err(|_| StatusCode::BAD_REQUEST)?;
    let max_forwards = match hops {
        None => 70,
        Some(MaxForwards(0)) => return Err(StatusCode::TOO_MANY_HOPS.into()),
        Some(MaxForwards(hops)) => hops - 1,
    };
    let mark = loops::mark(identity, incoming);
    if loops::is_loop(incoming, &mark) {
        return Err(StatusCode::LOOP_DETECTED.into());
    }
    let required = headers.typed::<ProxyRequire>().map_err(|_| StatusCode::BAD_REQUEST)?;
    if let Some(required) = required.filter(|required| !required.0.is_empty()) {
        let header = Some(Header::from_typed(&Unsupported(required.0)));
        return Err(Refusal { code: StatusCode::BAD_EXTENSION, header });
    }
    if incoming.routed == Routed::Tampered {
        return Err(StatusCode::FORBIDDEN.into());
    }
    let asked = headers.typed::<MaxBreadth>().map_err(|_| StatusCode::BAD_REQUEST)?;
    let breadth = asked.map_or(breadth_max, |MaxBreadth(asked)| asked.min(breadth_max));
    Ok(Checked { max_forwards, breadth, mark })
}
