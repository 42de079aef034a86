import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dialled, registered } from './wiring.ts';

test('hold is asked for, and shown when the gateway says so', async () => {
  const wired = await registered();
  const { call } = await dialled(wired);
  const seen: unknown[] = [];
  call.on('hold', (held, by) => seen.push([held, by]));
  const holding = call.hold();
  assert.deepEqual(wired.socket.last('call.hold')?.data, {});
  wired.socket.deliver({ type: 'call.held', seq: 3, call: call.id, data: { held: true, by: 'user' } });
  wired.socket.ok('call.hold');
  await holding;
  assert.equal(call.held, true);
  wired.socket.deliver({ type: 'call.held', seq: 4, call: call.id, data: { held: true, by: 'far' } });
  wired.socket.deliver({ type: 'call.held', seq: 5, call: call.id, data: { held: false, by: 'system' } });
  assert.equal(call.held, false);
  assert.deepEqual(seen, [
    [true, 'user'],
    [true, 'far'],
    [false, 'system'],
  ]);
});

test('a consultation and its completion are asked for, and told step by step', async () => {
  const wired = await registered();
  const { call } = await dialled(wired);
  const seen: string[] = [];
  call.on('transfer', ({ kind, state, to, cause }) => seen.push(`${kind} ${state} ${to} ${cause}`));
  call.on('disconnect', ({ cause }) => seen.push(cause));
  const consulting = call.consult('bob');
  assert.deepEqual(wired.socket.last('call.consult')?.data, { to: 'bob' });
  wired.socket.ok('call.consult');
  await consulting;
  for (const [seq, state] of ['started', 'ringing', 'accepted', 'completed'].entries()) {
    const data = { kind: 'attended', state, to: 'bob' };
    wired.socket.deliver({ type: 'call.transfer', seq: 3 + seq, call: call.id, data });
  }
  const completing = call.completeTransfer();
  wired.socket.ok('call.complete_transfer');
  await completing;
  const data = { state: 'completed', by: 'system', cause: 'transferred' };
  wired.socket.deliver({ type: 'call.ended', seq: 9, call: call.id, data });
  const told = ['started', 'ringing', 'accepted', 'completed'].map((state) => `attended ${state} bob null`);
  assert.deepEqual(seen, [...told, 'transferred']);
});

test('a transfer that is refused rejects with the reason', async () => {
  const wired = await registered();
  const { call } = await dialled(wired);
  const transferring = call.transfer('999');
  const data = { code: 'no-route', number: 40008, message: 'No route.', causes: ['c'], solutions: ['s'] };
  wired.socket.deliver({ type: 'error', id: wired.socket.last('call.transfer')?.id, data });
  await assert.rejects(transferring, { code: 'no-route' });
  const taking = call.cancelTransfer();
  wired.socket.ok('call.cancel_transfer');
  await taking;
});
