//! The fields, by section. `offhook.example.toml` documents each; a test keeps the two in step.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use serde::Deserialize;
use toml::Spanned;

use super::list::List;
use super::routing::{Calendar, NumberStyle, Route, TrunkGroup};
use super::values::{
    Codec, DigestAlgorithm, DnsServer, Dtmf, NumberPattern, Origin, PortRange, Secret, SignatureAlgorithm,
    SipListen, SipTransport, Srtp, TrunkAddress,
};

/// The whole file.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub public_address: Option<IpAddr>,
    pub region: Option<String>,
    pub http: Http,
    pub sip: Sip,
    pub media: Media,
    pub calls: Calls,
    pub limits: Limits,
    pub auth: Auth,
    pub storage: Storage,
    pub sounds: Sounds,
    pub recordings: Recordings,
    pub webhooks: Webhooks,
    pub log: Log,
    pub users: Vec<User>,
    pub trunks: Vec<Trunk>,
    pub trunk_groups: Vec<TrunkGroup>,
    pub calendars: Vec<Calendar>,
    pub routes: Vec<Spanned<Route>>,
    pub numbers: Vec<Number>,
}

/// `[http]`
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    pub listen: List<SocketAddr>,
    pub certificate: Option<Spanned<PathBuf>>,
    pub certificate_key: Option<Spanned<PathBuf>>,
    pub origins: List<Origin>,
    pub connections_max: u32,
}

impl Default for Http {
    fn default() -> Self {
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080));
        Self {
            listen: List(vec![listen]),
            certificate: None,
            certificate_key: None,
            origins: List(Vec::new()),
            connections_max: 4096,
        }
    }
}

/// `[sip]`
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields, default)]
pub struct Sip {
    pub listen: Spanned<List<SipListen>>,
    pub domains: List<String>,
    pub digest: List<DigestAlgorithm>,
    pub dns_servers: List<DnsServer>,
    pub user_agent: String,
    pub first_response_s: Spanned<u32>,
    pub tls: SipTls,
}

impl Default for Sip {
    fn default() -> Self {
        let any = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 5060));
        let listen =
            [SipTransport::Udp, SipTransport::Tcp].map(|transport| SipListen { transport, address: any });
        Self {
            listen: Spanned::new(0..0, List(listen.to_vec())),
            domains: List(Vec::new()),
            digest: List(vec![DigestAlgorithm::Sha512_256, DigestAlgorithm::Sha256, DigestAlgorithm::Md5]),
            dns_servers: List(Vec::new()),
            user_agent: concat!("Offhook/", env!("CARGO_PKG_VERSION")).to_owned(),
            first_response_s: Spanned::new(0..0, 4),
            tls: SipTls::default(),
        }
    }
}

/// `[sip.tls]`
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields, default)]
pub struct SipTls {
    pub certificate: Option<Spanned<PathBuf>>,
    pub certificate_key: Option<Spanned<PathBuf>>,
    pub client_ca: Option<Spanned<PathBuf>>,
    pub ca: Option<Spanned<PathBuf>>,
}

/// `[media]`
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields, default)]
pub struct Media {
    pub addresses: List<IpAddr>,
    pub port: u16,
    pub workers: u16,
    pub trunk_address: Option<IpAddr>,
    pub rtp_ports: Spanned<PortRange>,
}

impl Default for Media {
    fn default() -> Self {
        Self {
            addresses: List(Vec::new()),
            port: 40_000,
            workers: 0,
            trunk_address: None,
            rtp_ports: Spanned::new(0..0, PortRange { first: 30_000, last: 39_999 }),
        }
    }
}

/// `[calls]`
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields, default)]
pub struct Calls {
    pub codecs: List<Codec>,
    pub ring_timeout_s: Spanned<u32>,
    pub resume_window_s: Spanned<u32>,
}

impl Default for Calls {
    fn default() -> Self {
        let codecs = List(vec![Codec::Opus, Codec::G722, Codec::Pcmu, Codec::Pcma]);
        Self { codecs, ring_timeout_s: Spanned::new(0..0, 60), resume_window_s: Spanned::new(0..0, 30) }
    }
}

/// `[limits]`
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    pub calls: u32,
    pub sessions: u32,
    pub sessions_per_user: u32,
    pub calls_per_user: u32,
    pub calls_per_session: u32,
    pub messages_per_s: Spanned<u32>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            calls: 1000,
            sessions: 5000,
            sessions_per_user: 10,
            calls_per_user: 20,
            calls_per_session: 4,
            messages_per_s: Spanned::new(0..0, 50),
        }
    }
}

/// `[auth]`
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields, default)]
pub struct Auth {
    pub hs256_secret: Option<Spanned<Secret>>,
    pub public_keys: Vec<PublicKey>,
    pub issuer: Option<String>,
    pub audience: Option<String>,
    pub token_ttl_s_max: u32,
}

impl Default for Auth {
    fn default() -> Self {
        Self {
            hs256_secret: None,
            public_keys: Vec::new(),
            issuer: None,
            audience: None,
            token_ttl_s_max: 86_400,
        }
    }
}

/// `[[auth.public_keys]]`
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields)]
pub struct PublicKey {
    pub algorithm: SignatureAlgorithm,
    pub file: Spanned<PathBuf>,
}

/// `[storage]`
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields, default)]
pub struct Storage {
    pub data_dir: Option<PathBuf>,
    pub database_url: Option<Secret>,
    pub node: String,
    pub keep_events_days: Spanned<u32>,
}

impl Default for Storage {
    fn default() -> Self {
        Self {
            data_dir: None,
            database_url: None,
            node: "main".to_owned(),
            keep_events_days: Spanned::new(0..0, 30),
        }
    }
}

/// `[sounds]`
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields, default)]
pub struct Sounds {
    pub folder: Option<PathBuf>,
}

/// `[recordings]`
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields, default)]
pub struct Recordings {
    pub folder: Option<PathBuf>,
    pub minutes_max: Spanned<u32>,
}

impl Default for Recordings {
    fn default() -> Self {
        Self { folder: None, minutes_max: Spanned::new(0..0, 240) }
    }
}

/// `[webhooks]`
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields, default)]
pub struct Webhooks {
    pub private_targets: bool,
    pub retry_delays_s: Vec<u32>,
}

impl Default for Webhooks {
    /// The delays that the Standard Webhooks specification proposes.
    fn default() -> Self {
        let retry_delays_s = vec![5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];
        Self { private_targets: false, retry_delays_s }
    }
}

/// `[log]`
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    pub level: Spanned<String>,
    pub format: LogFormat,
}

impl Default for Log {
    fn default() -> Self {
        Self { level: Spanned::new(0..0, "info".to_owned()), format: LogFormat::Text }
    }
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// `[[users]]`
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields)]
pub struct User {
    pub name: Spanned<String>,
    #[serde(default)]
    pub display_name: Option<String>,
    #[serde(default)]
    pub caller_id: Option<String>,
    #[serde(default)]
    pub password: Option<Spanned<Secret>>,
    #[serde(default = "anything")]
    pub destinations: List<NumberPattern>,
    #[serde(default)]
    pub caller_ids: List<NumberPattern>,
    #[serde(default = "yes")]
    pub inbound: bool,
    #[serde(default)]
    pub calls_max: Option<u32>,
    #[serde(default)]
    pub language: Option<String>,
}

fn anything() -> List<NumberPattern> {
    List(vec![NumberPattern::any()])
}

fn yes() -> bool {
    true
}

/// `[[trunks]]`
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields)]
pub struct Trunk {
    pub name: Spanned<String>,
    pub address: TrunkAddress,
    #[serde(default)]
    pub transport: SipTransport,
    #[serde(default)]
    pub domain: Option<String>,
    #[serde(default)]
    pub username: Option<String>,
    #[serde(default)]
    pub password: Option<Secret>,
    #[serde(default)]
    pub realm: Option<String>,
    #[serde(default)]
    pub register: bool,
    #[serde(default = "an_hour")]
    pub register_expires_s: u32,
    #[serde(default)]
    pub caller_id: Option<String>,
    #[serde(default = "telephone_codecs")]
    pub codecs: List<Codec>,
    #[serde(default)]
    pub dtmf: Dtmf,
    #[serde(default)]
    pub dtmf_clamp: bool,
    #[serde(default)]
    pub srtp: Srtp,
    #[serde(default)]
    pub sources: List<IpAddr>,
    #[serde(default)]
    pub calls_max: Option<u32>,
    #[serde(default)]
    pub number_format: NumberStyle,
    #[serde(default)]
    pub country_code: Option<Spanned<String>>,
    #[serde(default)]
    pub international_prefix: Option<Spanned<String>>,
    #[serde(default)]
    pub national_prefix: Option<Spanned<String>>,
    #[serde(default)]
    pub rates: Option<PathBuf>,
}

fn an_hour() -> u32 {
    3600
}

fn telephone_codecs() -> List<Codec> {
    List(vec![Codec::Pcmu, Codec::Pcma, Codec::G722])
}

/// `[[numbers]]`
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields)]
pub struct Number {
    pub number: Spanned<String>,
    pub user: Spanned<String>,
}
