//! RFC 3261 §16.3 and RFC 5393: what a proxy does not forward, and what it says instead.

use sip_stack::proxy::{ProxyConfig, ProxyLimits};
use sip_stack::{Config, Counters};

use super::{forward_to, lone, lone_config};
use crate::lone::{Lone, header, request};

const TARGET: &str = "192.0.2.20:5060";

fn hear(lone: &mut Lone, more: &str) {
    let text = request("MESSAGE", 1, "a", "", more);
    lone.hear(&text.replace("sip:alice@192.0.2.1 SIP", "sip:callee@example.net SIP"));
}

#[test]
fn a_request_goes_on_with_one_hop_less_and_its_own_via() {
    let mut lone = lone();
    hear(&mut lone, "X-Unknown: kept as it came\n");
    forward_to(&mut lone, &[TARGET]);
    assert_eq!(lone.sent[0].0, TARGET.parse().unwrap());
    let sent = lone.take_one();
    assert!(sent.starts_with("MESSAGE sip:callee@192.0.2.20:5060 SIP/2.0\r\n"), "{sent}");
    assert_eq!(header(&sent, "Max-Forwards"), "69");
    assert_eq!(header(&sent, "Max-Breadth"), "60");
    assert_eq!(header(&sent, "X-Unknown"), "kept as it came");
    let vias: Vec<&str> = sent.lines().filter(|line| line.starts_with("Via:")).collect();
    assert!(vias[0].contains("192.0.2.1:5060;branch=z9hG4bK"), "{vias:?}");
    assert!(vias[1].contains("192.0.2.9:5060;branch=z9hG4bKa"), "{vias:?}");
    assert!(!sent.contains("Record-Route"), "a MESSAGE makes no dialog");
}

#[test]
fn too_many_hops() {
    let mut lone = lone();
    let text = request("MESSAGE", 1, "a", "", "").replace("Max-Forwards: 70", "Max-Forwards: 0");
    lone.hear(&text);
    forward_to(&mut lone, &[TARGET]);
    assert!(lone.take_one().starts_with("SIP/2.0 483 Too Many Hops"));
}

#[test]
fn a_request_without_max_forwards_gets_one() {
    let mut lone = lone();
    lone.hear(&request("MESSAGE", 1, "a", "", "").replace("Max-Forwards: 70\n", ""));
    forward_to(&mut lone, &[TARGET]);
    assert_eq!(header(&lone.take_one(), "Max-Forwards"), "70");
}

#[test]
fn an_extension_that_we_do_not_know() {
    let mut lone = lone();
    hear(&mut lone, "Proxy-Require: foo, bar\n");
    forward_to(&mut lone, &[TARGET]);
    let refused = lone.take_one();
    assert!(refused.starts_with("SIP/2.0 420 Bad Extension"), "{refused}");
    assert_eq!(header(&refused, "Unsupported"), "foo, bar");
}

#[test]
fn what_comes_back_unchanged_is_a_loop_and_what_comes_back_changed_a_spiral() {
    let mut lone = lone();
    hear(&mut lone, "");
    forward_to(&mut lone, &[TARGET]);
    let sent = lone.take_one();
    let back = sent.replace("\r\n", "\n");
    let hop = "Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKhop\nVia: SIP/2.0/UDP 192.0.2.1";
    let back = back.replacen("Via: SIP/2.0/UDP 192.0.2.1", hop, 1);
    lone.hear(&back);
    forward_to(&mut lone, &[TARGET]);
    assert!(lone.take_one().starts_with("MESSAGE"), "another request URI: a spiral");
    lone.hear(
        &back.replace("callee@192.0.2.20:5060 SIP", "callee@example.net SIP").replace("bKhop", "bKhop2"),
    );
    forward_to(&mut lone, &[TARGET]);
    assert!(lone.take_one().starts_with("SIP/2.0 482 Loop Detected"));
}

#[test]
fn breadth_is_shared_out_and_runs_out() {
    let mut lone = lone();
    hear(&mut lone, "Max-Breadth: 5\n");
    forward_to(&mut lone, &[TARGET, "192.0.2.21:5060"]);
    let shares: Vec<&str> = lone.sent.iter().map(|(_, text)| header(text, "Max-Breadth")).collect();
    assert_eq!(shares, ["3", "2"]);
    let mut lone = super::lone();
    hear(&mut lone, "Max-Breadth: 1\n");
    forward_to(&mut lone, &[TARGET, "192.0.2.21:5060"]);
    assert!(lone.take_one().starts_with("SIP/2.0 440 Max-Breadth Exceeded"));
    let mut lone = super::lone();
    hear(&mut lone, "Max-Breadth: 4000000000\n");
    forward_to(&mut lone, &[TARGET]);
    assert_eq!(header(&lone.take_one(), "Max-Breadth"), "60");
}

#[test]
fn one_too_many_may_come_back_later() {
    let limits = ProxyLimits { contexts: 1, ..ProxyLimits::default() };
    let proxy = Some(ProxyConfig { limits, ..ProxyConfig::new(Vec::new(), [4; 32]) });
    let mut lone = Lone::with(Config { proxy, ..lone_config() });
    hear(&mut lone, "");
    forward_to(&mut lone, &[TARGET]);
    lone.take_lines();
    lone.hear(&request("MESSAGE", 2, "b", "", ""));
    forward_to(&mut lone, &[TARGET]);
    let refused = lone.take_one();
    assert!(refused.starts_with("SIP/2.0 503 Service Unavailable"), "{refused}");
    assert_eq!(header(&refused, "Retry-After"), "10");
    assert!(matches!(lone.endpoint.counters(), Counters { limited_forwards: 1, .. }));
}
