//! From a text frame to a [`ClientFrame`].

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::client::{ClientFrame, IceCandidate, SendDigits};
use super::limits;
use crate::error::{ErrorBody, ErrorCode};
use crate::ids::CallId;

/// What a text frame is.
#[derive(Clone, Debug, PartialEq)]
pub enum Decoded {
    /// A frame to act on.
    Frame(Box<ClientFrame>),
    /// A type that this version does not know; ignored.
    Unknown,
}

/// A frame that cannot be acted on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Not a JSON object with a `type`; the connection is closed with [`CloseCode::Protocol`](super::CloseCode).
    #[error("not a message: {0}")]
    Malformed(String),
    /// A known type with missing or wrong fields; answered with an `error` frame.
    #[error("{kind}{pointer}: {detail}")]
    Invalid {
        /// The request's `id`, if it could be read.
        id: Option<String>,
        /// The frame's `type`.
        kind: String,
        /// The JSON pointer of the field.
        pointer: String,
        /// What is wrong with it.
        detail: String,
    },
}

impl FrameError {
    /// The `error` frame's data.
    pub fn body(&self) -> ErrorBody {
        let code = match self {
            Self::Malformed(_) => ErrorCode::MalformedJson,
            Self::Invalid { .. } => ErrorCode::InvalidMessage,
        };
        ErrorBody::with_message(code, self.to_string())
    }

    /// The request that it answers.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Malformed(_) => None,
            Self::Invalid { id, .. } => id.as_deref(),
        }
    }
}

/// Where and what, before the frame's type and id are put to it.
struct Fault {
    pointer: String,
    detail: String,
}

impl Fault {
    fn new(pointer: &str, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.to_owned(), detail: detail.into() }
    }
}

/// Reads one text frame of a browser.
///
/// # Errors
///
/// [`FrameError::Malformed`] if it is no JSON object with a textual `type`; [`FrameError::Invalid`] if the type is
/// known and a field of it is missing, wrong, or beyond its [limit](super::limits).
pub fn decode(text: &str) -> Result<Decoded, FrameError> {
    let value: Value =
        serde_json::from_str(text).map_err(|error| FrameError::Malformed(error.to_string()))?;
    let Value::Object(object) = value else { return Err(FrameError::Malformed("not an object".to_owned())) };
    let Some(Value::String(kind)) = object.get("type") else {
        return Err(FrameError::Malformed("no type".to_owned()));
    };
    let kind = kind.clone();
    let id = object
        .get("id")
        .and_then(Value::as_str)
        .filter(|id| id.len() <= limits::ID_BYTES_MAX)
        .map(str::to_owned);
    match frame(&kind, object).and_then(check) {
        Ok(Some(frame)) => Ok(Decoded::Frame(Box::new(frame))),
        Ok(None) => Ok(Decoded::Unknown),
        Err(Fault { pointer, detail }) => Err(FrameError::Invalid { id, kind, pointer, detail }),
    }
}

fn frame(kind: &str, object: Map<String, Value>) -> Result<Option<ClientFrame>, Fault> {
    let mut fields = Fields(object);
    let frame = match kind {
        "hello" => ClientFrame::Hello { id: fields.id()?, data: fields.data()? },
        "call.start" => {
            ClientFrame::CallStart { id: fields.id()?, call: fields.call()?, data: fields.data()? }
        }
        "call.accept" => {
            ClientFrame::CallAccept { id: fields.id()?, call: fields.call()?, data: fields.data()? }
        }
        "call.reject" => {
            ClientFrame::CallReject { id: fields.id()?, call: fields.call()?, data: fields.data()? }
        }
        "call.hangup" => {
            ClientFrame::CallHangup { id: fields.id()?, call: fields.call()?, data: fields.data()? }
        }
        "call.candidate" => {
            ClientFrame::CallCandidate { id: fields.id()?, call: fields.call()?, data: fields.data()? }
        }
        "call.send_digits" => {
            ClientFrame::CallSendDigits { id: fields.id()?, call: fields.call()?, data: fields.data()? }
        }
        "call.mute" => ClientFrame::CallMute { id: fields.id()?, call: fields.call()?, data: fields.data()? },
        "call.reattach" => {
            ClientFrame::CallReattach { id: fields.id()?, call: fields.call()?, data: fields.data()? }
        }
        "call.restart_ice" => {
            ClientFrame::CallRestartIce { id: fields.id()?, call: fields.call()?, data: fields.data()? }
        }
        "token.update" => ClientFrame::TokenUpdate { id: fields.id()?, data: fields.data()? },
        "call.hold" => ClientFrame::CallHold { id: fields.id()?, call: fields.call()?, data: fields.data()? },
        "call.unhold" => {
            ClientFrame::CallUnhold { id: fields.id()?, call: fields.call()?, data: fields.data()? }
        }
        "call.transfer" => {
            ClientFrame::CallTransfer { id: fields.id()?, call: fields.call()?, data: fields.data()? }
        }
        "call.consult" => {
            ClientFrame::CallConsult { id: fields.id()?, call: fields.call()?, data: fields.data()? }
        }
        "call.complete_transfer" => {
            ClientFrame::CallCompleteTransfer { id: fields.id()?, call: fields.call()?, data: fields.data()? }
        }
        "call.cancel_transfer" => {
            ClientFrame::CallCancelTransfer { id: fields.id()?, call: fields.call()?, data: fields.data()? }
        }
        "ping" => ClientFrame::Ping { id: fields.id_if_any()?, data: fields.data()? },
        "ack" => ClientFrame::Ack { data: fields.data()? },
        _ => return Ok(None),
    };
    Ok(Some(frame))
}

/// The envelope, taken apart field by field so that an error can name the one at fault.
struct Fields(Map<String, Value>);

impl Fields {
    fn id_if_any(&mut self) -> Result<Option<String>, Fault> {
        match self.0.remove("id") {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(id)) if !id.is_empty() && id.len() <= limits::ID_BYTES_MAX => Ok(Some(id)),
            Some(_) => {
                Err(Fault::new("/id", format!("expected a string of 1 to {} bytes", limits::ID_BYTES_MAX)))
            }
        }
    }

    fn id(&mut self) -> Result<String, Fault> {
        self.id_if_any()?.ok_or_else(|| Fault::new("/id", "missing"))
    }

    fn call(&mut self) -> Result<CallId, Fault> {
        let call = self.0.remove("call").ok_or_else(|| Fault::new("/call", "missing"))?;
        serde_json::from_value(call).map_err(|error| Fault::new("/call", error.to_string()))
    }

    fn data<D: DeserializeOwned>(&mut self) -> Result<D, Fault> {
        let data = self.0.remove("data").unwrap_or_else(|| Value::Object(Map::new()));
        serde_path_to_error::deserialize(data).map_err(|error| {
            let pointer = crate::rest::pointer(error.path());
            Fault { pointer: format!("/data{pointer}"), detail: error.into_inner().to_string() }
        })
    }
}

fn at_most(pointer: &str, text: &str, bytes_max: usize) -> Result<(), Fault> {
    if text.len() <= bytes_max {
        return Ok(());
    }
    Err(Fault::new(pointer, format!("longer than {bytes_max} bytes")))
}

fn check(frame: Option<ClientFrame>) -> Result<Option<ClientFrame>, Fault> {
    match &frame {
        Some(ClientFrame::Hello { data, .. }) => {
            at_most("/data/token", &data.token, limits::TOKEN_BYTES_MAX)?;
            at_most("/data/client/name", &data.client.name, limits::CLIENT_NAME_BYTES_MAX)?;
            at_most("/data/client/version", &data.client.version, limits::CLIENT_NAME_BYTES_MAX)?;
            let resume_token = data.resume.as_ref().map_or("", |resume| resume.resume_token.as_str());
            at_most("/data/resume/resume_token", resume_token, limits::RESUME_TOKEN_BYTES_MAX)?;
        }
        Some(ClientFrame::CallStart { data, .. }) => {
            at_most("/data/to", &data.to, limits::ADDRESS_BYTES_MAX)?;
            at_most("/data/from", data.from.as_deref().unwrap_or(""), limits::ADDRESS_BYTES_MAX)?;
            at_most("/data/sdp", &data.sdp, limits::SDP_BYTES_MAX)?;
            check_headers(&data.headers)?;
        }
        Some(ClientFrame::CallAccept { data, .. }) => at_most("/data/sdp", &data.sdp, limits::SDP_BYTES_MAX)?,
        Some(ClientFrame::TokenUpdate { data, .. }) => {
            at_most("/data/token", &data.token, limits::TOKEN_BYTES_MAX)?
        }
        Some(ClientFrame::CallReattach { data, .. } | ClientFrame::CallRestartIce { data, .. }) => {
            at_most("/data/sdp", &data.sdp, limits::SDP_BYTES_MAX)?;
        }
        Some(ClientFrame::CallCandidate { data, .. }) => check_candidate(data.candidate.as_ref())?,
        Some(ClientFrame::CallTransfer { data, .. } | ClientFrame::CallConsult { data, .. }) => {
            at_most("/data/to", &data.to, limits::ADDRESS_BYTES_MAX)?
        }
        Some(ClientFrame::CallSendDigits { data, .. }) => check_digits(data)?,
        Some(
            ClientFrame::CallReject { .. }
            | ClientFrame::CallHangup { .. }
            | ClientFrame::CallMute { .. }
            | ClientFrame::CallHold { .. }
            | ClientFrame::CallUnhold { .. }
            | ClientFrame::CallCompleteTransfer { .. }
            | ClientFrame::CallCancelTransfer { .. }
            | ClientFrame::Ping { .. }
            | ClientFrame::Ack { .. },
        )
        | None => {}
    }
    Ok(frame)
}

fn check_candidate(candidate: Option<&IceCandidate>) -> Result<(), Fault> {
    let Some(candidate) = candidate else { return Ok(()) };
    at_most("/data/candidate/candidate", &candidate.candidate, limits::CANDIDATE_BYTES_MAX)?;
    let mid = candidate.sdp_mid.as_deref().unwrap_or("");
    at_most("/data/candidate/sdp_mid", mid, limits::CANDIDATE_BYTES_MAX)
}

fn check_digits(data: &SendDigits) -> Result<(), Fault> {
    let legal = |digit: char| matches!(digit, '0'..='9' | '*' | '#' | 'A'..='D' | 'a'..='d');
    if data.digits.is_empty() || data.digits.len() > limits::DIGITS_MAX || !data.digits.chars().all(legal) {
        let detail = format!("expected 1 to {} of 0-9 * # A-D", limits::DIGITS_MAX);
        return Err(Fault::new("/data/digits", detail));
    }
    let (min, max) = (limits::DIGIT_MS_MIN, limits::DIGIT_MS_MAX);
    if data.duration_ms.is_some_and(|duration| !(min..=max).contains(&duration)) {
        return Err(Fault::new("/data/duration_ms", format!("expected {min} to {max}")));
    }
    Ok(())
}

/// Only `X-` headers of token and printable characters: a page must not forge the gateway's own.
fn check_headers(headers: &std::collections::BTreeMap<String, String>) -> Result<(), Fault> {
    if headers.len() > limits::HEADERS_MAX {
        return Err(Fault::new("/data/headers", format!("more than {}", limits::HEADERS_MAX)));
    }
    let token = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    for (name, value) in headers {
        let named = name.len() > 2 && name[..name.len().min(2)].eq_ignore_ascii_case("x-") && token(name);
        let short = name.len() <= limits::HEADER_BYTES_MAX && value.len() <= limits::HEADER_BYTES_MAX;
        if !named || !short || value.chars().any(char::is_control) {
            return Err(Fault::new(
                "/data/headers",
                "expected X- names and printable values of bounded length",
            ));
        }
    }
    Ok(())
}
