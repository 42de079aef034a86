//! REST: `/v1`.

mod calls;
mod json;
mod problem;
mod tokens;

pub use calls::{Call, CreateCall, Leg, ListCalls, Page, SendDigits};
pub use json::{from_json, pointer};
pub use problem::{FieldError, Problem};
pub use tokens::{CreateToken, Scope, Token};
