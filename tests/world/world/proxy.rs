//! A proxy that forks to two phones, and then stays out of the way.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use bytes::Bytes;
use sip_stack::Transport;
use sip_stack::message::header::Via;
use sip_stack::message::{Header, HeaderName, Host, Message, Method, Request, Response};

use super::gateway;
use super::network::Datagram;
use super::stage::Stage;

pub(crate) const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 9));

/// Passes requests to both phones and every response but a refusal back. It keeps no state: the branch
/// of its Via names the phone, and what the gateway sends again goes the same ways again.
pub(crate) struct Proxy {
    address: SocketAddr,
    phones: [SocketAddr; 2],
}

impl Proxy {
    pub(crate) fn new(phones: [SocketAddr; 2]) -> Self {
        Self { address: SocketAddr::new(ADDRESS, super::SIP_PORT), phones }
    }

    pub(crate) fn receive(&self, stage: &mut Stage, datagram: &Datagram) {
        match Message::parse(Bytes::from(datagram.payload.clone())).expect("SIP to the proxy") {
            Message::Request(request) if datagram.from == gateway::SIP => {
                self.phones.iter().for_each(|phone| self.pass_on(stage, &request, *phone));
            }
            // Inside a dialog a phone answers to where it was called from.
            Message::Request(request) => self.pass_on(stage, &request, gateway::SIP),
            Message::Response(response) => self.pass_back(stage, response, datagram.from),
        }
    }

    fn pass_on(&self, stage: &mut Stage, request: &Request, to: SocketAddr) {
        let mut copy = request.clone();
        let branch = format!("{}-{}", branch_of(&copy.headers), to.ip());
        let host = Host::V4(Ipv4Addr::new(198, 51, 100, 9));
        let via = Via::new(Transport::Udp, host, Some(super::SIP_PORT), branch);
        copy.headers.push_front(Header::from_typed(&via));
        self.send(stage, to, copy.to_bytes());
    }

    fn pass_back(&self, stage: &mut Stage, mut response: Response, from: SocketAddr) {
        let vias = response.headers.typed_all::<Via>().expect("Via headers");
        let method = response.headers.get(&HeaderName::CSeq).and_then(|cseq| cseq.split(' ').nth(1));
        let refuses_invite = response.code.as_u16() >= 300 && method == Some("INVITE");
        if refuses_invite && from != gateway::SIP {
            return self.acknowledge(stage, &response, &vias[0], from);
        }
        response.headers.remove(&HeaderName::Via);
        for via in vias[1..].iter().rev() {
            response.headers.push_front(Header::from_typed(via));
        }
        let ways = self.phones.iter().chain([&gateway::SIP]);
        let way = ways.into_iter().find(|way| vias[1].host == Host::from(way.ip()));
        self.send(stage, *way.expect("a response goes back to a phone or the gateway"), response.to_bytes());
    }

    /// RFC 3261 §17.1.1.3: hop by hop.
    fn acknowledge(&self, stage: &mut Stage, response: &Response, via: &Via, phone: SocketAddr) {
        let uri = format!("sip:{}", phone.ip()).parse().expect("an address");
        let mut headers: sip_stack::message::Headers = [Header::from_typed(via)].into_iter().collect();
        for name in [HeaderName::From, HeaderName::To, HeaderName::CallId] {
            let value = response.headers.get(&name).expect("a response names its dialog").to_owned();
            headers.push(Header::new(name, value));
        }
        let cseq = response.headers.get(&HeaderName::CSeq).expect("a CSeq").replace("INVITE", "ACK");
        headers.push(Header::new(HeaderName::CSeq, cseq));
        headers.push(Header::new(HeaderName::MaxForwards, "70"));
        self.send(stage, phone, Request::new(Method::Ack, uri, headers).to_bytes());
    }

    fn send(&self, stage: &mut Stage, to: SocketAddr, payload: Bytes) {
        stage.send(Datagram { from: self.address, to, payload: payload.to_vec() });
    }
}

fn branch_of(headers: &sip_stack::message::Headers) -> String {
    let via = headers.typed_all::<Via>().ok().and_then(|vias| vias.into_iter().next());
    via.as_ref().and_then(Via::branch).expect("a branch").to_owned()
}
