//! Cutting messages out of a stream.
