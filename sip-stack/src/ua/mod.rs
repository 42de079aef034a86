//! The user agent: calls, registrations and pings over transactions and dialogs.

pub(crate) mod authenticate;
pub(crate) mod call;
pub(crate) mod challenges;
pub mod command;
pub(crate) mod credentials;
pub mod event;
pub(crate) mod headers;
pub(crate) mod inspect;
pub(crate) mod options;
pub(crate) mod outgoing;
pub(crate) mod register;
pub mod request;
pub(crate) mod resend;
pub(crate) mod screened;
pub mod subscription;
pub(crate) mod user;

pub use command::{
    Body, CallOptions, Invite, InviteId, Pracks, Reason, Register, RegistrationId, Respond, Target,
};
pub use credentials::{Credentials, TokenHop};
pub use event::{EndedBy, Prack, Source, UaEvent};
pub(crate) use options::capabilities;
pub use request::{Outgoing, OutgoingId, Reply, RequestId, Unreplied};
