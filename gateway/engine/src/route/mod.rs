//! Where a number goes: pure.
