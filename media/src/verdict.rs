//! Whether sound goes either way between us and a peer, and if not, why.

/// Below this, sound is called silence: what an idle line or a muted microphone gives, dBov.
const SILENT_DBOV: f32 = -60.0;

/// What goes either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// From the peer to us.
    pub incoming: Sound,
    /// From us to the peer.
    pub outgoing: Sound,
}

/// One way of sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sound {
    /// It is there.
    Flowing,
    /// Packets are, and nothing is heard in them.
    Silent,
    /// Nothing that could be heard.
    Absent(Absence),
}

/// Why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// ICE has no pair of addresses that works.
    NoIcePair,
    /// ICE works, DTLS came to no end or was broken off.
    Dtls,
    /// Packets come whose SRTP keys are not the agreed ones.
    SrtpAuthentication,
    /// Packets come from an address that was not signalled.
    WrongSource,
    /// Packets come that the agreed codecs cannot read.
    Codec,
    /// The peer holds, by its session description.
    Held,
    /// What comes is dropped by command.
    Muted,
    /// No packet came.
    NothingReceived,
    /// There was none to send.
    NothingSent,
}

/// How far a connection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    Up,
    NoIcePair,
    NoDtls,
}

/// Packets since a port opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) understood: u64,
    pub(crate) undecodable: u64,
    pub(crate) unauthenticated: u64,
    pub(crate) foreign: u64,
    pub(crate) sent: u64,
}

impl Tally {
    pub(crate) fn since(self, former: Self) -> Self {
        Self {
            understood: self.understood.saturating_sub(former.understood),
            undecodable: self.undecodable.saturating_sub(former.undecodable),
            unauthenticated: self.unauthenticated.saturating_sub(former.unauthenticated),
            foreign: self.foreign.saturating_sub(former.foreign),
            sent: self.sent.saturating_sub(former.sent),
        }
    }
}

/// What one window of time showed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Evidence {
    pub(crate) link: Link,
    /// `None` until both descriptions are known.
    pub(crate) expects_media: Option<bool>,
    pub(crate) can_send: Option<bool>,
    pub(crate) is_muted: bool,
    /// Packets of this window.
    pub(crate) tally: Tally,
    /// The loudest, dBov; `None` where nobody listened.
    pub(crate) loudest: Option<f32>,
    /// The peer announced that it sends nothing while it has nothing to say.
    pub(crate) is_hushed: bool,
}

impl Evidence {
    pub(crate) fn verdict(&self) -> Verdict {
        Verdict { incoming: self.incoming(), outgoing: self.outgoing() }
    }

    fn incoming(&self) -> Sound {
        let Tally { understood, undecodable, unauthenticated, foreign, .. } = self.tally;
        let absence = match self.link {
            _ if self.expects_media == Some(false) => Absence::Held,
            _ if self.is_muted => Absence::Muted,
            _ if understood > 0 => return self.loudness(),
            _ if undecodable > 0 => Absence::Codec,
            _ if unauthenticated > 0 => Absence::SrtpAuthentication,
            _ if foreign > 0 => Absence::WrongSource,
            Link::NoIcePair => Absence::NoIcePair,
            Link::NoDtls => Absence::Dtls,
            Link::Up if self.is_hushed => return Sound::Silent,
            Link::Up => Absence::NothingReceived,
        };
        Sound::Absent(absence)
    }

    fn loudness(&self) -> Sound {
        let is_silent = self.loudest.map_or(self.is_hushed, |loudest| loudest < SILENT_DBOV);
        if is_silent { Sound::Silent } else { Sound::Flowing }
    }

    fn outgoing(&self) -> Sound {
        let absence = match self.link {
            _ if self.can_send == Some(false) => Absence::Held,
            Link::NoIcePair => Absence::NoIcePair,
            Link::NoDtls => Absence::Dtls,
            Link::Up if self.tally.sent > 0 => return Sound::Flowing,
            Link::Up => Absence::NothingSent,
        };
        Sound::Absent(absence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FINE: Evidence = Evidence {
        link: Link::Up,
        expects_media: Some(true),
        can_send: Some(true),
        is_muted: false,
        tally: Tally { understood: 50, undecodable: 0, unauthenticated: 0, foreign: 0, sent: 50 },
        loudest: Some(-30.0),
        is_hushed: false,
    };

    fn incoming(evidence: Evidence) -> Sound {
        evidence.verdict().incoming
    }

    fn without_sound(tally: Tally) -> Sound {
        incoming(Evidence { tally, loudest: None, ..FINE })
    }

    #[test]
    fn what_is_heard_flows_and_what_is_not_is_silent() {
        assert_eq!(FINE.verdict(), Verdict { incoming: Sound::Flowing, outgoing: Sound::Flowing });
        assert_eq!(incoming(Evidence { loudest: Some(-80.0), ..FINE }), Sound::Silent);
        assert_eq!(incoming(Evidence { loudest: None, ..FINE }), Sound::Flowing);
        assert_eq!(incoming(Evidence { loudest: None, is_hushed: true, ..FINE }), Sound::Silent);
    }

    #[test]
    fn the_cause_nearest_to_sound_is_told() {
        let nothing = Tally::default();
        assert_eq!(without_sound(nothing), Sound::Absent(Absence::NothingReceived));
        let foreign = Tally { foreign: 3, ..nothing };
        assert_eq!(without_sound(foreign), Sound::Absent(Absence::WrongSource));
        let keys = Tally { unauthenticated: 3, ..foreign };
        assert_eq!(without_sound(keys), Sound::Absent(Absence::SrtpAuthentication));
        let codec = Tally { undecodable: 3, ..keys };
        assert_eq!(without_sound(codec), Sound::Absent(Absence::Codec));
    }

    #[test]
    fn a_connection_that_is_not_there_stops_both_ways() {
        for (link, absence) in [(Link::NoIcePair, Absence::NoIcePair), (Link::NoDtls, Absence::Dtls)] {
            let verdict = Evidence { link, tally: Tally::default(), ..FINE }.verdict();
            assert_eq!([verdict.incoming, verdict.outgoing], [Sound::Absent(absence); 2]);
        }
    }

    #[test]
    fn a_hold_is_no_fault() {
        let held = Evidence { expects_media: Some(false), can_send: Some(false), ..FINE }.verdict();
        assert_eq!([held.incoming, held.outgoing], [Sound::Absent(Absence::Held); 2]);
        assert_eq!(incoming(Evidence { is_muted: true, ..FINE }), Sound::Absent(Absence::Muted));
    }
}
