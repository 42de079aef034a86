//! Whether the two of an answered call can hear each other, and if not, where the sound is lost.

use media::verdict::{Absence, Sound, Verdict};
use media::{MediaCommand, PortId};

use super::bridge::Talk;
use super::{Call, CallFact, LegIndex};
use crate::ids::LegId;
use crate::leg::LegState;
use crate::switch::{Context, RtcNotice};

/// Both ways between two legs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MediaVerdict {
    /// From the first to the second, and back.
    pub directions: [DirectionVerdict; 2],
}

/// What comes of what one leg says to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DirectionVerdict {
    /// Who speaks.
    pub from: LegId,
    /// Who hears.
    pub to: LegId,
    /// What is heard.
    pub sound: Sound,
    /// The leg that is silent, or where sound is lost.
    pub at: Option<LegId>,
}

impl Call {
    /// Lets each of two that talk be judged once; the workers tell later of what changes.
    pub(super) fn judge(&mut self, context: &mut Context<'_>) {
        let is_answered = |leg: &LegIndex| self.legs[*leg].state() == LegState::Answered;
        let talking = self.pair.filter(|pair| self.talk() == Talk::Answered && pair.iter().all(is_answered));
        for leg in talking.into_iter().flatten() {
            let unjudged = self.legs[leg].port.as_mut().filter(|port| !port.judged);
            if let Some(port) = unjudged {
                port.judged = true;
                context.media(self.worker, MediaCommand::Judge { port: port.id });
            }
        }
    }

    /// A worker judged one of the ports. Nobody is told before both are known.
    pub(super) fn on_judged(
        &mut self,
        context: &mut Context<'_>,
        (leg, port): (LegIndex, PortId),
        verdict: Verdict,
    ) {
        if let Some(port) = self.legs[leg].port.as_mut().filter(|own| own.id == port) {
            port.verdict = Some(verdict);
        }
        let Some(pair) = self.pair else { return };
        let [Some(one), Some(other)] = pair.map(|leg| self.port(leg).and_then(|port| port.verdict)) else {
            return;
        };
        let [here, there] = pair.map(|leg| self.legs[leg].id);
        let directions = [direction((here, one), (there, other)), direction((there, other), (here, one))];
        let verdict = MediaVerdict { directions };
        if self.verdict.replace(verdict) == Some(verdict) {
            return;
        }
        self.emit(context, None, CallFact::Judged(verdict));
        let [out, back] = directions;
        for (leg, from_browser, to_browser) in [(pair[0], out, back), (pair[1], back, out)] {
            self.tell(context, leg, RtcNotice::Judged { from_browser, to_browser });
        }
    }
}

/// What comes from one leg decides; what goes to the other can only be lost there.
fn direction((from, said): (LegId, Verdict), (to, heard): (LegId, Verdict)) -> DirectionVerdict {
    let (sound, at) = match (said.incoming, heard.outgoing) {
        (Sound::Absent(absence), _) => (Sound::Absent(absence), Some(from)),
        (sound, Sound::Flowing | Sound::Silent | Sound::Absent(Absence::NothingSent)) => {
            (sound, (sound == Sound::Silent).then_some(from))
        }
        (_, Sound::Absent(absence)) => (Sound::Absent(absence), Some(to)),
    };
    DirectionVerdict { from, to, sound, at }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const HERE: LegId = LegId(Uuid::from_u128(1));
    const THERE: LegId = LegId(Uuid::from_u128(2));
    const FINE: Verdict = Verdict { incoming: Sound::Flowing, outgoing: Sound::Flowing };

    #[test]
    fn sound_is_lost_where_it_is_first_missing() {
        let lost = |said, heard| {
            let verdict = direction((HERE, said), (THERE, heard));
            (verdict.sound, verdict.at)
        };
        assert_eq!(lost(FINE, FINE), (Sound::Flowing, None));
        let absent = Sound::Absent(Absence::WrongSource);
        let nothing = Verdict { outgoing: Sound::Absent(Absence::NothingSent), ..FINE };
        assert_eq!(lost(Verdict { incoming: absent, ..FINE }, nothing), (absent, Some(HERE)));
        let dtls = Sound::Absent(Absence::Dtls);
        assert_eq!(lost(FINE, Verdict { outgoing: dtls, ..FINE }), (dtls, Some(THERE)));
        assert_eq!(lost(Verdict { incoming: Sound::Silent, ..FINE }, FINE), (Sound::Silent, Some(HERE)));
    }
}
