import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FakeMedia, FakePeer, fakePlatform, settle } from './fakes.ts';
import { type Wired, dialled, newClient, registered, talking, welcome } from './wiring.ts';
import type { PreflightReport } from '../src/preflight.ts';

function virtualTime(context: TestContext): void {
  context.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
}

async function pong({ socket }: Wired): Promise<void> {
  await settle();
  socket.deliver({ type: 'pong', id: socket.last('ping')?.id, data: {} });
  await settle();
}

/** The browser's statistics after so many seconds. */
function heard(peer: FakePeer, seconds: number, lost: number, rtt: number): void {
  peer.report = new Map<string, object>([
    ['i', { type: 'inbound-rtp', kind: 'audio', packetsReceived: 50 * seconds, packetsLost: lost * seconds, jitter: 0.004 }],
    ['p', { type: 'candidate-pair', state: 'succeeded', nominated: true, currentRoundTripTime: rtt }],
  ]);
}

/** A check over an echo call that sounds so for its five seconds. */
async function over(context: TestContext, lost: number, rtt: number, gateway: object): Promise<[PreflightReport, Wired]> {
  virtualTime(context);
  const wired = await registered();
  const checking = wired.client.runPreflight({ echo: '602' });
  await pong(wired);
  await settle();
  wired.socket.ok('call.start');
  const call = wired.socket.last('call.start')!.call!;
  const peer = FakePeer.all.at(-1)!;
  wired.socket.deliver({ type: 'call.quality', seq: 3, call, data: gateway });
  for (let second = 1; second <= 6; second++) {
    heard(peer, second, lost, rtt);
    context.mock.timers.tick(1_000);
    await settle();
  }
  return [await checking, wired];
}

test('a good connection is ready, and the echo call has ended', async (context) => {
  const gateway = { browser: { codec: 'opus', loss: 0.01, jitter_ms: 3, level_dbov: -20 } };
  const [report, { client, socket }] = await over(context, 0, 0.03, gateway);
  assert.deepEqual([report.verdict, report.reasons, report.microphone, report.failure], ['ready', [], null, null]);
  assert.deepEqual([report.path?.roundTripMs, report.path?.loss], [30, 0]);
  assert.deepEqual(report.path?.sent, { jitterMs: 3, loss: 0.01 });
  assert.equal(report.relay, 'none');
  assert.deepEqual(client.calls, []);
  assert.ok(socket.last('call.hangup'));
});

test('loss in either direction is told apart in plain words', async (context) => {
  const gateway = { browser: { codec: 'opus', loss: 0.2, jitter_ms: 3, level_dbov: -20 } };
  const [report] = await over(context, 10, 0.03, gateway);
  assert.equal(report.verdict, 'degraded');
  assert.deepEqual(report.reasons, [
    'Your connection loses sound on the way to you.',
    'Your connection loses sound on the way to the other side.',
    'The sound would be poor.',
  ]);
});

test('a microphone that is denied is a verdict of its own', async () => {
  const media = Object.assign(new FakeMedia(), { refusal: 'NotAllowedError' });
  const client = newClient({ platform: fakePlatform(media) });
  const checking = client.runPreflight();
  const socket = await welcome();
  await pong({ client, socket, media });
  const report = await checking;
  assert.deepEqual([report.verdict, report.microphone], ['permission_denied', 'microphone-denied']);
  assert.equal(report.reasons.length, 1);
});

test('a gateway that is not reached blocks', async (context) => {
  virtualTime(context);
  const client = newClient();
  const checking = client.runPreflight({ echo: '602' });
  await settle();
  context.mock.timers.tick(10_000);
  await settle();
  const report = await checking;
  assert.deepEqual([report.verdict, report.signallingMs, report.path], ['blocked', null, null]);
});

test('sound that never comes blocks', async (context) => {
  virtualTime(context);
  const wired = await registered();
  const checking = wired.client.runPreflight({ echo: '602' });
  await pong(wired);
  context.mock.timers.tick(15_000);
  const report = await checking;
  assert.deepEqual([report.verdict, report.failure], ['blocked', 'media-connection-failed']);
  assert.deepEqual(wired.client.calls, []);
});

test('diagnostics tell what happened, and no secret', async () => {
  const wired = await registered({ token: 'secret-token' });
  const { call } = await talking(wired);
  await dialled(wired, '+15550199');
  void call.sendDigits('4711').catch(() => undefined);
  call.mute();
  call.hangup();
  const bundle = await wired.client.diagnostics();
  const whats = bundle.journal.filter(({ more }) => more?.call === call.id).map(({ what }) => what);
  assert.deepEqual(whats, ['call.begins', 'call.state', 'call.state', 'call.mute', 'call.state', 'call.ended']);
  assert.equal(bundle.calls.length, 2);
  const text = JSON.stringify(bundle);
  for (const secret of ['secret-token', '4711', '+15550199', 'v=0', 'resume_token']) assert.ok(!text.includes(secret), secret);
});
