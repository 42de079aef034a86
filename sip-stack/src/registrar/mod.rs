//! The registrar and its location service (RFC 3261 §10.3), as a value.
//!
//! [`Registrar::register`] judges a REGISTER that the owner has authenticated, changes the bindings and says what
//! to answer; [`Registrar::locate`] names the contacts of a request URI. It speaks Path (RFC 3327), Service-Route
//! (RFC 3608), outbound flows (RFC 5626) and GRUUs (RFC 5627), keeps push parameters (RFC 8599), and tells every
//! [`Change`] in the words of the event package `reg` (RFC 3680).
//!
//! ```
//! use std::time::{Duration, Instant};
//!
//! use sip_stack::message::{Message, StatusCode};
//! use sip_stack::registrar::{Located, Memory, Registrar, RegistrarConfig};
//! use sip_stack::{Source, Transport};
//!
//! let now = Instant::now();
//! let domains = vec!["biloxi.example".parse()?];
//! let mut registrar = Registrar::new(RegistrarConfig::new(domains, [0; 32]), Memory::new());
//!
//! let text = "REGISTER sip:biloxi.example SIP/2.0\r\n\
//!     Via: SIP/2.0/UDP 192.0.2.4;branch=z9hG4bK1\r\n\
//!     From: <sip:bob@biloxi.example>;tag=a\r\n\
//!     To: <sip:bob@biloxi.example>\r\n\
//!     Call-ID: 1\r\nCSeq: 1 REGISTER\r\n\
//!     Contact: <sip:bob@192.0.2.4>\r\n\r\n";
//! let Message::Request(request) = Message::parse(text.into())? else { panic!("no request") };
//! let (local, remote) = ("192.0.2.1:5060".parse()?, "192.0.2.4:5060".parse()?);
//! let flow = Source { transport: Transport::Udp, remote, local, flow: None };
//!
//! let registered = registrar.register(now, flow, &request);
//! assert_eq!(registered.code, StatusCode::OK);
//!
//! let bob = "sip:bob@biloxi.example".parse()?;
//! assert!(matches!(registrar.locate(now, &bob), Located::At(_)));
//! registrar.handle_timeout(now + Duration::from_secs(3600));
//! assert!(matches!(registrar.locate(now, &bob), Located::Offline));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod aor;
mod apply;
mod binding;
mod change;
mod config;
mod gruu;
mod lookup;
mod outbound;
mod owner;
mod respond;
mod table;
mod wanted;

use std::time::Instant;

pub use aor::Aor;
pub use binding::{Binding, BindingRef, FlowState, Push};
pub use change::{BindingEvent, Change};
pub use config::{Expiry, PathPolicy, RegistrarConfig, RegistrarLimits};
pub use lookup::{Located, Location};
pub use table::{Bindings, LocationTable, Memory};

use self::gruu::Mint;
use self::wanted::{Refusal, Wanted};
use crate::message::{Header, Request, StatusCode};
use crate::seal::Seal;
use crate::ua::{Reply, Source};

/// A registrar over a location table.
#[derive(Debug)]
pub struct Registrar<L> {
    config: RegistrarConfig,
    table: L,
    mint: Mint,
    ids: Seal,
}

/// What to answer to a REGISTER, and what it has changed.
#[derive(Clone, Debug)]
#[must_use]
pub struct Registered {
    /// The status code.
    pub code: StatusCode,
    /// The headers to add to what every response has.
    pub headers: Vec<Header>,
    /// The facts for subscribers; none unless `code` is 200.
    pub changes: Vec<Change>,
}

impl From<Registered> for Reply {
    fn from(registered: Registered) -> Self {
        Self { headers: registered.headers, ..Self::new(registered.code.as_u16()) }
    }
}

impl<L: LocationTable> Registrar<L> {
    /// A registrar that keeps its bindings in `table`.
    pub fn new(config: RegistrarConfig, table: L) -> Self {
        let (mint, ids) = (Mint::new(&config.key), Seal::new(&config.key, "binding"));
        Self { config, table, mint, ids }
    }

    /// The table.
    pub const fn table(&self) -> &L {
        &self.table
    }

    /// Carries out a REGISTER whose sender may change the bindings of its To (steps 3 and 4 of RFC 3261 §10.3 are
    /// the caller's). `flow` is how it came.
    pub fn register(&mut self, now: Instant, flow: Source, request: &Request) -> Registered {
        let done = Wanted::read(&self.config, request).and_then(|wanted| {
            let (bindings, changes) = self.apply(now, flow, &wanted)?;
            let headers = self.granted(now, &wanted, &bindings);
            Ok(Registered { code: StatusCode::OK, headers, changes })
        });
        done.unwrap_or_else(|Refusal { code, header }| Registered {
            code,
            headers: header.into_iter().collect(),
            changes: Vec::new(),
        })
    }
}
