// registrar [address] [domain]
use sip_stack::message::Method;
use sip_stack::registrar::{Memory, Registrar, RegistrarConfig};
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
    let config = RegistrarConfig::new(vec![domain.parse()?], udp::secret()?);
    let mut registrar = Registrar::new(config, Memory::new());
    let listener = Listener::udp(address.parse()?);
    let config = Config { screen: vec![Method::Register], ..Config::new(vec![listener]) };
    udp::Udp::bind(config)?.run(|endpoint, now, event| {
        registrar.handle_timeout(now);
        if let UaEvent::Requested { id, request, source } = event {
            endpoint.reply(now, id, Reply::from(registrar.register(now, source, &request)))?;
        }
        Ok(())
    })
}
