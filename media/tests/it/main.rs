//! What the crate does, through its public interface.

#![allow(clippy::unwrap_used, reason = "clippy spares only the functions marked as tests, not their helpers")]

mod bridge_digits;
mod bridge_mutes;
mod bridge_ptimes;
mod bridge_red;
mod bridge_relays;
mod bridge_survives;
mod bridge_tones;
mod bridge_transcodes;
mod call_quality;
mod codec_vectors;
mod concealment_reference;
mod conference;
mod dtmf_events;
mod dtmf_talkoff;
mod dtmf_tones;
mod files;
mod hour_long;
mod jitter_smoothed;
mod loss_concealed;
mod no_allocation;
mod opus_packets;
mod opus_parameters;
mod order_restored;
mod play_controls;
mod play_files;
mod play_switches;
mod play_tones;
mod ports_bound;
mod reception_reports;
mod recording;
mod resampling;
mod sdp_offer_answer;
mod sdp_round_trip;
mod silence_filled;
mod silence_told;
mod speech;
mod speech_repaired;
mod srtp_packets;
mod srtp_trunk;
mod stun_flood;
mod tone;
mod trunk_renegotiates;
mod trunk_reports;
mod world;
