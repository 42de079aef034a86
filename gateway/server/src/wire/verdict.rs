//! Whether those who talk hear each other, as every face shows it.

use api::verdict::{AbsenceCause, DirectionVerdict, MediaVerdict, SoundState, SoundVerdict};
use media::verdict::{Absence, Sound};

/// A verdict of the engine's.
pub fn media_verdict(verdict: engine::MediaVerdict) -> MediaVerdict {
    MediaVerdict { directions: verdict.directions.iter().map(direction).collect() }
}

fn direction(direction: &engine::DirectionVerdict) -> DirectionVerdict {
    let (from, to) = (api::LegId(direction.from.0), api::LegId(direction.to.0));
    DirectionVerdict { from, to, sound: sound(direction) }
}

pub(super) fn sound(direction: &engine::DirectionVerdict) -> SoundVerdict {
    let (state, cause) = match direction.sound {
        Sound::Flowing => (SoundState::Flowing, None),
        Sound::Silent => (SoundState::Silent, None),
        Sound::Absent(absence) => (SoundState::Absent, Some(cause(absence))),
    };
    let solutions = cause.map_or(state.solutions(), AbsenceCause::solutions);
    SoundVerdict {
        state,
        cause,
        leg: direction.at.map(|leg| api::LegId(leg.0)),
        solutions: solutions.iter().map(|solution| (*solution).to_owned()).collect(),
    }
}

const fn cause(absence: Absence) -> AbsenceCause {
    match absence {
        Absence::NoIcePair => AbsenceCause::NoIcePair,
        Absence::Dtls => AbsenceCause::Dtls,
        Absence::SrtpAuthentication => AbsenceCause::SrtpAuthentication,
        Absence::WrongSource => AbsenceCause::WrongSource,
        Absence::Codec => AbsenceCause::Codec,
        Absence::Held => AbsenceCause::Held,
        Absence::Muted => AbsenceCause::Muted,
        Absence::NothingReceived => AbsenceCause::NothingReceived,
        Absence::NothingSent => AbsenceCause::NothingSent,
    }
}

#[cfg(test)]
mod tests {
    use engine::LegId;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn what_is_lost_comes_with_its_cause_and_what_to_try() {
        let [from, to] = [1, 2].map(|id| LegId(Uuid::from_u128(id)));
        let way = |from, to, sound, at| engine::DirectionVerdict { from, to, sound, at };
        let lost = Sound::Absent(Absence::WrongSource);
        let directions = [way(from, to, lost, Some(from)), way(to, from, Sound::Flowing, None)];
        let shown = json!(media_verdict(engine::MediaVerdict { directions }));
        let [lost, fine] = [0, 1].map(|index| &shown["directions"][index]);
        assert_eq!(
            (&lost["state"], &lost["cause"], &lost["leg"]),
            (&json!("absent"), &json!("wrong-source"), &lost["from"])
        );
        assert!(lost["solutions"].as_array().is_some_and(|solutions| !solutions.is_empty()), "{lost}");
        assert_eq!(*fine, json!({"from": lost["to"], "to": lost["from"], "state": "flowing"}));
    }
}
