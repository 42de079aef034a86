import type { Device, DeviceList, Devices } from '@offhook/client';
import { byId } from '../phone/dom.ts';
import { Stored } from '../phone/stored.ts';
import type { Tones } from '../phone/tones.ts';
import { MicrophoneTrial } from './microphone-trial.ts';

/** The choice of microphone, loudspeaker and ringer, which the SDK keeps for the next visit, and of voice processing. */
export class SoundView {
  readonly #devices: Devices;
  readonly #trial: MicrophoneTrial;
  readonly #stored = new Stored('offhook.sound', { processing: true });
  readonly #microphone = byId<HTMLSelectElement>('microphone');
  readonly #speaker = byId<HTMLSelectElement>('speaker');
  readonly #ringer = byId<HTMLSelectElement>('ringer');
  readonly #processing = byId<HTMLInputElement>('processing');

  constructor(devices: Devices, tones: Tones) {
    this.#devices = devices;
    this.#trial = new MicrophoneTrial(devices, () => void this.refresh());
    this.#processing.checked = this.#stored.read().processing;
    this.#process();
    this.#microphone.addEventListener('change', () => {
      devices.setMicrophone(this.#microphone.value);
      this.rest();
    });
    this.#speaker.addEventListener('change', () => devices.setSpeaker(this.#speaker.value));
    this.#ringer.addEventListener('change', () => (devices.ringer = this.#ringer.value));
    this.#processing.addEventListener('change', () => this.#process());
    byId('try-speaker').addEventListener('click', () => tones.sample('tone', devices.speaker));
    byId('try-ringer').addEventListener('click', () => tones.sample('ring', devices.ringer));
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

  /** Ends what is being tried. */
  rest(): void {
    this.#trial.stop();
  }

  #process(): void {
    const on = this.#processing.checked;
    this.#stored.write({ processing: on });
    this.#devices.setProcessing({ echoCancellation: on, noiseSuppression: on, autoGainControl: on });
  }
}

function fill(select: HTMLSelectElement, devices: Device[], chosen: string): void {
  const named = devices.filter(({ id, label }) => id !== 'default' && label !== '');
  const options = [{ id: '', label: 'System default' }, ...named];
  select.replaceChildren(...options.map(({ id, label }) => new Option(label, id, false, id === chosen)));
}
