//! Shares of SRV weights (RFC 2782).

use std::collections::BTreeMap;

use sip_stack::{LocateId, UaEvent};

use crate::dns::Zone;
use crate::lone::Lone;

const PICKS: u32 = 10_000;

/// How often each address came first.
fn firsts(zone: &str) -> BTreeMap<String, u32> {
    let mut lone = Lone::new();
    lone.dns = Zone::default().with(zone);
    let mut counts = BTreeMap::new();
    for _ in 0..PICKS {
        lone.endpoint
            .locate(lone.now, LocateId(1), &"sip:example.com;transport=udp".parse().unwrap())
            .unwrap();
        lone.drain();
        let Some(UaEvent::Located { targets: Ok(targets), .. }) = lone.events.pop() else { panic!() };
        assert!(targets.windows(2).all(|pair| pair[0] != pair[1]), "nobody twice");
        *counts.entry(targets[0].remote.ip().to_string()).or_default() += 1;
    }
    counts
}

fn assert_share(counts: &BTreeMap<String, u32>, address: &str, expected: f64) {
    let share = f64::from(counts.get(address).copied().unwrap_or(0)) / f64::from(PICKS);
    assert!((share - expected).abs() < 0.02, "{address}: {share} instead of {expected}");
}

#[test]
fn picks_follow_the_weights() {
    let counts = firsts(
        "_sip._udp.example.com SRV 0 1 5060 a.example.com
         _sip._udp.example.com SRV 0 3 5060 b.example.com
         _sip._udp.example.com SRV 0 6 5060 c.example.com
         _sip._udp.example.com SRV 1 100 5060 d.example.com
         a.example.com A 192.0.2.1
         b.example.com A 192.0.2.2
         c.example.com A 192.0.2.3
         d.example.com A 192.0.2.4",
    );
    assert_share(&counts, "192.0.2.1", 0.1);
    assert_share(&counts, "192.0.2.2", 0.3);
    assert_share(&counts, "192.0.2.3", 0.6);
    assert_share(&counts, "192.0.2.4", 0.0);
}

#[test]
fn a_weight_of_nothing_is_a_small_chance_beside_others_and_a_fair_one_among_its_like() {
    let beside = firsts(
        "_sip._udp.example.com SRV 0 0 5060 a.example.com
         _sip._udp.example.com SRV 0 99 5060 b.example.com
         a.example.com A 192.0.2.1
         b.example.com A 192.0.2.2",
    );
    assert_share(&beside, "192.0.2.1", 0.01);
    assert!(beside.contains_key("192.0.2.1"), "but some");
    let alike = firsts(
        "_sip._udp.example.com SRV 0 0 5060 a.example.com
         _sip._udp.example.com SRV 0 0 5060 b.example.com
         a.example.com A 192.0.2.1
         b.example.com A 192.0.2.2",
    );
    assert_share(&alike, "192.0.2.1", 0.5);
}
