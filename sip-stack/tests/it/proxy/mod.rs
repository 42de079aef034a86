//! The proxy (RFC 3261 §16) between phones of ours, and against words that a test writes itself.

mod cancel;
mod edge;
mod forking;
mod gruu;
mod home;
mod late;
mod loops;
mod names;
mod relay;
mod routes;
mod validation;

use sip_stack::message::Uri;
use sip_stack::proxy::{Branch, Forward, ProxyConfig};
use sip_stack::{Config, InviteId, Target, Transport, UaEvent};

use crate::call::s;
use crate::lone::{self, Lone};
use crate::net::{Net, Owner};

pub(crate) const CALLEE: &str = "sip:callee@example.net";

/// Alice, Bob, Carol, Dave and Erin, and a proxy of `example.net` that sends everything to these groups of phones.
pub(crate) fn net(groups: &'static [&'static [&'static str]]) -> Net {
    forwarding(groups, Forward::new)
}

/// The same, with more to say about how it forwards.
pub(crate) fn forwarding(
    groups: &'static [&'static [&'static str]],
    forward: impl Fn(Vec<Vec<Branch>>) -> Forward + 'static,
) -> Net {
    let mut net = Net::new();
    for (nth, name) in ["alice", "bob", "carol", "dave", "erin"].into_iter().enumerate() {
        net.phone(name, &format!("192.0.2.{}:5060", nth + 1));
    }
    let addresses: Vec<Vec<Branch>> =
        groups.iter().map(|group| group.iter().map(|name| branch(&net, name)).collect()).collect();
    let owner: Owner = Box::new(move |endpoint, now, event| {
        let UaEvent::Requested { id, .. } = event else { return Some(event) };
        endpoint.forward(now, id, forward(addresses.clone())).unwrap();
        None
    });
    net.proxy("proxy", "192.0.2.10:5060", "example.net", owner);
    net
}

pub(crate) fn branch(net: &Net, name: &str) -> Branch {
    let remote = net.address(name);
    let uri: Uri = format!("sip:{name}@{remote}").parse().unwrap();
    Branch::new(uri, Target::new(Transport::Udp, remote))
}

/// Alice calls; the ids that the phones have for it.
pub(crate) fn dial(net: &mut Net, phones: &[&'static str]) -> Vec<InviteId> {
    net.call("alice", 1, CALLEE, "proxy", Transport::Udp);
    phones.iter().map(|phone| net.incoming(phone)).collect()
}

/// A proxy of `example.net` that hears a test's words.
pub(crate) fn lone() -> Lone {
    Lone::with(lone_config())
}

pub(crate) fn lone_config() -> Config {
    let proxy = Some(ProxyConfig::new(vec!["example.net".parse().unwrap()], [4; 32]));
    let screen = crate::net::proxy_config("192.0.2.1:5060", "example.net").screen;
    Config { proxy, screen, ..lone::config() }
}

/// The Record-Route that [`lone`] writes for the dialog of [`request`](lone::request)s.
pub(crate) fn recorded(lone: &mut Lone) -> String {
    lone.hear(&lone::request("INVITE", 1, "recorded", "", ""));
    forward_to(lone, &["192.0.2.2:5060"]);
    let invite = lone.take_one();
    lone.hear_from("192.0.2.2:5060", &lone::response(486, &invite, "busy", "", ""));
    lone.advance(s(40));
    lone.take_lines();
    lone::header(&invite, "Record-Route").to_owned()
}

/// What the owner of [`lone`] does: sends the last request that it was asked about to this target.
pub(crate) fn forward_to(lone: &mut Lone, remotes: &[&str]) {
    let branches = remotes.iter().map(|remote| {
        let uri = format!("sip:callee@{remote}").parse().unwrap();
        Branch::new(uri, Target::new(Transport::Udp, remote.parse().unwrap()))
    });
    let Some(UaEvent::Requested { id, .. }) = lone.events.pop() else { panic!("{:?}", lone.events) };
    lone.endpoint.forward(lone.now, id, Forward::new(vec![branches.collect()])).unwrap();
    lone.drain();
}
