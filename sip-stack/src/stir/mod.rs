//! STIR and SHAKEN: who calls, signed (RFC 8224, RFC 8225, RFC 8226, RFC 8588). Behind the feature `stir`.
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

mod address;
mod anchors;
mod authority;
mod cache;
mod call;
mod certificate;
mod claims;
mod number;
mod outcome;
mod passport;
mod signer;
mod time;
mod url;
mod verification;

pub use address::{Reach, reach};
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
