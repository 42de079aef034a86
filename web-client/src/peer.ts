import type { Platform } from './platform.ts';

/** A trickled candidate as the signalling carries it; `null` marks the end. */
export type Candidate = {
  candidate: string;
  sdp_mid?: string | null;
  sdp_mline_index?: number | null;
} | null;

/** What a {@link Peer} tells its owner. */
export interface PeerHandlers {
  candidate(candidate: Candidate): void;
  stream(stream: MediaStream): void;
  state(state: RTCPeerConnectionState): void;
}

/** One RTCPeerConnection with one audio line; always the offerer, never waits for gathering. */
export class Peer {
  readonly #pc: RTCPeerConnection;
  #sender: RTCRtpSender | undefined;
  #early: Candidate[] | undefined = [];

  constructor(platform: Platform, iceServers: RTCIceServer[], handlers: PeerHandlers) {
    this.#pc = platform.createPeerConnection({ iceServers, bundlePolicy: 'max-bundle' });
    this.#pc.onicecandidate = ({ candidate }) => {
      // An empty string ends one generation of candidates; only null ends them all.
      if (candidate?.candidate !== '') handlers.candidate(toWire(candidate));
    };
    this.#pc.ontrack = ({ track, streams }) => handlers.stream(streams[0] ?? new MediaStream([track]));
    this.#pc.onconnectionstatechange = () => handlers.state(this.#pc.connectionState);
  }

  /** Adds the microphone, if there is one yet, and returns the offer with whatever candidates are known by then. */
  async offer(stream: MediaStream | undefined): Promise<string> {
    const track = stream?.getAudioTracks()[0];
    this.#sender = track ? this.#pc.addTrack(track, stream!) : this.#pc.addTransceiver('audio').sender;
    return this.#describe({});
  }

  /** Returns an offer with new ICE credentials for the same connection. */
  restart(): Promise<string> {
    return this.#describe({ iceRestart: true });
  }

  async #describe(options: RTCOfferOptions): Promise<string> {
    const offer = await this.#pc.createOffer(options);
    await this.#pc.setLocalDescription(offer);
    return offer.sdp ?? this.#pc.localDescription?.sdp ?? '';
  }

  /** Takes the gateway's answer, then the candidates that came before it. One to no open offer is passed over. */
  async answer(sdp: string): Promise<void> {
    if (this.#pc.signalingState === 'stable') return;
    await this.#pc.setRemoteDescription({ type: 'answer', sdp });
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const candidate of early) await this.addCandidate(candidate);
  }

  /** Takes a candidate of the gateway; those before the answer wait for it. */
  async addCandidate(candidate: Candidate): Promise<void> {
    if (this.#early) {
      this.#early.push(candidate);
      return;
    }
    await this.#pc.addIceCandidate(candidate ? fromWire(candidate) : undefined);
  }

  /** Sends another track from now on, without a new offer. */
  async replaceTrack(track: MediaStreamTrack): Promise<void> {
    await this.#sender?.replaceTrack(track);
  }

  /** The browser's own statistics. */
  stats(): Promise<RTCStatsReport> {
    return this.#pc.getStats();
  }

  /** Ends the connection; no handler is called afterwards. */
  close(): void {
    this.#pc.onicecandidate = this.#pc.ontrack = this.#pc.onconnectionstatechange = null;
    this.#pc.close();
  }
}

function toWire(candidate: RTCIceCandidate | null): Candidate {
  if (!candidate) return null;
  const { sdpMid, sdpMLineIndex } = candidate;
  return { candidate: candidate.candidate, sdp_mid: sdpMid, sdp_mline_index: sdpMLineIndex };
}

function fromWire(candidate: NonNullable<Candidate>): RTCIceCandidateInit {
  // Neither named: there is one media line, and a candidate without either is refused by browsers.
  return {
    candidate: candidate.candidate,
    sdpMid: candidate.sdp_mid ?? null,
    sdpMLineIndex: candidate.sdp_mline_index ?? 0,
  };
}
