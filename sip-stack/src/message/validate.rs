//! The second stage: what the RFC demands of a message, and the status code when it does not hold.
