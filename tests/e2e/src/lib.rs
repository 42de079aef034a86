//! The instruments of the end-to-end tests: a real browser, real SIP phones, the gateway under
//! test, and an ear that judges sound by its content.
//!
//! Nothing here knows the gateway's crates except for the codecs the ear decodes with.

pub mod browser;
pub mod cable;
pub mod gateway;
pub mod kamailio;
pub mod machine;
pub mod phone;
pub mod port;
pub mod process;
pub mod tone;
pub mod wait;
