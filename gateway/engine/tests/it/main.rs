//! Behaviour of the switch in virtual time, through its public interface; the SIP, browser and media sides are
//! scripted.

mod digits;
mod inbound;
mod limits;
mod originate;
mod outbound;
mod random;
mod renegotiation;
mod sound;
mod world;
