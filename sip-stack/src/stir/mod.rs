//! STIR and SHAKEN: who calls, signed (RFC 8224, RFC 8225, RFC 8226, RFC 8588, RFC 8946). Behind the feature `stir`.
//!
//! A [`Signer`] writes the Identity of a request. A [`Verification`] reads the Identities of one and says which
//! certificates it wants; a [`CertificateCache`] turns the wish into names to resolve and bodies to fetch, which
//! the owner does, and refuses addresses that a stranger must not make us connect to. [`Outcome`] is what the
//! callee is told.
//!
//! Every `now` here is the time since 1970 in UTC: what is signed and how long a certificate lives are dates.
//! Of the certificates only those of [`Anchors`] are believed, ECDSA with P-256 and SHA-256 is the one
//! algorithm, and a signer of a telephone number needs a TN Authorization List that has the number or names its
//! provider. Lists by reference and revocation are not read: short-lived certificates are what RFC 8226 §10
//! offers in their place.
//!
//! ```
//! use std::time::Duration;
//!
//! use sip_stack::message::{Header, Message};
//! use sip_stack::stir::{Call, Failure, NumberPlan, Originator, Outcome, Policy, Signer, Signing, Verification};
//!
//! const KEY: &str = "-----BEGIN PRIVATE KEY-----
//! MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgi7q2TZvN9VDFg8Vy
//! qCP06bETrR2v8MRvr89rn4i+UAahRANCAAQWfaj1HUETpoNCrOtp9KA8o0V79IuW
//! ARKt9C1cFPkyd3FBP4SeiNZxQhDrD0tdBHls3/wFe8++K2FrPyQF9vuh
//! -----END PRIVATE KEY-----";
//!
//! let text = "INVITE sip:alice@example.com SIP/2.0\r\n\
//!     From: <sip:+12155551212@example.net>;tag=1\r\nTo: <sip:alice@example.com>\r\n\
//!     Content-Length: 0\r\n\r\n";
//! let Message::Request(mut request) = Message::parse(text.into())? else { panic!("a response") };
//! let now = Duration::from_secs(1_443_208_345);
//!
//! let signer = Signer::new(KEY, "https://cert.example.org/passport.cer", NumberPlan::default())?;
//! let call = Call::of(&request, Originator::From).ok_or("no From or To")?;
//! let identity = signer.sign(&call, now, &Signing::default())?;
//! request.headers.push(Header::from_typed(&identity));
//!
//! let policy = Policy::default();
//! let mut verification = Verification::begin(&policy, &request, now);
//! assert_eq!(verification.wanted().collect::<Vec<_>>(), ["https://cert.example.org/passport.cer"]);
//! verification.certificate(&policy, "https://cert.example.org/passport.cer", Err(Failure::BadInfo));
//! assert_eq!(verification.outcome(), Outcome::Failed(Failure::BadInfo)); // a 436, if the owner refuses
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod anchors;
mod authority;
mod cache;
mod call;
mod certificate;
mod claims;
mod diversion;
mod number;
mod outcome;
mod passport;
mod signer;
mod time;
mod url;
mod verification;

pub use anchors::{Anchors, InvalidAnchor};
pub use authority::{InvalidAuthority, TnAuthList, TnEntry};
pub use cache::{CacheAction, CacheLimits, CertificateCache, FetchError, Lookup};
pub use call::{Call, Originator};
pub use certificate::{Certificate, CertificateError};
pub use claims::{Attestation, Claims, Destinations, MediaKey, Shaken};
pub use number::{NumberPlan, Party, PlainDigits};
pub use outcome::{Failure, Outcome, Verified, Verstat};
pub use passport::{Form, InvalidPassport, Passport};
pub use signer::{SignError, Signer, Signing};
pub use time::{date_at, unix_time};
pub use url::{InvalidUrl, Url};
pub use verification::{Policy, Verification};
