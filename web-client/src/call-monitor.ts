import type { CallMedia } from './call-media.ts';
import type { CallQuality } from './protocol.ts';
import { type Sample, toSample } from './stats.ts';
import { type WarningName, WarningMonitor } from './warnings.ts';

const SAMPLE_MS = 1_000;
const VOLUME_MS = 50;

/** What is measured of a call while its media stands. */
export interface CallMonitorHandlers {
  sample(sample: Sample): void;
  volume(input: number, output: number): void;
  warning(name: WarningName): void;
  warningCleared(name: WarningName): void;
}

/** Takes a sample each second and both levels every 50 ms. */
export class CallMonitor {
  #media: CallMedia;
  readonly #handlers: CallMonitorHandlers;
  readonly #warnings = new WarningMonitor();
  readonly #sampleTimer: ReturnType<typeof setInterval>;
  readonly #volumeTimer: ReturnType<typeof setInterval>;
  #last: Sample | undefined;
  #stopped = false;
  /** The gateway's latest `call.quality`, part of the next sample. */
  quality: CallQuality | null = null;

  constructor(media: CallMedia, handlers: CallMonitorHandlers) {
    this.#media = media;
    this.#handlers = handlers;
    this.#sampleTimer = setInterval(() => void this.#sample(), SAMPLE_MS);
    this.#volumeTimer = setInterval(() => this.#volume(), VOLUME_MS);
  }

  /** Goes on with another connection of the same call. */
  watch(media: CallMedia): void {
    this.#media = media;
    this.#last = undefined;
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#sampleTimer);
    clearInterval(this.#volumeTimer);
  }

  async #sample(): Promise<void> {
    const media = this.#media;
    const report = await media.stats().catch(() => undefined);
    if (!report || this.#stopped || media !== this.#media) return;
    this.#last = toSample(report, Date.now(), this.#last, this.quality);
    this.#handlers.sample(this.#last);
    const { raised, cleared } = this.#warnings.add(this.#last);
    for (const name of raised) this.#handlers.warning(name);
    for (const name of cleared) this.#handlers.warningCleared(name);
  }

  #volume(): void {
    const levels = this.#media.levels();
    if (levels) this.#handlers.volume(levels.input, levels.output);
  }
}
