//! Commands: opening, joining and closing ports.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use super::entry::Entry;
use super::stage::Muted;
use super::{CodecKind, MediaCommand, MediaEvent, Output, PortId, PortSpec, Refusal, Worker};
use crate::bridge::Sender;
use crate::port::{Credentials, Port, RtpPort, RtpSpec, RtpTerms, WebRtcPort};

/// 48 bits of chance, and 144 (RFC 8445 §5.3 asks for 24 and 128).
const UFRAG_LEN: usize = 8;
const PASSWORD_LEN: usize = 24;

impl Worker {
    /// The sockets that [`Output::Bind`] named are bound.
    pub fn handle_bound(&mut self, now: Instant, port: PortId) {
        self.now = now;
        let Some(Entry { port: Port::Rtp(rtp), .. }) = self.entries.get_mut(&port) else { return };
        if let Err(refusal) = rtp.handle_bound(&mut self.outbox) {
            self.abandon(port, refusal);
        }
        self.reschedule(port);
    }

    /// They are not; another [`Output::Bind`] follows while the range has ports left.
    pub fn handle_bind_failed(&mut self, now: Instant, port: PortId) {
        self.now = now;
        let next = self.udp_ports.take();
        let Some(Entry { port: Port::Rtp(rtp), .. }) = self.entries.get_mut(&port) else { return };
        // What failed to bind stays taken: another process has it.
        let Some(next) = next else { return self.abandon(port, Refusal::NoFreePort) };
        let local = SocketAddr::new(rtp.local().ip(), next);
        rtp.set_local(local);
        self.outbox.push(Output::Bind { port, local });
    }

    pub(super) fn execute(&mut self, now: Instant, command: MediaCommand) -> Result<(), Refusal> {
        match command {
            MediaCommand::Open { port, spec } => self.open(now, port, spec),
            MediaCommand::SetAnswer { port, sdp, signalled_from } => {
                let Port::Rtp(rtp) = &mut entry(&mut self.entries, port)?.port else {
                    return Err(Refusal::UnknownPort);
                };
                rtp.set_answer(&sdp, signalled_from, &mut self.outbox)
            }
            MediaCommand::SetOffer { port, sdp, signalled_from } => {
                self.set_offer(port, &sdp, signalled_from)
            }
            // An ICE lite agent sends no checks, so it has no use for the peer's candidates (RFC 8445
            // §2.5); what checks come from is learned from them.
            MediaCommand::AddCandidate { port, .. } => entry(&mut self.entries, port).map(|_| ()),
            MediaCommand::Bridge { a, b } => self.bridge(a, b),
            MediaCommand::Unbridge { port } => {
                entry(&mut self.entries, port)?;
                self.unbridge(port);
                Ok(())
            }
            MediaCommand::SendDigits { port, digits, each } => {
                let entry = entry(&mut self.entries, port)?;
                if !entry.push_digits(&digits, each) {
                    return Err(Refusal::NoDtmf);
                }
                entry.play_digits(now, &mut self.outbox);
                Ok(())
            }
            MediaCommand::Mute { port, muted } => {
                let muted = if muted { Muted::Yes } else { Muted::No };
                entry(&mut self.entries, port)?.inbound.stage.muted = muted;
                Ok(())
            }
            MediaCommand::ClampDigits { port, clamp } => {
                entry(&mut self.entries, port)?.inbound.stage.digits.clamp = clamp;
                Ok(())
            }
            MediaCommand::Mix { port, room } => {
                entry(&mut self.entries, port)?;
                self.unbridge(port);
                self.rooms.join(now, room, port, &mut self.entries)
            }
            MediaCommand::Unmix { port } => {
                self.rooms.leave(now, entry(&mut self.entries, port)?);
                Ok(())
            }
            MediaCommand::SetHearing { listener, talker, hearing } => {
                self.rooms.set_hearing((listener, talker), hearing, &self.entries)
            }
            MediaCommand::Play { port, play, source, settings } => {
                entry(&mut self.entries, port)?.start_play(now, play, (source, settings), &mut self.outbox);
                Ok(())
            }
            MediaCommand::ControlPlay { port, control } => {
                entry(&mut self.entries, port).map(|entry| entry.control_play(control))
            }
            MediaCommand::StopPlay { port } => {
                entry(&mut self.entries, port)?.stop_play(now, &mut self.outbox);
                Ok(())
            }
            MediaCommand::Feed { port, pcm } => entry(&mut self.entries, port).map(|entry| entry.feed(&pcm)),
            MediaCommand::Record { port, recording, format } => {
                entry(&mut self.entries, port)?.start_record(now, (recording, format))
            }
            MediaCommand::ControlRecord { port, control } => {
                entry(&mut self.entries, port)?.control_record(control, &mut self.outbox);
                Ok(())
            }
            MediaCommand::Judge { port } => {
                entry(&mut self.entries, port)?.start_judging(now);
                Ok(())
            }
            MediaCommand::Close { port } => self.close(port),
        }
    }

    fn open(&mut self, now: Instant, id: PortId, spec: PortSpec) -> Result<(), Refusal> {
        if self.entries.len() >= self.limits.ports || self.entries.contains_key(&id) {
            self.counters.refused_ports += 1;
            return Err(Refusal::Busy);
        }
        match spec {
            PortSpec::WebRtc { offer, codecs, playback_rate } => {
                self.open_webrtc(now, id, &offer, (&codecs, playback_rate))
            }
            PortSpec::RtpOffer { local, codecs, dtmf, srtp } => {
                self.open_rtp(now, id, local, RtpTerms { codecs, dtmf, srtp }, RtpSpec::Offer)
            }
            PortSpec::RtpAnswer { local, codecs, dtmf, srtp, offer, signalled_from } => {
                let spec = RtpSpec::Answer { offer, signalled_from };
                self.open_rtp(now, id, local, RtpTerms { codecs, dtmf, srtp }, spec)
            }
        }
    }

    fn open_webrtc(
        &mut self,
        now: Instant,
        id: PortId,
        offer: &str,
        terms: (&[CodecKind], u32),
    ) -> Result<(), Refusal> {
        let (ufrag, password) = (self.rng.ice_chars(UFRAG_LEN), self.rng.ice_chars(PASSWORD_LEN));
        let credentials = Credentials { ufrag: ufrag.clone(), password };
        let (port, answer) = WebRtcPort::open(id, offer, terms, self.shared.clone(), credentials, now)?;
        self.demux.add_ufrag(ufrag, id);
        self.outbox.describe_webrtc(id, port.formats(), answer);
        self.insert(now, id, Port::WebRtc(Box::new(port)));
        Ok(())
    }

    fn open_rtp(
        &mut self,
        now: Instant,
        id: PortId,
        local: IpAddr,
        terms: RtpTerms,
        spec: RtpSpec,
    ) -> Result<(), Refusal> {
        let Some(udp_port) = self.udp_ports.take() else {
            self.counters.refused_ports += 1;
            return Err(Refusal::NoFreePort);
        };
        let local = SocketAddr::new(local, udp_port);
        let port = RtpPort::new(id, terms, spec, local, &mut self.rng, now);
        let port = port.inspect_err(|_| self.udp_ports.free(udp_port))?;
        self.insert(now, id, Port::Rtp(Box::new(port)));
        self.outbox.push(Output::Bind { port: id, local });
        Ok(())
    }

    fn insert(&mut self, now: Instant, id: PortId, port: Port) {
        let chance = self.rng.next_u64();
        let sender = Sender::new(chance as u16, (chance >> 32) as u32);
        self.entries.insert(id, Entry::new(id, port, sender, now));
    }

    fn set_offer(&mut self, id: PortId, sdp: &[u8], signalled_from: Option<IpAddr>) -> Result<(), Refusal> {
        match &mut entry(&mut self.entries, id)?.port {
            Port::Rtp(rtp) => rtp.set_offer(sdp, signalled_from, &mut self.outbox),
            Port::WebRtc(webrtc) => {
                let offer =
                    std::str::from_utf8(sdp).map_err(|error| Refusal::Malformed(error.to_string()))?;
                let former = webrtc.ufrag();
                let answer = webrtc.set_offer(offer)?;
                let ufrag = webrtc.ufrag();
                if ufrag != former {
                    self.demux.remove_ufrag(&former);
                    self.demux.add_ufrag(ufrag, id);
                }
                self.outbox.describe_webrtc(id, webrtc.formats(), answer);
                Ok(())
            }
        }
    }

    fn bridge(&mut self, a: PortId, b: PortId) -> Result<(), Refusal> {
        if a == b || !self.entries.contains_key(&a) || !self.entries.contains_key(&b) {
            return Err(Refusal::UnknownPort);
        }
        for id in [a, b] {
            self.unbridge(id);
            self.rooms.leave(self.now, entry(&mut self.entries, id)?);
        }
        for (id, peer) in [(a, b), (b, a)] {
            entry(&mut self.entries, id)?.peer = Some(peer);
        }
        Ok(())
    }

    fn unbridge(&mut self, port: PortId) {
        let peer = self.entries.get_mut(&port).and_then(|entry| entry.leave());
        if let Some(entry) = peer.and_then(|peer| self.entries.get_mut(&peer)) {
            entry.leave();
        }
    }

    fn close(&mut self, port: PortId) -> Result<(), Refusal> {
        entry(&mut self.entries, port)?;
        self.remove(port);
        self.outbox.event(MediaEvent::Closed { port });
        Ok(())
    }

    fn abandon(&mut self, port: PortId, refusal: Refusal) {
        self.remove(port);
        self.outbox.event(MediaEvent::Refused { port, refusal });
    }

    fn remove(&mut self, id: PortId) {
        self.unbridge(id);
        let Some(mut entry) = self.entries.remove(&id) else { return };
        self.rooms.leave(self.now, &mut entry);
        entry.end_record(&mut self.outbox);
        self.deadlines.remove(id, entry.queued);
        match &mut entry.port {
            Port::WebRtc(webrtc) => {
                webrtc.close(&mut self.outbox);
                self.demux.remove(id);
            }
            Port::Rtp(rtp) => {
                self.udp_ports.free(rtp.local().port());
                self.outbox.push(Output::Unbind { port: id });
            }
        }
    }
}

fn entry(entries: &mut HashMap<PortId, Entry>, port: PortId) -> Result<&mut Entry, Refusal> {
    entries.get_mut(&port).ok_or(Refusal::UnknownPort)
}
