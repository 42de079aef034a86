//! Where a request is to go.

use std::net::IpAddr;
use std::sync::Arc;

use super::itinerary::Itinerary;
use crate::endpoint::core::Core;
use crate::endpoint::error::CommandError;
use crate::message::Uri;
use crate::proxy::Relay;
use crate::transport::destination::Destination;
use crate::ua::NextHop;

/// The first hop of a request.
#[derive(Clone, Debug)]
pub(crate) enum Hop {
    /// There and nowhere else.
    Fixed(Destination),
    /// Wherever a URI leads.
    Located(Locate),
    /// There first, else to what is left.
    Listed(Destination, Itinerary),
}

/// A URI to resolve.
#[derive(Clone, Debug)]
pub(crate) struct Locate {
    pub(crate) uri: Uri,
    /// Whoever answered last time: preferred among the targets, and the place to go if there are none.
    pub(crate) peer: Option<Destination>,
    /// What the request's Contact was written for; the address that is found may need another one.
    pub(crate) contact: Destination,
    /// A forwarded request is copied anew for the target.
    pub(crate) relay: Option<Arc<Relay>>,
    /// The stranger whose request names the hop.
    pub(crate) named_by: Option<IpAddr>,
}

impl From<Destination> for Hop {
    fn from(way: Destination) -> Self {
        Self::Fixed(way)
    }
}

impl Hop {
    /// The way, if it is known.
    pub(crate) fn way(&self) -> Option<&Destination> {
        match self {
            Self::Fixed(way) | Self::Listed(way, _) => Some(way),
            Self::Located(_) => None,
        }
    }

    /// What a Contact can be written for now.
    pub(crate) fn contact(&self) -> Destination {
        match self {
            Self::Fixed(way) | Self::Listed(way, _) => *way,
            Self::Located(locate) => locate.contact,
        }
    }
}

impl Core {
    /// The hop that an owner asked for; `uri` is the first Route, else the request URI (RFC 3261 §8.1.2).
    ///
    /// # Errors
    /// No listener fits, or there is nothing to resolve.
    pub(crate) fn hop(&self, next: &NextHop, uri: &Uri) -> Result<Hop, CommandError> {
        match next {
            NextHop::Address(target) => self.way_to(*target).map(Hop::Fixed),
            NextHop::Resolve => self.hop_to(uri.clone()),
            NextHop::Uri(proxy) => self.hop_to((**proxy).clone()),
        }
    }

    fn hop_to(&self, uri: Uri) -> Result<Hop, CommandError> {
        let contact = self.transport.any().ok_or(CommandError::NoListener)?;
        self.resolver.subject(&uri)?;
        Ok(Hop::Located(Locate { uri, peer: None, contact, relay: None, named_by: None }))
    }
}
