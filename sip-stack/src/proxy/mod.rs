//! A transaction-stateful proxy (RFC 3261 §16) inside the [`Endpoint`](crate::Endpoint).
//!
//! The owner sets [`Config::proxy`](crate::Config::proxy), lists in [`Config::screen`](crate::Config::screen) the
//! methods that it wants to route, hears [`UaEvent::Requested`](crate::UaEvent::Requested) for each request that
//! begins something, and answers with [`Endpoint::forward`](crate::Endpoint::forward) and a [`Forward`]. Everything
//! else is done here: validation, loop detection with Max-Breadth (RFC 5393), Record-Route, forking in groups, the
//! best response, CANCEL, timer C, 199 (RFC 6228), the edge role of outbound (RFC 5626), and requests inside
//! dialogs whose Route is one that we signed for them, which are forwarded without asking. One whose Route only names us
//! is the owner's to judge, like one that begins something.

mod attempt;
mod best;
mod check;
mod config;
mod context;
mod copy;
mod first_hop;
mod flow_token;
mod forward;
pub(crate) mod identity;
mod loops;
pub(crate) mod preprocess;
mod relay;
mod signature;
mod stateless;

pub(crate) use attempt::BranchId;
pub(crate) use check::{Refusal, check};
pub use config::{InwardHops, ProxyConfig, ProxyLimits};
pub(crate) use context::{Context, Life};
pub(crate) use copy::{Chosen, Terms};
pub use forward::{Branch, Forward, Hop, PathInsertion, RecordRouting, target_of};
pub(crate) use relay::Relay;
