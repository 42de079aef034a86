//! From the configuration to the engine's directory; trunks' names become addresses, again and again.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use engine::{Directory, TrunkId, User, UserId};
use media::dtmf::Clamp;
use sip_stack::auth::WithoutQop;
use sip_stack::message::{Host, NameAddr, Uri};
use sip_stack::ua::{Credentials, NextHop, Register, Target};
use tokio::net::lookup_host;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{MissedTickBehavior, interval};
use tracing::{info, warn};

use super::Mailbox;
use crate::config::{self, Config, TrunkAddress};
use crate::rim::StartError;
use crate::routing::{self, Routing};
use crate::sip::{self, TrunkRegistration};
use crate::wire;

/// How often names are looked up again.
const LOOK_UP_AGAIN: Duration = Duration::from_secs(60);

/// The addresses of trunks, by name; those that have none are absent.
type Trunks = BTreeMap<String, Vec<SocketAddr>>;

/// Looks up trunks and tells the calls and the SIP endpoint when they move.
pub struct Resolver {
    config: Arc<Config>,
    routing: Routing,
    known: Trunks,
}

impl Resolver {
    /// Looks up every trunk once.
    ///
    /// # Errors
    ///
    /// A file of routes or prices that cannot be read.
    pub async fn start(config: Arc<Config>) -> Result<Self, StartError> {
        let routing = Routing::build(&config)?;
        let known = look_up(&config.trunks, &Trunks::new()).await;
        Ok(Self { config, routing, known })
    }

    /// Where the first trunk is.
    pub fn first_trunk(&self) -> Option<SocketAddr> {
        self.known.values().next().and_then(|addresses| addresses.first()).copied()
    }

    /// The directory at the addresses that are known now.
    ///
    /// # Errors
    ///
    /// A trunk's domain or a route that the SIP stack cannot spell.
    pub fn directory(&self) -> Result<Directory, StartError> {
        directory(&self.config, &self.routing, &self.known)
    }

    /// The registrations at the addresses that are known now.
    ///
    /// # Errors
    ///
    /// A trunk's user name or domain that the SIP stack cannot spell.
    pub fn registrations(&self) -> Result<Vec<TrunkRegistration>, StartError> {
        let asked = self.config.trunks.iter().filter(|trunk| trunk.register);
        asked.filter_map(|trunk| Some((trunk, target(trunk, &self.known)?))).map(registration).collect()
    }

    /// Runs for ever.
    pub async fn run(mut self, calls: Mailbox, sip: mpsc::Sender<sip::Request>) {
        let mut ticks = interval(LOOK_UP_AGAIN);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            // At once for the first time: what the endpoint has to find is not known yet.
            ticks.tick().await;
            let mut found = look_up(&self.config.trunks, &self.known).await;
            self.locate(&mut found, &sip).await;
            if found == self.known {
                continue;
            }
            info!("a trunk has a new address");
            let before = std::mem::replace(&mut self.known, found);
            if self.publish(&calls, &sip).is_none() {
                self.known = before;
            }
        }
    }

    /// Asks the endpoint for the hosts of trunks that are URIs.
    async fn locate(&self, found: &mut Trunks, sip: &mpsc::Sender<sip::Request>) {
        for trunk in &self.config.trunks {
            let TrunkAddress::Uri(uri) = &trunk.address else { continue };
            let Ok(uri) = uri.parse() else { continue };
            let (reply, addresses) = oneshot::channel();
            if sip.send(sip::Request::Locate(Box::new(uri), reply)).await.is_err() {
                return;
            }
            let name = trunk.name.get_ref();
            match addresses.await {
                Ok(mut addresses) => {
                    // The order of the answer is chance, and no move.
                    addresses.sort();
                    found.insert(name.clone(), addresses);
                }
                Err(_) => warn!(trunk = name, "the trunk's URI leads nowhere"),
            }
        }
    }

    /// `None` when a mailbox is full; then the next look-up tries again.
    fn publish(&self, calls: &Mailbox, sip: &mpsc::Sender<sip::Request>) -> Option<()> {
        let directory = self.directory().ok()?;
        let neighbours = directory.trunks.values().map(sip::Neighbour::of).collect();
        calls.set_directory(Arc::new(directory)).ok()?;
        sip.try_send(sip::Request::Neighbours(neighbours)).ok()?;
        sip.try_send(sip::Request::Register(self.registrations().ok()?)).ok()
    }
}

/// A name that cannot be found now keeps the address that it had.
async fn look_up(trunks: &[config::Trunk], known: &Trunks) -> Trunks {
    let mut found = Trunks::new();
    for trunk in trunks {
        let name = trunk.name.get_ref();
        let former = known.get(name).cloned().unwrap_or_default();
        let addresses = match &trunk.address {
            TrunkAddress::Uri(_) => former,
            TrunkAddress::Host { host, port } => match lookup_host((host.as_str(), *port)).await {
                Ok(addresses) => choose(addresses.collect(), former.first()).into_iter().collect(),
                Err(error) => {
                    warn!(trunk = name, %error, "the trunk's name is not found");
                    former
                }
            },
        };
        if !addresses.is_empty() {
            found.insert(name.clone(), addresses);
        }
    }
    found
}

/// Keeps the former address while the name still has it, so that a rotating answer is no move.
fn choose(addresses: Vec<SocketAddr>, former: Option<&SocketAddr>) -> Option<SocketAddr> {
    former.filter(|former| addresses.contains(former)).or(addresses.first()).copied()
}

fn directory(config: &Config, routing: &Routing, known: &Trunks) -> Result<Directory, StartError> {
    let mut directory = Directory::default();
    for user in &config.users {
        let id = UserId::from(user.name.get_ref().as_str());
        let (display_name, caller_id) = (user.display_name.clone(), user.caller_id.clone());
        let language = user.language.clone();
        directory.users.insert(id.clone(), User { id, display_name, caller_id, language });
    }
    for trunk in &config.trunks {
        if let Some(target) = target(trunk, known) {
            let addresses = known.get(trunk.name.get_ref()).cloned().unwrap_or_default();
            let mut entry = entry(trunk, target, addresses)?;
            entry.rates = routing.rates.get(trunk.name.get_ref()).cloned();
            directory.trunks.insert(entry.id.clone(), entry);
        }
    }
    directory.routes.clone_from(&routing.routes);
    for number in &config.numbers {
        let user = UserId::from(number.user.get_ref().as_str());
        directory.numbers.insert(number.number.get_ref().clone(), user);
    }
    Ok(directory)
}

fn entry(
    trunk: &config::Trunk,
    target: NextHop,
    addresses: Vec<SocketAddr>,
) -> Result<engine::Trunk, StartError> {
    Ok(engine::Trunk {
        id: TrunkId::from(trunk.name.get_ref().as_str()),
        target,
        addresses,
        domain: domain(trunk)?,
        port: port(trunk),
        route: Vec::new(),
        credentials: credentials(trunk),
        sources: trunk.sources.to_vec(),
        codecs: trunk.codecs.iter().map(|codec| wire::codec(*codec)).collect(),
        dtmf: wire::dtmf(trunk.dtmf),
        dtmf_clamp: if trunk.dtmf_clamp { Clamp::On } else { Clamp::Off },
        srtp: wire::srtp(trunk.srtp),
        caller_id: trunk.caller_id.clone(),
        calls_max: trunk.calls_max,
        number_format: routing::number_format(trunk),
        rates: None,
    })
}

/// Where the trunk's first hop is; `None` while the name of its host is not found.
fn target(trunk: &config::Trunk, known: &Trunks) -> Option<NextHop> {
    match &trunk.address {
        TrunkAddress::Uri(uri) => Some(NextHop::Uri(Box::new(uri_of(uri).ok()?))),
        TrunkAddress::Host { .. } => {
            let remote = *known.get(trunk.name.get_ref())?.first()?;
            Some(Target::new(wire::transport(trunk.transport), remote).into())
        }
    }
}

fn uri_of(text: &str) -> Result<Uri, StartError> {
    text.parse().map_err(|_| StartError::new(format!("{text:?} is no URI of a trunk")))
}

/// The host of the trunk's URIs: its domain if one is given, else where it is.
fn domain(trunk: &config::Trunk) -> Result<Host, StartError> {
    let text = match (trunk.domain.as_deref(), &trunk.address) {
        (Some(domain), _) => domain,
        (None, TrunkAddress::Host { host, .. }) => host,
        (None, TrunkAddress::Uri(uri)) => return uri_of(uri).map(|uri| uri.host),
    };
    let host = match text.parse::<IpAddr>() {
        Ok(IpAddr::V6(ip)) => format!("[{ip}]"),
        Ok(IpAddr::V4(_)) | Err(_) => text.to_owned(),
    };
    host.parse().map_err(|_| {
        StartError::new(format!(
            "{text:?} is no domain of a trunk: write a host name such as sip.carrier.example"
        ))
    })
}

/// A domain of its own is found without a port; an address needs the one that is not usual.
fn port(trunk: &config::Trunk) -> Option<u16> {
    const USUAL: u16 = 5060;
    let port = match &trunk.address {
        TrunkAddress::Host { port, .. } => Some(*port).filter(|port| *port != USUAL),
        TrunkAddress::Uri(uri) => uri_of(uri).ok()?.port,
    };
    port.filter(|_| trunk.domain.is_none())
}

fn credentials(trunk: &config::Trunk) -> Option<Credentials> {
    let (username, password) = (trunk.username.clone()?, trunk.password.as_ref()?.expose());
    // Carriers with switches of the last century still challenge without qop.
    Some(Credentials::password(trunk.realm.clone(), username, password).without_qop(WithoutQop::Allowed))
}

fn registration((trunk, target): (&config::Trunk, NextHop)) -> Result<TrunkRegistration, StartError> {
    let (user, host) = (trunk.username.clone().unwrap_or_default(), domain(trunk)?);
    let aor = NameAddr::from(Uri::sip(Some(user.clone()), host.clone(), port(trunk)));
    let register = Register {
        registrar: Uri::sip(None::<String>, host, port(trunk)),
        target,
        aor,
        contact_user: user,
        expires_s: trunk.register_expires_s,
        credentials: credentials(trunk),
        outbound: None,
    };
    Ok(TrunkRegistration { trunk: trunk.name.get_ref().clone(), register })
}
