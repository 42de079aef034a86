use super::session::{Media, Session};
use crate::worker::Direction;

impl Direction {
    /// The attribute's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SendRecv => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::RecvOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }

    /// Tells whether we may send.
    pub const fn sends(self) -> bool {
        matches!(self, Self::SendRecv | Self::SendOnly)
    }

    /// Tells whether the peer may send.
    pub const fn receives(self) -> bool {
        matches!(self, Self::SendRecv | Self::RecvOnly)
    }

    /// The same, seen from the other side.
    #[must_use]
    pub const fn reversed(self) -> Self {
        Self::from_flags(self.receives(), self.sends())
    }

    /// What both allow (RFC 3264 §6.1).
    #[must_use]
    pub const fn narrowed_by(self, other: Self) -> Self {
        Self::from_flags(self.sends() && other.sends(), self.receives() && other.receives())
    }

    const fn from_flags(sends: bool, receives: bool) -> Self {
        match (sends, receives) {
            (true, true) => Self::SendRecv,
            (true, false) => Self::SendOnly,
            (false, true) => Self::RecvOnly,
            (false, false) => Self::Inactive,
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        let all = [Self::SendRecv, Self::SendOnly, Self::RecvOnly, Self::Inactive];
        all.into_iter().find(|direction| direction.as_str() == name)
    }
}

/// What the stream's describer says of itself: the stream's word, else the session's, else both ways.
pub(super) fn described(session: &Session, media: &Media) -> Direction {
    let mut names = media.attributes.iter().chain(&session.attributes).map(|attribute| &attribute.name);
    names.find_map(|name| Direction::from_name(name)).unwrap_or(Direction::SendRecv)
}

#[cfg(test)]
mod tests {
    use super::Direction::{Inactive, RecvOnly, SendOnly, SendRecv};

    #[test]
    fn reverses() {
        assert_eq!(
            [SendRecv, SendOnly, RecvOnly, Inactive].map(super::Direction::reversed),
            [SendRecv, RecvOnly, SendOnly, Inactive]
        );
    }

    #[test]
    fn narrows() {
        assert_eq!(SendRecv.narrowed_by(RecvOnly), RecvOnly);
        assert_eq!(SendOnly.narrowed_by(RecvOnly), Inactive);
        assert_eq!(SendOnly.narrowed_by(SendRecv), SendOnly);
    }
}
