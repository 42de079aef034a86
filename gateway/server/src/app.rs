//! The gateway from its configuration to its end: bind everything, build the floors, serve, drain.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use ::media::{Certificate, Limits, MediaEvent, WorkerConfig};
use engine::{CallLimits, SwitchConfig};
use sip_stack::transport::Listener;
use tokio::sync::{mpsc, watch};
use tracing::info;

use crate::auth::Authority;
use crate::call::{self, Mailbox, Resolver};
use crate::config::Config;
use crate::drain::{Parts, Signals};
use crate::journal::{self, Journal};
use crate::node::{Mode, Node, Places};
use crate::recording::{self, Desk, Queues, Shelf};
use crate::rim::StartError;
use crate::routing::Routing;
use crate::signal::Lobby;
use crate::{demo, http, interfaces, media, sip, telemetry, wire};

/// More workers than this only share the same memory bandwidth.
const WORKERS_MAX: usize = 64;

/// A gateway that serves.
pub struct Running {
    /// Where it is reached.
    pub at: Listening,
    parts: Parts,
}

/// What a gateway listens on.
pub struct Listening {
    /// HTTP.
    pub http: Vec<SocketAddr>,
    /// `http`, or `https` where there is a certificate.
    pub scheme: &'static str,
    /// SIP.
    pub sip: Vec<Listener>,
    /// Media of browsers, one port a worker.
    pub media: Vec<SocketAddr>,
}

/// Everything that can fail for lack of a port, an address or a file.
struct Bound {
    http: http::Listeners,
    sip: sip::Bound,
    media: Vec<media::Bound>,
    phone: Option<(demo::Settings, tokio::net::UdpSocket)>,
    authority: Authority,
    resolver: Resolver,
    kept: journal::Kept,
    shelf: Shelf,
}

impl Bound {
    fn listening(&self) -> Listening {
        Listening {
            http: self.http.addresses.clone(),
            scheme: self.http.scheme(),
            sip: self.sip.listeners().to_vec(),
            media: self.media.iter().flat_map(|bound| bound.addresses.clone()).collect(),
        }
    }
}

/// Checks what a configuration points at, beyond its own text.
///
/// # Errors
///
/// A key or certificate file that is missing or holds none.
pub fn check(config: &Config) -> Result<(), StartError> {
    Authority::build(&config.auth)?;
    http::Tls::read(&config.http)?;
    Routing::build(config)?;
    sip::Tls::read(&config.sip.tls).map(drop)
}

/// A key that nobody else knows, for one run of the demo.
pub fn random_secret() -> String {
    let bytes: [u8; 32] = rand::random();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Starts the gateway.
///
/// # Errors
///
/// One sentence that says what to do: a port in use, a missing file, an address of another machine.
pub async fn start(config: Config, mode: Mode) -> Result<Running, StartError> {
    telemetry::start_log(&config.log);
    telemetry::metrics();
    let config = Arc::new(config);
    let bound = bind(&config, mode).await?;
    let running = build(config, mode, bound)?;
    announce(&running.at, mode);
    Ok(running)
}

impl Running {
    /// Where a person finds the phone.
    pub fn url(&self) -> String {
        let Some(address) = self.at.http.first() else { return String::new() };
        let host = match address.ip() {
            ip if ip.is_loopback() || ip.is_unspecified() => format!("localhost:{}", address.port()),
            _ => address.to_string(),
        };
        format!("{}://{host}/", self.at.scheme)
    }

    /// Serves until SIGTERM or SIGINT, then stops.
    pub async fn until_told(self, signals: Signals) {
        signals.told().await;
        self.stop().await;
    }

    /// Ends every call, then everything.
    pub async fn stop(self) {
        self.parts.stop().await;
    }
}

async fn bind(config: &Arc<Config>, mode: Mode) -> Result<Bound, StartError> {
    let authority = Authority::build(&config.auth)?;
    let http = http::bind(&config.http, mode).await?;
    let pages = sip::Pages {
        addresses: http.addresses.clone(),
        scheme: http.scheme(),
        connections_max: config.http.connections_max,
    };
    let sip = sip::bind(&config.sip, config.public_address, &pages).await?;
    let media = (0..workers(config))
        .map(|index| media::bind(&config.media.addresses, config.media.port.saturating_add(index)))
        .collect::<Result<_, _>>()?;
    let resolver = Resolver::start(config.clone()).await?;
    let phone = match mode {
        Mode::Demo => Some(bind_phone(&sip, &resolver).await?),
        Mode::Configured => None,
    };
    let kept = journal::open(&config.storage, &config.webhooks, mode).await?;
    let shelf = recording::open(&config.recordings, config.storage.node.clone(), kept.store.clone())?;
    Ok(Bound { http, sip, media, phone, authority, resolver, kept, shelf })
}

/// The demo phone is where the demo's only trunk is.
async fn bind_phone(
    sip: &sip::Bound,
    resolver: &Resolver,
) -> Result<(demo::Settings, tokio::net::UdpSocket), StartError> {
    let gateway = sip.listeners().first().map(|listener| listener.local);
    let (Some(gateway), Some(listen)) = (gateway, resolver.first_trunk()) else {
        return Err(StartError::new(
            "the demo needs a SIP listener and a trunk: leave sip.listen and trunks alone",
        ));
    };
    let settings = demo::Settings { listen, gateway, user: "demo".to_owned() };
    match demo::bind(&settings).await {
        Ok(socket) => Ok((settings, socket)),
        Err(error) => Err(StartError::bind("trunks[0].address", listen, &error)),
    }
}

fn build(config: Arc<Config>, mode: Mode, bound: Bound) -> Result<Running, StartError> {
    let at = bound.listening();
    let Bound { http, sip, media, phone, authority, resolver, kept, shelf } = bound;
    let journal::Kept { store, webhooks, writer, events } = kept;
    let (directory, registrations) = (Arc::new(resolver.directory()?), resolver.registrations()?);
    let neighbours = directory.trunks.values().map(sip::Neighbour::of).collect();
    let (sip_commands, sip_requests) = mpsc::channel(call::SIP_COMMANDS);
    let (sip_reports, sip_reported) = mpsc::channel(call::SIP_REPORTS);
    let (media_events, media_told) = mpsc::channel(media::EVENTS);
    let (journal, recorded) = Journal::new();
    let Queues { desk, notes, reports, reported } = Queues::new();
    let (calls, questions, sessions) = Mailbox::new();
    let (stopping, stop) = watch::channel(false);

    let trunk_side = trunk_side(&config, &resolver, mode);
    let media = start_media(&config, media, trunk_side, (media_events, desk.clone()))?;
    let handles = media.iter().map(|(handle, _)| handle.clone()).collect();
    let phones = sip::Phones::new(&config.sip, &config.users, rand::random(), Instant::now())?;
    let sip_driver = sip::Driver::new(sip, &config.sip, phones, rand::random(), sip_reports);
    let sources =
        call::Sources { questions, sessions, sip: sip_reported, media: media_told, recordings: reported };
    let sinks = call::Sinks { sip: sip_commands.clone(), media: handles, recordings: desk, journal };
    let switch = switch_config(&config, trunk_side.told);
    let call_driver = call::Driver::new(switch, directory, rand::random(), sources, sinks);
    let places = Places::new(config.limits.sessions, config.limits.sessions_per_user);
    let connections_max = config.http.connections_max;
    let recordings = recording::Writer::new(config.recordings.folder.clone(), shelf.clone(), reports);
    let sweep = tokio::spawn(shelf.clone().sweep());
    let sounds = media::Sounds::new(config.sounds.folder.clone());
    let node = Node {
        config,
        mode,
        authority,
        calls: calls.clone(),
        sip: sip_driver.door(),
        events,
        store,
        webhooks: webhooks.clone(),
        stopping: stop.clone(),
        places,
        lobby: Lobby::default(),
        recordings: shelf,
        sounds,
    };

    // The mailbox is empty and holds more than one.
    let _ = sip_commands.try_send(sip::Request::Register(registrations));
    let _ = sip_commands.try_send(sip::Request::Neighbours(neighbours));
    let parts = Parts {
        call_task: tokio::spawn(call_driver.run()),
        writer: tokio::spawn(writer.run(recorded)),
        recordings: tokio::spawn(recordings.run(notes)),
        webhooks,
        sip_task: tokio::spawn(sip_driver.run(sip_requests)),
        http: tokio::spawn(http::serve(http, http::router(Arc::new(node)), connections_max, stop)),
        others: phone
            .map(start_phone)
            .into_iter()
            .chain([tokio::spawn(resolver.run(calls.clone(), sip_commands.clone())), sweep])
            .collect(),
        sip: sip_commands,
        media,
        stopping,
        calls,
    };
    Ok(Running { at, parts })
}

type Workers = Vec<(media::Handle, std::thread::JoinHandle<()>)>;

fn start_media(
    config: &Config,
    bound: Vec<media::Bound>,
    trunk_side: media::TrunkSide,
    (events, desk): (mpsc::Sender<MediaEvent>, Desk),
) -> Result<Workers, StartError> {
    let certificate = Certificate::generate(rand::random(), SystemTime::now());
    let count = bound.len();
    let failed =
        |error: std::io::Error| StartError::new(format!("the system gives no media thread: {error}"));
    let mut workers = Vec::new();
    for (index, bound) in bound.into_iter().enumerate() {
        let settings = WorkerConfig {
            browser_addrs: bound.addresses.clone(),
            advertised: config.public_address.into_iter().collect(),
            rtp_ports: share(config.media.rtp_ports.get_ref().ports(), index, count),
            // Both ports of every call, should all meet on one worker.
            limits: Limits { ports: 2 * config.limits.calls as usize, ..Limits::default() },
            certificate: certificate.clone(),
        };
        let number = u16::try_from(index).unwrap_or(u16::MAX);
        let (driver, handle) = media::Driver::new(
            number,
            bound,
            settings,
            trunk_side,
            rand::random(),
            (events.clone(), desk.clone()),
        )
        .map_err(failed)?;
        workers.push((handle, driver.spawn(number).map_err(failed)?));
    }
    Ok(workers)
}

/// One worker's part of the port range; parts begin with an even port.
fn share(ports: std::ops::RangeInclusive<u16>, index: usize, count: usize) -> std::ops::RangeInclusive<u16> {
    let first = usize::from(ports.start().next_multiple_of(2));
    let pairs = (usize::from(*ports.end()) + 1).saturating_sub(first) / 2;
    let edge = |index: usize| first + 2 * (pairs * index / count.max(1));
    let port = |port: usize| u16::try_from(port).unwrap_or(u16::MAX);
    port(edge(index))..=port(edge(index + 1) - 1)
}

fn switch_config(config: &Config, media_ip: IpAddr) -> SwitchConfig {
    let limits = &config.limits;
    SwitchConfig {
        ring_timeout: Duration::from_secs((*config.calls.ring_timeout_s.get_ref()).into()),
        limits: CallLimits {
            node: limits.calls,
            user: limits.calls_per_user,
            session: limits.calls_per_session,
        },
        recording_max: Duration::from_secs(u64::from(*config.recordings.minutes_max.get_ref()) * 60),
        sessions_max: limits.sessions as usize,
        workers: workers(config),
        browser_codecs: config.calls.codecs.iter().map(|codec| wire::codec(*codec)).collect(),
        ..SwitchConfig::new(media_ip)
    }
}

/// The configured address, or the one that packets to the first trunk leave from.
fn trunk_side(config: &Config, resolver: &Resolver, mode: Mode) -> media::TrunkSide {
    let routed = || resolver.first_trunk().and_then(|trunk| interfaces::routed_from(trunk.ip()));
    let preferred = || (mode == Mode::Configured).then(|| interfaces::preferred(true)).flatten();
    let bound = config.media.trunk_address.or_else(routed).or_else(preferred);
    media::TrunkSide::new(bound.unwrap_or_else(|| Ipv4Addr::LOCALHOST.into()), config.public_address)
}

fn workers(config: &Config) -> u16 {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from).min(WORKERS_MAX);
    match config.media.workers {
        0 => u16::try_from(cores()).unwrap_or(1),
        workers => workers,
    }
}

fn start_phone((settings, socket): (demo::Settings, tokio::net::UdpSocket)) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        if let Err(error) = demo::run(settings, socket, rand::random()).await {
            tracing::error!(%error, "the demo phone stopped");
        }
    })
}

fn announce(at: &Listening, mode: Mode) {
    for Listener { transport, local: address, .. } in &at.sip {
        info!(%address, transport = transport.as_str(), "SIP listens");
    }
    let ports: BTreeSet<u16> = at.media.iter().map(SocketAddr::port).collect();
    let addresses: BTreeSet<IpAddr> = at.media.iter().map(SocketAddr::ip).collect();
    info!(?addresses, ?ports, transport = "UDP", "browsers' media comes in");
    for address in &at.http {
        info!(%address, scheme = at.scheme, "HTTP listens");
    }
    if mode == Mode::Demo {
        info!("demo mode: no configuration file; HTTP and SIP on loopback, a demo phone at 600 to 606");
    }
}
