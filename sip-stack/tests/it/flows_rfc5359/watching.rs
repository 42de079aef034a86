//! One phone looks at another's dialogs (RFC 4235).

use sip_stack::event_package::{Completeness, DialogInfo, DialogStatus, WatchedDialog};
use sip_stack::message::header::Event;
use sip_stack::{
    Body, DialogName, Grant, Subscribe, SubscriptionEvent, SubscriptionId, Target, Transport, UaEvent,
};

use super::phones::{told, uri};
use crate::call::{address, ms};
use crate::net::Net;

pub(crate) const WATCH: SubscriptionId = SubscriptionId(7);

/// What a phone tells of one of its dialogs.
pub(crate) fn info(net: &Net, name: &str, version: u32, status: DialogStatus, dialog: &DialogName) -> Body {
    let watched = WatchedDialog {
        call_id: Some(dialog.call_id.clone()),
        local_tag: Some(dialog.local_tag.clone()),
        remote_tag: Some(dialog.remote_tag.clone()),
        ..WatchedDialog::new("94992014524", status)
    };
    let state = Completeness::Full;
    let info = DialogInfo { version, state, entity: uri(net, name), dialogs: vec![watched] };
    Body { content_type: DialogInfo::CONTENT_TYPE.to_owned(), content: info.to_xml().into() }
}

/// A phone asks another one about its dialogs, for this long.
pub(crate) fn subscribe(
    net: &mut Net,
    from: &'static str,
    to: &'static str,
    expires_s: u32,
) -> SubscriptionId {
    let subscribe = Subscribe {
        uri: uri(net, to).parse().unwrap(),
        target: Target::new(Transport::Udp, net.address(to)).into(),
        route: Vec::new(),
        from: address(&format!("<{}>", uri(net, from))),
        to: address(&format!("<{}>", uri(net, to))),
        event: Event::new("dialog"),
        expires_s,
        headers: Vec::new(),
        body: None,
        credentials: None,
    };
    let now = net.now;
    net.endpoint(from).subscribe(now, WATCH, subscribe).unwrap();
    net.run(ms(100));
    let events = net.take_events(to);
    let Some(UaEvent::Subscription(SubscriptionEvent::Requested { id, .. })) = events.last() else {
        panic!("{events:?}")
    };
    *id
}

/// A phone takes a subscription and tells this.
pub(crate) fn grant(net: &mut Net, name: &'static str, id: SubscriptionId, body: Body) {
    let now = net.now;
    net.endpoint(name).accept_subscription(now, id, Grant::active(Some(body))).unwrap();
    net.run(ms(100));
}

/// A phone asks once; the dialog that it learns of, as its owner names it.
pub(crate) fn fetch(
    net: &mut Net,
    from: &'static str,
    to: &'static str,
    status: DialogStatus,
    dialog: &DialogName,
) -> DialogName {
    let id = subscribe(net, from, to, 0);
    let body = info(net, to, 0, status, dialog);
    grant(net, to, id, body);
    let (state, body) = told(net, from).pop().unwrap();
    assert_eq!(state, "terminated", "asked once");
    let watched = DialogInfo::parse(&body.content).unwrap().dialogs.remove(0);
    assert_eq!(watched.state, status);
    DialogName {
        call_id: watched.call_id.unwrap(),
        local_tag: watched.local_tag.unwrap(),
        remote_tag: watched.remote_tag.unwrap(),
    }
}
