/** What the SDK asks of the browser; tests and other hosts hand in their own. */
export interface Platform {
  createSocket(url: string, protocol: string): WebSocket;
  createPeerConnection(configuration: RTCConfiguration): RTCPeerConnection;
  /** Undefined where the page may not use a microphone (no HTTPS, no browser). */
  mediaDevices(): MediaDevices | undefined;
  createAudioElement(): HTMLAudioElement;
  createAudioContext(): AudioContext | undefined;
}

/** The real browser. Globals are touched at use only, so that importing is safe in Node. */
export const browserPlatform: Platform = {
  createSocket: (url, protocol) => new WebSocket(url, protocol),
  createPeerConnection: (configuration) => new RTCPeerConnection(configuration),
  mediaDevices: () => globalThis.navigator?.mediaDevices,
  createAudioElement: () => new Audio(),
  createAudioContext: () => ('AudioContext' in globalThis ? new AudioContext() : undefined),
};
