import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Client } from '../src/client.ts';
import { FakeSocket, settle } from './fakes.ts';
import { dialled, newClient, registered, welcome } from './wiring.ts';

function virtualTime(context: TestContext): void {
  context.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
}

function errors(client: Client): string[] {
  const seen: string[] = [];
  client.on('error', ({ code }) => void seen.push(code));
  return seen;
}

test('hello carries token and client, never the URL', async () => {
  const { socket, client } = await registered();
  assert.deepEqual([socket.url, socket.protocol], ['wss://gw.test/v1/rtc', 'offhook.v1']);
  assert.deepEqual(socket.last('hello')?.data, {
    token: 't',
    client: { name: '@offhook/client', version: '0.1.0' },
  });
  assert.equal(client.state, 'online');
  assert.equal(client.welcome?.user, 'alice');
});

test('ping keeps the rhythm that the gateway asks for', async (context) => {
  virtualTime(context);
  const { socket } = await registered();
  context.mock.timers.tick(9_999);
  assert.equal(socket.last('ping'), undefined);
  context.mock.timers.tick(1);
  assert.ok(socket.last('ping'));
});

test('events are acknowledged with the next ping', async (context) => {
  virtualTime(context);
  const { socket } = await registered();
  socket.deliver({ type: 'call.ringing', seq: 9, call: 'call_x', data: {} });
  context.mock.timers.tick(10_000);
  assert.deepEqual(socket.last('ack'), { type: 'ack', data: { seq: 9 } });
});

test('many events are acknowledged without waiting', async () => {
  const { socket } = await registered();
  for (let seq = 2; seq <= 17; seq++) socket.deliver({ type: 'call.digit', seq, call: 'call_x', data: {} });
  assert.deepEqual(socket.last('ack')?.data, { seq: 17 });
});

test('silence for timeout_s is death: the session is resumed', async (context) => {
  virtualTime(context);
  const wired = await registered();
  const { call } = await dialled(wired);
  const told: string[] = [];
  wired.client.on('reconnecting', () => void told.push('reconnecting'));
  wired.client.on('reconnected', () => void told.push('reconnected'));
  for (let second = 0; second < 25; second++) context.mock.timers.tick(1_000);
  assert.equal(wired.socket.closedWith, 4408);
  context.mock.timers.tick(1_000);
  await welcome({ resumed: true });
  assert.equal(call.state, 'connecting');
  assert.deepEqual(told, ['reconnecting', 'reconnected']);
  assert.equal(wired.client.state, 'online');
});

test('a page whose timers were held back is not taken for dead', async (context) => {
  virtualTime(context);
  const { client, socket } = await registered();
  context.mock.timers.tick(60_000);
  socket.deliver({ type: 'pong', id: socket.last('ping')?.id, data: {} });
  context.mock.timers.tick(9_000);
  assert.equal(client.state, 'online');
});

test('anything received keeps the connection alive', async (context) => {
  virtualTime(context);
  const { client, socket } = await registered();
  for (let i = 0; i < 5; i++) {
    context.mock.timers.tick(20_000);
    socket.deliver({ type: 'pong', data: {} });
  }
  assert.equal(client.state, 'online');
});

test('an unreachable gateway is tried again, with longer pauses', async (context) => {
  virtualTime(context);
  const client = newClient();
  const seen = errors(client);
  const registering = client.register();
  const before = FakeSocket.all.length;
  for (let i = 0; i < 4; i++) {
    await settle();
    FakeSocket.all.at(-1)?.onerror?.();
    await settle();
    context.mock.timers.tick(500 * 2 ** i);
  }
  assert.equal(FakeSocket.all.length - before, 4);
  assert.deepEqual(seen, Array(4).fill('connection-failed'));
  await welcome();
  await registering;
});

test('each connection asks for a token of its own', async (context) => {
  virtualTime(context);
  let count = 0;
  const getToken = async () => `token ${++count}`;
  const client = newClient({ getToken });
  void client.register();
  const first = await welcome();
  first.drop();
  context.mock.timers.tick(1_000);
  const second = await welcome();
  assert.deepEqual([first, second].map((one) => one.last('hello')?.data.token), ['token 1', 'token 2']);
});

for (const [code, expected] of [
  [4401, 'token-invalid'],
  [4403, 'origin-forbidden'],
  [4409, 'session-replaced'],
] as const) {
  test(`close code ${code} stops the client with ${expected}`, async (context) => {
    virtualTime(context);
    const { client, socket } = await registered();
    const seen = errors(client);
    const before = FakeSocket.all.length;
    socket.drop(code);
    context.mock.timers.tick(60_000);
    await settle();
    assert.deepEqual(seen, [expected]);
    assert.equal(client.state, 'offline');
    assert.equal(FakeSocket.all.length, before);
  });
}

test('a refused hello rejects register with the reason of the gateway', async () => {
  const client = newClient({ token: 'old' });
  const registering = client.register();
  await settle();
  const socket = FakeSocket.all.at(-1)!;
  socket.open();
  await settle();
  const data = { code: 'token-expired', number: 20104, message: 'Old.', causes: [], solutions: [] };
  socket.deliver({ type: 'error', id: socket.last('hello')?.id, data });
  await assert.rejects(registering, { name: 'TokenExpired', number: 20104, description: 'Old.' });
  assert.equal(client.state, 'offline');
});

test('bye says when to come back', async (context) => {
  virtualTime(context);
  const { socket } = await registered();
  const before = FakeSocket.all.length;
  socket.deliver({ type: 'bye', seq: 2, data: { reason: 'drain', action: 'reconnect', retry_after_s: 30 } });
  socket.drop(1001);
  context.mock.timers.tick(29_000);
  await settle();
  assert.equal(FakeSocket.all.length, before);
  context.mock.timers.tick(2_000);
  await settle();
  assert.equal(FakeSocket.all.length, before + 1);
});

test('bye with stop is obeyed', async (context) => {
  virtualTime(context);
  const { client, socket } = await registered();
  socket.deliver({ type: 'bye', seq: 2, data: { reason: 'replaced', action: 'stop' } });
  socket.drop(1000);
  context.mock.timers.tick(60_000);
  assert.equal(client.state, 'offline');
});

test('frames that are not the protocol are passed over', async () => {
  const { client, socket } = await registered();
  for (const frame of ['not json', '[]', 'null', '{"data":1}', { type: 'from.the.future', data: {} }]) {
    socket.deliver(frame);
  }
  assert.equal(client.state, 'online');
});

test('destroy hangs up, closes and stays closed', async (context) => {
  virtualTime(context);
  const wired = await registered();
  const { seen } = await dialled(wired);
  wired.client.destroy();
  assert.equal(seen.at(-1), 'disconnect caller canceled');
  assert.equal(wired.socket.last('call.hangup')?.type, 'call.hangup');
  assert.equal(wired.socket.closedWith, 1000);
  await assert.rejects(wired.client.register(), { code: 'connection-lost' });
});

test('a call gives up on a gateway that stays away', async (context) => {
  virtualTime(context);
  const client = newClient();
  const call = client.connect({ to: '600' });
  const seen: string[] = [];
  call.on('error', ({ code }) => void seen.push(code));
  await settle();
  context.mock.timers.tick(10_000);
  await settle();
  assert.deepEqual(seen, ['connection-failed']);
  assert.equal(call.state, 'closed');
});

test('a page may register again from the very refusal', async () => {
  const client = newClient({ token: 'old' });
  client.on('error', () => undefined);
  let second: Promise<void> | undefined;
  client.on('stateChanged', (state) => {
    if (state === 'offline' && !second) second = client.register();
  });
  const first = client.register();
  await settle();
  FakeSocket.all.at(-1)?.drop(4401);
  await assert.rejects(first, { code: 'token-invalid' });
  await welcome();
  await second;
  assert.equal(client.state, 'online');
});
