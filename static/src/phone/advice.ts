import type { Sample, WarningName } from '@offhook/client';
import { WARNINGS } from './messages.ts';

/** Seconds that are looked at together. */
const WINDOW = 5;
/** Less is made up for without being heard. */
const LOSS_TOLD = 0.03;
/** A person who listens is silent for long, a microphone that works never entirely. */
const QUIET_S = 8;
const SENTENCES_MAX = 2;

/** What is known of a call's sound. */
export interface Heard {
  samples: readonly Sample[];
  warnings: ReadonlySet<WarningName>;
  /** For how long nothing has come from the microphone. */
  quietSeconds: number;
}

/** What was found, and which of the SDK's warnings say no more than that. */
interface Finding {
  words: string;
  covers: readonly WarningName[];
}

/** What is wrong with a call's sound, in sentences, the worst first; none when all is well. */
export function advise(heard: Heard): string[] {
  // While there is no connection, nothing else matters.
  if (heard.warnings.has('ice-connectivity-lost')) return [WARNINGS['ice-connectivity-lost']];
  const findings = [...silence(heard), ...losses(heard)];
  const covered = new Set(findings.flatMap(({ covers }) => covers));
  const others = [...heard.warnings].filter((name) => !covered.has(name)).map((name) => WARNINGS[name]);
  return [...findings.map(({ words }) => words), ...others].slice(0, SENTENCES_MAX);
}

function silence({ quietSeconds }: Heard): Finding[] {
  if (quietSeconds < QUIET_S) return [];
  const words = 'Your microphone is silent. Is it switched off on the headset, or is another one meant?';
  return [{ words, covers: ['no-audio-sent'] }];
}

function losses({ samples }: Heard): Finding[] {
  const recent = samples.slice(-WINDOW);
  const ways: [number, string][] = [
    [mean(recent.map(({ loss }) => loss)), 'of what the other side says'],
    [mean(recent.flatMap(lossUpwards)), 'of what you say'],
  ];
  return ways
    .filter(([loss]) => loss >= LOSS_TOLD)
    .map(([loss, what]) => ({ words: `Your network loses ${percent(loss)} ${what}.`, covers: ['high-packet-loss', 'low-mos'] }));
}

function lossUpwards({ gateway }: Sample): number[] {
  return gateway?.browser ? [gateway.browser.loss] : [];
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percent(share: number): string {
  return `${Math.round(share * 100)}\u00a0%`;
}
