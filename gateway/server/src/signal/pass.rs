//! What proves the right to go on with a session.

use subtle::{Choice, ConstantTimeEq};

/// Random bytes of a token.
const TOKEN_BYTES: usize = 32;

/// A session's resume tokens. The one that was used last holds until the client shows that it has the next.
#[derive(Default)]
pub(super) struct Pass {
    current: Option<String>,
    used: Option<String>,
}

impl Pass {
    /// Whether the token opens the session; takes as long for a wrong one.
    pub(super) fn opens(&self, token: &str) -> bool {
        let tokens = [&self.current, &self.used];
        let same =
            |known: &Option<String>| known.as_deref().map_or(Choice::from(0), |known| eq(known, token));
        tokens.into_iter().fold(Choice::from(0), |opens, known| opens | same(known)).into()
    }

    /// The next token, for whoever came with `used`.
    pub(super) fn renew(&mut self, used: Option<String>) -> String {
        let bytes: [u8; TOKEN_BYTES] = rand::random();
        let token: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        *self = Self { current: Some(token.clone()), used };
        token
    }

    /// The client has the next token: the one that was used is spent.
    pub(super) fn settle(&mut self) {
        self.used = None;
    }
}

fn eq(known: &str, token: &str) -> Choice {
    known.as_bytes().ct_eq(token.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_once() {
        let mut pass = Pass::default();
        assert!(!pass.opens(""));
        let first = pass.renew(None);
        assert!(pass.opens(&first) && !pass.opens(&first[1..]));
        let second = pass.renew(Some(first.clone()));
        pass.settle();
        assert!(pass.opens(&second) && !pass.opens(&first));
    }

    #[test]
    fn a_lost_welcome_does_not_lock_out() {
        let mut pass = Pass::default();
        let first = pass.renew(None);
        let lost = pass.renew(Some(first.clone()));
        let second = pass.renew(Some(first.clone()));
        assert!(pass.opens(&first) && pass.opens(&second) && !pass.opens(&lost));
    }
}
