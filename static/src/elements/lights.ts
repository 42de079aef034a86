import type { PathReport, PreflightReport } from '@offhook/client';

/** What a traffic light says: all right, middling, no good, not looked at. */
export type Colour = 'good' | 'fair' | 'poor' | 'off';

/** One thing that a call needs, and how it is. */
export interface Light {
  name: string;
  colour: Colour;
  words: string;
}

/** What is looked at, in this order. */
const NAMES = ['Gateway', 'Microphone', 'Loudspeaker', 'Relay', 'Sound to you', 'Sound from you', 'Overall'] as const;

const SLOW_MS = 500;

/** What may be wrong with a microphone, by the code of the error. */
const MICROPHONE: Readonly<Record<string, string>> = {
  'microphone-denied': 'Not allowed by the browser',
  'microphone-missing': 'None found',
  'microphone-busy': 'In use by another program',
};

/** The lights before anything was looked at. */
export function unlit(words: string): Light[] {
  return NAMES.map((name) => ({ name, colour: 'off', words }));
}

/** The lights for what a check found. */
export function toLights(report: PreflightReport): Light[] {
  const found = [gateway(report), microphone(report), speaker(report), relay(report), inward(report), outward(report), overall(report)];
  return NAMES.map((name, index) => ({ name, ...found[index]! }));
}

type State = Omit<Light, 'name'>;

const UNSEEN: State = { colour: 'off', words: 'Not looked at' };

function gateway({ signallingMs }: PreflightReport): State {
  if (signallingMs === null) return { colour: 'poor', words: 'Not reached' };
  const words = `Answers in ${Math.max(1, Math.round(signallingMs))} ms`;
  return { colour: signallingMs > SLOW_MS ? 'fair' : 'good', words };
}

function microphone({ microphone: wrong, devices: { microphones } }: PreflightReport): State {
  if (wrong !== null) return { colour: 'poor', words: MICROPHONE[wrong] ?? 'Not usable' };
  const label = microphones.find((one) => one.label !== '')?.label;
  return { colour: 'good', words: label ?? 'Allowed' };
}

// Some browsers list no loudspeakers; the system's own sounds then.
function speaker({ devices: { speakers } }: PreflightReport): State {
  const count = speakers.filter(({ id }) => id !== 'default').length;
  return { colour: 'good', words: count > 0 ? `${count} to choose from` : "The system's own" };
}

function relay({ relay: offered }: PreflightReport): State {
  if (offered === 'offered') return { colour: 'good', words: 'Offered' };
  return { colour: 'off', words: 'None: needed only where UDP is blocked' };
}

function inward({ path, failure }: PreflightReport): State {
  if (failure !== null) return { colour: 'poor', words: 'The call to the echo number failed' };
  if (!path) return UNSEEN;
  return way(path.loss, path.jitterMs ?? 0);
}

function outward({ path }: PreflightReport): State {
  return path?.sent ? way(path.sent.loss, path.sent.jitterMs) : UNSEEN;
}

function way(loss: number, jitterMs: number): State {
  const words = `${(loss * 100).toFixed(1)} % lost, jitter ${Math.round(jitterMs)} ms`;
  if (loss > 0.08) return { colour: 'poor', words };
  return { colour: loss > 0.03 || jitterMs > 50 ? 'fair' : 'good', words };
}

function overall({ path }: PreflightReport): State {
  if (!path || path.mos === null) return UNSEEN;
  const words = `MOS ${path.mos.toFixed(1)}, ${delay(path)}connected in ${(path.connectedMs / 1000).toFixed(1)} s`;
  if (path.mos < 3.1) return { colour: 'poor', words };
  return { colour: path.mos < 4 ? 'fair' : 'good', words };
}

function delay({ roundTripMs }: PathReport): string {
  return roundTripMs === null ? '' : `${Math.round(roundTripMs)} ms there and back, `;
}
