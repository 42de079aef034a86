//! Which pages may connect: the gateway's own, and those that are configured.

use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};

use crate::config::Origin;

/// The configured origins.
pub struct Origins<'a>(pub &'a [Origin]);

impl Origins<'_> {
    /// Whether the page that asks may. A request without an origin comes from no page; its token decides.
    pub fn allow(&self, headers: &HeaderMap) -> bool {
        let Some(origin) = headers.get(ORIGIN) else { return true };
        let Ok(origin) = origin.to_str() else { return false };
        let origin = origin.to_ascii_lowercase();
        let own = origin.split_once("://").is_some_and(|(_, authority)| {
            host(headers).is_some_and(|host| host.eq_ignore_ascii_case(authority))
        });
        own || self.0.iter().any(|allowed| allowed.0 == origin)
    }
}

/// Whether the request names this machine itself. A page that had its name pointed at loopback does not.
pub fn host_is_local(headers: &HeaderMap) -> bool {
    let Some(host) = host(headers) else { return false };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        Some(_) | None => host,
    };
    let literal = name.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    name.eq_ignore_ascii_case("localhost") || literal.is_ok_and(|ip| ip.is_loopback())
}

fn host(headers: &HeaderMap) -> Option<&str> {
    headers.get(HOST)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(origin: &str, host: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(ORIGIN, origin.parse().unwrap());
        headers.insert(HOST, host.parse().unwrap());
        headers
    }

    #[test]
    fn own_and_configured_pages_may() {
        let configured = [Origin("https://phone.example".to_owned())];
        let origins = Origins(&configured);
        assert!(origins.allow(&headers("http://localhost:8080", "localhost:8080")));
        assert!(origins.allow(&headers("https://phone.example", "gateway.example")));
        assert!(!origins.allow(&headers("https://evil.example", "gateway.example")));
        assert!(!origins.allow(&headers("null", "gateway.example")));
        assert!(origins.allow(&HeaderMap::new()));
    }

    #[test]
    fn a_name_that_only_points_at_loopback_is_not_local() {
        for host in ["localhost:8080", "127.0.0.1:8080", "[::1]:8080", "localhost", "[::1]"] {
            assert!(host_is_local(&headers("null", host)), "{host}");
        }
        assert!(!host_is_local(&headers("null", "evil.example:8080")));
    }
}
