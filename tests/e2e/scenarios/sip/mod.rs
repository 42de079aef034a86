//! SIP's other implementations, unchanged: each file has one of them for a peer.

mod kamailio;
