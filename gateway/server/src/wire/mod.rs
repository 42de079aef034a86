//! The one place where the engine's types and the wire's types meet.

mod call;
mod event;
mod frame;
mod grants;
mod refused;
mod routes;
mod verdict;
mod words;

pub use call::call;
pub use event::event;
pub use frame::{notice, request};
pub use grants::{grants, user_grants};
pub use refused::{error_code, unanswered};
pub use routes::{route_question, route_tested};
pub use verdict::media_verdict;
pub use words::{cause_word, codec, dtmf, hex, recording_fault, srtp, tone, tone_word, transport};
