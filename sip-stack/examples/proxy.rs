// proxy [address] [domain]
use sip_stack::message::Method::{Cancel, Invite, Message, Options, Register, Subscribe};
use sip_stack::proxy::{Forward, ProxyConfig};
use sip_stack::registrar::{Located, Memory, Registrar, RegistrarConfig};
use sip_stack::{Config, Listener, Reply, UaEvent};

mod udp {
    include!("../examples/udp/driver.rs");
}

pub fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let address = args.next().unwrap_or("127.0.0.1:5060".to_owned());
    serve(&address, &args.next().unwrap_or("localhost".to_owned()))
}

pub fn serve(address: &str, domain: &str) -> Result<(), Box<dyn std::error::Error>> {
    let (domains, key) = (vec![domain.parse()?], udp::secret()?);
    let mut registrar = Registrar::new(RegistrarConfig::new(domains.clone(), key), Memory::new());
    let screen = vec![Cancel, Invite, Message, Options, Register, Subscribe];
    let proxy = Some(ProxyConfig::new(domains, key));
    let config = Config { screen, proxy, ..Config::new(vec![Listener::udp(address.parse()?)]) };
    udp::Udp::bind(config)?.run(|endpoint, now, event| {
        registrar.handle_timeout(now);
        let UaEvent::Requested { id, request, source } = event else { return Ok(()) };
        if request.method == Register {
            return Ok(endpoint.reply(now, id, Reply::from(registrar.register(now, source, &request)))?);
        }
        match registrar.locate(now, &request.uri) {
            Located::Unknown => endpoint.reply(now, id, Reply::new(404))?,
            Located::Offline => endpoint.reply(now, id, Reply::new(480))?,
            Located::At(groups) => endpoint.forward(now, id, Forward::located(&groups))?,
        }
        Ok(())
    })
}
