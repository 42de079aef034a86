//! Decides: which calls exist, whom they ring, and what each event on one leg means for the other.
//!
//! **Is:** a value that takes facts (a browser's request, a SIP event, a media event, a command, a deadline) and
//! answers with commands and events as data. **Is not:** a socket, a clock, a source of random numbers, a wire
//! format: nothing here is serializable, and no type names JSON.
//!
//! One [`Switch`] a node. After each `handle_*` the owner drains [`Switch::poll_output`] until it answers
//! [`Output::Timeout`], and mutates again only then.

pub mod call;
pub mod cause;
pub mod directory;
pub mod grants;
pub mod ids;
pub mod leg;
pub mod moment;
pub mod number;
pub mod outcome;
pub mod route;
pub mod switch;

pub use call::{
    CallCommand, CallEvent, CallFact, CallSnapshot, CallState, Collect, CollectEnding, Collected, Direction,
    DirectionVerdict, HeldBy, LegSnapshot, MediaVerdict, Originate, PausedBy, PlayEnding, Playlist, Privacy,
    RecordingFault, RecordingReport, RecordingResult, Side, Sound, TransferKind,
};
pub use cause::Cause;
pub use directory::{Directory, Trunk, User};
pub use grants::{Grants, Pattern};
pub use ids::{CallId, CollectId, LegId, PlayId, RecordingId, RequestId, SessionId, TrunkId, UserId};
pub use leg::{LegKind, LegState, Owner};
pub use media::AddedDelay;
pub use moment::Moment;
pub use outcome::{EndedBy, Outcome};
pub use route::{Route, RouteTo};
pub use switch::{
    CallLimits, MutedBy, Output, Page, Quality, Refused, RejectCause, Reply, RouteQuestion, RtcNotice,
    RtcOrigin, RtcRequest, RtcState, SessionEvent, SipCommand, Start, Switch, SwitchConfig, TransferState,
    Usage,
};
