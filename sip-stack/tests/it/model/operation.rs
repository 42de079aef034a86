//! One random thing that the owner of a side asks for, or that happens to the network.

use std::time::Duration;

use sip_stack::message::{Header, HeaderName};
use sip_stack::{Body, CommandError, Endpoint, InviteId, Pracks, Respond, Target, Transport};

use super::choice::Choice;
use super::reference::{Phase, Reference, Told};
use crate::call::{hangup, invite};
use crate::pair::{Pair, Side};

const CALLS_MAX: u64 = 6;
const CODES: [u16; 14] = [100, 180, 183, 183, 199, 200, 200, 200, 202, 302, 404, 486, 603, 99];

pub(super) fn side(choice: &mut impl Choice) -> Side {
    choice.pick(&[Side::Alice, Side::Bob])
}

pub(super) fn time(choice: &mut impl Choice) -> Duration {
    let (most, unit) =
        choice.pick(&[(20, 1), (500, 1), (500, 1), (5_000, 1), (5_000, 1), (40, 1_000), (200, 1_000)]);
    Duration::from_millis(choice.below(most) * unit)
}

fn body(choice: &mut impl Choice) -> Option<Body> {
    let one = choice.below(9);
    (one < 6).then(|| Body::sdp(format!("v=0\r\no=- {one} 1 IN IP4 192.0.2.1\r\n")))
}

fn offer(choice: &mut impl Choice) -> Body {
    body(choice).unwrap_or_else(|| Body::sdp("v=0\r\n"))
}

/// Places a call from either side.
pub(super) fn place(pair: &mut Pair, reference: &mut Reference, choice: &mut impl Choice) {
    let (from, now) = (side(choice), pair.now);
    let id = InviteId(1 + choice.below(CALLS_MAX));
    let transport = choice.pick(&[Transport::Udp, Transport::Udp, Transport::Udp, Transport::Tcp]);
    let mut call = invite(transport);
    call.target = Target::new(transport, from.other().address()).into();
    call.body = body(choice);
    if choice.one_in(3) {
        call.headers.push(Header::new(HeaderName::Require, "100rel"));
    }
    let expires = choice.one_in(8);
    if expires {
        call.headers.push(Header::new(HeaderName::Expires, choice.below(30).to_string()));
    }
    if choice.one_in(4) {
        call.options.pracks = Pracks::ByOwner;
    }
    let placed = pair.endpoint(from).invite(now, id, call);
    let is_new = reference.phase(from, id).is_none_or(|phase| phase == Phase::Ended);
    if placed.is_ok() {
        assert!(is_new, "{from:?} {id:?} is alive");
        reference.forget(from, id);
        reference.begin(from, id, Phase::Calling);
        if expires {
            reference.expires(from, id);
        }
    }
}

/// Asks a call for something; the call may be over, or never have been.
pub(super) fn ask(pair: &mut Pair, reference: &mut Reference, choice: &mut impl Choice) {
    let (from, now) = (side(choice), pair.now);
    let ids = reference.ids(from);
    let id = if ids.is_empty() || choice.one_in(50) { InviteId(choice.below(99)) } else { choice.pick(&ids) };
    let told = choose(reference.phase(from, id), choice);
    let offers = reference.offers(from, id);
    let endpoint = pair.endpoint(from);
    let answer = tell(endpoint, now, id, told, choice);
    if offers == 0 && matches!(told, Told::AnswerReoffer) {
        assert!(answer.is_err(), "{id:?} answered no offer");
    }
    reference.told(from, id, &told, answer);
}

/// Mostly what makes sense, sometimes what does not.
fn choose(phase: Option<Phase>, choice: &mut impl Choice) -> Told {
    let code = choice.pick(&CODES);
    let any = [
        Told::Respond(code),
        Told::Hangup,
        Told::Ack,
        Told::Prack,
        Told::Reoffer,
        Told::Update,
        Told::AnswerReoffer,
        Told::Info,
        Told::RequestOffer,
        Told::ProgressReoffer,
        Told::LeaveFork,
    ];
    if choice.one_in(6) {
        return choice.pick(&any);
    }
    match phase {
        Some(Phase::Ringing) => {
            choice.pick(&[Told::Respond(code), Told::Respond(code), Told::AnswerReoffer, Told::Update])
        }
        Some(Phase::Calling) => choice.pick(&[Told::Prack, Told::Prack, Told::Update, Told::AnswerReoffer]),
        Some(Phase::Talking) => choice.pick(&any[1..]),
        Some(Phase::Ended) | None => choice.pick(&any),
    }
}

fn tell(
    endpoint: &mut Endpoint,
    now: std::time::Instant,
    id: InviteId,
    told: Told,
    choice: &mut impl Choice,
) -> Result<(), CommandError> {
    match told {
        Told::Respond(code) => {
            let respond = Respond { code, reason: None, headers: Vec::new(), body: body(choice) };
            endpoint.respond(now, id, respond)
        }
        Told::Hangup => endpoint.hangup(now, id, hangup(choice.pick(&[480, 486, 200, 0]))),
        Told::Ack => endpoint.ack(now, id, offer(choice)),
        Told::Prack => endpoint.prack(now, id, 0, body(choice)),
        Told::Reoffer => endpoint.reoffer(now, id, offer(choice)),
        Told::RequestOffer => endpoint.request_offer(now, id),
        Told::Update => endpoint.update(now, id, 0, offer(choice)),
        Told::AnswerReoffer => {
            endpoint.answer_reoffer(now, id, choice.pick(&[200, 200, 200, 488, 100]), body(choice))
        }
        Told::ProgressReoffer => endpoint.answer_reoffer(now, id, choice.pick(&[180, 183]), body(choice)),
        Told::LeaveFork => endpoint.leave_fork(now, id, 0, hangup(480)),
        Told::Info => endpoint.info(now, id, offer(choice)),
    }
}

/// Someone sends again what was seen before, as it was or slightly changed.
pub(super) fn replay(pair: &mut Pair, heard: &[(Side, String)], choice: &mut impl Choice) {
    if heard.is_empty() {
        return;
    }
    let (from, text) = &heard[choice.below(heard.len() as u64) as usize];
    let changed = match choice.below(5) {
        0 => text.replacen("branch=z9hG4bK", "branch=z9hG4bKother", 1),
        1 => text.replacen(";tag=", ";tag=x", 1),
        2 => text.replacen("\r\nCSeq: ", "\r\nCSeq: 1", 1),
        _ => text.clone(),
    };
    let (now, to) = (pair.now, from.other());
    pair.endpoint(to).handle_datagram(now, to.address(), from.address(), changed.into());
}
