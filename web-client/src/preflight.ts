import type { Call } from './call.ts';
import type { DeviceList } from './devices.ts';
import type { OffhookError } from './errors.ts';
import { toOffhookError } from './errors.ts';
import type { Welcome } from './protocol.ts';
import type { Sample } from './stats.ts';

/** Whether this page can hold a good call now. */
export type Verdict = 'ready' | 'degraded' | 'blocked' | 'permission_denied';

/** What to look at beyond signalling and devices. */
export interface PreflightOptions {
  /** A number that plays back what it hears; without one, the way of the sound is not looked at. */
  echo?: string;
  /** How long to listen to it. */
  seconds?: number;
}

/** The way of the sound, each direction by itself. */
export interface PathReport {
  /** From the click to the first sound. */
  connectedMs: number;
  roundTripMs: number | null;
  jitterMs: number | null;
  /** Shares of the packets, 0 to 1, over all the time. */
  loss: number;
  /** From this page to the gateway, as the gateway measured it; null where it did not say. */
  sent: { jitterMs: number; loss: number } | null;
  mos: number | null;
}

/** What {@link Client.runPreflight} found. */
export interface PreflightReport {
  verdict: Verdict;
  /** What is wrong, in plain words; none when ready. */
  reasons: string[];
  /** To the gateway and back over the WebSocket; null where it is not reached. */
  signallingMs: number | null;
  devices: DeviceList;
  /** The code of what is wrong with the microphone, or null. */
  microphone: string | null;
  /** Whether the gateway offers a relay for networks that block UDP. */
  relay: 'offered' | 'none';
  /** The code of what is wrong with the sound's way, or null. */
  failure: string | null;
  path: PathReport | null;
}

/** What a client lends to its check. */
export interface PreflightContext {
  online(): Promise<Welcome>;
  ping(): Promise<unknown>;
  devices(): Promise<DeviceList>;
  microphone(): Promise<MediaStream>;
  connect(to: string): Call;
}

const SECONDS = 5;
/** The sound must come within this time. */
const CONNECT_MS = 15_000;
/** Beyond these a call is a trial (ITU-T G.114, and what MOS 3.5 comes to). */
const SLOW_SIGNALLING_MS = 500;
const RULES: [(path: PathReport) => boolean, string][] = [
  [({ roundTripMs }) => (roundTripMs ?? 0) > 400, 'Your connection is slow: expect pauses before answers arrive.'],
  [({ jitterMs, sent }) => Math.max(jitterMs ?? 0, sent?.jitterMs ?? 0) > 50, 'Your connection is uneven: sound may stutter.'],
  [({ loss }) => loss > 0.03, 'Your connection loses sound on the way to you.'],
  [({ sent }) => (sent?.loss ?? 0) > 0.03, 'Your connection loses sound on the way to the other side.'],
  [({ mos }) => mos !== null && mos < 3.5, 'The sound would be poor.'],
];

/** Checks what a call needs, one thing after the other; never throws. */
export async function preflight(context: PreflightContext, options: PreflightOptions): Promise<PreflightReport> {
  const signalling = await reach(context);
  const microphone = await tryMicrophone(context);
  const devices = await context.devices().catch(() => ({ microphones: [], speakers: [] }));
  const found = {
    signallingMs: 'ms' in signalling ? signalling.ms : null,
    devices,
    microphone: microphone?.code ?? null,
    relay: 'ms' in signalling && signalling.relay ? 'offered' : 'none',
  } as const;
  const blocked = 'error' in signalling ? signalling.error : microphone;
  if (blocked) {
    const denied = blocked.code === 'microphone-denied';
    return { ...found, verdict: denied ? 'permission_denied' : 'blocked', reasons: [plain(blocked)], failure: null, path: null };
  }
  const path = options.echo === undefined ? null : await listen(context.connect(options.echo), options.seconds ?? SECONDS);
  if (path instanceof Error) {
    return { ...found, verdict: 'blocked', reasons: [plain(path)], failure: path.code, path: null };
  }
  const reasons = judge(found.signallingMs, devices, path);
  return { ...found, verdict: reasons.length > 0 ? 'degraded' : 'ready', reasons, failure: null, path };
}

function judge(signallingMs: number | null, devices: DeviceList, path: PathReport | null): string[] {
  const reasons = path ? RULES.filter(([bad]) => bad(path)).map(([, words]) => words) : [];
  if ((signallingMs ?? 0) > SLOW_SIGNALLING_MS) reasons.push('The gateway answers slowly.');
  if (devices.microphones.length === 0) reasons.push('No microphone is listed.');
  return reasons;
}

async function reach(context: PreflightContext): Promise<{ ms: number; relay: boolean } | { error: OffhookError }> {
  try {
    const { ice_servers } = await context.online();
    const before = performance.now();
    await context.ping();
    const relay = (ice_servers ?? []).some(({ urls }) => urls.some((url) => url.startsWith('turn')));
    return { ms: performance.now() - before, relay };
  } catch (error) {
    return { error: toOffhookError(error, 'connection-failed') };
  }
}

async function tryMicrophone(context: PreflightContext): Promise<OffhookError | undefined> {
  try {
    for (const track of (await context.microphone()).getTracks()) track.stop();
    return undefined;
  } catch (error) {
    return toOffhookError(error, 'microphone-busy');
  }
}

function listen(call: Call, seconds: number): Promise<PathReport | OffhookError> {
  const began = performance.now();
  const samples: Sample[] = [];
  return new Promise((resolve) => {
    let failure: OffhookError | undefined;
    let connectedMs: number | undefined;
    const finish = (error?: OffhookError) => {
      clearTimeout(late);
      resolve(error ?? toReport(samples, connectedMs ?? 0));
      call.disconnect();
    };
    const late = setTimeout(() => finish(toOffhookError(failure, 'media-connection-failed')), CONNECT_MS);
    call.on('error', (error) => (failure = error));
    call.on('disconnect', () => finish(toOffhookError(failure, 'media-connection-failed')));
    call.on('sample', (sample) => {
      if (sample.packetsReceived === 0) return;
      connectedMs ??= performance.now() - began;
      clearTimeout(late);
      if (samples.push(sample) > seconds) finish();
    });
  });
}

function toReport(samples: readonly Sample[], connectedMs: number): PathReport {
  const last = samples.at(-1)!;
  const sent = samples.flatMap(({ gateway }) => (gateway?.browser ? [gateway.browser] : []));
  const total = last.packetsReceived + last.packetsLost;
  return {
    connectedMs,
    roundTripMs: last.roundTripMs,
    jitterMs: last.jitterMs,
    loss: total === 0 ? 0 : last.packetsLost / total,
    sent: sent.length === 0 ? null : { jitterMs: mean(sent.map((one) => one.jitter_ms)), loss: mean(sent.map((one) => one.loss)) },
    mos: last.mos,
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function plain({ description, solutions }: OffhookError): string {
  return [description, solutions[0] ?? ''].join(' ').trim();
}
