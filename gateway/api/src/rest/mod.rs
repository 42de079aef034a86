//! REST: `/v1`.

mod audit;
mod calls;
mod cdrs;
mod collect;
mod events;
mod json;
mod problem;
mod recordings;
mod routes;
mod sounds;
mod tokens;
mod webhooks;

pub use audit::{AuditLine, ListAudit};
pub use calls::{AddedDelay, Call, CreateCall, Leg, ListCalls, Mute, Nothing, Page, SendDigits, TransferTo};
pub use cdrs::{Cdr, ListCdrs};
pub use collect::{Collect, Collecting, Digits, TakeDigits};
pub use events::{ListEvents, StreamEvents, Topic, TopicError};
pub use json::{from_json, pointer};
pub use problem::{FieldError, Problem};
pub use recordings::{
    ListRecordings, RecordStart, Recording, RecordingBegun, RecordingFault, RecordingState,
};
pub use routes::{RouteDestination, RouteTested, TestRoute, TestedRoute};
pub use sounds::{Play, Playing, Sound, StopPlay, ToneName};
pub use tokens::{CreateToken, Scope, Token};
pub use webhooks::{
    CreateWebhook, Delivery, DeliveryAttempt, DeliveryState, ListDeliveries, ListWebhooks, NewSecret, Webhook,
};
