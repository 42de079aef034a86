//! SIP's sockets around one [`Endpoint`](sip_stack::Endpoint).
//!
//! One task owns the endpoint. Small tasks read sockets into its inbox and write streams from bounded queues.

mod bind;
mod driver;
mod input;
mod phones;
mod registrations;
mod stream;

pub use bind::{Bound, bind};
pub use driver::{Driver, Report, Request};
pub use phones::{Neighbour, Phones};
pub use registrations::TrunkRegistration;
