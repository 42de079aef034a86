//! Where the owner sends a request.

use std::time::Duration;

use crate::message::{Header, NameAddr, Uri};
use crate::registrar::{Binding, BindingRef, Location};
use crate::ua::{NextHop, Source, Target};

/// Timer C has to be longer than three minutes (RFC 3261 §16.6 step 11).
const TIMER_C: Duration = Duration::from_secs(181);

/// The target set of a request (RFC 3261 §16.5) and how to forward it (§16.6).
#[derive(Clone, Debug)]
pub struct Forward {
    /// Groups of targets: one group after the other, all of a group at the same time.
    pub groups: Vec<Vec<Branch>>,
    /// Whether the dialog's later requests are to come this way.
    pub record_route: RecordRouting,
    /// Whether requests to a registered contact are to come this way (REGISTER only).
    pub path: PathInsertion,
    /// How long a branch may ring without a word.
    pub timer_c: Duration,
    /// More headers of the owner's (§16.6 step 5).
    pub headers: Vec<Header>,
    /// The realm whose credentials in Proxy-Authorization were for the owner: they go no further (§22.3).
    pub consumed_realm: Option<String>,
}

impl Forward {
    /// Forwards to these groups, and stays on the path of the dialog.
    pub const fn new(groups: Vec<Vec<Branch>>) -> Self {
        Self {
            groups,
            record_route: RecordRouting::Stay,
            path: PathInsertion::None,
            timer_c: TIMER_C,
            headers: Vec::new(),
            consumed_realm: None,
        }
    }

    /// Forwards to one target.
    pub fn to(branch: Branch) -> Self {
        Self::new(vec![vec![branch]])
    }

    /// Forwards to what a registrar has located.
    pub fn located(groups: &[Vec<Location>]) -> Self {
        let branches = |group: &Vec<Location>| group.iter().map(Branch::located).collect();
        Self::new(groups.iter().map(branches).collect())
    }
}

/// RFC 3261 §16.6 step 4.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RecordRouting {
    /// Record-Route, once, or twice where transport, address family or flow change between the two sides
    /// (RFC 5658).
    #[default]
    Stay,
    /// The endpoints talk without us.
    Leave,
}

/// RFC 3327 §5.2, RFC 5626 §5.1; without effect on other methods than REGISTER.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PathInsertion {
    /// No.
    #[default]
    None,
    /// A Path with a flow token, and `ob` if we are the first hop.
    Insert,
    /// The same, with `Require: path`; a user agent that does not know of it is answered 421.
    Require,
}

/// One target.
#[derive(Clone, Debug)]
pub struct Branch {
    /// The request URI from here on.
    pub uri: Uri,
    /// Proxies to visit on the way, first hop first (§16.6 step 6).
    pub route: Vec<NameAddr>,
    /// Where the first hop is.
    pub hop: Hop,
    /// The binding that it comes from, told by [`UaEvent::FlowFailed`](crate::UaEvent::FlowFailed).
    pub binding: Option<BindingRef>,
    /// The same instance by other flows, each tried if the one before it ends with 408 or 430 (RFC 5626 §7).
    pub others: Vec<Self>,
}

impl Branch {
    /// A target at an address, or wherever a name leads.
    pub fn new(uri: Uri, hop: impl Into<Hop>) -> Self {
        Self { uri, route: Vec::new(), hop: hop.into(), binding: None, others: Vec::new() }
    }

    /// A registered contact.
    pub fn located(location: &Location) -> Self {
        let branch = |binding: &Binding| Self {
            uri: binding.contact.uri.for_request_line(),
            route: binding.path.clone(),
            hop: Hop::of(binding),
            binding: Some(BindingRef { aor: location.aor.clone(), id: binding.id }),
            others: Vec::new(),
        };
        let others = location.others.iter().map(|binding| branch(binding)).collect();
        Self { others, ..branch(&location.binding) }
    }
}

/// Where a branch goes first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hop {
    /// To an address.
    Target(Target),
    /// Where the first Route leads, or the request URI where there is none (RFC 3261 §16.6 step 7, RFC 3263 §4); if
    /// one target fails, to the next. A name that leads nowhere is a 502 of this branch, a silent DNS a 503.
    Resolve,
    /// Where this URI leads, in the same way. The request does not show it.
    Uri(Box<Uri>),
    /// Back over the flow that a REGISTER came by; a flow that is gone is as good as a 430.
    Flow(Source),
}

impl Hop {
    /// A contact behind a proxy goes there. One that registered here goes by its flow if that is what it
    /// registered, and if its address is not where it really was.
    fn of(binding: &Binding) -> Self {
        if let Some(first) = binding.path.first() {
            return Self::to(&first.uri);
        }
        let uri = &binding.contact.uri;
        let is_elsewhere = uri.host.ip().is_some_and(|ip| ip != binding.flow.remote.ip());
        if binding.reg_id.is_some() || binding.flow.flow.is_some() || is_elsewhere {
            return Self::Flow(binding.flow);
        }
        Self::to(uri)
    }

    /// Where the first Route or the request URI leads, which is this one.
    pub(crate) fn to(uri: &Uri) -> Self {
        target_of(uri).map_or(Self::Resolve, Self::Target)
    }
}

impl From<Target> for Hop {
    fn from(target: Target) -> Self {
        Self::Target(target)
    }
}

impl From<NextHop> for Hop {
    fn from(next: NextHop) -> Self {
        match next {
            NextHop::Address(target) => Self::Target(target),
            NextHop::Resolve => Self::Resolve,
            NextHop::Uri(uri) => Self::Uri(uri),
        }
    }
}

/// Where a URI leads without asking the DNS: its `maddr` or host is an address.
pub fn target_of(uri: &Uri) -> Option<Target> {
    let maddr = uri.params.get("maddr").and_then(|text| text.parse::<crate::message::Host>().ok());
    let ip = maddr.as_ref().unwrap_or(&uri.host).ip()?;
    let is_secure = uri.scheme == crate::message::Scheme::Sips;
    let unnamed = if is_secure { crate::Transport::Tls } else { crate::Transport::Udp };
    let transport = match (uri.transport().unwrap_or(unnamed), is_secure) {
        (crate::Transport::Tcp, true) => crate::Transport::Tls,
        (crate::Transport::Ws, true) => crate::Transport::Wss,
        (transport, _) => transport,
    };
    let port = uri.port.unwrap_or_else(|| transport.default_port());
    Some(Target::new(transport, (ip, port).into()))
}
