//! Behaviour of the switch in virtual time, through its public interface; the SIP, browser and media sides are
//! scripted.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails by panicking, like the test")]
#![expect(clippy::wildcard_enum_match_arm, reason = "a test picks the one variant it asks about")]

mod collect;
mod digits;
mod failover;
mod hold;
mod inbound;
mod limits;
mod originate;
mod outbound;
mod play;
mod random;
mod reattach;
mod record;
mod renegotiation;
mod resume;
mod routing;
mod sound;
mod transfer;
mod verdict;
mod world;
