//! Requests that pass through: on the owner's word, or by the route that we wrote ourselves.

use std::sync::Arc;
use std::time::Instant;

use super::core::TimerKey;
use super::{CommandError, Endpoint};
use crate::message::header::Route;
use crate::message::{Header, HeaderName, Method, Response, StatusCode, Uri};
use crate::proxy::identity::Identity;
use crate::proxy::preprocess::Routed;
use crate::proxy::{
    Branch, BranchId, Chosen, Context, Forward, Hop, Life, PathInsertion, Refusal, Terms, check,
};
use crate::transaction::TransactionId;
use crate::transaction::incoming::IncomingRequest;
use crate::transaction::serving::Received;
use crate::transaction::table::{Delivery, Outcome};
use crate::ua::RequestId;
use crate::ua::headers::has_option;
use crate::ua::screened::{ScreenTimer, TRYING_AFTER};

/// Where a request is for, as its routes and request line say.
enum Way {
    /// Here: the user agent or the owner.
    Here,
    /// The owner knows.
    Ask,
    /// Onward.
    On(Box<Branch>),
}

impl Endpoint {
    /// Forwards a request of [`UaEvent::Requested`](crate::UaEvent::Requested) to the targets named (RFC 3261 §16.6).
    /// A request that must not be forwarded (§16.3) is answered instead: 483, 482, 440, 420, 421, 403, or 503 over
    /// [`ProxyLimits::contexts`](crate::proxy::ProxyLimits::contexts).
    ///
    /// # Errors
    /// The request has its final response, or was given up; this endpoint is no proxy.
    pub fn forward(&mut self, now: Instant, id: RequestId, forward: Forward) -> Result<(), CommandError> {
        self.core.now = now;
        if self.core.identity.is_none() {
            return Err(CommandError::WrongState);
        }
        let screened = self.screened.remove(&id).ok_or(CommandError::UnknownId)?;
        // The 100 that an INVITE waits for is now the context's to send, by the same timer.
        if screened.incoming.request.method != Method::Invite {
            screened.stop_timers(&mut self.core);
        }
        self.forward_request(screened.transaction, screened.incoming, forward, Chosen::ByOwner);
        self.settle();
        Ok(())
    }

    /// How many requests are being forwarded.
    pub fn forwarding(&self) -> usize {
        self.contexts.len()
    }

    fn forward_request(
        &mut self,
        id: TransactionId,
        incoming: Arc<IncomingRequest>,
        forward: Forward,
        chosen: Chosen,
    ) {
        let (Some(config), Some(identity)) = (&self.core.config.proxy, &self.core.identity) else { return };
        let limits = config.limits;
        let branches: usize = forward.groups.iter().flatten().map(|branch| 1 + branch.others.len()).sum();
        let checked = check(identity, &incoming, limits.breadth).and_then(|checked| {
            refuse_unaware_of_path(&incoming, forward.path)?;
            refuse_inward(identity, &incoming, &forward, chosen)?;
            match branches > limits.branches {
                true => Err(StatusCode::SERVER_INTERNAL_ERROR.into()),
                false => Ok(checked),
            }
        });
        let checked = match checked {
            Ok(checked) => checked,
            Err(refusal) => return self.refuse_forwarding(id, &incoming, refusal),
        };
        let Forward { groups, record_route, path, timer_c, headers, consumed_realm } = forward;
        let terms = Arc::new(Terms { checked, record_route, path, headers, consumed_realm, chosen });
        if matches!(incoming.request.method, Method::Ack | Method::Cancel) {
            let first = groups.into_iter().flatten().next();
            return self.forward_statelessly(id, incoming, terms, first);
        }
        if self.contexts.len() >= limits.contexts {
            self.core.counters.limited_forwards += 1;
            let header = Some(self.core.retry_after(self.core.config.limits.retry_after_s));
            let refusal = Refusal { code: StatusCode::SERVICE_UNAVAILABLE, header };
            return self.refuse_forwarding(id, &incoming, refusal);
        }
        let mut context = Context::new(id, incoming, terms, groups, timer_c);
        if context.proceed(&mut self.core) == Life::Kept {
            self.contexts.insert(id, context);
        }
    }

    /// The ACK of a 2xx, or a CANCEL of an INVITE that is not known: the latter under the same branch each time.
    fn forward_statelessly(
        &mut self,
        id: TransactionId,
        incoming: Arc<IncomingRequest>,
        terms: Arc<Terms>,
        branch: Option<Branch>,
    ) {
        let name = if incoming.request.method == Method::Cancel {
            self.core.forget_server(id);
            self.core.branch_for(&incoming)
        } else {
            self.core.new_branch()
        };
        if let Some(branch) = branch {
            self.core.forward_statelessly(incoming, terms, branch, name);
        }
    }

    fn refuse_forwarding(&mut self, id: TransactionId, incoming: &IncomingRequest, refusal: Refusal) {
        let tag = self.core.random.token();
        let mut response = incoming.response(refusal.code, Some(&tag));
        response.headers.extend(refusal.header);
        response.headers.push(self.core.server());
        self.core.respond(id, &response);
    }

    /// Forwards a request whose routes say where it goes; false if it is for the user agent or the owner to see.
    pub(super) fn route_on(&mut self, received: &Received) -> bool {
        let incoming = &received.incoming;
        match self.way_of(incoming) {
            Way::Here => false,
            Way::Ask => self.ask_owner(received),
            Way::On(branch) => {
                let id = received.transaction.unwrap_or(TransactionId(0));
                if incoming.request.method == Method::Invite {
                    self.core.start(TimerKey::Screen(RequestId(id.0), ScreenTimer::Trying), TRYING_AFTER);
                }
                self.forward_request(id, Arc::clone(incoming), Forward::to(*branch), Chosen::ByRequest);
                true
            }
        }
    }

    /// Forwards a CANCEL whose INVITE is not known here without keeping anything of it (RFC 3261 §16.10): by its
    /// routes, or where the owner says. False if there is nowhere to forward it to.
    pub(super) fn pass_cancel(&mut self, transaction: TransactionId, cancel: &Arc<IncomingRequest>) -> bool {
        let received = Received { transaction: Some(transaction), incoming: Arc::clone(cancel) };
        self.core.identity.is_some() && (self.route_on(&received) || self.screen(&received))
    }

    fn way_of(&mut self, incoming: &IncomingRequest) -> Way {
        let has_dialog = incoming.to_tag.is_some();
        let is_strangers = has_dialog
            && matches!(incoming.routed, Routed::No | Routed::Unsigned)
            && self.call_of(incoming).is_none();
        let (Some(identity), request) = (&self.core.identity, &incoming.request) else { return Way::Here };
        let is_last = !request.headers.contains(&HeaderName::Route);
        match &incoming.routed {
            Routed::Unsigned
                if is_last && identity.is_ours(&request.uri) && !identity.is_name(&request.uri) =>
            {
                Way::Here
            }
            Routed::No | Routed::Unsigned if is_strangers => Way::Ask,
            Routed::No | Routed::Unsigned => Way::Here,
            // A GRUU of ours: the flow was good when the dialog began, the owner knows the one that is now.
            Routed::Over { is_path: false, .. }
                if has_dialog && is_last && identity.is_name(&request.uri) =>
            {
                Way::Ask
            }
            Routed::Over { flow, .. } => Way::On(onward(incoming, Hop::Flow(*flow))),
            // The check in front of all forwarding says 403.
            Routed::Tampered => Way::On(onward(incoming, Hop::Flow(incoming.source))),
            Routed::Here if !has_dialog => Way::Here,
            Routed::Here => match request.headers.typed::<Route>() {
                Ok(Some(Route(next))) => on(incoming, &next.uri),
                _ if identity.is_name(&request.uri) => Way::Ask,
                _ if identity.is_ours(&request.uri) => Way::Here,
                _ => on(incoming, &request.uri),
            },
        }
    }

    /// Asks the owner about a request inside a dialog, as about one outside; false if it does not want to be.
    fn ask_owner(&mut self, received: &Received) -> bool {
        let is_ack = received.incoming.request.method == Method::Ack;
        if is_ack && matches!(received.incoming.routed, Routed::No | Routed::Unsigned) {
            return false;
        }
        let transaction = received.transaction.unwrap_or_else(|| self.core.transactions.next_id());
        let received = Received { transaction: Some(transaction), incoming: Arc::clone(&received.incoming) };
        match received.incoming.routed {
            Routed::No => self.screen(&received),
            // It came by a route of ours, so that nobody else knows where it goes.
            Routed::Here | Routed::Unsigned | Routed::Over { .. } | Routed::Tampered => {
                self.ask(transaction, &received);
                true
            }
        }
    }

    /// What became of a branch. A 2xx that comes when all is over still goes back.
    pub(super) fn branch_outcome(&mut self, branch: BranchId, delivery: Delivery) {
        if let Some(context) = self.contexts.get_mut(&branch.context) {
            if context.outcome(&mut self.core, branch.number, delivery.outcome) == Life::Over {
                self.contexts.remove(&branch.context);
            }
            return;
        }
        self.late_outcome(branch, delivery);
    }

    /// A target that its branch has left answers after all: it is not to ring, but its 2xx counts.
    pub(super) fn supersede_branch(&mut self, branch: BranchId, delivery: Delivery) {
        let Outcome::Response(response) = &delivery.outcome else { return };
        let code = response.code;
        match self.contexts.get_mut(&branch.context) {
            _ if !code.is_final() => self.core.cancel_superseded(delivery.transaction),
            Some(context) if code.is_success() => {
                let mut response = Response::clone(response);
                response.headers.remove_first(&HeaderName::Via);
                if context.succeed(&mut self.core, &response) == Life::Over {
                    self.contexts.remove(&branch.context);
                }
            }
            Some(_) => {}
            None => self.late_outcome(branch, delivery),
        }
    }

    fn late_outcome(&mut self, branch: BranchId, delivery: Delivery) {
        let Outcome::Response(mut response) = delivery.outcome else { return };
        if !response.code.is_success() || delivery.request.method != Method::Invite {
            return;
        }
        if self.core.transactions.servers.contains_key(&branch.context) {
            response.headers.remove_first(&HeaderName::Via);
            self.core.respond(branch.context, &response);
        } else {
            self.core.forward_stray(*response);
        }
    }

    /// Timer C of a branch.
    pub(super) fn fire_branch(&mut self, branch: BranchId) {
        let Some(context) = self.contexts.get_mut(&branch.context) else { return };
        if context.fire(&mut self.core, branch.number) == Life::Over {
            self.contexts.remove(&branch.context);
        }
    }

    /// Gives up the branches of a forwarded INVITE.
    pub(super) fn cancel_forwarded(&mut self, invite: TransactionId, cancel: &IncomingRequest) {
        let Some(context) = self.contexts.get_mut(&invite) else { return };
        let reasons = cancel.request.headers.get_all(&HeaderName::Reason);
        let reasons = reasons.map(|value| Header::new(HeaderName::Reason, value)).collect();
        if context.cancel(&mut self.core, reasons) == Life::Over {
            self.contexts.remove(&invite);
        }
    }
}

/// Onward to where a URI leads; where one without a host leads, only the owner knows.
fn on(incoming: &IncomingRequest, next: &Uri) -> Way {
    if next.is_sip() { Way::On(onward(incoming, Hop::to(next))) } else { Way::Ask }
}

fn onward(incoming: &IncomingRequest, hop: Hop) -> Box<Branch> {
    let uri = incoming.request.uri.clone();
    Box::new(Branch { uri, route: Vec::new(), hop, binding: None, others: Vec::new() })
}

/// What a stranger's request names is not for it to reach.
fn refuse_inward(
    identity: &Identity,
    incoming: &IncomingRequest,
    forward: &Forward,
    chosen: Chosen,
) -> Result<(), Refusal> {
    let source = incoming.source.remote.ip();
    let is_inward = |branch: &Branch| match &branch.hop {
        Hop::Target(target) => !identity.may_name(target.remote.ip(), source),
        Hop::Resolve | Hop::Uri(_) | Hop::Flow(_) => false,
    };
    match chosen == Chosen::ByRequest && forward.groups.iter().flatten().any(is_inward) {
        true => Err(StatusCode::FORBIDDEN.into()),
        false => Ok(()),
    }
}

/// RFC 3327 §5.2: who wants a Path has to have a user agent that knows of it.
fn refuse_unaware_of_path(incoming: &IncomingRequest, path: PathInsertion) -> Result<(), Refusal> {
    let headers = &incoming.request.headers;
    let is_register = incoming.request.method == Method::Register;
    if is_register && path == PathInsertion::Require && !has_option(headers, &HeaderName::Supported, "path") {
        let header = Some(Header::new(HeaderName::Require, "path"));
        return Err(Refusal { code: StatusCode::EXTENSION_REQUIRED, header });
    }
    Ok(())
}
