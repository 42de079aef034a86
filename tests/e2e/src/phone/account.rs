//! Whom a baresip is, and where.

use super::codec::Codec;

/// How long a registration lasts at a time: longer than any scenario.
const REGISTERED_S: u32 = 600;

/// An account of a baresip.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its address of record, with the transport to reach its domain over.
    uri: String,
    /// What follows it.
    parameters: String,
    registers: bool,
}

impl Account {
    /// A phone that is its own domain: it registers nowhere, and answers calls to anyone else with 404.
    #[must_use]
    pub fn alone(user: &str, sip_port: u16) -> Self {
        let uri = format!("sip:{user}@127.0.0.1:{sip_port};transport=udp");
        Self { uri, parameters: ";regint=0".to_owned(), registers: false }
    }

    /// A phone that registers at a port of 127.0.0.1 over a transport (`udp`, `tcp` or `tls`).
    #[must_use]
    pub fn registered(user: &str, password: &str, registrar: u16, transport: &str) -> Self {
        let uri = format!("sip:{user}@127.0.0.1:{registrar};transport={transport}");
        let parameters = format!(";regint={REGISTERED_S};auth_user={user};auth_pass={password}");
        Self { uri, parameters, registers: true }
    }

    /// Is of this domain, whatever the address of its registrar, and sends all its calls there.
    #[must_use]
    pub fn in_domain(mut self, domain: &str) -> Self {
        let registrar = self.uri.split_once('@').map_or("", |(_, host)| host).to_owned();
        self.parameters += &format!(";outbound=\"sip:{registrar}\"");
        let host = registrar.split(';').next().unwrap_or_default();
        self.uri = self.uri.replace(host, domain);
        self
    }

    /// Takes no call without SRTP, keyed in the SDP (RFC 4568).
    #[must_use]
    pub fn encrypted(mut self) -> Self {
        self.parameters += ";mediaenc=srtp-mand";
        self
    }

    pub(super) const fn registers(&self) -> bool {
        self.registers
    }

    /// Its line in baresip's file of accounts.
    pub(super) fn line(&self, codec: Codec) -> String {
        let Self { uri, parameters, .. } = self;
        let (name, rate) = (codec.name(), codec.rate());
        format!("<{uri}>{parameters};answermode=auto;audio_codecs={name}/{rate}/1\n")
    }
}
