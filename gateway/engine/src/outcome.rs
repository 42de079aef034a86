//! How a call ended.

use crate::call::CallState;
use crate::cause::Cause;

/// Who ended a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedBy {
    /// The side that started it.
    Caller,
    /// The side that was called.
    Callee,
    /// The gateway.
    System,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// One of the final states.
    pub state: CallState,
    /// Who ended it.
    pub by: EndedBy,
    /// Why.
    pub cause: Cause,
    /// The SIP status of the far side, where there is one.
    pub sip_code: Option<u16>,
    /// Its phrase, as a stranger wrote it.
    pub sip_reason: Option<String>,
    /// The Q.850 cause.
    pub q850: Option<u16>,
}
