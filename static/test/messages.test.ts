import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallDirection, Disconnect } from '@offhook/client';
import { type Ender, type Past, afterCall, stateLine, toClock } from '../src/phone/messages.ts';
import { toDialable, toDigits } from '../src/phone/numbers.ts';
import { browserLine, toGrade, trunkLine } from '../src/phone/quality.ts';
import type { Sample } from '@offhook/client';

function end(cause: Disconnect['cause'], sipCode: number | null = null): Disconnect {
  return { by: 'system', cause, sipCode, sipReason: null, q850: null };
}

function past(ender: Ender, seconds: number | null, direction: CallDirection = 'inbound'): Past {
  return { direction, ender, seconds };
}

test('every way a call can go wrong is said in words, with what to do', () => {
  const causes: Disconnect['cause'][] = [
    'busy', 'declined', 'no-answer', 'not-found', 'unavailable', 'forbidden', 'invalid-number', 'no-route',
    'trunk-unreachable', 'trunk-rejected', 'media-failed', 'media-timeout', 'no-common-codec', 'session-lost',
    'limit-reached', 'ring-timeout', 'gateway-error', 'gateway-restart',
  ];
  for (const cause of causes) {
    const notice = afterCall(end(cause), past('them', null));
    assert.ok(notice && notice.title !== '' && notice.hint !== '', cause);
  }
});

test('a finished call tells who hung up and how long it was', () => {
  assert.equal(afterCall(end('normal'), past('them', 65))?.hint, 'The other side hung up after 1:05.');
  assert.equal(afterCall(end('normal'), past('me', 5))?.hint, 'You hung up after 0:05.');
});

test('who gives up or declines needs no explanation; who was missed does', () => {
  assert.equal(afterCall(end('canceled'), past('me', null)), null);
  assert.equal(afterCall(end('declined'), past('me', null)), null);
  assert.equal(afterCall(end('canceled'), past('them', null))?.title, 'Missed call');
  assert.equal(afterCall(end('declined'), past('them', null))?.title, 'Call declined');
  assert.equal(afterCall(end('canceled'), past('them', null, 'outbound'))?.title, 'Call cancelled');
});

test('the SIP status of a refusal is shown for whoever repairs it', () => {
  assert.match(afterCall(end('trunk-rejected', 403), past('them', null))!.hint, /\(SIP 403\)$/);
});

test('states read like sentences', () => {
  assert.equal(stateLine('connecting', 'outbound', false), 'Calling');
  assert.equal(stateLine('connecting', 'inbound', false), 'Connecting');
  assert.equal(stateLine('ringing', 'outbound', true), 'Ringing, with sound from the other side');
});

test('clocks', () => {
  assert.deepEqual([0, 59.9, 61, 3_661].map(toClock), ['0:00', '0:59', '1:01', '1:01:01']);
});

test('what people paste becomes what is dialled', () => {
  const pairs = [
    [' +1 (555) 010-2030 ', '+15550102030'],
    ['tel:+49.30.1234', '+49301234'],
    ['1-800-FLOWERS', '18003569377'],
    ['030\u00a012\u201334', '0301234'],
    ['sip:alice@example.com', 'sip:alice@example.com'],
    ['Alice', 'Alice'],
    ['*21#', '*21#'],
    ['   ', ''],
  ];
  for (const [typed, dialled] of pairs) assert.equal(toDialable(typed!), dialled);
});

test('digits during a call leave out what no key has', () => {
  assert.equal(toDigits('12-ab #'), '1222#');
});

test('the quality lines name codec, round trip and the worse loss', () => {
  const sample = {
    codec: 'opus',
    roundTripMs: 23.6,
    loss: 0.001,
    mos: 4.3,
    gateway: { browser: { codec: 'opus', loss: 0.02, jitter_ms: 1, level_dbov: -30 } },
  } as Sample;
  assert.equal(browserLine(sample), 'Opus \u00b7 24 ms \u00b7 2.0 % loss');
  assert.equal(trunkLine({ codec: 'pcmu', loss: 0, jitter_ms: 1, level_dbov: -30 }), 'PCMU \u00b7 0.0 % loss');
  assert.equal(trunkLine(undefined), 'not connected yet');
  assert.deepEqual([4.3, 3.7, 2, null].map((mos) => toGrade({ mos } as Sample)), ['good', 'fair', 'poor', 'unknown']);
});
