//! Who waits for the response to a request of ours.

use super::command::{InviteId, RegistrationId};
use super::publication::PublicationId;
use super::request::OutgoingId;
use super::subscription::SubscriptionId;
use crate::proxy::BranchId;

/// The user of a client transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum User {
    /// The INVITE that makes a call.
    Invite(InviteId),
    /// An INVITE inside its dialog.
    Reinvite(InviteId),
    /// An offer or a session refresh by UPDATE.
    Update(InviteId),
    /// The acknowledgement of a provisional response.
    Prack(InviteId),
    /// The end of a call.
    Bye(InviteId),
    /// The end of an early dialog.
    LeftFork(InviteId),
    /// An INFO: only a lost dialog matters.
    InDialog(InviteId),
    /// A registration or its end.
    Register(RegistrationId),
    /// A request of the owner's outside of calls.
    Outgoing(OutgoingId),
    /// A request of the owner's inside of a call.
    InCall(OutgoingId),
    /// A PUBLISH.
    Publication(PublicationId),
    /// A SUBSCRIBE, REFER or NOTIFY.
    Subscription(SubscriptionId),
    /// A ping.
    Options(RegistrationId),
    /// A branch of a forwarded request.
    Proxy(BranchId),
    /// An INVITE whose call went on to another target.
    Superseded,
    /// A branch that went on to another target, as seen by the one before.
    SupersededBranch(BranchId),
    /// CANCEL, and BYE of a fork that lost.
    Nobody,
}
