//! `application/problem+json` (RFC 9457).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::ErrorCode;
use crate::ids::RequestId;

/// Why a request was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// A URI reference that names the kind of problem: `/errors/<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The catalogue's sentence.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The catalogue's code.
    pub code: String,
    /// The catalogue's number.
    pub number: u32,
    /// As in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<RequestId>,
    /// The fields at fault.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// A field at fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FieldError {
    /// A JSON pointer (RFC 6901) into the request's body.
    pub pointer: String,
    /// The catalogue's code.
    pub code: String,
    /// What is wrong with it.
    pub detail: String,
}

impl Problem {
    /// The content type it travels with.
    pub const CONTENT_TYPE: &'static str = "application/problem+json";

    /// A problem with the catalogue's words.
    pub fn new(code: ErrorCode) -> Self {
        let entry = code.entry();
        Self {
            kind: format!("/errors/{}", entry.code),
            title: entry.message.to_owned(),
            status: entry.http_status,
            detail: None,
            code: entry.code.to_owned(),
            number: entry.number,
            request_id: None,
            errors: Vec::new(),
        }
    }

    /// Says what happened this time.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Names the request.
    #[must_use]
    pub fn request_id(mut self, id: RequestId) -> Self {
        self.request_id = Some(id);
        self
    }

    /// Names a field at fault.
    #[must_use]
    pub fn field(mut self, pointer: impl Into<String>, code: ErrorCode, detail: impl Into<String>) -> Self {
        let code = code.entry().code.to_owned();
        self.errors.push(FieldError { pointer: pointer.into(), code, detail: detail.into() });
        self
    }
}
