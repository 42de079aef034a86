//! The DNS that answers the endpoint's questions; what follows from the answers is the endpoint's affair.

use std::sync::Arc;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use sip_stack::{Answer, Naptr, QueryId, Record, RecordKind, Srv};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tracing::{debug, warn};

use super::input::Input;
use crate::config::DnsServer;
use crate::rim::StartError;

/// Questions under way at once; others wait.
const QUESTIONS_MAX: usize = 64;
/// One server has this long, ...
const SERVER_TIMEOUT: Duration = Duration::from_millis(1_200);
/// ... is asked this often, ...
const ATTEMPTS: usize = 2;
/// ... and all together have this long: less than the endpoint's own patience.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(4);
/// How long a missing name is believed missing if the server does not say.
const NEGATIVE_TTL: Duration = Duration::from_secs(30);

/// The resolver, shared by all questions.
#[derive(Clone)]
pub(super) struct Dns {
    /// `None` on a machine without name servers.
    resolver: Option<TokioResolver>,
    slots: Arc<Semaphore>,
}

/// What the endpoint asks.
pub(super) struct Question {
    pub(super) query: QueryId,
    pub(super) name: String,
    pub(super) kind: RecordKind,
}

impl Dns {
    /// Takes the servers of the configuration, else those of the machine.
    pub(super) fn new(servers: &[DnsServer]) -> Result<Self, StartError> {
        let resolver = if servers.is_empty() { of_machine() } else { Some(of_servers(servers)?) };
        Ok(Self { resolver, slots: Arc::new(Semaphore::new(QUESTIONS_MAX)) })
    }

    /// Answers one question into the driver's inbox.
    pub(super) async fn answer(self, question: Question, inbox: async_channel::Sender<Input>) {
        let Question { query, name, kind } = question;
        let answer = match timeout(ANSWER_TIMEOUT, self.look_up(&name, kind)).await {
            Ok(answer) => answer,
            Err(_) => Answer::Failure,
        };
        // The driver is gone if nobody takes it.
        let _ = inbox.send(Input::Answer { query, answer }).await;
    }

    async fn look_up(&self, name: &str, kind: RecordKind) -> Answer {
        let Ok(_slot) = self.slots.acquire().await else { return Answer::Failure };
        let (Some(resolver), Ok(mut absolute)) = (&self.resolver, Name::from_ascii(name)) else {
            return Answer::Failure;
        };
        absolute.set_fqdn(true);
        match resolver.lookup(absolute, record_type(kind)).await {
            Ok(found) => {
                let answers = found.answers();
                let ttl = answers.iter().map(|record| record.ttl).min().unwrap_or_default();
                let records = answers.iter().filter_map(|answer| record(&answer.data)).collect();
                Answer::Records { records, ttl: Duration::from_secs(ttl.into()) }
            }
            Err(NetError::Dns(DnsError::NoRecordsFound(nothing))) => {
                let ttl = nothing.negative_ttl.map_or(NEGATIVE_TTL, |ttl| Duration::from_secs(ttl.into()));
                Answer::NoSuchName { ttl }
            }
            Err(error) => {
                debug!(name, %error, "the DNS does not answer");
                Answer::Failure
            }
        }
    }
}

fn of_machine() -> Option<TokioResolver> {
    let built = TokioResolver::builder_tokio().and_then(|mut builder| {
        options(builder.options_mut());
        builder.build()
    });
    built.inspect_err(|error| warn!(%error, "this machine names no DNS servers; set sip.dns_servers")).ok()
}

fn of_servers(servers: &[DnsServer]) -> Result<TokioResolver, StartError> {
    let server = |DnsServer(address): &DnsServer| {
        let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
            connection.port = address.port();
            connection
        });
        NameServerConfig::new(address.ip(), true, connections.to_vec())
    };
    let config = ResolverConfig::from_parts(None, Vec::new(), servers.iter().map(server).collect());
    let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
    options(builder.options_mut());
    let failed = |error: NetError| StartError::new(format!("sip.dns_servers cannot be used: {error}"));
    builder.build().map_err(failed)
}

/// The endpoint keeps answers itself.
fn options(options: &mut hickory_resolver::config::ResolverOpts) {
    options.timeout = SERVER_TIMEOUT;
    options.attempts = ATTEMPTS;
    options.cache_size = 0;
}

fn record_type(kind: RecordKind) -> RecordType {
    match kind {
        RecordKind::Naptr => RecordType::NAPTR,
        RecordKind::Srv => RecordType::SRV,
        RecordKind::A => RecordType::A,
        RecordKind::Aaaa => RecordType::AAAA,
    }
}

/// `None` for the aliases on the way and whatever else comes along.
fn record(data: &RData) -> Option<Record> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if let RData::A(address) = data {
        return Some(Record::A(address.0));
    }
    if let RData::AAAA(address) = data {
        return Some(Record::Aaaa(address.0));
    }
    if let RData::SRV(srv) = data {
        let target = srv.target.to_ascii();
        let (priority, weight, port) = (srv.priority, srv.weight, srv.port);
        return Some(Record::Srv(Srv { priority, weight, port, target }));
    }
    let RData::NAPTR(naptr) = data else { return None };
    Some(Record::Naptr(Naptr {
        order: naptr.order,
        preference: naptr.preference,
        flags: text(&naptr.flags),
        services: text(&naptr.services),
        regexp: text(&naptr.regexp),
        replacement: naptr.replacement.to_ascii(),
    }))
}
