//! How long packets are in here is told each second and for the whole call, of each direction.

use std::time::Duration;

use media::CodecKind::{Opus, Pcmu};
use media::{AddedDelay, Socket};

use crate::speech::tone_packets;
use crate::world::{BROWSER, TICK, TRUNK, World};

/// Buckets are an eighth wide.
fn assert_about(delay: Option<AddedDelay>, [p50, p99]: [u64; 2]) {
    let delay = delay.expect("packets went on");
    for (found, us) in [(delay.p50, p50), (delay.p99, p99)] {
        let us = Duration::from_micros(us);
        assert!(found >= us && found <= us + us / 8 + Duration::from_micros(1), "{delay:?}");
    }
}

impl World {
    /// The trunk says a packet that the driver has sent on after so long.
    fn forward(&mut self, payload: &[u8], after: Duration) {
        self.step(TICK);
        let mut packet = self.trunk.packet(0, false, 160, payload);
        let from = self.trunk.address;
        self.worker.handle_packet(self.now, Socket::Rtp(TRUNK), from, &mut packet);
        if self.worker.forwards() {
            self.worker.handle_sent(after);
        }
        self.step(Duration::ZERO);
    }
}

#[test]
fn of_the_last_second_and_of_the_whole_call() {
    let mut world = World::call(&[Opus], Pcmu);
    let payload = &tone_packets(Pcmu, 20, 1)[0];
    for _ in 0..150 {
        world.forward(payload, Duration::from_micros(200));
    }
    world.forward(payload, Duration::from_millis(5));
    for _ in 0..100 {
        world.forward(payload, Duration::from_micros(400));
    }
    let stats = world.last_stats(TRUNK);
    assert_about(stats.added_delay, [400, 400]);
    assert_about(stats.added_delay_whole, [200, 400]);
    let back = world.last_stats(BROWSER);
    assert_eq!((back.added_delay, back.added_delay_whole), (None, None), "the browser said nothing");
    world.run(TICK * 100);
    assert_eq!(world.last_stats(TRUNK).added_delay, None);
    assert_about(world.last_stats(TRUNK).added_delay_whole, [200, 400]);
}

#[test]
fn what_goes_nowhere_has_none() {
    let mut world = World::call(&[Opus], Pcmu);
    world.worker.handle_packet(world.now, Socket::Rtp(TRUNK), "192.0.2.99:9".parse().unwrap(), &mut [0; 172]);
    assert!(!world.worker.forwards());
}
