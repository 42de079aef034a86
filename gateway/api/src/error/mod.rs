//! Numbered errors: one catalogue for the gateway and the browser SDK.
//!
//! | range | about |
//! |---|---|
//! | 201xx | tokens and rights |
//! | 300xx | requests and frames |
//! | 310xx | sound |
//! | 400xx | commands on calls |
//! | 410xx | how calls fail |
//! | 500xx | the gateway |
//! | 530xx | the connection to the gateway |

mod catalogue;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use catalogue::ErrorCode;

/// One entry of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Never reused.
    pub number: u32,
    /// Kebab-case, stable, unique.
    pub code: &'static str,
    /// The SDK's name for it.
    pub name: &'static str,
    /// One sentence for a person.
    pub message: &'static str,
    /// What may be behind it.
    pub causes: &'static [&'static str],
    /// What to try.
    pub solutions: &'static [&'static str],
    /// The HTTP status where REST answers with it.
    pub http_status: u16,
}

/// An error as frames carry it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ErrorBody {
    /// The catalogue's code.
    pub code: String,
    /// The catalogue's number.
    pub number: u32,
    /// What happened.
    pub message: String,
    /// What may be behind it.
    pub causes: Vec<String>,
    /// What to try.
    pub solutions: Vec<String>,
}

impl ErrorBody {
    /// The catalogue's words, with a more exact message.
    pub fn with_message(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::from(code) }
    }
}

impl From<ErrorCode> for ErrorBody {
    fn from(code: ErrorCode) -> Self {
        let entry = code.entry();
        let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        Self {
            code: entry.code.to_owned(),
            number: entry.number,
            message: entry.message.to_owned(),
            causes: owned(entry.causes),
            solutions: owned(entry.solutions),
        }
    }
}
