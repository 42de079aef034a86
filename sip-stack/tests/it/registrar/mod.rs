//! The registrar as a value: REGISTERs in, status codes, headers and changes out.

mod bindings;
mod expiry;
mod gruu;
mod limits;
mod outbound;
mod path;

use std::time::{Duration, Instant};

use sip_stack::message::{HeaderName, Message, Request};
use sip_stack::registrar::{BindingEvent, Located, Location, Memory, Registered, Registrar, RegistrarConfig};
use sip_stack::{FlowId, Source, Transport};

pub(crate) const BOB: &str = "sip:bob@biloxi.example";

/// A registrar of `biloxi.example`, and the clock.
pub(crate) struct Desk {
    pub(crate) registrar: Registrar<Memory>,
    pub(crate) now: Instant,
    cseq: u32,
}

pub(crate) fn config() -> RegistrarConfig {
    RegistrarConfig::new(vec!["biloxi.example".parse().unwrap()], [9; 32])
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self::with(config())
    }

    pub(crate) fn with(config: RegistrarConfig) -> Self {
        Self { registrar: Registrar::new(config, Memory::new()), now: Instant::now(), cseq: 0 }
    }

    /// Bob's next REGISTER with these headers, one a line, straight over UDP.
    pub(crate) fn register(&mut self, headers: &str) -> Registered {
        self.cseq += 1;
        let request = request(BOB, "bobs-phone", self.cseq, headers);
        self.registrar.register(self.now, flow(None), &request)
    }

    /// The same over a stream.
    pub(crate) fn register_over(&mut self, stream: u64, headers: &str) -> Registered {
        self.cseq += 1;
        let request = request(BOB, "bobs-phone", self.cseq, headers);
        self.registrar.register(self.now, flow(Some(FlowId(stream))), &request)
    }

    /// The contacts that a URI means: users of their URIs, `,` within a group, `;` between groups.
    pub(crate) fn locate(&self, uri: &str) -> String {
        let Located::At(groups) = self.registrar.locate(self.now, &uri.parse().unwrap()) else {
            return String::new();
        };
        let user =
            |location: &Location| location.binding.contact.uri.user.clone().unwrap_or_default().to_string();
        let group = |group: &Vec<Location>| group.iter().map(user).collect::<Vec<_>>().join(",");
        groups.iter().map(group).collect::<Vec<_>>().join(";")
    }

    pub(crate) fn advance(&mut self, time: Duration) -> Vec<BindingEvent> {
        self.now += time;
        self.registrar.handle_timeout(self.now).iter().map(|change| change.event).collect()
    }
}

pub(crate) fn flow(stream: Option<FlowId>) -> Source {
    let transport = if stream.is_some() { Transport::Tcp } else { Transport::Udp };
    let (remote, local) = ("192.0.2.4:5060".parse().unwrap(), "192.0.2.1:5060".parse().unwrap());
    Source { transport, remote, local, flow: stream }
}

pub(crate) fn request(aor: &str, call_id: &str, cseq: u32, headers: &str) -> Request {
    let text = format!(
        "REGISTER sip:biloxi.example SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.4;branch=z9hG4bK1\n\
         From: <{aor}>;tag=a\nTo: <{aor}>\nCall-ID: {call_id}\nCSeq: {cseq} REGISTER\n{headers}\n\n"
    );
    match Message::parse(text.replace('\n', "\r\n").into()) {
        Ok(Message::Request(request)) => request,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn events(registered: &Registered) -> Vec<BindingEvent> {
    registered.changes.iter().map(|change| change.event).collect()
}

/// The values of a header of the response.
pub(crate) fn values<'a>(registered: &'a Registered, name: &HeaderName) -> Vec<&'a str> {
    registered.headers.iter().filter(|header| header.name == *name).map(|header| &*header.value).collect()
}

pub(crate) fn contacts(registered: &Registered) -> Vec<&str> {
    values(registered, &HeaderName::Contact)
}
