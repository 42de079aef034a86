import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FakePage, FakePeer, FakeSocket, settle } from './fakes.ts';
import { FRESH, type Happening, LADDER, REATTACHING, recover } from '../src/recovery.ts';
import { type Wired, registered, talking, welcome } from './wiring.ts';

function virtualTime(context: TestContext): void {
  context.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
}

async function pass(context: TestContext, ms: number): Promise<void> {
  context.mock.timers.tick(ms);
  await settle();
}

/** What was asked for since, of the kinds that recovery asks for. */
function asked(socket: FakeSocket): string[] {
  return socket.sent.map(({ type }) => type).filter((type) => /restart_ice|reattach/.test(type));
}

/** The gateway takes the last offer. */
async function answer({ socket }: Wired, call: string, seq: number): Promise<void> {
  const last = socket.sent.filter(({ type }) => /restart_ice|reattach/.test(type)).at(-1)!;
  socket.deliver({ type: 'ok', id: last.id, data: {} });
  socket.deliver({ type: 'call.description', seq, call, data: { type: 'answer', sdp: `v=0 ${seq}` } });
  await settle();
}

test('a doubtful connection is restarted at once and the user is told', async (context) => {
  virtualTime(context);
  const wired = await registered();
  const { call, seen, peer } = await talking(wired);
  peer.become('disconnected');
  await settle();
  assert.deepEqual(asked(wired.socket), ['call.restart_ice']);
  assert.equal(wired.socket.last('call.restart_ice')?.data.sdp, 'v=0 restart 1');
  assert.equal(call.state, 'reconnecting');
  await answer(wired, call.id, 9);
  peer.become('connected');
  assert.deepEqual(seen, [
    'warning ice-connectivity-lost',
    'stateChanged reconnecting',
    'reconnecting',
    'stateChanged open',
    'reconnected',
  ]);
  assert.deepEqual(peer.remote, { type: 'answer', sdp: 'v=0 9' });
  assert.equal(peer.closed, false);
});

test('what a restart does not mend is rebuilt with the same microphone', async (context) => {
  virtualTime(context);
  const wired = await registered();
  const { call, peer } = await talking(wired);
  call.mute();
  peer.become('disconnected');
  await settle();
  peer.become('failed');
  await settle();
  assert.deepEqual(asked(wired.socket), ['call.restart_ice', 'call.reattach']);
  const second = FakePeer.all.at(-1)!;
  assert.notEqual(second, peer);
  assert.deepEqual([peer.closed, wired.media.opened.length, second.sending?.enabled], [true, 1, false]);
  await answer(wired, call.id, 9);
  second.become('connected');
  assert.equal(call.state, 'open');
});

test('the ladder is climbed in time and has an end', async (context) => {
  virtualTime(context);
  const wired = await registered();
  const { seen, peer } = await talking(wired);
  peer.become('disconnected');
  await settle();
  for (const { ms } of LADDER) await pass(context, ms);
  assert.deepEqual(asked(wired.socket), LADDER.map(({ step }) => (step === 'restart' ? 'call.restart_ice' : 'call.reattach')));
  assert.deepEqual(seen.slice(-3), ['error media-connection-failed', 'stateChanged closed', 'disconnect system media-failed']);
});

test('while signalling is away, sound waits for it; then it is restarted', async (context) => {
  virtualTime(context);
  const wired = await registered();
  const { call, peer } = await talking(wired);
  wired.socket.drop();
  peer.become('disconnected');
  await settle();
  assert.equal(peer.restarts, 0);
  await pass(context, 500);
  const socket = await welcome({ resumed: true }, 5);
  await settle();
  assert.deepEqual(asked(socket), ['call.restart_ice']);
  await answer({ ...wired, socket }, call.id, 9);
  peer.become('connected');
  assert.equal(call.state, 'open');
});

test('signalling that is lost alone is no reason to touch the sound', async (context) => {
  virtualTime(context);
  const wired = await registered();
  const { call, peer } = await talking(wired);
  wired.socket.drop();
  await pass(context, 500);
  const socket = await welcome({ resumed: true }, 5);
  await settle();
  assert.deepEqual([asked(socket), peer.restarts, call.state], [[], 0, 'open']);
});

test('another network: a silent socket is replaced in half a second, and ICE restarts on the new one', async (context) => {
  virtualTime(context);
  const page = new FakePage();
  const wired = await registered({}, page);
  const { call, peer } = await talking(wired);
  page.happen('online');
  assert.ok(wired.socket.last('ping'), 'the socket is probed');
  await pass(context, 500);
  assert.equal(wired.socket.closedWith, 4408);
  await pass(context, 0);
  const socket = await welcome({ resumed: true }, 5);
  await settle();
  const offers = socket.sent.filter(({ type }) => type === 'call.restart_ice');
  for (const [index, { id }] of offers.entries()) {
    socket.deliver({ type: 'ok', id, data: {} });
    const data = { type: 'answer', sdp: `v=0 ${index + 1} of ${offers.length}` };
    socket.deliver({ type: 'call.description', seq: 6 + index, call: call.id, data });
  }
  await settle();
  // Only the answer to the last offer is to the one that is open.
  assert.deepEqual(peer.remote, { type: 'answer', sdp: `v=0 ${offers.length} of ${offers.length}` });
  assert.equal(call.state, 'open');
});

test('another network under a socket that lives: ICE restarts without a new connection', async (context) => {
  virtualTime(context);
  const page = new FakePage();
  const wired = await registered({}, page);
  const { peer } = await talking(wired);
  page.happen('online');
  page.happen('online');
  wired.socket.deliver({ type: 'pong', data: {} });
  await pass(context, 600);
  assert.deepEqual([peer.restarts, wired.socket.closedWith], [1, undefined]);
});

test('a gateway that refuses a restart is offered a new connection, and believed then', async (context) => {
  virtualTime(context);
  const wired = await registered();
  const { seen, peer } = await talking(wired);
  peer.become('disconnected');
  await settle();
  for (const type of ['call.restart_ice', 'call.reattach']) {
    const data = { code: 'wrong-state', number: 40003, message: 'No.', causes: [], solutions: [] };
    wired.socket.deliver({ type: 'error', id: wired.socket.last(type)?.id, data });
    await settle();
  }
  assert.equal(seen.at(-1), 'disconnect system media-failed');
});

// A small generator with a seed (mulberry32), so that a failing walk can be repeated.
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const HAPPENINGS: Happening[] = [
  'connected',
  'disconnected',
  'failed',
  'network-changed',
  'signalling-lost',
  'signalling-back',
  'refused',
  'timeout',
];

test('whatever happens: nothing is offered while signalling is away, one give-up, and each suffering ends', () => {
  for (let seed = 1; seed <= 500; seed++) {
    const random = chance(seed);
    let state = seed % 2 ? FRESH : REATTACHING;
    let givenUp = 0;
    for (let turn = 0; turn < 60; turn++) {
      const happening = HAPPENINGS[Math.floor(random() * HAPPENINGS.length)]!;
      const [next, ...steps] = recover(state, happening);
      const offers = steps.filter((step) => step === 'restart' || step === 'rebuild');
      const trace = `seed ${seed}, turn ${turn}: ${state.phase} ${happening} -> ${next.phase} ${steps.join()}`;
      assert.ok(offers.length <= 1, trace);
      if (offers.length > 0) assert.ok(next.signalling === 'up' && next.phase === 'mending', trace);
      if (steps.includes('suffer')) assert.equal(next.suffering, true, trace);
      if (steps.includes('recover')) assert.equal(next.suffering, false, trace);
      givenUp += steps.filter((step) => step === 'give-up').length;
      assert.equal(givenUp, next.phase === 'lost' ? 1 : 0, trace);
      state = next;
    }
    if (state.phase !== 'lost' && state.phase !== 'connecting') {
      state = recover(recover(state, 'signalling-back')[0], 'connected')[0];
      assert.deepEqual([state.phase, state.suffering], ['well', false], `seed ${seed}`);
    }
  }
});
