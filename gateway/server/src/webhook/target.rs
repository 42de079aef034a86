//! Where a web hook is.

use std::net::{IpAddr, SocketAddr};

use axum::http::Uri;
use sip_stack::address::{self, reach};

/// Bytes of a URL.
const URL_BYTES_MAX: usize = 2048;

/// Whether web hooks may be in the gateway's own network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Only on the internet, and only by https.
    Public,
    /// Anywhere.
    Anywhere,
}

/// A URL that events can be posted to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) encrypted: bool,
    /// What the request line says.
    pub(super) path: String,
    /// What the `Host` header says.
    pub(super) authority: String,
}

/// Why a URL, or the address behind it, is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// It is none.
    #[error("expected a URL such as https://www.example.com/events, without user and password")]
    NotAUrl,
    /// It is not encrypted.
    #[error("expected https://; http:// is taken where webhooks.private_targets is true")]
    Clear,
    /// It is in the gateway's own network.
    #[error("the address is private; those are taken where webhooks.private_targets is true")]
    Private,
}

impl Target {
    /// Reads a URL.
    ///
    /// # Errors
    ///
    /// It is none, or out of reach.
    pub fn parse(url: &str, reach: Reach) -> Result<Self, TargetError> {
        let uri: Uri = url.parse().map_err(|_| TargetError::NotAUrl)?;
        let authority = uri.authority().ok_or(TargetError::NotAUrl)?;
        if url.len() > URL_BYTES_MAX || authority.as_str().contains('@') || authority.host().is_empty() {
            return Err(TargetError::NotAUrl);
        }
        let encrypted = match uri.scheme_str() {
            Some("https") => true,
            Some("http") if reach == Reach::Anywhere => false,
            Some("http") => return Err(TargetError::Clear),
            Some(_) | None => return Err(TargetError::NotAUrl),
        };
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        if let Ok(address) = host.parse::<IpAddr>() {
            allow(address, reach)?;
        }
        let port = authority.port_u16().unwrap_or(if encrypted { 443 } else { 80 });
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Ok(Self { host, port, encrypted, path, authority: authority.to_string() })
    }

    /// Looks the host up. A name may lead anywhere, and elsewhere the next time: each address is looked at.
    pub(super) async fn resolve(&self, reach: Reach) -> Result<Vec<SocketAddr>, String> {
        let found = tokio::net::lookup_host((self.host.as_str(), self.port)).await;
        let found: Vec<SocketAddr> = found.map_err(|error| format!("look-up: {error}"))?.collect();
        for address in &found {
            allow(address.ip(), reach).map_err(|error| error.to_string())?;
        }
        Ok(found)
    }
}

fn allow(address: IpAddr, allowed: Reach) -> Result<(), TargetError> {
    let is_internal = reach(address) == address::Reach::Internal;
    if allowed == Reach::Public && is_internal { Err(TargetError::Private) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_to_the_internet_is_taken_unless_private_targets_are() {
        let parsed = |url: &str, reach| {
            Target::parse(url, reach).map(|target| (target.host, target.port, target.path))
        };
        let expected = ("www.example.com".to_owned(), 443, "/a?b=c".to_owned());
        assert_eq!(parsed("https://www.example.com/a?b=c", Reach::Public), Ok(expected));
        assert_eq!(parsed("http://www.example.com/", Reach::Public), Err(TargetError::Clear));
        assert_eq!(parsed("https://127.0.0.1/", Reach::Public), Err(TargetError::Private));
        assert_eq!(parsed("https://[::1]:8443/", Reach::Public), Err(TargetError::Private));
        assert_eq!(
            parsed("http://[::1]:8443", Reach::Anywhere),
            Ok(("::1".to_owned(), 8443, "/".to_owned()))
        );
        for url in ["", "/a", "www.example.com", "ftp://www.example.com/", "https://me:secret@example.com/"] {
            assert_eq!(parsed(url, Reach::Anywhere), Err(TargetError::NotAUrl), "{url}");
        }
    }
}
