//! A state agent: what others published, by entity and event package (RFC 3903 §6).

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use crate::endpoint::services::Package;
use crate::message::header::{AllowEvents, ContentType, Event, Expires, SipEtag, SipIfMatch};
use crate::message::{Header, HeaderName, Request, StatusCode};
use crate::ua::command::Body;
use crate::ua::headers;
use crate::ua::request::Reply;

/// RFC 3903 §6 step 4, as RFC 6665: an interval of an hour or more is never too brief.
const NEVER_TOO_BRIEF_S: u32 = 3600;

/// Bounds of what strangers may leave; over one, a PUBLISH is answered 503 or 413.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicationLimits {
    /// Publications of all entities.
    pub publications: usize,
    /// Publications of one entity and package: one for each device, and some for what devices forgot.
    pub per_entity: usize,
    /// Octets of one state.
    pub body_bytes: usize,
}

impl Default for PublicationLimits {
    fn default() -> Self {
        Self { publications: 100_000, per_entity: 16, body_bytes: 16_384 }
    }
}

/// One published state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Whose state it is.
    pub entity: String,
    /// The name of the event package.
    pub package: String,
    /// The state.
    pub body: Body,
    /// When it is forgotten.
    pub expires: Instant,
}

/// An entity's state in a package is another than before, and its watchers should be told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// Whose state it is.
    pub entity: String,
    /// The name of the event package.
    pub package: String,
}

/// What others published. The owner authenticates each PUBLISH, and says whom its request URI means, before it
/// comes here.
#[derive(Debug)]
pub struct Publications {
    packages: Vec<Package>,
    limits: PublicationLimits,
    /// The beginning of each tag, so that those of another run are never taken for ours.
    epoch: String,
    tagged: u64,
    states: BTreeMap<String, Published>,
    entities: BTreeMap<Change, BTreeSet<String>>,
    deadlines: BTreeSet<(Instant, String)>,
}

impl Publications {
    /// Nothing published yet. `epoch` is a token that no earlier run had.
    pub fn new(packages: Vec<Package>, limits: PublicationLimits, epoch: impl Into<String>) -> Self {
        Self {
            packages,
            limits,
            epoch: epoch.into(),
            tagged: 0,
            states: BTreeMap::new(),
            entities: BTreeMap::new(),
            deadlines: BTreeSet::new(),
        }
    }

    /// What is published of an entity in a package; several devices may publish beside each other.
    pub fn states<'a>(&'a self, entity: &str, package: &str) -> impl Iterator<Item = &'a Published> {
        let key = Change { entity: entity.to_owned(), package: package.to_owned() };
        self.entities.get(&key).into_iter().flatten().filter_map(|etag| self.states.get(etag))
    }

    /// How many publications there are.
    pub fn len(&self) -> usize {
        self.states.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.states.is_empty()
    }

    /// When [`expire`](Self::expire) has something to do.
    pub fn next_expiry(&self) -> Option<Instant> {
        self.deadlines.first().map(|(at, _)| *at)
    }

    /// Forgets what nobody refreshed; what changed by it.
    pub fn expire(&mut self, now: Instant) -> BTreeSet<Change> {
        let mut changes = BTreeSet::new();
        while let Some((at, etag)) = self.deadlines.first().cloned() {
            if at > now {
                break;
            }
            changes.extend(self.forget(&etag));
        }
        changes
    }

    /// Serves a PUBLISH about an entity: the response, and what changed.
    pub fn receive(&mut self, now: Instant, entity: &str, request: &Request) -> (Reply, Option<Change>) {
        match self.take(now, entity, request) {
            Ok((reply, change)) => (reply, change),
            Err(refusal) => (refusal, None),
        }
    }

    fn take(
        &mut self,
        now: Instant,
        entity: &str,
        request: &Request,
    ) -> Result<(Reply, Option<Change>), Reply> {
        let package = self.package(request)?;
        let known = self.known(entity, &package.name, request)?;
        let expires_s = expires(request, &package)?;
        let body = self.body(request, &package)?;
        if body.is_none() && known.is_none() {
            return Err(refusal(StatusCode::BAD_REQUEST));
        }
        self.check_room(entity, &package.name, known.as_deref())?;
        let replaced = known.and_then(|etag| self.states.get(&etag).cloned().map(|state| (etag, state)));
        let is_news = body.is_some() || expires_s == 0;
        let body = body.or_else(|| replaced.as_ref().map(|(_, state)| state.body.clone()));
        if let Some((etag, _)) = &replaced {
            self.forget(etag);
        }
        let etag = self.next_etag();
        let change = Change { entity: entity.to_owned(), package: package.name };
        if let Some(body) = body.filter(|_| expires_s > 0) {
            let expires = now + Duration::from_secs(expires_s.into());
            self.keep(
                etag.clone(),
                Published { entity: change.entity.clone(), package: change.package.clone(), body, expires },
            );
        }
        let headers =
            vec![Header::from_typed(&SipEtag(etag.as_str().into())), Header::from_typed(&Expires(expires_s))];
        Ok((Reply { headers, ..Reply::new(200) }, is_news.then_some(change)))
    }

    /// Step 2: the package.
    fn package(&self, request: &Request) -> Result<Package, Reply> {
        let event = request.headers.typed::<Event>().map_err(|_| refusal(StatusCode::BAD_REQUEST))?;
        let known =
            event.and_then(|event| self.packages.iter().find(|package| package.name == event.package));
        known.cloned().ok_or_else(|| {
            let names = self.packages.iter().map(|package| package.name.as_str().into()).collect();
            with(StatusCode::BAD_EVENT, Header::from_typed(&AllowEvents(names)))
        })
    }

    /// Step 3: the state that a SIP-If-Match names; 412 if it is none of this entity's.
    fn known(&self, entity: &str, package: &str, request: &Request) -> Result<Option<String>, Reply> {
        let named = request.headers.typed::<SipIfMatch>().map_err(|_| refusal(StatusCode::BAD_REQUEST))?;
        let Some(named) = named else { return Ok(None) };
        let state = self.states.get(named.0.as_str());
        match state.is_some_and(|state| state.entity == entity && state.package == package) {
            true => Ok(Some(named.0.to_string())),
            false => Err(refusal(StatusCode::CONDITIONAL_REQUEST_FAILED)),
        }
    }

    /// Step 5: the state.
    fn body(&self, request: &Request, package: &Package) -> Result<Option<Body>, Reply> {
        let Some(body) = headers::body(&request.headers, &request.body) else { return Ok(None) };
        if body.content.len() > self.limits.body_bytes {
            return Err(refusal(StatusCode::REQUEST_ENTITY_TOO_LARGE));
        }
        let Some(wanted) = &package.content_type else { return Ok(Some(body)) };
        let content_type = request.headers.typed::<ContentType>().ok().flatten();
        match content_type.is_some_and(|content_type| content_type.is(wanted)) {
            true => Ok(Some(body)),
            false => Err(with(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                Header::new(HeaderName::Accept, wanted.as_str()),
            )),
        }
    }

    fn check_room(&self, entity: &str, package: &str, known: Option<&str>) -> Result<(), Reply> {
        let key = Change { entity: entity.to_owned(), package: package.to_owned() };
        let held = self.entities.get(&key).map_or(0, BTreeSet::len);
        let is_full = self.states.len() >= self.limits.publications || held >= self.limits.per_entity;
        match known {
            None if is_full => Err(refusal(StatusCode::SERVICE_UNAVAILABLE)),
            None | Some(_) => Ok(()),
        }
    }

    fn next_etag(&mut self) -> String {
        self.tagged += 1;
        format!("{}-{}", self.epoch, self.tagged)
    }

    fn keep(&mut self, etag: String, state: Published) {
        let key = Change { entity: state.entity.clone(), package: state.package.clone() };
        self.deadlines.insert((state.expires, etag.clone()));
        self.entities.entry(key).or_default().insert(etag.clone());
        self.states.insert(etag, state);
    }

    fn forget(&mut self, etag: &str) -> Option<Change> {
        let state = self.states.remove(etag)?;
        self.deadlines.remove(&(state.expires, etag.to_owned()));
        let key = Change { entity: state.entity, package: state.package };
        if let Some(etags) = self.entities.get_mut(&key) {
            etags.remove(etag);
            if etags.is_empty() {
                self.entities.remove(&key);
            }
        }
        Some(key)
    }
}

/// Step 4: the time.
fn expires(request: &Request, package: &Package) -> Result<u32, Reply> {
    let asked = request.headers.typed::<Expires>().map_err(|_| refusal(StatusCode::BAD_REQUEST))?;
    let asked_s = asked.map_or(package.expires_default_s, |asked| asked.0);
    if (1..NEVER_TOO_BRIEF_S.min(package.expires_min_s)).contains(&asked_s) {
        let min = Header::new(HeaderName::MinExpires, package.expires_min_s.to_string());
        return Err(with(StatusCode::INTERVAL_TOO_BRIEF, min));
    }
    Ok(asked_s.min(package.expires_max_s))
}

fn refusal(code: StatusCode) -> Reply {
    Reply::new(code.as_u16())
}

fn with(code: StatusCode, header: Header) -> Reply {
    Reply { headers: vec![header], ..refusal(code) }
}
