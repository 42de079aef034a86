import type { CallQuality } from './protocol.ts';

/** One second of a call, as the browser and the gateway saw it. */
export interface Sample {
  /** Milliseconds since the Unix epoch. */
  at: number;
  /** The codec heard, such as `opus`; null before the first packet. */
  codec: string | null;
  /** Browser to gateway and back, milliseconds. */
  roundTripMs: number | null;
  jitterMs: number | null;
  /** Share of the packets of this second that did not arrive, 0 to 1. */
  loss: number;
  packetsSent: number;
  packetsReceived: number;
  packetsLost: number;
  bytesSent: number;
  bytesReceived: number;
  /** Estimated mean opinion score, 1 to 4.5; null while the round trip is unknown. */
  mos: number | null;
  /** The gateway's view of both its legs, when it last told it. */
  gateway: CallQuality | null;
}

type Row = Record<string, number | string | undefined>;

/** Reads one sample out of the browser's statistics; `previous` is the sample before it. */
export function toSample(
  report: RTCStatsReport,
  at: number,
  previous: Sample | undefined,
  gateway: CallQuality | null,
): Sample {
  const rows = [...(report as unknown as Map<string, Row>).values()];
  const inbound = find(rows, 'inbound-rtp');
  const outbound = find(rows, 'outbound-rtp');
  const codec = rows.find((row) => row.type === 'codec' && row.id === inbound.codecId);
  const roundTripMs = toRoundTrip(rows, gateway);
  const jitterMs = toMs(inbound.jitter);
  const packetsReceived = count(inbound.packetsReceived);
  const packetsLost = count(inbound.packetsLost);
  const loss = lossSince(previous, packetsReceived, packetsLost);
  return {
    at,
    codec: codec ? String(codec.mimeType).replace(/^audio\//, '').toLowerCase() : null,
    roundTripMs,
    jitterMs,
    loss,
    packetsSent: count(outbound.packetsSent),
    packetsReceived,
    packetsLost,
    bytesSent: count(outbound.bytesSent),
    bytesReceived: count(inbound.bytesReceived),
    mos: roundTripMs === null ? null : toMos(roundTripMs, jitterMs ?? 0, loss),
    gateway,
  };
}

/** Mean opinion score by the short form of the E-model (ITU-T G.107): delay and loss only. */
export function toMos(roundTripMs: number, jitterMs: number, loss: number): number {
  const delay = roundTripMs / 2 + 2 * jitterMs + 10;
  const delayed = delay < 160 ? delay / 40 : (delay - 120) / 10;
  const r = Math.min(100, Math.max(0, 93.2 - delayed - 250 * loss));
  return 1 + 0.035 * r + 7e-6 * r * (r - 60) * (100 - r);
}

// By ICE where the browser tells it, else by RTCP, else as the gateway measured it.
function toRoundTrip(rows: Row[], gateway: CallQuality | null): number | null {
  const byIce = rows.find(isSelectedPair)?.currentRoundTripTime;
  const ours = toMs(byIce ?? find(rows, 'remote-inbound-rtp').roundTripTime);
  return ours ?? gateway?.browser?.round_trip_ms ?? null;
}

function find(rows: Row[], type: string): Row {
  return rows.find((row) => row.type === type && row.kind === 'audio') ?? {};
}

function isSelectedPair(row: Row): boolean {
  return row.type === 'candidate-pair' && row.state === 'succeeded' && Boolean(row.nominated);
}

function lossSince(previous: Sample | undefined, received: number, lost: number): number {
  const newlyLost = Math.max(0, lost - (previous?.packetsLost ?? 0));
  const newlyReceived = Math.max(0, received - (previous?.packetsReceived ?? 0));
  return newlyLost === 0 ? 0 : newlyLost / (newlyLost + newlyReceived);
}

function count(value: number | string | undefined): number {
  return Number(value ?? 0);
}

function toMs(seconds: number | string | undefined): number | null {
  return seconds === undefined ? null : Number(seconds) * 1000;
}
