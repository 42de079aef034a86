//! A call between two whole phones, without a browser.

use crate::ear::{SETTLE, Way, sounds_like};
use crate::scene::STEP;
use anyhow::Result;
use e2e::phone::Baresip;
use e2e::tone::Tone;
use tokio::time::sleep;

/// Caller and callee, each with the tone that it is to hear, talk; then the caller hangs up.
pub(crate) async fn talk(caller: (&mut Baresip, Tone), callee: (&mut Baresip, Tone)) -> Result<()> {
    let ((caller, caller_hears), (callee, callee_hears)) = (caller, callee);
    caller.next_event("CALL_ESTABLISHED", STEP).await?;
    callee.next_event("CALL_ESTABLISHED", STEP).await?;
    sleep(SETTLE * 2).await;
    caller.hang_up().await?;
    callee.next_event("CALL_CLOSED", STEP).await?;
    for (who, phone, tone) in [("the caller", caller, caller_hears), ("the callee", callee, callee_hears)] {
        sounds_like(Way::Wire, who, &phone.heard().await?.part(SETTLE / 2, SETTLE), tone)?;
    }
    Ok(())
}
