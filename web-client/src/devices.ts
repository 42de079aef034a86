import { Emitter } from './emitter.ts';
import { type OffhookError, fail } from './errors.ts';
import type { Platform } from './platform.ts';

/** A microphone or loudspeaker the browser knows. The label is empty until a microphone was allowed. */
export interface Device {
  id: string;
  label: string;
}

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

/** The three sound devices of a client: microphone, loudspeaker and ringer, each its own choice. */
export class Devices extends Emitter<DevicesEvents> {
  readonly #platform: Platform;
  readonly #onChange = () => void this.list().then((list) => this.emit('change', list));
  #watched: MediaDevices | undefined;
  #microphone = '';
  #speaker = '';
  #processing = DEFAULT_PROCESSING;
  /** Where the page rings; empty is the default loudspeaker. The SDK itself makes no ring tone. */
  ringer = '';

  constructor(platform: Platform) {
    super();
    this.#platform = platform;
  }

  /** The chosen microphone's id; empty is the system's default. */
  get microphone(): string {
    return this.#microphone;
  }

  /** The chosen loudspeaker's id; empty is the system's default. */
  get speaker(): string {
    return this.#speaker;
  }

  /** What the browser does to the microphone's sound; all of it, unless changed. */
  get processing(): VoiceProcessing {
    return this.#processing;
  }

  /** Lists the devices; from then on `change` tells of others. */
  async list(): Promise<DeviceList> {
    const media = this.#platform.mediaDevices();
    this.#watch(media);
    const all = (await media?.enumerateDevices?.()) ?? [];
    const of = (kind: MediaDeviceKind) =>
      all.filter((one) => one.kind === kind && one.deviceId !== '').map(toDevice);
    return { microphones: of('audioinput'), speakers: of('audiooutput') };
  }

  /** Chooses a microphone, also for calls that are open. */
  setMicrophone(id: string): void {
    this.#microphone = id;
    this.emit('microphone');
  }

  /** Chooses a loudspeaker, also for calls that are open. */
  setSpeaker(id: string): void {
    this.#speaker = id;
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
    const chosen = this.#microphone ? { deviceId: { exact: this.#microphone } } : {};
    try {
      return await open(media, { ...this.#processing, ...chosen });
    } catch (error) {
      if (!this.#microphone || (error as OffhookError).code !== 'microphone-missing') throw error;
      // The headset chosen last week is not plugged in today: any microphone is better than none.
      return open(media, this.#processing);
    }
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

function toDevice({ deviceId, label }: MediaDeviceInfo): Device {
  return { id: deviceId, label };
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
