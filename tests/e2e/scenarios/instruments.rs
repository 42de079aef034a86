//! The instruments measure each other, without the gateway.

use crate::ear::{Way, sounds_like};
use crate::stage::play;
use anyhow::Result;
use e2e::browser::{MICROPHONE, Tab};
use e2e::phone::{Baresip, Codec, RtpPhone, Scenario};
use e2e::port::{self, Transport};
use e2e::tone::Tone;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

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
    sounds_like(Way::Wire, "the callee", &callee.hear(Duration::from_secs(2)).await?, Tone::at(440.0))?;
    sounds_like(Way::Wire, "the caller", &caller.hear(Duration::from_secs(2)).await?, Tone::at(1_000.0))?;
    callee.press("5*")?;
    caller.hear_digits("5*").await?;
    uac.finishes(Duration::from_secs(5)).await?;
    uas.finishes(Duration::from_secs(5)).await
}

#[test]
fn two_sipp_phones_hear_each_other() {
    play(|| async {
        two_sipp(Codec::Pcmu, Transport::Udp).await?;
        two_sipp(Codec::Pcma, Transport::Tcp).await
    });
}

async fn sipp_and_baresip(codec: Codec) -> Result<()> {
    let caller = RtpPhone::open(codec).await?;
    let (baresip_port, caller_port) = (port::free(2)?, port::free(2)?);
    let mut baresip = Baresip::start("phone", baresip_port, codec, Tone::at(700.0)).await?;
    let uac = Scenario::named("call_then_hang_up")?.media(&caller);
    let uac = uac.with("pause_ms", 3_000).with("caller", "2000");
    let mut uac = uac.call("phone", baresip_port, caller_port)?;
    caller.speak(Tone::at(440.0));
    baresip.event("CALL_ESTABLISHED", Duration::from_secs(5)).await?;
    let heard = caller.hear(Duration::from_secs(2)).await?;
    sounds_like(Way::Wire, "the caller", &heard.tail(Duration::from_millis(1_500)), Tone::at(700.0))?;
    uac.finishes(Duration::from_secs(5)).await?;
    baresip.event("CALL_CLOSED", Duration::from_secs(5)).await?;
    let heard = baresip.heard().await?;
    sounds_like(
        Way::Wire,
        "baresip",
        &heard.part(Duration::from_millis(500), Duration::from_secs(2)),
        Tone::at(440.0),
    )
}

#[test]
fn sipp_and_baresip_hear_each_other() {
    play(|| async {
        sipp_and_baresip(Codec::Pcmu).await?;
        sipp_and_baresip(Codec::Pcma).await?;
        sipp_and_baresip(Codec::G722).await
    });
}

/// A page without anything, from a place that a browser trusts with a microphone.
async fn blank_page() -> Result<String> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}/", listener.local_addr()?);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 2_048];
            let _ = stream.read(&mut request).await;
            let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            let _ = stream.write_all(page.as_bytes()).await;
        }
    });
    Ok(url)
}

const CALL_ONESELF: &str = "async () => {
    const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()];
    near.onicecandidate = ({ candidate }) => candidate && far.addIceCandidate(candidate);
    far.onicecandidate = ({ candidate }) => candidate && near.addIceCandidate(candidate);
    far.ontrack = ({ track }) => {
        const speaker = new Audio();
        speaker.srcObject = new MediaStream([track]);
        speaker.play();
    };
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    for (const track of stream.getTracks()) near.addTrack(track, stream);
    await near.setLocalDescription();
    await far.setRemoteDescription(near.localDescription);
    await far.setLocalDescription();
    await near.setRemoteDescription(far.localDescription);
    near.getReceivers = () => [];
    return true;
}";

#[test]
fn a_page_hears_its_own_microphone_over_webrtc() {
    play(|| async {
        let tab = Tab::open(&blank_page().await?, "").await?;
        let called: bool = tab.evaluate(CALL_ONESELF).await?;
        anyhow::ensure!(called);
        let heard = tab.hear(Duration::from_secs(4)).await?;
        sounds_like(Way::Wire, "the page", &heard.tail(Duration::from_secs(3)), MICROPHONE)?;
        tab.close().await
    });
}
