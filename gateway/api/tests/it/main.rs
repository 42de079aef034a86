//! Behaviour of the wire types through the public interface.

#![allow(clippy::unwrap_used, reason = "clippy spares only the functions marked as tests, not their helpers")]

mod frames;
mod generated;
