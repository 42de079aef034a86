//! The user agent: calls, registrations and pings over transactions and dialogs.

pub(crate) mod answers;
pub(crate) mod authenticate;
pub(crate) mod call;
pub(crate) mod challenges;
pub mod command;
pub(crate) mod credentials;
pub mod event;
pub(crate) mod headers;
pub mod identity;
pub mod in_call;
pub(crate) mod inspect;
pub(crate) mod options;
pub mod outbound;
pub(crate) mod outgoing;
pub mod publication;
pub mod reach;
pub(crate) mod register;
pub mod relation;
pub mod request;
pub(crate) mod resend;
pub(crate) mod screened;
pub(crate) mod session_id;
pub mod subscription;
pub(crate) mod user;

pub use command::{
    Body, CallOptions, Invite, InviteId, LocateId, NextHop, Pracks, Reason, Redirects, Register,
    RegistrationId, Respond, Target,
};
pub use credentials::{Credentials, TokenHop};
pub use event::{EndedBy, Prack, Source, UaEvent};
pub use identity::Trust;
pub use in_call::{InCall, InCallEvent};
pub use options::Availability;
pub(crate) use options::capabilities;
pub use outbound::Outbound;
pub use reach::Reach;
pub use relation::{DialogName, Relation, RelationKind, ReplacesWhen};
pub use request::{Outgoing, OutgoingId, Reply, RequestId, Unreplied};
