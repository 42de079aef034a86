import { type Device, DeviceMemory, SYSTEM, type Use, findAgain } from './device-memory.ts';
import { Emitter } from './emitter.ts';
import { type OffhookError, fail } from './errors.ts';
import type { Platform } from './platform.ts';

/** Every device the browser lists, by use. */
export interface DeviceList {
  microphones: Device[];
  speakers: Device[];
}

/** What the browser does to the microphone's sound. */
export interface VoiceProcessing {
  echoCancellation: boolean;
  noiseSuppression: boolean;
  autoGainControl: boolean;
}

interface DevicesEvents {
  /** Devices came or went. */
  change: [DeviceList];
  /** Another microphone was chosen. */
  microphone: [];
  /** Another loudspeaker was chosen. */
  speaker: [string];
}

const DEFAULT_PROCESSING: VoiceProcessing = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};

/** The three sound devices of a client: microphone, loudspeaker and ringer, each its own choice, kept across visits. */
export class Devices extends Emitter<DevicesEvents> {
  readonly #platform: Platform;
  readonly #memory: DeviceMemory;
  readonly #onChange = () => void this.list().then((list) => this.emit('change', list));
  #watched: MediaDevices | undefined;
  readonly #chosen: Record<Use, Device>;
  // What stands in for the chosen ones while those are not there.
  readonly #used: Record<Use, string>;
  #known: Device[] = [];
  #systemMicrophone: string | undefined;
  #processing = DEFAULT_PROCESSING;

  constructor(platform: Platform) {
    super();
    this.#platform = platform;
    this.#memory = new DeviceMemory(platform);
    const { microphone = SYSTEM, speaker = SYSTEM, ringer = SYSTEM } = this.#memory.recall();
    this.#chosen = { microphone, speaker, ringer };
    this.#used = { microphone: microphone.id, speaker: speaker.id, ringer: ringer.id };
  }

  /** The microphone in use of those chosen; empty is the system's default. */
  get microphone(): string {
    return this.#used.microphone;
  }

  /** The loudspeaker in use; empty is the system's default. */
  get speaker(): string {
    return this.#used.speaker;
  }

  /** Where the page rings; empty is the default loudspeaker. The SDK itself makes no ring tone. */
  get ringer(): string {
    return this.#used.ringer;
  }

  set ringer(id: string) {
    this.#choose('ringer', id);
  }

  /** What the browser does to the microphone's sound; all of it, unless changed. */
  get processing(): VoiceProcessing {
    return this.#processing;
  }

  /** Lists the devices; from then on `change` tells of others, and calls follow them. */
  async list(): Promise<DeviceList> {
    const media = this.#platform.mediaDevices();
    this.#watch(media);
    const all = (await media?.enumerateDevices?.()) ?? [];
    const of = (kind: MediaDeviceKind) =>
      all.filter((one) => one.kind === kind && one.deviceId !== '').map(toDevice);
    const list = { microphones: of('audioinput'), speakers: of('audiooutput') };
    this.#reconcile(list);
    return list;
  }

  /** Chooses a microphone, also for calls that are open. */
  setMicrophone(id: string): void {
    this.#choose('microphone', id);
    this.emit('microphone');
  }

  /** Chooses a loudspeaker, also for calls that are open. */
  setSpeaker(id: string): void {
    this.#choose('speaker', id);
    this.emit('speaker', id);
  }

  /** Changes what the browser does to the microphone's sound, also for calls that are open. */
  setProcessing(processing: Partial<VoiceProcessing>): void {
    this.#processing = { ...this.#processing, ...processing };
    this.emit('microphone');
  }

  /** Opens the chosen microphone, or the default one where that is gone. Throws an error whose code says what is wrong with it. */
  async openMicrophone(): Promise<MediaStream> {
    const media = this.#platform.mediaDevices();
    if (!media?.getUserMedia) throw fail('media-unsupported');
    const id = this.#used.microphone;
    const chosen = id ? { deviceId: { exact: id } } : {};
    try {
      return await open(media, { ...this.#processing, ...chosen });
    } catch (error) {
      if (!id || (error as OffhookError).code !== 'microphone-missing') throw error;
      // The headset chosen last week is not plugged in today: any microphone is better than none.
      return open(media, this.#processing);
    }
  }

  #choose(use: Use, id: string): void {
    this.#chosen[use] = id === '' ? SYSTEM : (this.#known.find((one) => one.id === id) ?? { ...SYSTEM, id });
    this.#used[use] = id;
    this.#memory.keep(this.#chosen);
  }

  // A headset that is pulled out is stood in for, and taken up again when it is back.
  #reconcile({ microphones, speakers }: DeviceList): void {
    this.#known = [...microphones, ...speakers];
    // Without permission the browser names nothing, and nothing follows from that.
    if (!this.#known.some(({ label }) => label !== '')) return;
    const system = microphones.find(({ id }) => id === 'default')?.group;
    const moved = this.#systemMicrophone !== undefined && system !== undefined && system !== this.#systemMicrophone;
    this.#systemMicrophone = system;
    const changed = this.#resolve('microphone', microphones);
    if (changed || (moved && this.#used.microphone === '')) this.emit('microphone');
    if (this.#resolve('speaker', speakers)) this.emit('speaker', this.#used.speaker);
    this.#resolve('ringer', speakers);
  }

  #resolve(use: Use, devices: readonly Device[]): boolean {
    const wanted = this.#chosen[use];
    if (wanted.id === '') return false;
    const found = findAgain(wanted, devices);
    const [before, after] = [this.#used[use], found?.id ?? ''];
    this.#used[use] = after;
    if (found && (found.label !== wanted.label || found.id !== wanted.id)) {
      this.#chosen[use] = found;
      this.#memory.keep(this.#chosen);
    }
    return before !== after;
  }

  /** Stops watching the devices. */
  close(): void {
    this.#watched?.removeEventListener('devicechange', this.#onChange);
    this.removeAllListeners();
  }

  #watch(media: MediaDevices | undefined): void {
    if (this.#watched || !media?.addEventListener) return;
    this.#watched = media;
    media.addEventListener('devicechange', this.#onChange);
  }
}

function toDevice({ deviceId, label, groupId }: MediaDeviceInfo): Device {
  return { id: deviceId, label, group: groupId ?? '' };
}

async function open(media: MediaDevices, audio: MediaTrackConstraints): Promise<MediaStream> {
  try {
    return await media.getUserMedia({ audio });
  } catch (cause) {
    throw microphoneError(cause);
  }
}

function microphoneError(cause: unknown): OffhookError {
  const name = (cause as DOMException | undefined)?.name;
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return fail('microphone-denied', cause);
    case 'NotFoundError':
    case 'OverconstrainedError':
      return fail('microphone-missing', cause);
    default:
      return fail('microphone-busy', cause);
  }
}
