import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Bench, type Desk, missing, openBench, openDesk } from './desk.ts';
import { CDRS, EVENTS } from './records.ts';

let bench: Bench;
before(async () => {
  if (!missing) bench = await openBench();
});
after(() => bench?.close());

const FIRST = 'call_00000000-0000-7000-8000-0000000000a1';
const SECOND = 'call_00000000-0000-7000-8000-0000000000a2';

/** Opens the desk, works on it, and sees that neither policy nor scripts complained. */
function desk(name: string, work: (desk: Desk) => Promise<void>, gateway: object = {}): void {
  test(name, { skip: missing }, async () => {
    const opened = await openDesk(bench, gateway);
    await work(opened);
    assert.deepEqual(opened.complaints, []);
    await opened.page.close();
  });
}

const text = ({ page }: Desk, selector: string): Promise<string> => page.locator(selector).innerText();

desk('callers stack up, and answering one puts the call before it on hold', async (opened) => {
  const { page, frame, incoming, talk, say } = opened;
  const talking = await talk('100');
  await incoming(FIRST, '+441', 'Ada');
  await incoming(SECOND, '+442');
  assert.equal(await page.getByRole('alertdialog').count(), 2);
  assert.equal(await page.title(), 'Incoming call: Ada and 1 more');
  await page.getByRole('alertdialog').filter({ hasText: '+442' }).getByRole('button', { name: 'Hold and answer' }).click();
  assert.equal((await frame('call.hold')).call, talking);
  assert.equal((await frame('call.accept')).call, SECOND);
  say('call.held', talking, { held: true, by: 'user' });
  say('call.answered', SECOND);
  await page.locator('#lines [data-state="held"]').filter({ hasText: 'On hold' }).waitFor();
  assert.equal(await text(opened, '#peer'), '+442');
  await page.click('#decline');
  assert.equal((await frame('call.reject')).call, FIRST);
  await page.getByRole('alertdialog').waitFor({ state: 'detached' });
});

desk('changing between two calls holds the one and takes up the other', async (opened) => {
  const { page, frame, talk, say } = opened;
  const one = await talk('100');
  await page.click('#add-call');
  const other = await talk('200');
  assert.equal((await frame('call.hold')).call, one);
  say('call.held', one, { held: true, by: 'user' });
  await page.getByRole('button', { name: 'Talk to 100' }).click();
  assert.equal((await frame('call.hold', 2)).call, other);
  assert.equal((await frame('call.unhold')).call, one);
  assert.equal(await text(opened, '#peer'), '100');
  say('call.held', other, { held: true, by: 'user' });
  say('call.held', one, { held: false, by: 'user' });
  await page.click('#hangup');
  assert.equal((await frame('call.hangup')).call, one);
  // The other one is looked at again, and waits.
  await page.locator('#hold[aria-pressed="true"]').waitFor();
  assert.equal(await text(opened, '#peer'), '200');
});

desk('a consultation shows who talks to whom, and hands over', async (opened) => {
  const { page, frame, talk, say } = opened;
  const call = await talk('100');
  await page.click('#transfer');
  await page.fill('#transfer-to', '+49 (30) 777');
  await page.click('#consult');
  assert.deepEqual((await frame('call.consult')).data, { to: '+4930777' });
  const told = (state: string) => say('call.transfer', call, { kind: 'attended', state, to: '+4930777' });
  told('ringing');
  await page.getByText('It rings at +4930777. 100 is waiting.').waitFor();
  told('accepted');
  await page.getByText('You are talking to +4930777. 100 is waiting.').waitFor();
  assert.equal(await page.locator('#hold').isDisabled(), true);
  await page.click('#transfer-cancel');
  await frame('call.cancel_transfer');
  told('failed');
  await page.locator('#transfer-progress').waitFor({ state: 'hidden' });
  await page.click('#transfer');
  await page.fill('#transfer-to', 'bob');
  await page.click('#transfer-now');
  assert.deepEqual((await frame('call.transfer')).data, { to: 'bob' });
  say('call.transfer', call, { kind: 'blind', state: 'failed', to: 'bob', cause: 'busy' });
  await page.getByText('bob: Busy. You are talking to 100 again.').waitFor();
  say('call.ended', call, { state: 'completed', by: 'system', cause: 'transferred' });
  await page.getByText('Call handed over').waitFor();
});

desk('numbers are pasted as people write them, and kept for the next time', async (opened) => {
  const { page, frame, say } = opened;
  await page.evaluate(() => navigator.clipboard.writeText('tel:1-800-FLOWERS'));
  await page.focus('#number');
  await page.keyboard.press('Control+V');
  assert.equal(await page.inputValue('#number'), '18003569377');
  await page.keyboard.press('Enter');
  const { call } = await frame('call.start');
  say('call.ended', call!, { state: 'busy', by: 'callee', cause: 'busy' });
  assert.equal(await text(opened, '#notice-title'), 'Busy');
  await page.getByRole('button', { name: /^Call 18003569377/ }).click();
  assert.equal((await frame('call.start', 2)).data.to, '18003569377');
});

desk('keys act with a modifier only, and can be others', async (opened) => {
  const { page, frame, talk, sent } = opened;
  await talk('100');
  await page.keyboard.press('m');
  await page.keyboard.press('Alt+M');
  assert.deepEqual((await frame('call.mute')).data, { muted: true });
  await page.keyboard.press('Alt+P');
  await frame('call.hold');
  await page.click('a[href="#/settings"]');
  await page.getByRole('button', { name: /^Mute and unmute/ }).click();
  await page.keyboard.press('x');
  assert.match(await text(opened, '#keys-hint'), /^Use Ctrl/);
  await page.keyboard.press('Alt+A');
  assert.equal(await text(opened, '#keys-hint'), 'Alt + A is in use already.');
  await page.getByRole('button', { name: /^Mute and unmute/ }).click();
  await page.keyboard.press('F8');
  assert.equal(await text(opened, '#keys-hint'), 'Changed to F8.');
  assert.equal(await page.locator('#mute').getAttribute('aria-keyshortcuts'), 'F8');
  await page.keyboard.press('F8');
  assert.deepEqual((await frame('call.mute', 2)).data, { muted: false });
  assert.equal(sent.filter(({ type }) => type === 'call.mute').length, 2);
  assert.match(await text(opened, '#call-bar'), /^\d:\d\d \u00b7 100\. Back to the call$/);
});

desk('who wants one call at a time is busy to the second caller', async (opened) => {
  const { page, frame, talk, say } = opened;
  await page.click('a[href="#/settings"]');
  await page.check('#one-call');
  await page.click('a[href="#/phone"]');
  await talk('100');
  say('call.incoming', FIRST, { from: '+441', to: '+4930100', state: 'ringing' });
  assert.deepEqual((await frame('call.reject')).data, { cause: 'busy' });
  assert.equal(await page.getByRole('alertdialog').count(), 0);
});

desk(
  'the history narrows while one types, pages on, and draws what happened',
  async (opened) => {
    const { page } = opened;
    await page.click('a[href="#/history"]');
    await page.locator('.record').nth(3).waitFor();
    assert.match(await page.locator('.record').first().innerText(), /\+4930123456[\s\S]*1:05/);
    await page.fill('#history-number', '0143');
    assert.equal(await page.locator('.record').count(), 1);
    await page.fill('#history-number', '');
    await page.click('#history-more');
    await page.locator('.record').nth(7).waitFor();
    await page.locator('.record').first().click();
    await page.locator('.rung').nth(6).waitFor();
    const words = await page.locator('.rung').allInnerTexts();
    assert.match(words[3]!, /9\.0 s[\s\S]*The user puts the call on hold/);
    assert.match(words[5]!, /Key 5/);
    await page.click('#detail-close');
    assert.match(await page.locator(':focus').innerText(), /\+4930123456/);
  },
  { rest: { cdrs: CDRS, events: EVENTS } },
);

desk('without the right to read, the history is what the page itself saw', async (opened) => {
  const { page, talk, say } = opened;
  const call = await talk('100');
  say('call.held', call, { held: true, by: 'far' });
  say('call.ended', call, { state: 'completed', by: 'callee', cause: 'normal' });
  await page.click('a[href="#/history"]');
  await page.getByText('1 call. Only those of this page').waitFor();
  await page.locator('.record').click();
  await page.getByText('The other side puts the call on hold').waitFor();
  assert.match(await text(opened, '#detail-facts'), /The callee hung up/);
  // The browser itself writes down that it was refused.
  opened.complaints.length = 0;
});

desk('the check lights up', async (opened) => {
  const { page } = opened;
  await page.click('a[href="#/devices"]');
  await page.getByRole('button', { name: 'Check now' }).click();
  await page.getByText('Ready for calls.').waitFor();
  const good = await page.locator('#check li[data-colour="good"]').allInnerTexts();
  assert.deepEqual(good.map((words: string) => words.split('\n')[0]), ['Gateway', 'Microphone', 'Loudspeaker']);
  await page.click('#try-microphone');
  await page.getByText('It hears you.').waitFor();
});

desk('the mini phone shows the call in a window of its own, and takes orders', async (opened) => {
  const { page, frame, talk, incoming, say } = opened;
  const call = await talk('100');
  const [small] = await Promise.all([page.context().waitForEvent('page'), page.click('#mini')]);
  await small.getByRole('heading', { name: '100' }).waitFor();
  await small.getByRole('button', { name: 'Hold' }).click();
  assert.equal((await frame('call.hold')).call, call);
  say('call.held', call, { held: true, by: 'user' });
  await small.getByText('On hold').waitFor();
  await incoming(FIRST, '+441');
  await small.getByRole('button', { name: 'Answer' }).click();
  assert.equal((await frame('call.accept')).call, FIRST);
  await page.click('#mini');
  await page.waitForFunction(() => !(globalThis as any).documentPictureInPicture.window);
});

desk('in a hidden tab, a caller is told by the system and taken back', async (opened) => {
  const { page, incoming, say } = opened;
  await page.evaluate(() => {
    const told: string[] = ((globalThis as any).told = []);
    class Told {
      static permission = 'granted';
      static requestPermission = async () => 'granted';
      constructor(readonly title: string) {
        told.push(title);
      }
      close() {
        told.push('taken back');
      }
    }
    (globalThis as any).Notification = Told;
    Object.defineProperty(document, 'hidden', { get: () => true });
  });
  await incoming(FIRST, '+441', 'Ada');
  say('call.ended', FIRST, { state: 'canceled', by: 'caller', cause: 'canceled' });
  await page.getByText('Missed call').waitFor();
  await page.click('a[href="#/settings"]');
  await page.click('#notify');
  await incoming(SECOND, '+442', 'Bob');
  say('call.ended', SECOND, { state: 'canceled', by: 'caller', cause: 'canceled' });
  await page.waitForFunction(() => (globalThis as any).told.length > 1);
  assert.deepEqual(await page.evaluate(() => (globalThis as any).told), ['Incoming call: Bob', 'taken back']);
  assert.equal(await page.title(), 'Settings \u2013 Offhook');
});

desk(
  'whoever signs in with a token is named, and can sign out',
  async (opened) => {
    const { page, frame } = opened;
    assert.equal((await frame('hello')).data.token, 'pasted');
    await page.click('a[href="#/settings"]');
    await page.getByText('Signed in as alice.').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.click('a[href="#/phone"]');
    await page.getByLabel('Token').waitFor();
    // The browser itself writes down that there is no token to be had.
    opened.complaints.length = 0;
  },
  { demo: false },
);

desk('each component works alone, under the same policy', async ({ page }) => {
  await page.evaluate(() => {
    document.body.append(document.createElement('offhook-dial-pad'), document.createElement('offhook-quality'));
    document.addEventListener('digit', (event) => (document.title += (event as CustomEvent).detail));
    document.title = '';
    const readings = [{ mos: 4.3, loss: 0, jitterMs: 3 }, { mos: 4.1, loss: 0.02, jitterMs: 8 }];
    (document.querySelector('body > offhook-quality') as any).readings = readings;
  });
  await page.locator('offhook-dial-pad').getByRole('button', { name: '7 PQRS' }).click();
  assert.equal(await page.title(), '7');
  await page.getByRole('img', { name: 'Quality of the sound: 4.1 of 4.5, loss 2.0 %, jitter 8 ms' }).waitFor();
});
