//! From a URI to an ordered list of targets (RFC 3263), without asking the DNS itself: questions are data.

mod addresses;
mod cache;
mod dead;
mod means;
mod name;
mod naptr;
mod query;
mod resolution;
mod resolver;
mod srv;
mod subject;
mod unresolved;

pub use addresses::Family;
pub(crate) use dead::DeadTargets;
pub use query::{Answer, Naptr, QueryId, Record, RecordKind, Srv};
pub(crate) use resolver::{Outcome, Resolver, Waiter};
pub(crate) use subject::Subject;
pub use unresolved::Unresolved;
