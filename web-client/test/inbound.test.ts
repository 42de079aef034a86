import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakePeer, settle } from './fakes.ts';
import { dialled, newClient, registered, rung, welcome } from './wiring.ts';

test('an incoming call names its caller and is answered with an offer', async () => {
  const wired = await registered();
  const { call, seen, id } = await rung(wired);
  assert.deepEqual([call.from, call.fromName, call.state], ['+15550100', 'Bob', 'ringing']);
  call.accept();
  call.accept();
  await settle();
  assert.deepEqual(wired.socket.last('call.accept'), {
    ...wired.socket.last('call.accept'),
    call: id,
    data: { sdp: 'v=0 offer' },
  });
  wired.socket.deliver({ type: 'call.answered', seq: 3, call: id, data: {} });
  assert.deepEqual(seen, ['stateChanged connecting', 'stateChanged open', 'accept']);
  assert.equal(wired.socket.sent.filter(({ type }) => type === 'call.accept').length, 1);
});

test('a call that a program placed for this user rings far away once it is taken', async () => {
  const wired = await registered();
  const { call, seen, id } = await rung(wired);
  call.accept();
  await settle();
  wired.socket.deliver({ type: 'call.ringing', seq: 3, call: id, data: { early_media: false } });
  call.hangup();
  assert.deepEqual(seen, [
    'stateChanged connecting',
    'ringing false',
    'stateChanged closed',
    'cancel',
    'disconnect caller canceled',
  ]);
});

test('rejecting tells the gateway why and opens no microphone', async () => {
  const wired = await registered();
  const { call, seen } = await rung(wired);
  call.reject('busy');
  assert.deepEqual(wired.socket.last('call.reject')?.data, { cause: 'busy' });
  assert.deepEqual(seen, ['stateChanged closed', 'reject', 'disconnect callee busy']);
  assert.equal(wired.media.opened.length, 0);
});

test('hanging up a ringing inbound call declines it', async () => {
  const wired = await registered();
  const { call } = await rung(wired);
  call.disconnect();
  assert.deepEqual(wired.socket.last('call.reject')?.data, { cause: 'declined' });
});

test('an ignored call goes quiet here only', async () => {
  const wired = await registered();
  const { call, seen, id } = await rung(wired);
  const before = wired.socket.sent.length;
  call.ignore();
  wired.socket.deliver({ type: 'call.ended', seq: 3, call: id, data: { by: 'caller', cause: 'canceled' } });
  assert.deepEqual(seen, ['stateChanged closed', 'cancel']);
  assert.equal(wired.socket.sent.length, before);
});

test('a call taken on another phone is a cancel here', async () => {
  const wired = await registered();
  const { seen, id } = await rung(wired);
  const data = { state: 'completed', by: 'system', cause: 'answered-elsewhere' };
  wired.socket.deliver({ type: 'call.ended', seq: 3, call: id, data });
  assert.deepEqual(seen, ['stateChanged closed', 'cancel', 'disconnect system answered-elsewhere']);
});

test('without a microphone the call is declined, not left ringing', async () => {
  const wired = await registered();
  const { call, seen } = await rung(wired);
  wired.media.refusal = 'NotAllowedError';
  call.accept();
  await settle();
  assert.deepEqual(wired.socket.last('call.reject')?.data, { cause: 'declined' });
  assert.deepEqual(seen.slice(1), ['error microphone-denied', 'stateChanged closed', 'disconnect system media-failed']);
});

test('a client that did not register is busy', async () => {
  const client = newClient();
  client.on('incoming', () => assert.fail('rang'));
  client.connect({ to: '600' });
  const socket = await welcome();
  const data = { from: '1', to: 'alice', state: 'ringing' };
  socket.deliver({ type: 'call.incoming', seq: 2, call: 'call_x', data });
  assert.equal(socket.last('call.reject')?.call, 'call_x');
});

test('digits of the far side are heard, calls are kept apart', async () => {
  const wired = await registered();
  const one = await dialled(wired, '600');
  const two = await dialled(wired, '601');
  wired.socket.deliver({ type: 'call.digit', seq: 3, call: one.call.id, data: { digit: '7', duration_ms: 90 } });
  wired.socket.deliver({ type: 'call.future', seq: 4, call: one.call.id, data: {} });
  wired.socket.deliver({ type: 'call.answered', seq: 5, call: 'call_unknown', data: {} });
  assert.equal(one.seen.at(-1), 'dtmf 7 90');
  assert.ok(!two.seen.includes('dtmf 7 90'));
  assert.notEqual(FakePeer.all.at(-1), FakePeer.all.at(-2));
});
