//! The instruments measure each other, without the gateway.

use crate::stage::play;
use anyhow::{Result, ensure};
use e2e::phone::{Baresip, Codec, RtpPhone, Scenario};
use e2e::port;
use e2e::port::Transport;
use e2e::tone::{Sound, Tone};
use std::time::Duration;

fn sounds_like(sound: &Sound, tone: Tone) -> Result<()> {
    let (hz, level) = (sound.frequency_hz(), sound.tone_dbfs(tone.hz));
    let (gap, purity) = (sound.longest_gap(tone.hz), sound.purity_db(tone.hz));
    let story = format!("{hz} Hz at {level:.1} dBFS, purity {purity:.1} dB, gap {gap:?} in {:?}", sound.length());
    ensure!((hz - tone.hz).abs() <= 2.0, "wrong frequency: {story}");
    ensure!((level - tone.peak_dbfs).abs() <= 1.0, "wrong level: {story}");
    ensure!(gap <= Duration::from_millis(40), "holes: {story}");
    Ok(())
}

async fn two_sipp(codec: Codec, transport: Transport) -> Result<()> {
    let (callee, caller) = (RtpPhone::open(codec).await?, RtpPhone::open(codec).await?);
    let (callee_port, caller_port) = (port::free(2)?, port::free(2)?);
    let uas = Scenario::named("answer")?.media(&callee).over(transport);
    let mut uas = uas.listen(callee_port).await?;
    let uac = Scenario::named("call_then_hang_up")?.media(&caller).over(transport);
    let uac = uac.with("pause_ms", 3_000).with("caller", "2000");
    let mut uac = uac.call("600", callee_port, caller_port)?;
    caller.speak(Tone::at(440.0));
    callee.speak(Tone::at(1_000.0));
    callee.aim(&uas.offer().await?);
    sounds_like(&callee.hear(Duration::from_secs(2)).await?, Tone::at(440.0))?;
    sounds_like(&caller.hear(Duration::from_secs(2)).await?, Tone::at(1_000.0))?;
    callee.press("5*")?;
    caller.hear_digits("5*").await?;
    uac.finishes(Duration::from_secs(5)).await?;
    uas.finishes(Duration::from_secs(5)).await
}

#[test]
fn two_sipp_phones_hear_each_other() {
    play(async {
        two_sipp(Codec::Pcmu, Transport::Udp).await?;
        two_sipp(Codec::Pcma, Transport::Tcp).await
    });
}

async fn sipp_and_baresip(codec: Codec) -> Result<()> {
    let caller = RtpPhone::open(codec).await?;
    let (baresip_port, caller_port) = (port::free(2)?, port::free(2)?);
    let mut baresip = Baresip::start(baresip_port, codec, Tone::at(700.0)).await?;
    let uac = Scenario::named("call_then_hang_up")?.media(&caller);
    let uac = uac.with("pause_ms", 3_000).with("caller", "2000");
    let mut uac = uac.call("phone", baresip_port, caller_port)?;
    caller.speak(Tone::at(440.0));
    baresip.event("CALL_ESTABLISHED", Duration::from_secs(5)).await?;
    let heard = caller.hear(Duration::from_secs(2)).await?;
    sounds_like(&heard.tail(Duration::from_millis(1_500)), Tone::at(700.0))?;
    uac.finishes(Duration::from_secs(5)).await?;
    baresip.event("CALL_CLOSED", Duration::from_secs(5)).await?;
    let heard = baresip.heard().await?;
    sounds_like(&heard.part(Duration::from_millis(500), Duration::from_secs(2)), Tone::at(440.0))
}

#[test]
fn sipp_and_baresip_hear_each_other() {
    play(async {
        sipp_and_baresip(Codec::Pcmu).await?;
        sipp_and_baresip(Codec::Pcma).await?;
        sipp_and_baresip(Codec::G722).await
    });
}
