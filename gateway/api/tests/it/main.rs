//! Behaviour of the wire types through the public interface.

mod frames;
mod generated;
