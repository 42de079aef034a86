import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FakeSocket, settle } from './fakes.ts';
import { expiry } from '../src/token-clock.ts';
import { newClient, talking, welcome } from './wiring.ts';

function virtualTime(context: TestContext): void {
  context.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
}

/** A JWT that expires in so many seconds. */
function jwt(seconds: number, name = ''): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return [part({ alg: 'HS256' }), part({ sub: 'alice', name, exp: Date.now() / 1000 + seconds }), 'x'].join('.');
}

/** A registered client whose page hands out one token after the other. */
async function renewing(tokens: (string | Error)[]) {
  const getToken = async () => {
    const next = tokens.shift();
    if (next instanceof Error || next === undefined) throw next ?? new Error('no more');
    return next;
  };
  const client = newClient({ getToken });
  const seen: string[] = [];
  client.on('error', ({ code }) => void seen.push(code));
  client.on('tokenWillExpire', (left) => void seen.push(`will expire in ${Math.round(left / 1000)}`));
  const registering = client.register();
  const socket = await welcome();
  await registering;
  return { client, socket, seen };
}

test('a minute before it expires, a token is renewed on the connection that there is', async (context) => {
  virtualTime(context);
  const [first, second] = [jwt(300, 'first'), jwt(900, 'second')];
  const { client, socket, seen } = await renewing([first, second]);
  context.mock.timers.tick(239_000);
  await settle();
  assert.deepEqual(seen, []);
  context.mock.timers.tick(1_000);
  await settle();
  assert.deepEqual(seen, ['will expire in 60']);
  assert.deepEqual(socket.last('token.update')?.data, { token: second });
  assert.equal(client.state, 'online');
});

test('a token that cannot be renewed at once is asked for again', async (context) => {
  virtualTime(context);
  const second = jwt(900);
  const { socket, seen } = await renewing([jwt(120), new Error('503'), second]);
  context.mock.timers.tick(60_000);
  await settle();
  assert.equal(socket.last('token.update'), undefined);
  context.mock.timers.tick(10_000);
  await settle();
  assert.deepEqual(seen, ['will expire in 60', 'token-missing', 'will expire in 50']);
  assert.deepEqual(socket.last('token.update')?.data, { token: second });
});

test('a fixed token is told to expire, and the page shows a newer one', async (context) => {
  virtualTime(context);
  const client = newClient({ token: jwt(120) });
  const told: number[] = [];
  client.on('tokenWillExpire', (left) => void told.push(left));
  void client.register();
  const socket = await welcome();
  context.mock.timers.tick(60_000);
  assert.equal(told.length, 1);
  const newer = jwt(600);
  const updating = client.updateToken(newer);
  socket.ok('token.update');
  await updating;
  socket.drop();
  context.mock.timers.tick(500);
  const second = await welcome({ resumed: true });
  assert.equal(second.last('hello')?.data.token, newer);
});

test('a token that the gateway finds expired is renewed once, and the session goes on', async (context) => {
  virtualTime(context);
  const { client, socket } = await renewing(['a.b.c', 'stale', 'fresh']);
  const { call } = await talking({ client, socket, media: undefined! });
  socket.drop();
  context.mock.timers.tick(500);
  await settle();
  const second = FakeSocket.all.at(-1)!;
  second.open();
  await settle();
  const data = { code: 'token-expired', number: 20104, message: 'Old.', causes: [], solutions: [] };
  second.deliver({ type: 'error', id: second.last('hello')?.id, data });
  await settle();
  context.mock.timers.tick(0);
  const third = await welcome({ resumed: true });
  assert.equal(third.last('hello')?.data.token, 'fresh');
  assert.equal(third.last('hello')?.data.resume.resume_token, 'r');
  assert.equal(call.state, 'open');
});

test('a page that hands out expired tokens only is believed after the second', async (context) => {
  virtualTime(context);
  const client = newClient({ getToken: () => 'stale' });
  const registering = client.register();
  registering.catch(() => undefined);
  for (let attempt = 0; attempt < 2; attempt++) {
    await settle();
    const socket = FakeSocket.all.at(-1)!;
    socket.open();
    await settle();
    const data = { code: 'token-expired', number: 20104, message: 'Old.', causes: [], solutions: [] };
    socket.deliver({ type: 'error', id: socket.last('hello')?.id, data });
    await settle();
    context.mock.timers.tick(0);
  }
  await assert.rejects(registering, { code: 'token-expired' });
  assert.equal(client.state, 'offline');
});

test('what is no JWT, or does not say, never expires', () => {
  for (const token of ['', 'a.b.c', 'x', `x.${Buffer.from('{"exp":"soon"}').toString('base64url')}.y`]) {
    assert.equal(expiry(token), undefined, token);
  }
});
