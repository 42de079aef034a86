//! The dialog that a usage speaks in.

use crate::dialog::Dialog;
use crate::endpoint::core::Core;
use crate::message::{Header, Method, Response};
use crate::transaction::TransactionId;
use crate::transaction::table::Delivery;
use crate::ua::authenticate::Authentication;
use crate::ua::command::Body;
use crate::ua::headers;
use crate::ua::resend::{Change, resend};
use crate::ua::user::User;

/// A dialog, and what challenges inside of it are answered with; both may be a call's.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    pub(crate) dialog: &'a mut Dialog,
    pub(crate) authentication: &'a mut Authentication,
}

/// What a request inside a dialog has of its own.
#[derive(Debug)]
pub(crate) struct Words<'a> {
    pub(crate) method: Method,
    pub(crate) headers: Vec<Header>,
    pub(crate) body: Option<&'a Body>,
}

impl Place<'_> {
    /// Sends a request that refreshes the target.
    pub(crate) fn send(&mut self, core: &mut Core, words: Words<'_>, user: User) -> TransactionId {
        let (mut request, way) = self.dialog.request(core, words.method);
        request.headers.push(self.dialog.contact());
        request.headers.extend(words.headers);
        headers::set_body(&mut request.headers, &mut request.body, words.body);
        self.authentication.anticipate(core, &mut request, &way);
        core.request(request, way, user)
    }

    /// Sends a request once more, changed.
    pub(crate) fn resend(&mut self, core: &mut Core, delivery: &Delivery, change: Change) -> TransactionId {
        let number = self.dialog.next_cseq();
        resend(core, &delivery.request, number, change, delivery.way, delivery.user)
    }

    /// Answers a challenge, if anything answers it.
    pub(crate) fn authorize(
        &mut self,
        core: &mut Core,
        delivery: &Delivery,
        response: &Response,
    ) -> Option<TransactionId> {
        let answers = self.authentication.answer(core, delivery, response)?;
        Some(self.resend(core, delivery, Change::Authorize(answers)))
    }
}
