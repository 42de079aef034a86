use std::time::Duration;

mod basic_call;
mod both_hang_up;
mod cancel_crosses_200;
mod far_end_dies;
mod forked_answers;
mod hold;
mod lossy;
mod lost_ack;
mod played;
mod random_walk;
mod reinvite_glare;
mod repeated_invite;
mod ring_timeout;
mod session_lost;
mod sessions_ring;
mod signalling_cut;
mod transfer;
mod trunk_failover;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}
