//! SIP's sockets around one [`Endpoint`](sip_stack::Endpoint).
//!
//! One task owns the endpoint. Small tasks read sockets into its inbox and write streams from bounded queues.

mod bind;
mod certificate;
mod dns;
mod driver;
mod input;
mod look_ups;
mod phones;
mod registrations;
mod stream;
mod tls;
mod waiting_room;
mod websocket;
mod writer;
mod writers;

pub use bind::{Bound, Pages, bind};
pub use driver::{Driver, Report, Request};
pub use look_ups::Found;
pub use phones::{Neighbour, Phones};
pub use registrations::TrunkRegistration;
pub use tls::Tls;
pub use websocket::{Door, FRAME_BYTES_MAX, SUBPROTOCOL};
