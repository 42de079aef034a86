// b2bua [address] [next hop]
use sip_stack::UaEvent::*;
use sip_stack::message::{HeaderName, NameAddr};
use sip_stack::{Body, Config, Hangup, Invite, InviteId, Listener, Respond, Target, Transport};

mod udp {
    include!("../examples/udp/driver.rs");
}

pub fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let address = args.next().unwrap_or("127.0.0.1:5060".to_owned());
    serve(&address, &args.next().unwrap_or("127.0.0.1:5070".to_owned()))
}

#[allow(clippy::wildcard_enum_match_arm, reason = "the other leg need not know all")]
pub fn serve(address: &str, next_hop: &str) -> Result<(), Box<dyn std::error::Error>> {
    let target = Target::new(Transport::Udp, next_hop.parse()?);
    let other = |leg: InviteId| InviteId(leg.0 ^ InviteId::FIRST_INCOMING.0);
    udp::Udp::bind(Config::new(vec![Listener::udp(address.parse()?)]))?.run(|legs, now, event| {
        // A leg that is over by now has nothing more to hear.
        let _ = match event {
            Incoming { id, request, .. } => {
                let mut from: NameAddr =
                    request.headers.get(&HeaderName::From).unwrap_or_default().parse()?;
                from.params.remove("tag");
                let body = (!request.body.is_empty()).then_some(Body::sdp(request.body));
                legs.invite(now, other(id), Invite { body, ..Invite::new(request.uri, target, from) })
            }
            Progress { id, code, body, .. } => {
                legs.respond(now, other(id), Respond { body, ..Respond::new(code) })
            }
            Answered { id, body, .. } => legs.respond(now, other(id), Respond { body, ..Respond::new(200) }),
            Acknowledged { id, body: Some(answer) } => legs.ack(now, other(id), answer),
            Reoffer { id, body: Some(offer), .. } => legs.reoffer(now, other(id), offer),
            ReofferDone { id, code, body, .. } => legs.answer_reoffer(now, other(id), code, body),
            Failed { id, code, .. } => legs.hangup(now, other(id), Hangup::new(code)),
            Canceled { id, .. } | Ended { id, .. } => legs.hangup(now, other(id), Hangup::new(487)),
            _ => Ok(()),
        };
        Ok(())
    })
}
