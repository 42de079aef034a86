import type { Sample } from './stats.ts';

/** What may be wrong with a call's sound; each comes with a later `warning-cleared`. */
export type WarningName =
  | 'high-rtt'
  | 'high-jitter'
  | 'high-packet-loss'
  | 'low-mos'
  | 'no-audio-sent'
  | 'no-audio-received'
  | 'ice-connectivity-lost';

/** Samples looked at, and how many of them must be bad to warn. */
const WINDOW = 5;
const BAD_TO_WARN = 3;

type Rule = (sample: Sample, before: Sample) => boolean;

const RULES: [WarningName, Rule][] = [
  ['high-rtt', ({ roundTripMs }) => (roundTripMs ?? 0) > 400],
  ['high-jitter', ({ jitterMs }) => (jitterMs ?? 0) > 50],
  ['high-packet-loss', ({ loss }) => loss > 0.03],
  ['low-mos', ({ mos }) => mos !== null && mos < 3.5],
  ['no-audio-sent', (sample, before) => sample.packetsSent === before.packetsSent],
  ['no-audio-received', (sample, before) => sample.packetsReceived === before.packetsReceived],
];

/** Turns a row of samples into warnings that begin and end. */
export class WarningMonitor {
  readonly #history = new Map<WarningName, boolean[]>();
  readonly #active = new Set<WarningName>();
  #before: Sample | undefined;

  /** Takes the next sample; returns what began and what ended with it. */
  add(sample: Sample): { raised: WarningName[]; cleared: WarningName[] } {
    const before = this.#before;
    this.#before = sample;
    const raised: WarningName[] = [];
    const cleared: WarningName[] = [];
    for (const [name, isBad] of before ? RULES : []) {
      const bad = this.#remember(name, isBad(sample, before!));
      if (bad >= BAD_TO_WARN && !this.#active.has(name)) raised.push(name);
      if (bad === 0 && this.#active.has(name)) cleared.push(name);
    }
    for (const name of raised) this.#active.add(name);
    for (const name of cleared) this.#active.delete(name);
    return { raised, cleared };
  }

  #remember(name: WarningName, bad: boolean): number {
    const history = [...(this.#history.get(name) ?? []), bad].slice(-WINDOW);
    this.#history.set(name, history);
    return history.filter(Boolean).length;
  }
}
