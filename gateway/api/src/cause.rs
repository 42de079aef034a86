//! Why a call ended, in one vocabulary.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::ErrorCode;

/// Why a call, or one leg of it, ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Somebody hung up a call that was answered.
    Normal,
    /// The caller gave up before an answer.
    Canceled,
    /// The callee is in another call.
    Busy,
    /// The callee refused.
    Declined,
    /// The callee's phone gave up ringing.
    NoAnswer,
    /// The number does not exist.
    NotFound,
    /// The callee has no phone connected.
    Unavailable,
    /// The caller may not place this call.
    Forbidden,
    /// The number is not one.
    InvalidNumber,
    /// No route leads to the number.
    NoRoute,
    /// The trunk does not answer.
    TrunkUnreachable,
    /// The trunk refused the call.
    TrunkRejected,
    /// The sound could not be set up.
    MediaFailed,
    /// The sound stopped.
    MediaTimeout,
    /// Both sides share no codec.
    NoCommonCodec,
    /// Another phone of the callee took the call.
    AnsweredElsewhere,
    /// The browser went away.
    SessionLost,
    /// The call goes on without this leg: it was handed over.
    Transferred,
    /// A limit on calls is reached.
    LimitReached,
    /// Nobody answered within the gateway's own limit.
    RingTimeout,
    /// The gateway is at fault.
    GatewayError,
    /// The gateway was stopped.
    GatewayRestart,
}

impl Cause {
    /// Every cause, in the order of the documentation.
    pub const ALL: [Self; 22] = [
        Self::Normal,
        Self::Canceled,
        Self::Busy,
        Self::Declined,
        Self::NoAnswer,
        Self::NotFound,
        Self::Unavailable,
        Self::Forbidden,
        Self::InvalidNumber,
        Self::NoRoute,
        Self::TrunkUnreachable,
        Self::TrunkRejected,
        Self::MediaFailed,
        Self::MediaTimeout,
        Self::NoCommonCodec,
        Self::AnsweredElsewhere,
        Self::SessionLost,
        Self::Transferred,
        Self::LimitReached,
        Self::RingTimeout,
        Self::GatewayError,
        Self::GatewayRestart,
    ];

    /// The catalogue's entry that explains this cause to a person; `None` where nothing went wrong.
    pub const fn error(self) -> Option<ErrorCode> {
        match self {
            Self::Normal | Self::Canceled | Self::AnsweredElsewhere | Self::Transferred => None,
            Self::Busy => Some(ErrorCode::Busy),
            Self::Declined => Some(ErrorCode::Declined),
            Self::NoAnswer | Self::RingTimeout => Some(ErrorCode::NoAnswer),
            Self::NotFound => Some(ErrorCode::NumberNotFound),
            Self::Unavailable => Some(ErrorCode::Unavailable),
            Self::Forbidden => Some(ErrorCode::DestinationForbidden),
            Self::InvalidNumber => Some(ErrorCode::InvalidNumber),
            Self::NoRoute => Some(ErrorCode::NoRoute),
            Self::TrunkUnreachable => Some(ErrorCode::TrunkUnreachable),
            Self::TrunkRejected => Some(ErrorCode::TrunkRejected),
            Self::MediaFailed => Some(ErrorCode::MediaFailed),
            Self::MediaTimeout => Some(ErrorCode::MediaTimeout),
            Self::NoCommonCodec => Some(ErrorCode::NoCommonCodec),
            Self::SessionLost => Some(ErrorCode::SessionLost),
            Self::LimitReached => Some(ErrorCode::CallLimitReached),
            Self::GatewayError => Some(ErrorCode::GatewayError),
            Self::GatewayRestart => Some(ErrorCode::GatewayRestart),
        }
    }
}
