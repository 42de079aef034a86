import { type Devices, OffhookError } from '@offhook/client';
import { byId, showLevel, tellLevel } from '../phone/dom.ts';

const DRAWN_EVERY_MS = 50;
const TOLD_EVERY_MS = 1_000;
/** What counts as a voice, root mean square of full scale: -40 dBFS. */
const VOICE = 0.01;

/** Shows how loud the microphone is, so that a person sees whether it hears them. */
export class MicrophoneTrial {
  readonly #devices: Devices;
  readonly #opened: () => void;
  readonly #button = byId('try-microphone');
  readonly #meter = byId('try-meter');
  #end: (() => void) | undefined;

  constructor(devices: Devices, opened: () => void) {
    this.#devices = devices;
    this.#opened = opened;
    this.#button.addEventListener('click', () => (this.#end ? this.stop() : void this.#start()));
  }

  /** Lets go of the microphone. */
  stop(): void {
    this.#end?.();
    this.#end = undefined;
    this.#say('');
    showLevel(this.#meter, 0);
    tellLevel(this.#meter);
    this.#show(false);
  }

  async #start(): Promise<void> {
    this.#show(true);
    this.#say('Say something.');
    try {
      this.#listen(await this.#devices.openMicrophone());
      this.#opened();
    } catch (error) {
      this.stop();
      this.#say(error instanceof OffhookError ? `${error.description} ${error.solutions[0] ?? ''}` : 'It cannot be opened.');
    }
  }

  #listen(stream: MediaStream): void {
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 2048 });
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const drawing = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      this.#draw(Math.hypot(...samples) / Math.sqrt(samples.length));
    }, DRAWN_EVERY_MS);
    const telling = setInterval(() => tellLevel(this.#meter), TOLD_EVERY_MS);
    this.#end = () => {
      clearInterval(drawing);
      clearInterval(telling);
      for (const track of stream.getTracks()) track.stop();
      void context.close();
    };
  }

  // Linear in decibels, as the levels of a call are: nothing at -60 dBFS.
  #draw(loudness: number): void {
    showLevel(this.#meter, Math.min(1, Math.max(0, 1 + (20 * Math.log10(loudness || 1e-6)) / 60)));
    if (loudness > VOICE) this.#say('It hears you.');
  }

  #say(words: string): void {
    if (byId('try-words').textContent !== words) byId('try-words').textContent = words;
  }

  #show(running: boolean): void {
    this.#button.setAttribute('aria-pressed', String(running));
    this.#button.textContent = running ? 'Stop' : 'Try it';
  }
}
