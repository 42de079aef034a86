//! From the sounds that a request names to what can be played.

use api::ErrorCode;
use api::rest::{Play, Problem, Sound};
use engine::{CallCommand, CallId, LegId, Playlist};
use media::source::{Repeat, Source, Tone};

use super::reject::Reject;
use crate::media::{SoundError, Sounds};
use crate::wire;

const SOUNDS_MAX: usize = 32;
const TIMES_MAX: u32 = 1000;
const VOLUME_DB: std::ops::RangeInclusive<i8> = -60..=20;

/// The command to play what a request names; its files are read.
pub(super) async fn play(files: &Sounds, call: CallId, wanted: Play) -> Result<CallCommand, Reject> {
    let Play { sounds, times, looped, volume_db, leg } = wanted;
    let repeat = match (times, looped) {
        (None, false) => Repeat::Once,
        (None, true) => Repeat::Forever,
        (Some(times), false) if (1..=TIMES_MAX).contains(&times) => Repeat::Times(times),
        (Some(_), false) => return Err(wrong("/times", format!("write a number from 1 to {TIMES_MAX}"))),
        (Some(_), true) => return Err(wrong("/times", "write either loop or times")),
    };
    if !VOLUME_DB.contains(&volume_db) {
        return Err(wrong("/volume_db", "write a number from -60 to 20"));
    }
    let playlist = Playlist { sounds: self::sounds(files, sounds).await?, repeat, volume_db };
    Ok(CallCommand::Play { call, leg: leg.map(|leg| LegId(leg.0)), playlist })
}

/// What is played before keys are collected; `None` where that is nothing.
pub(super) async fn prompt(files: &Sounds, wanted: Vec<Sound>) -> Result<Option<Playlist>, Reject> {
    if wanted.is_empty() {
        return Ok(None);
    }
    Ok(Some(Playlist { sounds: sounds(files, wanted).await?, repeat: Repeat::Once, volume_db: 0 }))
}

async fn sounds(files: &Sounds, wanted: Vec<Sound>) -> Result<Vec<engine::Sound>, Reject> {
    if !(1..=SOUNDS_MAX).contains(&wanted.len()) {
        return Err(wrong("/sounds", format!("write 1 to {SOUNDS_MAX} sounds")));
    }
    let mut sounds = Vec::with_capacity(wanted.len());
    for (index, sound) in wanted.into_iter().enumerate() {
        sounds.push(self::sound(files, sound, &format!("/sounds/{index}")).await?);
    }
    Ok(sounds)
}

async fn sound(files: &Sounds, wanted: Sound, pointer: &str) -> Result<engine::Sound, Reject> {
    match wanted {
        Sound { tone: Some(tone), country, file: None } => {
            let country = country.unwrap_or_default().to_ascii_uppercase();
            let is_one = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase());
            if !is_one && !country.is_empty() {
                let pointer = format!("{pointer}/country");
                return Err(wrong(&pointer, "write a country as two letters, such as DE"));
            }
            let name = format!("{} {country}", wire::tone_word(tone)).trim_end().to_owned();
            let source = Source::Tone(Tone::of_country(&country, wire::tone(tone)));
            Ok(engine::Sound { name, source })
        }
        Sound { tone: None, country: None, file: Some(name) } => match files.find(name.clone()).await {
            Ok(audio) => Ok(engine::Sound { name, source: Source::Audio(audio) }),
            Err(error) => Err(unplayable(&format!("{pointer}/file"), error)),
        },
        Sound { .. } => Err(wrong(pointer, "write either tone, with or without country, or file")),
    }
}

fn unplayable(pointer: &str, error: SoundError) -> Reject {
    match error {
        SoundError::NoFolder | SoundError::Missing => {
            Reject::new(ErrorCode::ResourceNotFound, error.to_string())
        }
        SoundError::Name | SoundError::Audio(_) => wrong(pointer, error.to_string()),
    }
}

pub(super) fn wrong(pointer: &str, detail: impl Into<String>) -> Reject {
    let code = ErrorCode::InvalidMessage;
    Problem::new(code).field(pointer.to_owned(), code, detail.into()).into()
}
