//! SIP's other implementations, unchanged: each file has one of them for a peer.

mod baresip;
mod kamailio;
mod pages;
mod sipp;
mod two_phones;
