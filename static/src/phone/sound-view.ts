import type { Device, DeviceList, Devices } from '@offhook/client';
import { byId } from './dom.ts';

const STORED = 'offhook.sound';

interface Choice {
  processing: boolean;
}

/** The choice of microphone, loudspeaker and ringer, which the SDK keeps for the next visit, and of voice processing. */
export class SoundView {
  readonly #devices: Devices;
  readonly #microphone = byId<HTMLSelectElement>('microphone');
  readonly #speaker = byId<HTMLSelectElement>('speaker');
  readonly #ringer = byId<HTMLSelectElement>('ringer');
  readonly #processing = byId<HTMLInputElement>('processing');

  constructor(devices: Devices) {
    this.#devices = devices;
    this.#restore();
    this.#microphone.addEventListener('change', () => devices.setMicrophone(this.#microphone.value));
    this.#speaker.addEventListener('change', () => devices.setSpeaker(this.#speaker.value));
    this.#ringer.addEventListener('change', () => (devices.ringer = this.#ringer.value));
    this.#processing.addEventListener('change', () => this.#process());
    byId('sound').addEventListener('change', () => this.#store());
    void this.refresh();
  }

  /** Reads the devices again; their names appear once the microphone has been allowed. */
  async refresh(): Promise<void> {
    this.show(await this.#devices.list());
  }

  show({ microphones, speakers }: DeviceList): void {
    fill(this.#microphone, microphones, this.#devices.microphone);
    fill(this.#speaker, speakers, this.#devices.speaker);
    fill(this.#ringer, speakers, this.#devices.ringer);
    byId('sound-hint').hidden = microphones.some(({ label }) => label !== '');
  }

  #process(): void {
    const on = this.#processing.checked;
    this.#devices.setProcessing({ echoCancellation: on, noiseSuppression: on, autoGainControl: on });
  }

  #store(): void {
    const choice: Choice = { processing: this.#processing.checked };
    localStorage.setItem(STORED, JSON.stringify(choice));
  }

  #restore(): void {
    this.#processing.checked = stored().processing ?? true;
    this.#process();
  }
}

function stored(): Partial<Choice> {
  try {
    return (JSON.parse(localStorage.getItem(STORED) ?? '{}') as Partial<Choice> | null) ?? {};
  } catch {
    return {};
  }
}

function fill(select: HTMLSelectElement, devices: Device[], chosen: string): void {
  const named = devices.filter(({ id, label }) => id !== 'default' && label !== '');
  const options = [{ id: '', label: 'System default' }, ...named];
  select.replaceChildren(...options.map(({ id, label }) => new Option(label, id, false, id === chosen)));
}
