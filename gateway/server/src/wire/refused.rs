//! Refusals in the words of the catalogue.

use api::ErrorCode;
use engine::Refused;

use crate::call::Unanswered;

/// Why the engine refused.
pub const fn error_code(refused: Refused) -> ErrorCode {
    match refused {
        Refused::UnknownSession => ErrorCode::SessionLost,
        Refused::UnknownCall => ErrorCode::CallNotFound,
        Refused::CallExists => ErrorCode::CallExists,
        Refused::UnknownLeg => ErrorCode::LegNotFound,
        Refused::WrongState => ErrorCode::WrongState,
        Refused::InvalidNumber => ErrorCode::InvalidNumber,
        Refused::InvalidDigits => ErrorCode::InvalidDigits,
        Refused::DestinationForbidden => ErrorCode::DestinationForbidden,
        Refused::CallerIdForbidden => ErrorCode::CallerIdForbidden,
        Refused::LimitReached => ErrorCode::CallLimitReached,
        Refused::NoRoute => ErrorCode::NoRoute,
        Refused::UnknownUser => ErrorCode::UserUnknown,
        Refused::UserUnavailable => ErrorCode::UserUnavailable,
        Refused::Draining => ErrorCode::GatewayRestart,
    }
}

/// Why the calls did not answer at all.
pub const fn unanswered(unanswered: Unanswered) -> ErrorCode {
    match unanswered {
        Unanswered::Busy => ErrorCode::GatewayOverloaded,
        Unanswered::Late => ErrorCode::GatewayError,
    }
}
