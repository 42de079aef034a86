//! A request that came, with the facts that every part of the stack asks it for.

use crate::message::header::{CSeq, From, To, Via};
use crate::message::{Header, HeaderName, Headers, Request, Response, StatusCode};
use crate::proxy::preprocess::Routed;
use crate::transport::destination::Destination;
use crate::transport::via;
use crate::ua::Source;

/// A valid request; its topmost Via already says where it really came from.
#[derive(Debug)]
pub(crate) struct IncomingRequest {
    pub(crate) request: Request,
    pub(crate) via: Via,
    pub(crate) call_id: String,
    pub(crate) from_tag: Option<String>,
    pub(crate) to_tag: Option<String>,
    pub(crate) cseq: CSeq,
    pub(crate) source: Source,
    /// Back along the hop that it came over.
    pub(crate) hop: Destination,
    /// Where its responses go.
    pub(crate) way: Destination,
    /// What our own Route said, if it had one.
    pub(crate) routed: Routed,
}

impl IncomingRequest {
    /// Reads the mandatory headers (RFC 3261 §8.1.1) and stamps the topmost Via; `None` if one is missing.
    pub(crate) fn new(mut request: Request, source: Source, hop: Destination) -> Option<Self> {
        let via = via::stamp(&mut request.headers, source.remote)?;
        let headers = &request.headers;
        let call_id = headers.get(&HeaderName::CallId)?.to_owned();
        let from: From = headers.typed().ok()??;
        let to: To = headers.typed().ok()??;
        let cseq: CSeq = headers.typed().ok()??;
        Some(Self {
            way: via::response_way(&via, hop),
            via,
            call_id,
            from_tag: from.0.tag().map(str::to_owned),
            to_tag: to.0.tag().map(str::to_owned),
            cseq,
            source,
            hop,
            routed: Routed::No,
            request,
        })
    }

    /// What a transaction needs once it has answered: whose request it was and the way back, without the message,
    /// which is most of its memory.
    pub(crate) fn answered(&self) -> Self {
        let Request { method, uri, .. } = &self.request;
        Self {
            request: Request::new(method.clone(), uri.clone(), Headers::default()),
            via: self.via.clone(),
            call_id: self.call_id.clone(),
            from_tag: self.from_tag.clone(),
            to_tag: self.to_tag.clone(),
            cseq: self.cseq.clone(),
            source: self.source,
            hop: self.hop,
            way: self.way,
            routed: self.routed.clone(),
        }
    }

    /// A response; `to_tag` is added where the request had none (RFC 3261 §8.2.6.2).
    pub(crate) fn response(&self, code: StatusCode, to_tag: Option<&str>) -> Response {
        let mut response = Response::to_request(&self.request.headers, code);
        if let (None, Some(tag), Some(to)) = (&self.to_tag, to_tag, self.request.headers.get(&HeaderName::To))
        {
            response.headers.set(Header::new(HeaderName::To, format!("{to};tag={tag}")));
        }
        response
    }

    /// Copies Record-Route into a response that makes a dialog (RFC 3261 §12.1.1).
    pub(crate) fn copy_record_route(&self, response: &mut Response) {
        let routes = self.request.headers.get_all(&HeaderName::RecordRoute);
        response.headers.extend(routes.map(|value| Header::new(HeaderName::RecordRoute, value)));
    }
}
