//! One user agent instance by its GRUU (RFC 5627 §6.1) and by its flows (RFC 5626 §7), through registrar and proxy.

use sip_stack::UaEvent;

use super::lone;
use crate::lone::{Lone, PEER, header, request, response};
use crate::net::{SharedRegistrar, serve, shared_registrar};

const INSTANCE: &str = "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6";
const PHONE: &str = "192.0.2.40:5060";
const OTHER_FLOW: &str = "192.0.2.41:5060";

/// The home of `example.net`, whose owner serves what it hears.
struct Home {
    lone: Lone,
    registrar: SharedRegistrar,
}

impl Home {
    fn new() -> Self {
        Self { lone: lone(), registrar: shared_registrar("example.net") }
    }

    fn hear_from(&mut self, remote: &str, text: &str) {
        self.lone.hear_from(remote, text);
        self.serve();
    }

    fn serve(&mut self) {
        for event in std::mem::take(&mut self.lone.events) {
            let left = serve(&self.registrar, &mut self.lone.endpoint, self.lone.now, event);
            self.lone.events.extend(left);
        }
        self.lone.drain();
    }

    /// The phone registers over a flow; the 200.
    fn register(&mut self, remote: &str, reg_id: u32) -> String {
        let more = format!(
            "Supported: gruu, outbound, path\nContact: <sip:bob@{remote}>;reg-id={reg_id};+sip.instance=\"<{INSTANCE}>\"\n"
        );
        let text = request("REGISTER", reg_id, &format!("reg{reg_id}"), "", "");
        let text = text.replace("Contact: <sip:peer@192.0.2.9>\n", &more);
        let text = text.replace("sip:alice@192.0.2.1>", "sip:bob@example.net>");
        let text = text.replace("sip:alice@192.0.2.1 SIP", "sip:example.net SIP");
        self.hear_from(remote, &text.replace("192.0.2.9:5060;branch", &format!("{remote};branch")));
        self.lone.take_one()
    }
}

fn gruu(registered: &str) -> &str {
    registered.split("pub-gruu=\"").nth(1).unwrap().split('"').next().unwrap()
}

#[test]
fn a_dialog_with_a_gruu_finds_its_instance_each_time() {
    let mut home = Home::new();
    let registered = home.register(PHONE, 1);
    assert!(header(&registered, "Require").contains("outbound"), "{registered}");
    let gruu = gruu(&registered).to_owned();
    assert_eq!(gruu, format!("sip:bob@example.net;gr={INSTANCE}"));
    let to = |text: String| text.replace("sip:alice@192.0.2.1 SIP", &format!("{gruu} SIP"));
    home.hear_from(PEER, &to(request("INVITE", 1, "a", "", "")));
    let (remote, invite) = home.lone.sent.pop().unwrap();
    assert_eq!(remote, PHONE.parse().unwrap());
    assert!(invite.starts_with(&format!("INVITE sip:bob@{PHONE} SIP/2.0")), "no gr goes on: {invite}");
    let mut routes: Vec<&str> =
        invite.lines().filter_map(|line| line.strip_prefix("Record-Route: ")).collect();
    routes.reverse();
    let route = format!("Route: {}\n", routes.join(", "));
    for method in ["ACK", "BYE", "INFO"] {
        home.hear_from(PEER, &to(request(method, 2, method, "tag", &route)));
        let (remote, sent) = home.lone.sent.pop().unwrap_or_else(|| panic!("{method}"));
        assert_eq!(remote, PHONE.parse().unwrap());
        assert!(sent.starts_with(&format!("{method} sip:bob@{PHONE} SIP/2.0")), "{sent}");
    }
}

#[test]
fn a_flow_that_failed_gives_way_to_the_other() {
    let mut home = Home::new();
    home.register(OTHER_FLOW, 1);
    home.lone.advance(std::time::Duration::from_secs(1));
    home.register(PHONE, 2);
    let text =
        request("INVITE", 1, "a", "", "").replace("sip:alice@192.0.2.1 SIP", "sip:bob@example.net SIP");
    home.hear_from(PEER, &text);
    let (remote, invite) = home.lone.sent.pop().unwrap();
    assert_eq!(remote, PHONE.parse().unwrap(), "the latest first, and only that");
    assert!(home.lone.sent.is_empty());
    home.hear_from(PHONE, &response(430, &invite, "edge", "", ""));
    let sent = std::mem::take(&mut home.lone.sent);
    let lines: Vec<_> = sent.iter().map(|(remote, text)| (remote.to_string(), &text[..6])).collect();
    assert_eq!(lines, [(PHONE.to_owned(), "ACK si"), (OTHER_FLOW.to_owned(), "INVITE")]);
    let events = std::mem::take(&mut home.lone.events);
    assert!(matches!(events.as_slice(), [UaEvent::FlowFailed { .. }]), "{events:?}");
    let text =
        request("INVITE", 2, "b", "", "").replace("sip:alice@192.0.2.1 SIP", "sip:bob@example.net SIP");
    home.hear_from(PEER, &text);
    assert_eq!(home.lone.sent.pop().unwrap().0, OTHER_FLOW.parse().unwrap(), "the dead one is set aside");
}
