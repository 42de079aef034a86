import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PreflightReport, Sample, WarningName } from '@offhook/client';
import { toLights } from '../src/elements/lights.ts';
import { plot, sentence } from '../src/elements/quality-plot.ts';
import { toRung } from '../src/history/ladder.ts';
import { type CallRecord, farNumber, matches, outcome, wayOf } from '../src/history/records.ts';
import { advise } from '../src/phone/advice.ts';
import { soundFor } from '../src/phone/alerts.ts';
import type { Line } from '../src/phone/line.ts';
import { toWhen } from '../src/phone/messages.ts';
import { type Chord, shortcutWords, toShortcut, verbOf } from '../src/settings/shortcuts.ts';

const NONE = new Set<WarningName>();

function samples(loss: number, upwards: number): Sample[] {
  return Array.from({ length: 6 }, () => ({ loss, gateway: { browser: { loss: upwards } } }) as unknown as Sample);
}

test('what is wrong with the sound is said with its figure, and once', () => {
  const all = { warnings: NONE, quietSeconds: 0 };
  assert.deepEqual(advise({ ...all, samples: samples(0, 0) }), []);
  assert.deepEqual(advise({ ...all, samples: samples(0.08, 0) }), ['Your network loses 8\u00a0% of what the other side says.']);
  const both = advise({ samples: samples(0, 0.05), warnings: new Set(['high-packet-loss', 'low-mos']), quietSeconds: 9 });
  assert.equal(both.length, 2);
  assert.match(both[0]!, /^Your microphone is silent/);
  assert.match(both[1]!, /5\u00a0% of what you say/);
  const cut = advise({ samples: samples(0.5, 0.5), warnings: new Set(['ice-connectivity-lost', 'high-rtt']), quietSeconds: 9 });
  assert.deepEqual(cut, ['The connection is interrupted. Trying to get it back.']);
  assert.equal(advise({ ...all, samples: [], warnings: new Set(['high-rtt']) }).length, 1);
});

test('the last minute is drawn to the right edge, with gaps where nothing was measured', () => {
  const reading = (mos: number | null, loss = 0, jitterMs: number | null = 3) => ({ mos, loss, jitterMs });
  const { mos, loss } = plot([reading(4.5), reading(null), reading(1, 0.1)], 60);
  assert.equal(mos.line, 'M57.5 5M59.5 95');
  assert.equal(loss.bars, 'M59.1 100v-100h0.8v100Z');
  assert.equal(sentence(undefined), 'Quality of the sound: measuring');
  assert.equal(sentence(reading(4.32, 0.013)), 'Quality of the sound: 4.3 of 4.5, loss 1.3 %, jitter 3 ms');
});

test('a letter alone is no shortcut, a function key is', () => {
  const chord = (code: string, modifiers: Partial<Chord> = {}): Chord => ({ altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, ...modifiers, code });
  assert.equal(toShortcut(chord('KeyM')), null);
  assert.equal(toShortcut(chord('KeyM', { shiftKey: true })), null);
  assert.equal(toShortcut(chord('F5')), 'F5');
  assert.equal(toShortcut(chord('Enter', { altKey: true })), null);
  assert.equal(toShortcut(chord('KeyM', { altKey: true })), 'Alt+KeyM');
  assert.equal(verbOf('Alt+KeyM', {}), 'mute');
  assert.equal(verbOf('Alt+KeyM', { mute: 'F8' }), undefined);
  assert.equal(verbOf('F8', { mute: 'F8' }), 'mute');
  assert.equal(verbOf(null, {}), undefined);
  assert.equal(shortcutWords('Ctrl+Alt+KeyB'), 'Ctrl + Alt + B');
});

test('each event of a call is an arrow from who did it', () => {
  const outbound = { direction: 'outbound', from: 'alice', to: '600' } as const;
  const inbound = { direction: 'inbound', from: '+441', to: '+4930100' } as const;
  const rung = (type: string, data: object, record: typeof outbound | typeof inbound) =>
    toRung({ at: '', type, data: data as Record<string, unknown> }, record);
  assert.deepEqual(rung('call.initiated', {}, outbound), { from: 'browser', to: 'gateway', words: 'alice calls 600' });
  assert.deepEqual(rung('call.initiated', {}, inbound), { from: 'line', to: 'gateway', words: '+441 calls +4930100' });
  assert.deepEqual(rung('call.answered', {}, outbound), { from: 'line', to: 'browser', words: 'Answered' });
  assert.deepEqual(rung('call.answered', {}, inbound), { from: 'browser', to: 'line', words: 'Answered' });
  assert.equal(rung('call.dtmf', { digit: '1', from: 'caller' }, inbound)?.from, 'line');
  assert.equal(rung('call.held', { by: 'far' }, inbound)?.words, 'The other side puts the call on hold');
  assert.deepEqual(rung('call.ended', { by: 'callee', cause: 'busy' }, outbound), { from: 'line', to: 'browser', words: 'Busy' });
  assert.equal(rung('session.connected', {}, outbound), null);
});

test('records say who, which way and how it ended', () => {
  const record = (more: Partial<CallRecord>) => ({ direction: 'inbound', from: '+441', to: '+4930100', user: 'alice', ...more }) as CallRecord;
  assert.equal(wayOf(record({})), 'missed');
  assert.equal(wayOf(record({ answered_at: 'x' })), 'in');
  assert.equal(wayOf(record({ cause: 'declined' })), 'in');
  assert.equal(farNumber(record({ direction: 'outbound' })), '+4930100');
  assert.equal(outcome(record({ answered_at: 'x', cause: 'normal', ended_by: 'callee' })), 'The callee hung up');
  assert.equal(outcome(record({ cause: 'trunk-unreachable' })), 'Trunk unreachable');
  assert.ok(matches(record({}), 'ALI') && matches(record({}), '441') && !matches(record({}), 'bob'));
});

test('what sounds follows from the calls', () => {
  const line = (more: object) => ({ ringsHere: false, isActive: false, farRings: false, silenced: false, call: {}, ...more }) as unknown as Line;
  const calling = line({ farRings: true, call: { early: false, answeredAt: null } });
  assert.equal(soundFor([]), 'nothing');
  assert.equal(soundFor([calling]), 'ringback');
  assert.equal(soundFor([line({ farRings: true, call: { early: true, answeredAt: null } })]), 'nothing');
  assert.equal(soundFor([line({ ringsHere: true })]), 'ring');
  assert.equal(soundFor([line({ ringsHere: true, silenced: true })]), 'nothing');
  assert.equal(soundFor([line({ ringsHere: true }), line({ isActive: true })]), 'waiting');
});

test('lights are green, amber or red by what was found', () => {
  const devices = { microphones: [{ id: 'm', label: 'Headset', group: '' }], speakers: [] };
  const path = { connectedMs: 800, roundTripMs: 40, jitterMs: 4, loss: 0.05, sent: { jitterMs: 3, loss: 0.2 }, mos: 4.2 };
  const report: PreflightReport = { verdict: 'degraded', reasons: [], signallingMs: 12, devices, microphone: null, relay: 'none', failure: null, path };
  const colours = toLights(report).map(({ colour }) => colour);
  assert.deepEqual(colours, ['good', 'good', 'good', 'off', 'fair', 'poor', 'good']);
  const denied = toLights({ ...report, signallingMs: null, microphone: 'microphone-denied', path: null });
  assert.deepEqual(denied.slice(0, 2).map(({ words }) => words), ['Not reached', 'Not allowed by the browser']);
});

test('moments are said as shortly as they can be', () => {
  const now = new Date(2026, 4, 20, 12, 0).getTime();
  const minutes = (count: number) => toWhen(now - count * 60_000, now);
  assert.match(minutes(5), /11:55/);
  assert.match(minutes(2 * 24 * 60), /Mon/);
  assert.match(minutes(30 * 24 * 60), /Apr/);
});
