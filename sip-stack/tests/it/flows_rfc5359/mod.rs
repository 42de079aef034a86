//! RFC 5359 as scenarios, a file a flow or a few that are alike. Each asserts the ladder that the RFC draws, and what
//! its people notice.

mod click_to_dial;
mod conference;
mod consultation;
mod forwarding;
mod holding;
mod parking;
mod phones;
mod pickup;
mod redial;
mod screening;
mod transfer;
mod transfer_attended;
mod transfer_by_message;
mod watching;
