import type { Reading } from './quality-strip.ts';

/** What the height of each row stands for. */
const MOS = { from: 1, to: 4.5 };
const LOSS_FULL = 0.1;
const JITTER_FULL_MS = 60;

/** The paths of the three drawings, in a box that is `seconds` wide and 100 high. */
export interface Plot {
  mos: { line: string; area: string; y(value: number): number };
  loss: { bars: string };
  jitter: { line: string };
}

/** Draws readings, the newest at the right edge. */
export function plot(readings: readonly Reading[], seconds: number): Plot {
  const left = seconds - readings.length;
  const mosY = (value: number) => round(95 - (90 * (value - MOS.from)) / (MOS.to - MOS.from));
  const jitterY = (value: number) => round(95 - 90 * Math.min(1, value / JITTER_FULL_MS));
  const mos = points(readings.map((one) => one.mos), left, mosY);
  const jitter = points(readings.map((one) => one.jitterMs), left, jitterY);
  return {
    mos: { line: trace(mos), area: mos.map(fill).join(''), y: mosY },
    loss: { bars: readings.map(({ loss }, index) => bar(left + index, loss)).join('') },
    jitter: { line: trace(jitter) },
  };
}

/** The latest second in words. */
export function sentence(last: Reading | undefined): string {
  if (!last || last.mos === null) return 'Quality of the sound: measuring';
  const jitter = last.jitterMs === null ? '' : `, jitter ${Math.round(last.jitterMs)} ms`;
  return `Quality of the sound: ${last.mos.toFixed(1)} of 4.5, loss ${(last.loss * 100).toFixed(1)} %${jitter}`;
}

type Point = [x: number, y: number];

// Runs without a gap: where nothing was measured, nothing is drawn.
function points(values: readonly (number | null)[], left: number, y: (value: number) => number): Point[][] {
  const runs: Point[][] = [[]];
  values.forEach((value, index) => {
    if (value === null) runs.push([]);
    else runs.at(-1)!.push([left + index + 0.5, y(value)]);
  });
  return runs.filter((run) => run.length > 0);
}

function trace(runs: readonly Point[][]): string {
  return runs.map((run) => `M${run.map(([x, y]) => `${x} ${y}`).join('L')}`).join('');
}

function fill(run: readonly Point[]): string {
  const [first, last] = [run[0]!, run.at(-1)!];
  return `M${first[0]} 100L${run.map(([x, y]) => `${x} ${y}`).join('L')}L${last[0]} 100Z`;
}

function bar(x: number, loss: number): string {
  if (loss <= 0) return '';
  const height = round(Math.max(6, 100 * Math.min(1, loss / LOSS_FULL)));
  return `M${x + 0.1} 100v-${height}h0.8v${height}Z`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
