/** What the SDK asks of the browser; tests and other hosts hand in their own. */
export interface Platform {
  createSocket(url: string, protocol: string): WebSocket;
  createPeerConnection(configuration: RTCConfiguration): RTCPeerConnection;
  /** Undefined where the page may not use a microphone (no HTTPS, no browser). */
  mediaDevices(): MediaDevices | undefined;
  createAudioElement(): HTMLAudioElement;
  createAudioContext(): AudioContext | undefined;
  /** Where `pagehide`, `pageshow` and `online` come from; undefined without a page. */
  page(): EventTarget | undefined;
  /** Where `change` tells of another network; not every browser has it. */
  network(): EventTarget | undefined;
  /** What outlives a reload of this tab. Undefined where the page may not store. */
  tabStorage(): Storage | undefined;
  /** What outlives the tab. Undefined where the page may not store. */
  deviceStorage(): Storage | undefined;
  /** What only one page at a time may hold. */
  locks(): LockManager | undefined;
  /** The way to the other pages of this origin. */
  createChannel(name: string): BroadcastChannel | undefined;
}

type Network = Navigator & { connection?: EventTarget };

/** The real browser. Globals are touched at use only, so that importing is safe in Node. */
export const browserPlatform: Platform = {
  createSocket: (url, protocol) => new WebSocket(url, protocol),
  createPeerConnection: (configuration) => new RTCPeerConnection(configuration),
  mediaDevices: () => globalThis.navigator?.mediaDevices,
  createAudioElement: () => new Audio(),
  createAudioContext: () => ('AudioContext' in globalThis ? new AudioContext() : undefined),
  page: () => (isPage() ? globalThis : undefined),
  network: () => (globalThis.navigator as Network | undefined)?.connection,
  tabStorage: () => storage(() => sessionStorage),
  deviceStorage: () => storage(() => localStorage),
  locks: () => (isPage() ? navigator.locks : undefined),
  createChannel: (name) => (isPage() && 'BroadcastChannel' in globalThis ? new BroadcastChannel(name) : undefined),
};

function isPage(): boolean {
  return 'document' in globalThis;
}

// Merely to name it throws where the user forbids storage.
function storage(name: () => Storage): Storage | undefined {
  try {
    return isPage() ? name() : undefined;
  } catch {
    return undefined;
  }
}
