import type { Quality, Sample } from '@offhook/client';

/** How good a call sounds, roughly. */
export type Grade = 'good' | 'fair' | 'poor' | 'unknown';

/** The grade of a sample by its estimated opinion score. */
export function toGrade({ mos }: Sample): Grade {
  if (mos === null) return 'unknown';
  if (mos >= 4) return 'good';
  return mos >= 3.5 ? 'fair' : 'poor';
}

/** The line about browser and gateway: codec, round trip, the worse direction's loss. */
export function browserLine(sample: Sample): string {
  const upstream = sample.gateway?.browser?.loss ?? 0;
  const codec = sample.codec ?? sample.gateway?.browser?.codec ?? null;
  return line(codec, sample.roundTripMs, Math.max(sample.loss, upstream));
}

/** The line about gateway and telephone network. */
export function trunkLine(trunk: Quality | null | undefined): string {
  return trunk ? line(trunk.codec, trunk.round_trip_ms ?? null, trunk.loss) : 'not connected yet';
}

function line(codec: string | null, roundTripMs: number | null, loss: number): string {
  const parts = [codecName(codec)];
  if (roundTripMs !== null) parts.push(`${Math.round(roundTripMs)} ms`);
  parts.push(`${(loss * 100).toFixed(1)} % loss`);
  return parts.filter((part) => part !== '').join(' \u00b7 ');
}

// The RTP names, but Opus the way its makers write it.
function codecName(codec: string | null): string {
  return codec?.toLowerCase() === 'opus' ? 'Opus' : (codec ?? '').toUpperCase();
}
