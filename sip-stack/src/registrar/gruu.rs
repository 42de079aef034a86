//! Globally routable URIs of one user agent instance (RFC 5627).
//!
//! A public one is the address of record with the instance-id as its `gr` parameter; it needs no memory. A
//! temporary one hides both: its user part is an encrypted pair of numbers, the binding's session and the CSeq
//! of the REGISTER that asked for it, so that each REGISTER gets a new one and all of a session end together.

use super::{Aor, Binding, Bindings, LocationTable, Registrar};
use crate::message::Uri;
use crate::seal::{self, CODE_BYTES, Seal};

/// What the user part of a temporary GRUU begins with, as in the examples of RFC 5627.
const PREFIX: &str = "tgruu.";
/// Session and CSeq.
const CONTENT_BYTES: usize = 12;

/// Makes and reads temporary GRUUs: a code over the content, and the content hidden under a pad that the code
/// picks. The same content always makes the same token; two tokens have nothing in common.
#[derive(Clone, Debug)]
pub(super) struct Mint {
    code: Seal,
    pad: Seal,
}

impl Mint {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        Self { code: Seal::new(key, "gruu code"), pad: Seal::new(key, "gruu pad") }
    }

    fn close(&self, session: u64, cseq: u32) -> String {
        let mut content = [0; CONTENT_BYTES];
        content[..8].copy_from_slice(&session.to_be_bytes());
        content[8..].copy_from_slice(&cseq.to_be_bytes());
        let code = self.code.code(&[&content]);
        let code = code.split_at(CODE_BYTES).0;
        seal::hexadecimal(code.iter().chain(&self.hide(code, content)))
    }

    fn open(&self, token: &str) -> Option<u64> {
        let bytes = seal::unhexadecimal(token)?;
        let (code, hidden) = bytes.split_at_checked(CODE_BYTES)?;
        let content = self.hide(code, hidden.try_into().ok()?);
        let is_ours = seal::is_same(code, &self.code.code(&[&content]));
        let session = content.iter().take(8).fold(0, |session, byte| (session << 8) | u64::from(*byte));
        is_ours.then_some(session)
    }

    fn hide(&self, code: &[u8], mut content: [u8; CONTENT_BYTES]) -> [u8; CONTENT_BYTES] {
        let pad = self.pad.code(&[code]);
        content.iter_mut().zip(pad).for_each(|(byte, pad)| *byte ^= pad);
        content
    }
}

/// Whom a GRUU means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Instance {
    pub(super) aor: Aor,
    pub(super) instance: String,
}

impl<L: LocationTable> Registrar<L> {
    /// The public GRUU of a binding's instance.
    pub(super) fn public_gruu(&self, aor: &Uri, binding: &Binding) -> Option<String> {
        let mut uri = plain(aor);
        uri.params.set("gr", binding.instance()?);
        Some(uri.to_string())
    }

    /// The temporary GRUU that its last REGISTER made.
    pub(super) fn temporary_gruu(&self, aor: &Uri, binding: &Binding) -> Option<String> {
        let mut uri = plain(aor);
        let token = self.mint.close(binding.session?, binding.cseq);
        uri.user = Some(format!("{PREFIX}{token}").into());
        uri.params.set_flag("gr");
        Some(uri.to_string())
    }

    /// The instance that a GRUU means; `None` for one that was never made, or is not valid any more.
    pub(super) fn dereference(&self, gruu: &Uri) -> Option<Instance> {
        let instance = gruu.params.get("gr")?;
        if !instance.is_empty() {
            return Some(Instance { aor: Aor::of(gruu)?, instance: instance.to_owned() });
        }
        let session = self.mint.open(gruu.user.as_deref()?.strip_prefix(PREFIX)?)?;
        let aor = self.table.of_session(session)?;
        let bindings = self.table.bindings(&aor);
        let instance = bindings.iter().find(|it| it.session == Some(session))?.instance()?.to_owned();
        let latest = latest(&bindings, Some(&instance))?;
        (latest.session == Some(session)).then_some(Instance { aor, instance })
    }
}

/// The binding of an instance that was registered last: its session is the one that counts.
pub(super) fn latest<'a>(bindings: &'a Bindings, instance: Option<&str>) -> Option<&'a Binding> {
    let of_instance = bindings.iter().filter(|binding| instance.is_some() && binding.instance() == instance);
    of_instance.max_by_key(|binding| binding.updated).map(AsRef::as_ref)
}

fn plain(aor: &Uri) -> Uri {
    Uri { password: None, params: Default::default(), headers: Vec::new(), ..aor.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_one_session_share_nothing_but_open_to_it() {
        let mint = Mint::new(&[5; 32]);
        let (first, second) = (mint.close(9, 1), mint.close(9, 2));
        assert_eq!((mint.open(&first), mint.open(&second)), (Some(9), Some(9)));
        let same = first.bytes().zip(second.bytes()).filter(|(one, other)| one == other).count();
        assert!(same < 16, "{first} {second}");
        assert_eq!(Mint::new(&[6; 32]).open(&first), None);
        assert_eq!(mint.open(&first[1..]), None);
    }
}
