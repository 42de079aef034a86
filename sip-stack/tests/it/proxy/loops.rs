//! RFC 5393: what two proxies that send everything to each other cost.

use sip_stack::proxy::{Branch, Forward};
use sip_stack::{Target, Transport, UaEvent};

use crate::call::s;
use crate::net::{Net, Owner};

/// Sends everything to this proxy, in as many branches as there are names for it.
fn throwing_at(remote: &str, users: &'static [&'static str]) -> Owner {
    let target = Target::new(Transport::Udp, remote.parse().unwrap());
    let remote = remote.to_owned();
    Box::new(move |endpoint, now, event| {
        let UaEvent::Requested { id, .. } = event else { return Some(event) };
        let branch = |user: &&str| Branch::new(format!("sip:{user}@{remote}").parse().unwrap(), target);
        endpoint.forward(now, id, Forward::new(vec![users.iter().map(branch).collect()])).unwrap();
        None
    })
}

fn storm(users: &'static [&'static str]) -> (Net, usize) {
    let mut net = Net::new();
    net.phone("alice", "192.0.2.1:5060");
    net.proxy("one", "192.0.2.10:5060", "one.example", throwing_at("192.0.2.20:5060", users));
    net.proxy("two", "192.0.2.20:5060", "two.example", throwing_at("192.0.2.10:5060", users));
    net.call("alice", 1, "sip:callee@one.example", "one", Transport::Udp);
    net.run(s(60));
    let requests = net.count("one", "two", "INVITE") + net.count("two", "one", "INVITE");
    (net, requests)
}

#[test]
fn a_request_goes_round_once() {
    let (mut net, requests) = storm(&["callee"]);
    assert_eq!(requests, 3, "there, back, and there again to be known");
    assert!(matches!(net.take_events("alice").as_slice(), [UaEvent::Failed { code: 482, .. }]));
    assert_eq!((net.endpoint("one").transactions(), net.endpoint("two").transactions()), (0, 0));
}

#[test]
fn forking_at_each_other_ends_after_a_few_messages() {
    let (mut net, requests) = storm(&["a", "b"]);
    assert!(requests < 64, "without detection it were two to the power of seventy: {requests}");
    assert!(matches!(net.take_events("alice").as_slice(), [UaEvent::Failed { code: 482 | 440, .. }]));
    assert_eq!((net.endpoint("one").forwarding(), net.endpoint("two").forwarding()), (0, 0));
}
