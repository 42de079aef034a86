// user_agent [address] [uri to call] [address to send the call to]
use std::time::Instant;

use sip_stack::{Body, Config, Invite, InviteId, Listener, Respond, Target, Transport, UaEvent};

mod udp {
    include!("../examples/udp/driver.rs");
}

const SDP: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
    m=audio 4000 RTP/AVP 0\r\n";

pub fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let address = args.next().unwrap_or("127.0.0.1:5070".to_owned());
    serve(&address, args.next().zip(args.next()))
}

pub fn serve(address: &str, call: Option<(String, String)>) -> Result<(), Box<dyn std::error::Error>> {
    let mut phone = udp::Udp::bind(Config::new(vec![Listener::udp(address.parse()?)]))?;
    if let Some((uri, next_hop)) = call {
        let target = Target::new(Transport::Udp, next_hop.parse()?);
        let invite = Invite::new(uri.parse()?, target, format!("<sip:phone@{address}>").parse()?);
        let invite = Invite { body: Some(Body::sdp(SDP)), ..invite };
        phone.endpoint.invite(Instant::now(), InviteId(1), invite)?;
    }
    phone.run(|endpoint, now, event| {
        if let UaEvent::Incoming { id, .. } = event {
            endpoint.respond(now, id, Respond { body: Some(Body::sdp(SDP)), ..Respond::new(200) })?;
        }
        Ok(())
    })
}
