import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uuidv7 } from '../src/ids.ts';
import { toLevel } from '../src/level.ts';
import { type Sample, toMos, toSample } from '../src/stats.ts';
import { WarningMonitor } from '../src/warnings.ts';
import { settle } from './fakes.ts';
import { dialled, registered } from './wiring.ts';

function report(received: number, lost: number): RTCStatsReport {
  const rows = [
    { id: 'in', type: 'inbound-rtp', kind: 'audio', codecId: 'c', packetsReceived: received, packetsLost: lost, jitter: 0.004, bytesReceived: 10 * received },
    { id: 'out', type: 'outbound-rtp', kind: 'audio', packetsSent: 50, bytesSent: 900 },
    { id: 'c', type: 'codec', mimeType: 'audio/opus' },
    { id: 'p', type: 'candidate-pair', state: 'succeeded', nominated: true, currentRoundTripTime: 0.024 },
  ];
  return new Map(rows.map((row) => [row.id, row])) as unknown as RTCStatsReport;
}

test('a sample tells codec, round trip, jitter and the loss of its second', () => {
  const first = toSample(report(50, 0), 1_000, undefined, null);
  const second = toSample(report(95, 5), 2_000, first, null);
  assert.deepEqual([first.codec, first.roundTripMs, first.jitterMs, first.loss], ['opus', 24, 4, 0]);
  assert.equal(second.loss, 0.1);
  assert.deepEqual([second.packetsReceived, second.packetsSent, second.bytesSent], [95, 50, 900]);
});

test('statistics without any row are an empty sample, not a failure', () => {
  const sample = toSample(new Map() as unknown as RTCStatsReport, 1, undefined, null);
  assert.deepEqual([sample.codec, sample.roundTripMs, sample.loss, sample.mos], [null, null, 0, null]);
});

test('the round trip comes from ICE, else from RTCP, else from the gateway', () => {
  const rtcp = { id: 'r', type: 'remote-inbound-rtp', kind: 'audio', roundTripTime: 0.03 };
  const gateway = { browser: { codec: 'opus', loss: 0, jitter_ms: 1, level_dbov: -20, round_trip_ms: 40 } };
  const roundTrip = (rows: { id: string }[]) =>
    toSample(new Map(rows.map((row) => [row.id, row])) as unknown as RTCStatsReport, 1, undefined, gateway).roundTripMs;
  assert.equal(toSample(report(1, 0), 1, undefined, gateway).roundTripMs, 24);
  assert.deepEqual([roundTrip([rtcp]), roundTrip([])], [30, 40]);
});

test('opinion score falls with delay and with loss', () => {
  assert.ok(toMos(20, 2, 0) > 4.3);
  assert.ok(toMos(800, 2, 0) < 3.7);
  assert.ok(toMos(20, 2, 0.1) < toMos(20, 2, 0.02));
});

test('levels are linear in decibels between -60 and 0 dBFS', () => {
  const tone = (amplitude: number) => new Float32Array(480).fill(amplitude);
  assert.equal(toLevel(tone(0)), 0);
  assert.equal(toLevel(tone(1)), 1);
  assert.ok(Math.abs(toLevel(tone(10 ** (-30 / 20))) - 0.5) < 1e-3);
});

test('a warning needs three bad samples of five and clears when they are all good', () => {
  const monitor = new WarningMonitor();
  let received = 0;
  const sample = (loss: number) => {
    received += 50;
    return { packetsSent: received, packetsReceived: received, loss, roundTripMs: 20, jitterMs: 2, mos: 4.4 } as Sample;
  };
  const raised = [0, 0.2, 0.2, 0, 0.2].map((loss) => monitor.add(sample(loss)).raised);
  assert.deepEqual(raised, [[], [], [], [], ['high-packet-loss']]);
  const cleared = [0, 0, 0, 0, 0].map(() => monitor.add(sample(0)).cleared);
  assert.deepEqual(cleared, [[], [], [], [], ['high-packet-loss']]);
});

test('silence on the wire warns for its direction', () => {
  const monitor = new WarningMonitor();
  const stuck = { packetsSent: 9, packetsReceived: 9, loss: 0, roundTripMs: null, jitterMs: null, mos: null };
  const raised = [1, 2, 3, 4].flatMap(() => monitor.add(stuck as Sample).raised);
  assert.deepEqual(raised, ['no-audio-sent', 'no-audio-received']);
});

test('a call gives a sample each second, with what the gateway said last', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
  const wired = await registered();
  const { call, peer } = await dialled(wired);
  peer.report = report(50, 0) as unknown as Map<string, object>;
  const samples: Sample[] = [];
  call.on('sample', (sample) => void samples.push(sample));
  const quality = { trunk: { codec: 'PCMU', loss: 0, jitter_ms: 1, level_dbov: -20 } };
  wired.socket.deliver({ type: 'call.quality', seq: 3, call: call.id, data: quality });
  context.mock.timers.tick(1_000);
  await settle();
  assert.equal(samples.length, 1);
  assert.deepEqual(samples[0]?.gateway, quality);
  call.disconnect();
  context.mock.timers.tick(5_000);
  await settle();
  assert.equal(samples.length, 1);
});

test('uuids of version 7 sort by time', () => {
  const random = new Uint8Array(16).fill(0xff);
  const early = uuidv7(1_700_000_000_000, random);
  assert.equal(early, '018bcfe5-6800-7fff-bfff-ffffffffffff');
  assert.ok(early < uuidv7(1_700_000_000_001, new Uint8Array(16)));
});
