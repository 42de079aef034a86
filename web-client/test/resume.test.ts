import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FakePeer, FakeSocket, WELCOME, settle } from './fakes.ts';
import { type Wired, dialled, newClient, record, registered, rung, welcome } from './wiring.ts';

/** Longest first pause before the next attempt. */
const FIRST_PAUSE_MS = 500;

function virtualTime(context: TestContext): void {
  context.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
}

/** The connection breaks, and a new one is asked for. */
async function cut(context: TestContext, socket: FakeSocket): Promise<void> {
  socket.drop();
  context.mock.timers.tick(FIRST_PAUSE_MS);
  await settle();
}

/** The gateway is out of reach for so long; then a new connection is asked for. */
async function away(context: TestContext, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    context.mock.timers.tick(1_000);
    await settle();
    FakeSocket.all.at(-1)?.onerror?.();
    await settle();
  }
  context.mock.timers.tick(4_000);
  await settle();
}

/** An outbound call that was answered. */
async function talking(wired: Wired) {
  const dial = await dialled(wired);
  wired.socket.deliver({ type: 'call.answered', seq: 5, call: dial.call.id, data: {} });
  return dial;
}

test('the session is resumed with its token from the last event on', async (context) => {
  virtualTime(context);
  const { socket } = await registered();
  socket.deliver({ type: 'call.ringing', seq: 9, call: 'call_x', data: {} });
  await cut(context, socket);
  const second = await welcome({ resumed: true, resume_token: 'next' }, 9);
  assert.deepEqual(second.last('hello')?.data.resume, {
    session: WELCOME.session,
    resume_token: 'r',
    last_seq: 9,
  });
  await cut(context, second);
  const third = await welcome({ resumed: true }, 9);
  assert.equal(third.last('hello')?.data.resume.resume_token, 'next');
});

test('a call goes on: open all along, its connection untouched, its end told by the replay', async (context) => {
  virtualTime(context);
  const wired = await registered();
  const { call, seen, peer } = await talking(wired);
  const [before, peers] = [seen.length, FakePeer.all.length];
  await cut(context, wired.socket);
  assert.equal(wired.client.state, 'reconnecting');
  assert.equal(call.state, 'open');
  const socket = await welcome({ resumed: true }, 5);
  assert.equal(wired.client.state, 'online');
  assert.deepEqual([seen.slice(before), FakePeer.all.length, peer.closed], [[], peers, false]);
  const data = { state: 'completed', by: 'callee', cause: 'normal' };
  socket.deliver({ type: 'call.ended', seq: 6, call: call.id, data });
  assert.equal(seen.at(-1), 'disconnect callee normal');
});

test('requests without an answer are sent again with the same id, in order', async (context) => {
  virtualTime(context);
  const wired = await registered();
  const call = wired.client.connect({ to: '600' });
  await settle();
  const sent = wired.socket.sent.filter(({ id }) => id !== undefined && id !== 'hello');
  await cut(context, wired.socket);
  const socket = await welcome({ resumed: true });
  const again = socket.sent.filter(({ id }) => id !== 'hello');
  assert.deepEqual(again, sent);
  assert.equal(again[0]?.type, 'call.start');
  socket.ok('call.start');
  await settle();
  assert.equal(call.state, 'connecting');
});

test('an answered request is not sent again', async (context) => {
  virtualTime(context);
  const wired = await registered();
  await dialled(wired);
  await cut(context, wired.socket);
  const socket = await welcome({ resumed: true });
  assert.equal(socket.last('call.start'), undefined);
});

test('what the user does meanwhile is done on return', async (context) => {
  virtualTime(context);
  const wired = await registered();
  const { call, seen } = await talking(wired);
  await cut(context, wired.socket);
  call.mute();
  call.disconnect();
  assert.equal(seen.at(-1), 'disconnect caller normal');
  const socket = await welcome({ resumed: true }, 5);
  const types = socket.sent.map(({ type }) => type).filter((type) => type !== 'call.candidate');
  assert.deepEqual(types, ['hello', 'call.mute', 'call.hangup']);
});

test('a long cut does not time a request out', async (context) => {
  virtualTime(context);
  const wired = await registered();
  const { call } = await talking(wired);
  const digits = call.sendDigits('1');
  await settle();
  wired.socket.drop();
  await away(context, 20);
  const socket = await welcome({ resumed: true }, 5);
  socket.ok('call.send_digits');
  await digits;
});

test('a session that is gone ends its calls, and those only', async (context) => {
  virtualTime(context);
  const wired = await registered();
  const { seen } = await talking(wired);
  await cut(context, wired.socket);
  const later = wired.client.connect({ to: '601' });
  const seenLater = record(later);
  const socket = await welcome({ resumed: false });
  await settle();
  assert.equal(seen.at(-1), 'disconnect system session-lost');
  assert.equal(seenLater.at(-1), 'stateChanged connecting');
  assert.equal(socket.last('call.start')?.data.to, '601');
});

test('a call that rings is still there to be taken', async (context) => {
  virtualTime(context);
  const wired = await registered();
  const { call } = await rung(wired);
  await cut(context, wired.socket);
  const socket = await welcome({ resumed: true }, 2);
  call.accept();
  await settle();
  assert.equal(socket.last('call.accept')?.call, call.id);
});

test('after the window the calls are over, and the client keeps trying', async (context) => {
  virtualTime(context);
  const wired = await registered();
  const { seen } = await talking(wired);
  await cut(context, wired.socket);
  context.mock.timers.tick(29_000);
  assert.ok(!seen.some((event) => event.startsWith('disconnect')));
  context.mock.timers.tick(1_000);
  assert.equal(seen.at(-1), 'disconnect system session-lost');
  assert.equal(wired.client.state, 'reconnecting');
});

test('pauses stay short while the session can be resumed', async (context) => {
  virtualTime(context);
  const { socket } = await registered();
  const before = FakeSocket.all.length;
  socket.drop();
  await away(context, 25);
  assert.ok(FakeSocket.all.length - before >= 7, `${FakeSocket.all.length - before} attempts`);
});

test('a gateway that keeps no sessions is not asked for one', async (context) => {
  virtualTime(context);
  const client = newClient();
  void client.register();
  const socket = await welcome({ resume_window_s: 0 });
  await cut(context, socket);
  const second = await welcome();
  assert.equal(second.last('hello')?.data.resume, undefined);
});

for (const [action, resumes] of [
  ['resume', true],
  ['reconnect', false],
] as const) {
  test(`bye with ${action} is obeyed`, async (context) => {
    virtualTime(context);
    const { socket } = await registered();
    socket.deliver({ type: 'bye', seq: 2, data: { reason: 'drain', action, retry_after_s: 0 } });
    socket.drop(1001);
    context.mock.timers.tick(FIRST_PAUSE_MS);
    const second = await welcome({ resumed: resumes });
    assert.equal(second.last('hello')?.data.resume !== undefined, resumes);
  });
}

test('a connection that is given up while it greets does not end the session', async (context) => {
  virtualTime(context);
  const { socket } = await registered();
  await cut(context, socket);
  const silent = FakeSocket.all.at(-1)!;
  silent.open();
  await settle();
  context.mock.timers.tick(10_000);
  await settle();
  assert.equal(silent.closedWith, 4408);
  context.mock.timers.tick(2_000);
  const third = await welcome({ resumed: true });
  assert.equal(third.last('hello')?.data.resume.resume_token, 'r');
});
