import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeMedia, FakePage, fakePlatform, settle } from './fakes.ts';
import { findAgain } from '../src/device-memory.ts';
import { Devices } from '../src/devices.ts';
import { registered, talking } from './wiring.ts';

const input = (deviceId: string, label: string, groupId = label) => ({ kind: 'audioinput', deviceId, label, groupId });
const output = (deviceId: string, label: string, groupId = label) => ({ kind: 'audiooutput', deviceId, label, groupId });
const BUILT_IN = [input('default', 'Default', 'built-in'), input('in', 'Built-in'), output('out', 'Built-in')];
const HEADSET = [input('head-in', 'Headset', 'head'), output('head-out', 'Headset', 'head')];

/** The devices that the browser lists now. */
async function plug(media: FakeMedia, devices: object[]): Promise<void> {
  media.devices = devices;
  media.dispatchEvent(new Event('devicechange'));
  await settle();
}

function asked(media: FakeMedia): unknown {
  const { deviceId } = media.asked.at(-1)!;
  return (deviceId as { exact: string } | undefined)?.exact ?? '';
}

/** An open call on a headset. */
async function onHeadset() {
  const page = new FakePage();
  const media = new FakeMedia();
  media.devices = [...BUILT_IN, ...HEADSET];
  const wired = await registered({ platform: fakePlatform(media, page) });
  wired.client.devices.setMicrophone('head-in');
  wired.client.devices.setSpeaker('head-out');
  await wired.client.devices.list();
  const dial = await talking({ ...wired, media });
  return { ...wired, ...dial, media, page };
}

test('a headset that is pulled out is stood in for, and taken up again when it is back, muted as before', async () => {
  const { client, call, media, peer } = await onHeadset();
  assert.equal(asked(media), 'head-in');
  call.mute();
  await plug(media, BUILT_IN);
  assert.deepEqual([asked(media), client.devices.microphone, client.devices.speaker], ['', '', '']);
  assert.equal(peer.sending, media.opened.at(-1));
  assert.equal(peer.sending?.enabled, false);
  await plug(media, [...BUILT_IN, ...HEADSET]);
  assert.deepEqual([asked(media), client.devices.speaker], ['head-in', 'head-out']);
  assert.deepEqual([peer.sending, peer.sending?.enabled], [media.opened.at(-1), false]);
  assert.ok(media.opened.slice(0, -1).every(({ stopped }) => stopped), 'one microphone is open at a time');
});

test('a track that ends before the browser says why is replaced', async () => {
  const { media, peer } = await onHeadset();
  const before = media.opened.length;
  media.opened.at(-1)!.onended?.();
  await settle();
  assert.equal(media.opened.length, before + 1);
  assert.equal(peer.sending, media.opened.at(-1));
});

test('whoever follows the system follows it to another headset', async () => {
  const media = new FakeMedia();
  media.devices = BUILT_IN;
  const wired = await registered({ platform: fakePlatform(media) });
  await wired.client.devices.list();
  const { peer } = await talking({ ...wired, media });
  const before = peer.sending;
  await plug(media, [input('default', 'Default', 'head'), ...HEADSET]);
  assert.notEqual(peer.sending, before);
});

test('the choice is found again on the next visit, under another id', async () => {
  const { page } = await onHeadset();
  const media = new FakeMedia();
  media.devices = [...BUILT_IN, input('new-in', 'Headset', 'other'), output('new-out', 'Headset', 'other')];
  const devices = new Devices(fakePlatform(media, page));
  await devices.list();
  assert.deepEqual([devices.microphone, devices.speaker, devices.ringer], ['new-in', 'new-out', '']);
});

test('microphone, loudspeaker and ringer are three choices', () => {
  const devices = new Devices(fakePlatform());
  devices.setMicrophone('a');
  devices.setSpeaker('b');
  devices.ringer = 'c';
  assert.deepEqual([devices.microphone, devices.speaker, devices.ringer], ['a', 'b', 'c']);
});

test('without permission nothing is concluded from nameless devices', async () => {
  const media = new FakeMedia();
  media.devices = [input('x', '', '')];
  const devices = new Devices(fakePlatform(media));
  devices.setMicrophone('head-in');
  await devices.list();
  assert.equal(devices.microphone, 'head-in');
});

test('the same id comes first, then name and group, then the name', () => {
  const one = (id: string, label: string, group: string) => ({ id, label, group });
  const wanted = one('1', 'Headset', 'a');
  const [same, sister, cousin] = [one('1', 'Other', 'z'), one('2', 'Headset', 'a'), one('3', 'Headset', 'b')];
  assert.equal(findAgain(wanted, [cousin, sister, same]), same);
  assert.equal(findAgain(wanted, [cousin, sister]), sister);
  assert.equal(findAgain(wanted, [cousin]), cousin);
  assert.equal(findAgain(wanted, [one('4', 'Built-in', 'a')]), undefined);
  assert.equal(findAgain(one('1', '', ''), [one('2', '', '')]), undefined);
});

test('what was stored by a stranger is not believed', () => {
  const page = new FakePage();
  for (const text of ['{', 'null', '[]', '{"microphone":7}', '{"microphone":{"id":1}}']) {
    page.device.set('offhook.devices', text);
    assert.equal(new Devices(fakePlatform(new FakeMedia(), page)).microphone, '', text);
  }
});
