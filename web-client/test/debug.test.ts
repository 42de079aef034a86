import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FakePeer, settle } from './fakes.ts';
import { newClient, registered, talking, welcome } from './wiring.ts';

function virtualTime(context: TestContext): void {
  context.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
}

async function debugged() {
  const wired = await registered({ debug: true, getToken: () => 't' });
  return { ...wired, ...(await talking(wired)), debug: wired.client.debug! };
}

test('there is nothing to simulate unless asked for', () => {
  assert.equal(newClient().debug, undefined);
});

test('signal-drop: the session is resumed and the call goes on', async (context) => {
  virtualTime(context);
  const { debug, client, call } = await debugged();
  debug.simulate('signal-drop');
  assert.equal(client.state, 'reconnecting');
  context.mock.timers.tick(500);
  await welcome({ resumed: true });
  assert.deepEqual([client.state, call.state], ['online', 'open']);
});

test('media-drop: ICE restarts', async (context) => {
  virtualTime(context);
  const { debug, socket, call } = await debugged();
  debug.simulate('media-drop');
  await settle();
  assert.ok(socket.last('call.restart_ice'));
  assert.equal(call.state, 'reconnecting');
});

test('ice-fail: a new connection takes the place of the old', async (context) => {
  virtualTime(context);
  const { debug, socket, peer } = await debugged();
  debug.simulate('ice-fail');
  await settle();
  assert.ok(socket.last('call.reattach'));
  assert.notEqual(FakePeer.all.at(-1), peer);
});

test('drain: the calls end, and the client comes back', async (context) => {
  virtualTime(context);
  const { debug, client, seen } = await debugged();
  debug.simulate('drain');
  assert.equal(seen.at(-1), 'disconnect system session-lost');
  context.mock.timers.tick(500);
  const socket = await welcome();
  assert.equal(socket.last('hello')?.data.resume, undefined);
  assert.equal(client.state, 'online');
});

test('token-expire: another token is fetched, and the call goes on', async (context) => {
  virtualTime(context);
  const { debug, client, call } = await debugged();
  debug.simulate('token-expire');
  context.mock.timers.tick(0);
  await welcome({ resumed: true });
  assert.deepEqual([client.state, call.state], ['online', 'open']);
});
