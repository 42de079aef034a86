//! The wire types of Offhook: browser signalling, REST, events, and the words that they share.
//!
//! - [`ws`]: every frame of `GET /v1/rtc`, subprotocol `offhook.v1`; `ws.schema.json` is generated from it.
//! - [`rest`]: requests, answers and problems of `/v1`.
//! - [`event`]: what `GET /v1/events/stream` carries.
//! - [`verdict`]: whether those who talk hear each other.
//! - [`error`]: the catalogue of numbered errors, shared with the browser SDK through `errors.json`.
//! - [`Cause`], [`CallState`] and the ids: one spelling in every face.
//!
//! Nothing here decides anything: the crate knows neither sockets nor the engine's types.

pub mod cause;
pub mod error;
pub mod event;
pub mod grants;
pub mod ids;
pub mod rest;
pub mod schema;
pub mod state;
pub mod time;
pub mod verdict;
pub mod ws;

pub use cause::Cause;
pub use error::{ErrorBody, ErrorCode};
pub use grants::Grants;
pub use ids::{
    CallId, CollectId, DeliveryId, EventId, LegId, PlayId, RecordingId, RequestId, SessionId, WebhookId,
};
pub use state::{CallState, Direction, EndedBy, HeldBy, LegKind, LegOwner, LegState, TransferKind};
pub use time::Timestamp;
