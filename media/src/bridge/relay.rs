//! Same codec on both sides: only the header is written anew.

use std::time::Instant;

use super::{Frame, Outcome, Outlet};

/// More lost packets than this are not worth keeping visible; the marker tells of the break.
const VISIBLE_LOSS_MAX: u32 = 100;

#[derive(Debug, Default)]
pub(super) struct Relay {
    /// What to add to the sender's timestamps.
    offset: Option<u32>,
    /// The sender's time behind which all is new.
    relayed: u64,
}

impl Relay {
    pub(super) fn forward(&mut self, now: Instant, frame: &Frame, outlet: &mut Outlet) -> Outcome {
        let Some(clock) = outlet.formats().map(|formats| formats.codec.rtp_clock()) else {
            return Outcome::default();
        };
        let begins = self.offset.is_none();
        let theirs = frame.timestamp as u32;
        let at = || outlet.sender.join_at(now, clock);
        let offset = *self.offset.get_or_insert_with(|| at().wrapping_sub(theirs));
        let recovered = frame.recovered(self.relayed).filter(|_| !begins);
        let repaired = recovered.clone().count() as u32;
        outlet.sender.skip(frame.lost_before.saturating_sub(repaired).min(VISIBLE_LOSS_MAX).into());
        for frame in recovered {
            outlet.send_audio(now, false, (frame.timestamp as u32).wrapping_add(offset), frame.payload);
        }
        outlet.send_audio(now, frame.marker || begins, theirs.wrapping_add(offset), frame.payload);
        self.relayed = frame.timestamp + 1;
        Outcome { repaired: repaired.into(), ..Outcome::default() }
    }
}
