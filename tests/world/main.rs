//! Whole calls around the real cores: one file a behaviour.

mod scenarios;
mod world;
