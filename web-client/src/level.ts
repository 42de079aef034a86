/** Sound quieter than this counts as none, dBFS. */
const FLOOR_DB = -60;

/** Measures how loud a stream is. */
export class LevelMeter {
  readonly #source: MediaStreamAudioSourceNode;
  readonly #analyser: AnalyserNode;
  readonly #samples: Float32Array<ArrayBuffer>;

  constructor(context: AudioContext, stream: MediaStream) {
    this.#analyser = context.createAnalyser();
    this.#analyser.fftSize = 2048;
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#source = context.createMediaStreamSource(stream);
    this.#source.connect(this.#analyser);
  }

  /** The level now: 0 at -60 dBFS and below, 1 at full scale, linear in decibels. */
  read(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return toLevel(this.#samples);
  }

  /** Lets go of the stream. */
  close(): void {
    this.#source.disconnect();
  }
}

/** Root mean square of `samples` as a level between 0 (-60 dBFS) and 1 (0 dBFS). */
export function toLevel(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const db = 10 * Math.log10(sum / samples.length || 1e-12);
  return Math.min(1, Math.max(0, 1 - db / FLOOR_DB));
}
