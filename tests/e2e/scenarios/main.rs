//! End-to-end scenarios: one test binary.

mod instruments;
mod stage;
