import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FakeLocks, FakeMedia, FakePage, FakePeer, FakeSocket, WELCOME, fakePlatform, settle } from './fakes.ts';
import type { Call } from '../src/call.ts';
import { newClient, record, registered, talking, welcome } from './wiring.ts';

const CALL = 'call_00000000-0000-7000-8000-0000000000aa';
const STATE = {
  direction: 'outbound',
  from: '+15550100',
  to: '600',
  state: 'in-progress',
  taken: true,
  early_media: false,
  muted: true,
  held: true,
  answered_ms_ago: 65_000,
};

/** A tab whose former page was in a session. */
function reloaded(): FakePage {
  const page = new FakePage();
  const kept = { session: WELCOME.session, resume_token: 'former' };
  page.stored.set('offhook:wss://gw.test/v1/rtc', JSON.stringify(kept));
  return page;
}

/** The page that is loaded next, told of one call. */
async function attached(state: object = {}) {
  const media = new FakeMedia();
  const client = newClient({ platform: fakePlatform(media, reloaded()) });
  let call: Call | undefined;
  let seen: string[] = [];
  client.on('attached', (one) => {
    call = one;
    seen = record(one);
  });
  void client.register();
  const socket = await welcome({ resumed: true, resume_token: 'next' }, 7);
  socket.deliver({ type: 'call.state', seq: 8, call: CALL, data: { ...STATE, ...state } });
  await settle();
  return { client, media, socket, call: call!, seen, peer: FakePeer.all.at(-1)! };
}

function virtualTime(context: TestContext): void {
  context.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
}

test('a page keeps its latest token for the one that is loaded next', async () => {
  const page = new FakePage();
  await registered({ platform: fakePlatform(new FakeMedia(), page) });
  const [kept] = [...page.stored.values()];
  assert.deepEqual(JSON.parse(kept!), { session: WELCOME.session, resume_token: 'r' });
});

test('the next page goes on with the session and asks for no past', async () => {
  const { socket } = await attached();
  assert.deepEqual(socket.last('hello')?.data.resume, { session: WELCOME.session, resume_token: 'former' });
});

test('the call is there with mute, hold and the time since the answer', async (context) => {
  virtualTime(context);
  const { call, client } = await attached();
  assert.deepEqual([call.id, call.direction, call.to, call.muted, call.held], [CALL, 'outbound', '600', true, true]);
  assert.equal(Date.now() - call.answeredAt!, 65_000);
  assert.equal(call.state, 'reconnecting');
  assert.deepEqual(client.calls, [call]);
});

test('its sound comes back over a new connection, muted from the first packet', async () => {
  const { call, socket, seen, peer, media } = await attached();
  assert.equal(socket.last('call.reattach')?.call, CALL);
  assert.equal(socket.last('call.reattach')?.data.sdp, 'v=0 offer');
  assert.equal(media.opened[0]?.enabled, false);
  socket.ok('call.reattach');
  socket.deliver({ type: 'call.description', seq: 9, call: CALL, data: { type: 'answer', sdp: 'v=0 new' } });
  await settle();
  peer.become('connected');
  assert.deepEqual(peer.remote, { type: 'answer', sdp: 'v=0 new' });
  assert.equal(call.state, 'open');
  assert.deepEqual(seen, ['mute true', 'stateChanged reconnecting', 'reconnecting', 'stateChanged open', 'reconnected']);
});

test('a page that may not use the microphone any more hears all the same', async () => {
  const client = newClient({ platform: fakePlatform(Object.assign(new FakeMedia(), { refusal: 'NotAllowedError' }), reloaded()) });
  const seen: string[] = [];
  client.on('attached', (call) => void call.on('error', ({ code }) => void seen.push(code)));
  void client.register();
  const socket = await welcome({ resumed: true }, 7);
  socket.deliver({ type: 'call.state', seq: 8, call: CALL, data: STATE });
  await settle();
  assert.deepEqual(seen, ['microphone-denied']);
  assert.ok(socket.last('call.reattach'));
});

test('a call that is over by then ends with what the gateway says', async () => {
  const { socket, call, seen } = await attached();
  const data = { code: 'wrong-state', number: 40003, message: 'Over.', causes: [], solutions: [] };
  socket.deliver({ type: 'error', id: socket.last('call.reattach')?.id, data });
  await settle();
  assert.equal(call.state, 'closed');
  assert.equal(seen.at(-1), 'disconnect system media-failed');
});

test('a call that rings at the reloaded page is still to be taken', async () => {
  const client = newClient({ platform: fakePlatform(new FakeMedia(), reloaded()) });
  const calls: Call[] = [];
  client.on('incoming', (call) => void calls.push(call));
  void client.register();
  const socket = await welcome({ resumed: true }, 7);
  const data = { ...STATE, direction: 'inbound', state: 'ringing', taken: false, answered_ms_ago: undefined };
  socket.deliver({ type: 'call.state', seq: 8, call: CALL, data });
  calls[0]?.accept();
  await settle();
  assert.equal(socket.last('call.accept')?.call, CALL);
});

test('a page with a call leaves without a word, one without says goodbye', async () => {
  const page = new FakePage();
  const wired = await registered({}, page);
  const { call } = await talking(wired);
  page.happen('pagehide');
  assert.deepEqual([call.state, wired.socket.closedWith, page.stored.size], ['open', undefined, 1]);
  call.disconnect();
  page.happen('pagehide');
  assert.deepEqual([wired.socket.closedWith, page.stored.size], [1000, 0]);
});

test('a page may hang up when it is left', async () => {
  const page = new FakePage();
  const wired = await registered({ onPageLeft: 'hang-up' }, page);
  const { seen } = await talking(wired);
  page.happen('pagehide');
  assert.equal(seen.at(-1), 'disconnect caller normal');
  assert.ok(wired.socket.last('call.hangup'));
});

test('a duplicated tab does not take the session of the tab that lives on', async (context) => {
  const locks = new FakeLocks();
  const page = new FakePage();
  await registered({ platform: fakePlatform(new FakeMedia(), page, locks) });
  const twin = new FakePage();
  for (const [key, value] of page.stored) twin.stored.set(key, value);
  context.mock.method(AbortSignal, 'timeout', () => AbortSignal.abort());
  const client = newClient({ platform: fakePlatform(new FakeMedia(), twin, locks) });
  client.register().catch(() => undefined);
  await settle();
  const socket = FakeSocket.all.at(-1)!;
  socket.open();
  await settle();
  assert.equal(socket.last('hello')?.data.resume, undefined);
});

test('resume() connects only where there is something to go on with', async () => {
  const before = FakeSocket.all.length;
  await newClient({ platform: fakePlatform(new FakeMedia(), new FakePage()) }).resume();
  assert.equal(FakeSocket.all.length, before);
  newClient({ platform: fakePlatform(new FakeMedia(), reloaded()) }).resume().catch(() => undefined);
  await settle();
  assert.equal(FakeSocket.all.length, before + 1);
});
