//! The stack through its public interface; the endpoint in virtual time.

mod basic_call;
mod call;
mod digest;
mod message_corpus;
mod message_properties;
mod pair;
mod torture;
