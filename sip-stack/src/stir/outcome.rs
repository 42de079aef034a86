//! What comes of a verification (RFC 8224 §6.2).

use super::claims::Attestation;
use super::number::Party;

/// Why an Identity does not count. The order is that of how far the verification came, and the furthest of
/// several is the one to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Failure {
    /// There is none.
    Missing,
    /// All have an extension that is not known here.
    UnsupportedExtension,
    /// The certificate could not be had.
    BadInfo,
    /// The certificate's issuer, kind or authority is not taken.
    UnsupportedCredential,
    /// Too old, or from the future.
    Stale,
    /// The signature or what it signs is wrong.
    Invalid,
}

impl Failure {
    /// The status code for a caller whose call is refused because of it (RFC 8224 §6.2.2).
    pub const fn code(self) -> u16 {
        match self {
            Self::Stale => 403,
            Self::Missing | Self::UnsupportedExtension => 428,
            Self::BadInfo => 436,
            Self::UnsupportedCredential => 437,
            Self::Invalid => 438,
        }
    }

    /// The reason phrase.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Stale => "Stale Date",
            Self::Missing => "Use Identity Header",
            Self::UnsupportedExtension => "Use Supported PASSporT Format",
            Self::BadInfo => "Bad Identity Info",
            Self::UnsupportedCredential => "Unsupported Credential",
            Self::Invalid => "Invalid Identity Header",
        }
    }
}

/// An Identity that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Who calls: show this one, and nothing else that the request says.
    pub caller: Party,
    /// How sure the provider is, in a `shaken` PASSporT.
    pub attest: Option<Attestation>,
    /// The provider's mark for tracing the call.
    pub origid: Option<String>,
    /// Whom the call was for before it came here, first to last, where each diversion is signed (RFC 8946); empty if it
    /// was for the callee all along, or if nobody says.
    pub diverted: Vec<Party>,
    /// The provider codes that the certificate names.
    pub providers: Vec<String>,
}

/// What a verification knows so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A certificate is still wanted.
    Pending,
    /// The caller is who it says.
    Passed(Verified),
    /// Nobody knows; what to do is the owner's policy.
    Failed(Failure),
}

/// The word for telephones: the `verstat` parameter of a `tel` URI (3GPP TS 24.229 §7.2A.20).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verstat {
    /// The number is the caller's.
    Passed,
    /// It may well not be.
    Failed,
    /// Nobody could tell.
    NotValidated,
}

impl Verstat {
    /// The parameter's value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "TN-Validation-Passed",
            Self::Failed => "TN-Validation-Failed",
            Self::NotValidated => "No-TN-Validation",
        }
    }
}

impl Outcome {
    /// What to tell the callee about the caller's number.
    pub const fn verstat(&self) -> Verstat {
        match self {
            Self::Passed(Verified { caller: Party::Number(_), .. }) => Verstat::Passed,
            Self::Failed(Failure::Stale | Failure::UnsupportedCredential | Failure::Invalid) => {
                Verstat::Failed
            }
            Self::Passed(Verified { caller: Party::Uri(_), .. })
            | Self::Failed(Failure::Missing | Failure::UnsupportedExtension | Failure::BadInfo)
            | Self::Pending => Verstat::NotValidated,
        }
    }
}
