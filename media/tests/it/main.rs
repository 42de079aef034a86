//! What the crate does, through its public interface.

mod codec_vectors;
