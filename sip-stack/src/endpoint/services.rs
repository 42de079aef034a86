//! What peers may ask of the owner beyond calls.

use crate::message::header::{Allow, AllowEvents};
use crate::message::{Header, HeaderName, Method};

/// The methods of calls, which every endpoint serves; NOTIFY is for subscriptions of our own.
const CALLS: [Method; 9] = [
    Method::Invite,
    Method::Ack,
    Method::Bye,
    Method::Cancel,
    Method::Options,
    Method::Info,
    Method::Prack,
    Method::Update,
    Method::Notify,
];

/// Whether a peer may ask the owner to call somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Referrals {
    /// REFER is not served.
    #[default]
    Unserved,
    /// The owner decides about each ([`SubscriptionEvent::Referred`](crate::SubscriptionEvent::Referred)).
    Asked,
}

/// An event package that peers may subscribe to (RFC 6665 §5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Its name, with its templates.
    pub name: String,
    /// The type of its bodies: a subscriber that does not take it is answered 406.
    pub content_type: Option<String>,
    /// A shorter interval than this is answered 423, unless it is an hour or more.
    pub expires_min_s: u32,
    /// The interval of a SUBSCRIBE without `Expires`.
    pub expires_default_s: u32,
    /// The longest interval granted.
    pub expires_max_s: u32,
}

impl Package {
    /// A package with an interval of an hour unless the subscriber asks for another one.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            content_type: None,
            expires_min_s: 60,
            expires_default_s: 3600,
            expires_max_s: 3600,
        }
    }
}

/// What is served beyond calls; nothing of it by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Services {
    /// Event packages besides `refer`.
    pub packages: Vec<Package>,
    /// REFER.
    pub referrals: Referrals,
    /// The types of MESSAGEs (RFC 3428) that the owner reads, such as `text/plain`; with none, MESSAGE is not served.
    pub messages: Vec<String>,
    /// INFO packages (RFC 6086) that the owner takes inside of calls.
    pub info_packages: Vec<String>,
}

impl Services {
    /// Whether the user agent acts on this method.
    pub(crate) fn serves(&self, method: &Method) -> bool {
        match method {
            Method::Subscribe => !self.packages.is_empty() || self.referrals == Referrals::Asked,
            Method::Refer => self.referrals == Referrals::Asked,
            Method::Message => !self.messages.is_empty(),
            Method::Invite
            | Method::Ack
            | Method::Bye
            | Method::Cancel
            | Method::Options
            | Method::Info
            | Method::Prack
            | Method::Update
            | Method::Notify => true,
            Method::Register | Method::Publish | Method::Extension(_) => false,
        }
    }

    /// The methods to name in `Allow`; `more` are those that the owner serves itself.
    pub(crate) fn allow(&self, more: &[Method]) -> Allow {
        let ours = CALLS.into_iter().chain([Method::Subscribe, Method::Refer, Method::Message]);
        let mut methods: Vec<Method> = ours.filter(|method| self.serves(method)).collect();
        for method in more {
            if !methods.contains(method) {
                methods.push(method.clone());
            }
        }
        Allow(methods)
    }

    pub(crate) fn allow_events(&self) -> Option<AllowEvents> {
        let refer = (self.referrals == Referrals::Asked).then_some("refer");
        let names = self.packages.iter().map(|package| package.name.as_str()).chain(refer);
        let names: Vec<_> = names.map(Into::into).collect();
        (!names.is_empty()).then_some(AllowEvents(names))
    }

    /// The INFO packages that we take; an empty value says that there are none.
    pub(crate) fn recv_info(&self) -> Header {
        Header::new(HeaderName::RecvInfo, self.info_packages.join(", "))
    }

    pub(crate) fn package(&self, name: &str) -> Option<&Package> {
        self.packages.iter().find(|package| package.name == name)
    }
}
