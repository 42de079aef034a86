//! Who asks for credentials in a response, and what a request carries for whom.

use crate::message::header::{
    AuthValue, Authorization, ProxyAuthenticate, ProxyAuthorization, WwwAuthenticate,
};
use crate::message::limits::LIST_VALUES_MAX;
use crate::message::{HeaderName, Request, Response, TypedHeader};

/// The servers on one path that are answered.
pub(crate) const SERVERS_MAX: usize = 8;

/// Which server asks: the one that the request is for, or one on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Server,
    Proxy,
}

/// All challenges of a response: a proxy that forked may have put both kinds into one (RFC 3261 §16.7). What
/// cannot be read is somebody else's (RFC 8760 §2.4).
pub(crate) fn challenges(response: &Response) -> Vec<(Place, AuthValue)> {
    let headers = &response.headers;
    let servers = headers.get_all(&HeaderName::WwwAuthenticate).map(WwwAuthenticate::parse);
    let servers = servers.filter_map(|value| Some((Place::Server, value.ok()?.0)));
    let proxies = headers.get_all(&HeaderName::ProxyAuthenticate).map(ProxyAuthenticate::parse);
    let proxies = proxies.filter_map(|value| Some((Place::Proxy, value.ok()?.0)));
    servers.chain(proxies).take(LIST_VALUES_MAX).collect()
}

/// Who asks, each once, in the order of the response.
pub(crate) fn realms(challenges: &[(Place, AuthValue)]) -> Vec<(Place, &str)> {
    let mut realms = Vec::new();
    for (place, value) in challenges {
        let asks = (*place, realm_of(value));
        if realms.len() < SERVERS_MAX && !realms.contains(&asks) {
            realms.push(asks);
        }
    }
    realms
}

pub(crate) fn realm_of(value: &AuthValue) -> &str {
    value.params.get("realm").unwrap_or_default()
}

pub(crate) fn answers_of(request: &Request, place: Place) -> Vec<AuthValue> {
    match place {
        Place::Server => {
            let values: Vec<Authorization> = request.headers.typed_all().unwrap_or_default();
            values.into_iter().map(|value| value.0).collect()
        }
        Place::Proxy => {
            let values: Vec<ProxyAuthorization> = request.headers.typed_all().unwrap_or_default();
            values.into_iter().map(|value| value.0).collect()
        }
    }
}
