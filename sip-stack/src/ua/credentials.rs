//! What the owner answers challenges with.

use crate::auth::{Algorithm, WithoutQop};

/// Over which hops a token goes: whoever reads it can use it (RFC 8898 §2.1.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenHop {
    /// TLS or secure WebSocket only.
    #[default]
    Secure,
    /// Any: the token is encrypted for its reader.
    Any,
}

/// Passwords and tokens, one a realm.
///
/// Each is sent only to the peer that the owner named with the request, and only when that peer asks for its
/// realm. Inside a dialog it goes to nobody whom the requests outside of it did not go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials(Vec<Credential>);

/// What one realm is answered with.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Credential {
    Password(Password),
    Token { realm: String, token: String, hop: TokenHop },
}

/// For a digest.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Password {
    /// `None` is the first realm that the peer names, and no other.
    pub(crate) realm: Option<String>,
    pub(crate) username: String,
    pub(crate) password: String,
    pub(crate) weakest: Algorithm,
    pub(crate) without_qop: WithoutQop,
}

impl Credentials {
    /// A user name and a password. `None` is the realm that the peer names first, and no other after it: use it
    /// for a peer whose realm nobody knows beforehand.
    pub fn password(realm: Option<String>, username: impl Into<String>, password: impl Into<String>) -> Self {
        Self(vec![Credential::Password(Password {
            realm,
            username: username.into(),
            password: password.into(),
            weakest: Algorithm::Md5,
            without_qop: WithoutQop::default(),
        })])
    }

    /// A bearer token (RFC 8898) for this realm, for secure hops.
    pub fn token(realm: impl Into<String>, token: impl Into<String>) -> Self {
        let (realm, token) = (realm.into(), token.into());
        Self(vec![Credential::Token { realm, token, hop: TokenHop::default() }])
    }

    /// These and others, for a path with several realms. Of two for one realm the first counts.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// The same passwords for no algorithm weaker than this one (RFC 8760 §3: against a downgrade).
    #[must_use]
    pub fn at_least(mut self, algorithm: Algorithm) -> Self {
        self.passwords().for_each(|password| password.weakest = algorithm);
        self
    }

    /// The same passwords, for servers of RFC 2069 as well or not.
    #[must_use]
    pub fn without_qop(mut self, choice: WithoutQop) -> Self {
        self.passwords().for_each(|password| password.without_qop = choice);
        self
    }

    /// The same tokens, over these hops.
    #[must_use]
    pub fn tokens_over(mut self, choice: TokenHop) -> Self {
        for credential in &mut self.0 {
            match credential {
                Credential::Token { hop, .. } => *hop = choice,
                Credential::Password(_) => {}
            }
        }
        self
    }

    fn passwords(&mut self) -> impl Iterator<Item = &mut Password> {
        self.0.iter_mut().filter_map(|credential| match credential {
            Credential::Password(password) => Some(password),
            Credential::Token { .. } => None,
        })
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Credential> {
        self.0.iter()
    }
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Password(Password { realm, username, .. }) => f
                .debug_struct("Password")
                .field("realm", realm)
                .field("username", username)
                .finish_non_exhaustive(),
            Self::Token { realm, .. } => {
                f.debug_struct("Token").field("realm", realm).finish_non_exhaustive()
            }
        }
    }
}
