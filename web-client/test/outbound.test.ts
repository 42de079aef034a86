import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakePeer, settle } from './fakes.ts';
import { dialled, record, registered } from './wiring.ts';

test('a call goes from dialling over ringing to open and ends once', async () => {
  const wired = await registered();
  const { call, seen } = await dialled(wired);
  const to = { call: call.id };
  wired.socket.deliver({ type: 'call.ringing', seq: 3, ...to, data: { early_media: false } });
  wired.socket.deliver({ type: 'call.ringing', seq: 4, ...to, data: { early_media: true } });
  wired.socket.deliver({ type: 'call.answered', seq: 5, ...to, data: {} });
  const ended = { state: 'completed', by: 'callee', cause: 'normal', sip_code: 200 };
  wired.socket.deliver({ type: 'call.ended', seq: 6, ...to, data: ended });
  wired.socket.deliver({ type: 'call.ended', seq: 7, ...to, data: ended });
  assert.deepEqual(seen, [
    'stateChanged connecting',
    'stateChanged ringing',
    'ringing false',
    'ringing true',
    'stateChanged open',
    'accept',
    'stateChanged closed',
    'disconnect callee normal',
  ]);
  assert.deepEqual(wired.client.calls, []);
});

test('call.start carries the offer at once, under an id of the client', async () => {
  const wired = await registered();
  const call = wired.client.connect({ to: '+15550123', from: '+15550100', params: { 'X-Order': '7' } });
  await settle();
  const start = wired.socket.last('call.start')!;
  assert.match(call.id, /^call_[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(start.call, call.id);
  assert.deepEqual(start.data, {
    to: '+15550123',
    from: '+15550100',
    headers: { 'X-Order': '7' },
    sdp: 'v=0 offer',
  });
});

test('candidates trickle after call.start, in order, to the end mark', async () => {
  const wired = await registered();
  const { peer } = await dialled(wired);
  peer.find('late');
  peer.find('');
  peer.find(null);
  const types = wired.socket.sent.map(({ type }) => type).slice(1);
  assert.deepEqual(types, ['call.start', 'call.candidate', 'call.candidate', 'call.candidate']);
  const candidates = wired.socket.sent.slice(2).map(({ data }) => data.candidate?.candidate ?? null);
  assert.deepEqual(candidates, ['early', 'late', null]);
});

test('candidates of the gateway wait for its answer', async () => {
  const wired = await registered();
  const { call, peer } = await dialled(wired);
  const candidate = { candidate: 'candidate:1 1 udp 1 192.0.2.1 40000 typ host' };
  wired.socket.deliver({ type: 'call.candidate', seq: 3, call: call.id, data: { candidate } });
  await settle();
  assert.deepEqual(peer.candidates, []);
  wired.socket.deliver({ type: 'call.description', seq: 4, call: call.id, data: { type: 'answer', sdp: 'v=0' } });
  wired.socket.deliver({ type: 'call.candidate', seq: 5, call: call.id, data: { candidate: null } });
  await settle();
  assert.deepEqual(peer.remote, { type: 'answer', sdp: 'v=0' });
  assert.deepEqual(peer.candidates, [{ ...candidate, sdpMid: null, sdpMLineIndex: 0 }, null]);
});

test('hanging up before the answer cancels, frees the microphone and tells the gateway', async () => {
  const wired = await registered();
  const { call, seen, peer } = await dialled(wired);
  call.hangup();
  call.hangup();
  assert.deepEqual(seen.slice(1), ['stateChanged closed', 'cancel', 'disconnect caller canceled']);
  assert.equal(wired.socket.last('call.hangup')?.call, call.id);
  assert.equal(peer.closed, true);
  assert.equal(wired.media.opened[0]?.stopped, true);
});

test('hanging up while the microphone is asked for sends nothing and frees it', async () => {
  const wired = await registered();
  const call = wired.client.connect({ to: '600' });
  call.disconnect();
  await settle();
  assert.equal(wired.socket.last('call.start'), undefined);
  assert.ok(wired.media.opened.every(({ stopped }) => stopped));
});

test('a refused call ends with the error in words and its cause', async () => {
  const wired = await registered();
  const call = wired.client.connect({ to: '999' });
  const seen = record(call);
  await settle();
  const data = { code: 'no-route', number: 40008, message: 'No route.', causes: ['c'], solutions: ['s'] };
  wired.socket.deliver({ type: 'error', id: wired.socket.last('call.start')?.id, data });
  await settle();
  assert.deepEqual(seen.slice(1), ['error no-route', 'stateChanged closed', 'disconnect system no-route']);
});

test('a busy line is a reject with its SIP code', async () => {
  const wired = await registered();
  const { call, seen } = await dialled(wired, '604');
  let sipCode: number | null = null;
  call.on('disconnect', (end) => (sipCode = end.sipCode));
  const data = { state: 'busy', by: 'callee', cause: 'busy', sip_code: 486 };
  wired.socket.deliver({ type: 'call.ended', seq: 3, call: call.id, data });
  assert.deepEqual(seen.slice(1), ['stateChanged closed', 'reject', 'disconnect callee busy']);
  assert.equal(sipCode, 486);
});

for (const [refusal, code] of [
  ['NotAllowedError', 'microphone-denied'],
  ['NotFoundError', 'microphone-missing'],
  ['NotReadableError', 'microphone-busy'],
] as const) {
  test(`a microphone that answers ${refusal} is ${code}`, async () => {
    const wired = await registered();
    wired.media.refusal = refusal;
    const seen = record(wired.client.connect({ to: '600' }));
    await settle();
    assert.deepEqual(seen, [`error ${code}`, 'stateChanged closed', 'disconnect system media-failed']);
    assert.equal(wired.socket.last('call.start'), undefined);
  });
}

test('a media path that fails ends the call on both sides', async () => {
  const wired = await registered();
  const { call, seen, peer } = await dialled(wired);
  peer.become('disconnected');
  peer.become('failed');
  assert.deepEqual(seen.slice(1), [
    'error media-connection-failed',
    'stateChanged closed',
    'disconnect system media-failed',
  ]);
  assert.equal(wired.socket.last('call.hangup')?.call, call.id);
});

test('an answer that the browser refuses ends the call', async () => {
  const wired = await registered();
  const { call, seen } = await dialled(wired);
  wired.socket.deliver({ type: 'call.description', seq: 3, call: call.id, data: { type: 'answer', sdp: 'broken' } });
  await settle();
  assert.equal(seen.at(-1), 'disconnect system media-failed');
});

test('digits are checked, then sent', async () => {
  const wired = await registered();
  const { call } = await dialled(wired);
  await assert.rejects(call.sendDigits('12x'), { code: 'invalid-digits', number: 40003 });
  const sending = call.sendDigits('12#', 120);
  assert.deepEqual(wired.socket.last('call.send_digits')?.data, { digits: '12#', duration_ms: 120 });
  wired.socket.ok('call.send_digits');
  await sending;
});

test('mute holds across a change of microphone and is told to the gateway', async () => {
  const wired = await registered();
  const { call, peer } = await dialled(wired);
  call.mute();
  assert.deepEqual(wired.socket.last('call.mute')?.data, { muted: true });
  wired.client.devices.setMicrophone('m2');
  await settle();
  const [first, second] = wired.media.opened;
  assert.equal(peer.sending, second);
  assert.deepEqual([first?.stopped, second?.stopped, second?.enabled], [true, false, false]);
  assert.deepEqual(wired.media.asked.at(-1)?.deviceId, { exact: 'm2' });
});

test('a mute from elsewhere silences the microphone here, without an echo', async () => {
  const wired = await registered();
  const { call, seen } = await dialled(wired);
  wired.socket.deliver({ type: 'call.muted', seq: 3, call: call.id, data: { muted: true, by: 'system' } });
  assert.equal(wired.media.opened[0]?.enabled, false);
  assert.equal(seen.at(-1), 'mute true');
  assert.equal(wired.socket.last('call.mute'), undefined);
});

test('of two quick choices of microphone the last one is sent, the other let go', async () => {
  const wired = await registered();
  const { peer } = await dialled(wired);
  wired.client.devices.setMicrophone('m2');
  wired.client.devices.setMicrophone('m3');
  await settle();
  const [first, second, third] = wired.media.opened;
  assert.equal(peer.sending, third);
  assert.deepEqual([first?.stopped, second?.stopped, third?.stopped], [true, true, false]);
});

test('a chosen microphone that is gone gives way to the default one', async () => {
  const wired = await registered();
  wired.media.gone = true;
  wired.client.devices.setMicrophone('m2');
  const { call } = await dialled(wired);
  assert.equal(call.state, 'connecting');
  assert.equal(wired.media.asked.at(-1)?.deviceId, undefined);
});

test('an unplugged microphone is replaced by one that is there', async () => {
  const wired = await registered();
  const { peer } = await dialled(wired);
  wired.media.opened[0]?.onended?.();
  await settle();
  assert.equal(peer.sending, wired.media.opened[1]);
});

test('a listener that throws disturbs neither the others nor the call', async (context) => {
  context.mock.method(console, 'error', () => undefined);
  const wired = await registered();
  const { call, seen } = await dialled(wired);
  call.on('accept', () => {
    throw new Error('mine');
  });
  let heard = 0;
  call.on('accept', () => heard++);
  wired.socket.deliver({ type: 'call.answered', seq: 3, call: call.id, data: {} });
  assert.equal(heard, 1);
  assert.equal(call.state, 'open');
  assert.equal(seen.at(-1), 'accept');
});

test('ice servers of the welcome reach the peer connection', async () => {
  const wired = await registered();
  await dialled(wired);
  assert.deepEqual(FakePeer.all.at(-1)?.configuration.iceServers, []);
});
