//! A configuration file for one test.

use crate::phone::Codec;
use crate::port::{self, Transport};
use anyhow::Result;
use std::path::Path;

/// The user whose page the tests open.
pub const USER: &str = "alice";
/// The number under which the trunk calls that user.
pub const USER_NUMBER: &str = "+4930123456";

/// The domain that phones register in.
pub const DOMAIN: &str = "phones.test";
/// The password of every phone.
pub const PHONE_PASSWORD: &str = "open-sesame";

/// RTP ports of one gateway: room for a few calls.
const RTP_PORTS: u16 = 16;

/// What a test's gateway is set up with.
#[derive(Debug, Clone)]
pub struct Setup {
    pub(super) http_port: u16,
    pub(super) sip_port: u16,
    pub(super) trunk_port: u16,
    pub(super) secret: String,
    media_port: u16,
    rtp_port: u16,
    codec: Codec,
    transport: Transport,
    ring_timeout_s: u32,
    first_response_s: u32,
    dtmf: &'static str,
    trunk_extra: String,
    sip_extra: String,
    sip_listen: String,
    users_extra: String,
}

impl Setup {
    /// One trunk with one codec over UDP, that every number leads to.
    ///
    /// # Errors
    /// No ports are free.
    pub fn new(codec: Codec) -> Result<Self> {
        let ports = port::free(4 + RTP_PORTS)?;
        Ok(Self {
            http_port: ports,
            sip_port: ports + 1,
            trunk_port: port::free(2)?,
            secret: uuid::Uuid::now_v7().to_string(),
            media_port: ports + 2,
            rtp_port: ports + 4,
            codec,
            transport: Transport::Udp,
            ring_timeout_s: 30,
            first_response_s: 4,
            dtmf: "auto",
            trunk_extra: String::new(),
            sip_extra: String::new(),
            sip_listen: String::new(),
            users_extra: String::new(),
        })
    }

    /// The port where the gateway looks for its trunk.
    #[must_use]
    pub const fn trunk_port(&self) -> u16 {
        self.trunk_port
    }

    /// The gateway's SIP port, for UDP and TCP.
    #[must_use]
    pub const fn sip_port(&self) -> u16 {
        self.sip_port
    }

    /// Reaches the trunk over this transport.
    #[must_use]
    pub const fn over(mut self, transport: Transport) -> Self {
        self.transport = transport;
        self
    }

    /// Lets a call ring for this long.
    #[must_use]
    pub const fn ring_timeout_s(mut self, seconds: u32) -> Self {
        self.ring_timeout_s = seconds;
        self
    }

    /// Gives a trunk that says nothing so long.
    #[must_use]
    pub const fn first_response_s(mut self, seconds: u32) -> Self {
        self.first_response_s = seconds;
        self
    }

    /// Sends digits this way (`auto`, `rfc4733`, `info`).
    #[must_use]
    pub const fn dtmf(mut self, method: &'static str) -> Self {
        self.dtmf = method;
        self
    }

    /// Answers the trunk's challenges with these.
    #[must_use]
    pub fn credentials(mut self, username: &str, password: &str) -> Self {
        self.trunk_extra += &format!("username = \"{username}\"\npassword = \"{password}\"\n");
        self
    }

    /// Registers at the trunk.
    #[must_use]
    pub fn registers(mut self) -> Self {
        self.trunk_extra += "register = true\n";
        self
    }

    /// Lets phones of these users register in [`DOMAIN`] with [`PHONE_PASSWORD`].
    #[must_use]
    pub fn phones(mut self, users: &[&str]) -> Self {
        self.sip_extra += &format!("domains = [\"{DOMAIN}\"]\n");
        for user in users {
            let (name, password) = (format!("name = \"{user}\""), format!("password = \"{PHONE_PASSWORD}\""));
            self.users_extra += &format!("[[users]]\n{name}\n{password}\n");
        }
        self
    }

    /// Asks phones for digests with MD5 alone, as baresip 1.0 needs.
    #[must_use]
    pub fn md5_only(mut self) -> Self {
        self.sip_extra += "digest = [\"md5\"]\n";
        self
    }

    /// Listens for SIP over TLS as well, on a port of its own, with a certificate and its key in PEM files.
    #[must_use]
    pub fn tls(mut self, port: u16, certificate: &Path, key: &Path) -> Self {
        self.sip_listen += &format!(", \"tls:127.0.0.1:{port}\"");
        let (certificate, key) = (certificate.display(), key.display());
        self.sip_extra += &format!("tls.certificate = \"{certificate}\"\ntls.certificate_key = \"{key}\"\n");
        self
    }

    /// Whether the trunk's sound is encrypted: `off`, `optional` or `mandatory`.
    #[must_use]
    pub fn srtp(mut self, mode: &str) -> Self {
        self.trunk_extra += &format!("srtp = \"{mode}\"\n");
        self
    }

    /// The configuration file.
    pub(super) fn file(&self) -> String {
        let Self { http_port, sip_port, trunk_port, secret, media_port, rtp_port, .. } = self;
        let Self { ring_timeout_s, first_response_s, dtmf, trunk_extra, .. } = self;
        let Self { sip_listen, sip_extra, users_extra, .. } = self;
        let rtp_last = rtp_port + RTP_PORTS - 1;
        let codec = self.codec.name().to_lowercase();
        let transport = self.transport.word();
        format!(
            r#"
[http]
listen = ["127.0.0.1:{http_port}"]
[sip]
listen = ["udp:127.0.0.1:{sip_port}", "tcp:127.0.0.1:{sip_port}"{sip_listen}]
first_response_s = {first_response_s}
{sip_extra}
[media]
port = {media_port}
workers = 1
trunk_address = "127.0.0.1"
rtp_ports = "{rtp_port}-{rtp_last}"
[calls]
ring_timeout_s = {ring_timeout_s}
[auth]
hs256_secret = "{secret}"
[log]
level = "debug"
[[users]]
name = "{USER}"
{users_extra}
[[trunks]]
name = "carrier"
address = "127.0.0.1:{trunk_port}"
transport = "{transport}"
codecs = ["{codec}"]
dtmf = "{dtmf}"
{trunk_extra}
[[routes]]
any = true
trunks = ["carrier"]
[[numbers]]
number = "{USER_NUMBER}"
user = "{USER}"
"#
        )
    }
}
