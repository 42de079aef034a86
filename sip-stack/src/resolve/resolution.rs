//! One URI on its way to its targets.
//!
//! ```text
//!   sip:host            sip:host;transport=tcp      sip:host:5070        sip:192.0.2.1
//!      |                          |                      |                    |
//!      V       NAPTR: services    V   SRV: hosts, ports  V   A, AAAA          V
//!  +-------+ or none: the usual +----------+          +-----------+  +---------------+
//!  | Rules |------------------->| Services |--------->| Addresses |->| Found, or why |
//!  +-------+     SRV names      +----------+ or none: +-----------+  |      not      |
//!                                            the host                +---------------+
//!                                            itself
//! ```
//!
//! Each state is one round of questions that are asked at once; there is no way back, so that no answer makes
//! it go round.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use super::addresses::{Family, interleave};
use super::cache::{Known, Question};
use super::means::Means;
use super::name::Name;
use super::naptr::{SERVICES_MAX, Service, services};
use super::query::{Record, RecordKind};
use super::srv::{self, Hosts};
use super::subject::{Place, Subject};
use super::unresolved::Unresolved;
use crate::endpoint::random::Random;
use crate::transport::Transport;
use crate::ua::Target;

/// Hosts of one service whose addresses are asked for.
const HOSTS_MAX: usize = 16;
/// Targets of one URI.
pub(crate) const TARGETS_MAX: usize = 32;

/// What the machine needs beside answers.
pub(crate) struct Context<'a> {
    pub(crate) means: &'a Means,
    pub(crate) family: Family,
    pub(crate) random: &'a mut Random,
}

/// What is next.
#[derive(Debug)]
pub(crate) enum Next {
    /// Answers to these, all of them.
    Ask(Vec<Question>),
    /// The targets in the order to try them; at least one.
    Found(Vec<Target>),
    Failed(Unresolved),
}

/// A port of a host with one transport.
#[derive(Clone, Debug)]
struct Host {
    transport: Transport,
    name: Name,
    port: u16,
}

#[derive(Debug)]
enum Stage {
    Rules,
    Services { services: Vec<Service>, fallback: Transport },
    Addresses { hosts: Vec<Host> },
}

/// The machine, past the point where a literal address would have ended it.
#[derive(Debug)]
pub(crate) struct Resolution {
    domain: Name,
    subject: Subject,
    stage: Stage,
    /// Answers of this round.
    answers: BTreeMap<Question, Option<Known>>,
    has_trouble: bool,
}

/// A URI with a literal address is resolved at once; one with a name is not.
pub(crate) enum Start {
    Done(Next),
    Pending(Resolution),
}

impl Resolution {
    /// Chooses where to begin (RFC 3263 §4.1 for the transport, §4.2 for the port).
    pub(crate) fn start(subject: Subject, means: &Means) -> Start {
        let usual = subject.transport.or_else(|| means.transports(subject.security).next());
        let Some(transport) = usual else { return Start::Done(Next::Failed(Unresolved::NoTransport)) };
        let domain = match &subject.place {
            Place::Address(ip) => return Start::Done(literal(*ip, transport, subject.port, means)),
            Place::Name(name) => name.clone(),
        };
        let stage = match (subject.port, subject.transport) {
            (Some(port), _) => {
                Stage::Addresses { hosts: vec![Host { transport, name: domain.clone(), port }] }
            }
            (None, Some(transport)) => Stage::Services {
                services: Service::at(&domain, transport).into_iter().collect(),
                fallback: transport,
            },
            (None, None) => Stage::Rules,
        };
        let (answers, has_trouble) = (BTreeMap::new(), false);
        Start::Pending(Self { domain, subject, stage, answers, has_trouble })
    }

    /// Begins a round: the questions of this state.
    pub(crate) fn ask(&mut self, means: &Means) -> Vec<Question> {
        let questions: Vec<Question> = match &self.stage {
            Stage::Rules => vec![Question { name: self.domain.clone(), kind: RecordKind::Naptr }],
            Stage::Services { services, .. } => {
                let name = |service: &Service| service.name.clone();
                services.iter().map(|at| Question { name: name(at), kind: RecordKind::Srv }).collect()
            }
            Stage::Addresses { hosts } => hosts.iter().flat_map(|host| addresses_of(host, means)).collect(),
        };
        self.answers = questions.iter().map(|question| (question.clone(), None)).collect();
        questions
    }

    /// Takes an answer; says whether the round is complete.
    pub(crate) fn note(&mut self, question: &Question, known: Known) -> bool {
        self.has_trouble |= matches!(known, Known::Failure);
        if let Some(answer) = self.answers.get_mut(question) {
            *answer = Some(known);
        }
        self.is_complete()
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.answers.values().all(Option::is_some)
    }

    /// Goes on to the next round, or ends.
    pub(crate) fn advance(&mut self, context: &mut Context<'_>) -> Next {
        match std::mem::replace(&mut self.stage, Stage::Rules) {
            Stage::Rules => self.look_for_services(context.means),
            Stage::Services { services, fallback } => match self.offered(&services, context.random) {
                Ok(hosts) if hosts.is_empty() => self.look_for_domain(fallback, context.means),
                Ok(hosts) => self.look_for_addresses(hosts, context.means),
                Err(refused) => Next::Failed(refused),
            },
            Stage::Addresses { hosts } => self.found(&hosts, context),
        }
    }

    fn records(&self, name: &Name, kind: RecordKind) -> &[Record] {
        match self.answers.get(&Question { name: name.clone(), kind }) {
            Some(Some(Known::Records(records))) => records,
            Some(Some(Known::Nothing | Known::Failure) | None) | None => &[],
        }
    }

    /// The services that the domain names, else those that it would have at the usual places.
    fn look_for_services(&mut self, means: &Means) -> Next {
        let security = self.subject.security;
        let mut named = services(self.records(&self.domain, RecordKind::Naptr), security, means);
        if named.is_empty() {
            let usual = means.transports(security).filter_map(|at| Service::at(&self.domain, at));
            named = usual.take(SERVICES_MAX).collect();
        }
        // A domain too long for service names may still have addresses.
        let usual = named.first().map(|service| service.transport).or(means.transports(security).next());
        let Some(fallback) = usual else { return Next::Failed(Unresolved::NoTransport) };
        self.stage = Stage::Services { services: named, fallback };
        Next::Ask(self.ask(means))
    }

    /// The hosts of the most preferred service that has any. The others are left alone: trying them would turn
    /// a blocked TLS port into plain UDP.
    fn offered(&self, services: &[Service], random: &mut Random) -> Result<Vec<Host>, Unresolved> {
        let mut refused = false;
        for service in services {
            match srv::hosts(self.records(&service.name, RecordKind::Srv), random) {
                Hosts::Listed(hosts) => {
                    let host = |(name, port)| Host { transport: service.transport, name, port };
                    return Ok(hosts.into_iter().map(host).collect());
                }
                Hosts::NotOffered => refused = true,
                Hosts::None => {}
            }
        }
        if refused { Err(Unresolved::NotOffered) } else { Ok(Vec::new()) }
    }

    fn look_for_domain(&mut self, transport: Transport, means: &Means) -> Next {
        let port = transport.default_port();
        self.look_for_addresses(vec![Host { transport, name: self.domain.clone(), port }], means)
    }

    fn look_for_addresses(&mut self, mut hosts: Vec<Host>, means: &Means) -> Next {
        hosts.truncate(HOSTS_MAX);
        self.stage = Stage::Addresses { hosts };
        Next::Ask(self.ask(means))
    }

    fn found(&self, hosts: &[Host], context: &Context<'_>) -> Next {
        let mut targets: Vec<Target> = Vec::new();
        for host in hosts {
            let v4 = self.records(&host.name, RecordKind::A);
            let v6 = self.records(&host.name, RecordKind::Aaaa);
            for ip in interleave(v4, v6, context.family) {
                let remote = SocketAddr::new(ip, host.port);
                let target = Target::new(host.transport, remote);
                let is_new = context.means.reaches(host.transport, ip) && !targets.contains(&target);
                if is_new && targets.len() < TARGETS_MAX {
                    targets.push(target);
                }
            }
        }
        if targets.is_empty() { Next::Failed(self.failure()) } else { Next::Found(targets) }
    }

    fn failure(&self) -> Unresolved {
        let has_records = self.answers.values().any(|known| matches!(known, Some(Known::Records(_))));
        match (self.has_trouble, has_records) {
            (_, true) => Unresolved::NoUsableAddress,
            (true, false) => Unresolved::DnsFailure,
            (false, false) => Unresolved::NoSuchName,
        }
    }
}

fn literal(ip: IpAddr, transport: Transport, port: Option<u16>, means: &Means) -> Next {
    if !means.reaches(transport, ip) {
        return Next::Failed(Unresolved::NoUsableAddress);
    }
    let remote = SocketAddr::new(ip, port.unwrap_or_else(|| transport.default_port()));
    Next::Found(vec![Target::new(transport, remote)])
}

/// Only addresses of families that a listener of the transport has.
fn addresses_of(host: &Host, means: &Means) -> impl Iterator<Item = Question> {
    let kinds = [(Family::V4, RecordKind::A), (Family::V6, RecordKind::Aaaa)];
    let wanted = kinds.into_iter().filter(|(family, _)| means.has(host.transport, *family));
    let name = host.name.clone();
    wanted.map(move |(_, kind)| Question { name: name.clone(), kind })
}
