//! End-to-end scenarios: a real browser and real phones, with the gateway between them.

mod demo;
mod desk;
mod digits;
mod ear;
mod early_media;
mod encrypted;
mod endings;
mod inbound;
mod instruments;
mod mute;
mod outbound;
mod outcome;
mod registration;
mod renegotiation;
mod resume;
mod scene;
mod sessions;
mod sip;
mod stage;
mod voice;
