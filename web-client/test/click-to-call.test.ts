import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { bundle, launch, missing, openShop } from './chromium.ts';
import { WELCOME } from './fakes.ts';
import { LANGUAGES, outcome, wordsFor } from '../src/elements/words.ts';

let browser: any;
let script = '';
let axe = '';
before(async () => {
  if (missing) return;
  [browser, script] = await Promise.all([launch(), bundle('src/elements/define.ts')]);
  axe = await readFile(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
});
after(() => browser?.close());

const GATEWAY = 'url="wss://gw.test/v1/rtc" token-url="/token" to="600"';
const EVENTS = ['call-start', 'call-state', 'call-accept', 'call-end', 'call-error'];

/** A shop with one element, whose events are written down. */
async function shopWith(attributes: string, inner = '', options: object = {}) {
  const shop = await openShop(browser, script, `<click-to-call ${GATEWAY} ${attributes}>${inner}</click-to-call>`, options);
  await shop.page.evaluate((names: string[]) => {
    const seen: string[] = ((globalThis as any).seen = []);
    for (const name of names) {
      document.addEventListener(name, (event) => {
        const { state, cause, code } = (event as CustomEvent).detail;
        seen.push([name, state ?? cause ?? code].filter(Boolean).join(' '));
      });
    }
  }, EVENTS);
  const seen = () => shop.page.evaluate(() => (globalThis as any).seen);
  const part = (name: string) => shop.page.locator(`[part~="${name}"]`).first();
  /** Waits for a frame of the page. */
  const frame = async (type: string) => {
    for (let tries = 0; tries < 200; tries++) {
      const found = shop.sent.find((one) => one.type === type);
      if (found) return found;
      await shop.page.waitForTimeout(25);
    }
    throw new Error(`no ${type} among ${shop.sent.map((one) => one.type)}; ${shop.complaints}`);
  };
  return { ...shop, shop, seen, part, frame };
}

type Opened = Awaited<ReturnType<typeof shopWith>>;

async function talk({ part, frame, shop }: Opened): Promise<string> {
  await part('button').click();
  const { call } = await frame('call.start');
  shop.say({ type: 'call.ringing', seq: 2, call, data: { early_media: false } });
  shop.say({ type: 'call.answered', seq: 3, call, data: {} });
  await shop.page.waitForFunction(() => (globalThis as any).seen.includes('call-accept'));
  return call!;
}

async function violations({ page }: Opened): Promise<string[]> {
  // To axe, a page that leaves its background to the colour scheme is white.
  await page.addStyleTag({ content: 'html { background: Canvas }' });
  await page.evaluate(axe);
  const { violations: found } = await page.evaluate(() => (globalThis as any).axe.run());
  return found.map(({ id, nodes }: any) => `${id}: ${nodes.map(({ html }: any) => html).join(' ')}`);
}

test('a visitor calls, mutes, presses a key and hangs up, under a strict policy', { skip: missing }, async () => {
  const opened = await shopWith('label="Call the shop" dial-pad');
  const { part, frame, seen, page, shop } = opened;
  assert.equal(await part('label').textContent(), 'Call the shop');
  const call = await talk(opened);
  assert.equal((await frame('call.start')).data.to, '600');
  assert.equal(await part('state').textContent(), 'Connected');
  assert.match(await part('timer').textContent(), /^0:0\d$/);
  await part('mute').click();
  assert.deepEqual((await frame('call.mute')).data, { muted: true });
  assert.equal(await part('mute').getAttribute('aria-label'), 'Unmute microphone');
  await part('keypad').click();
  await part('pad').locator('button', { hasText: '7' }).click();
  assert.deepEqual((await frame('call.send_digits')).data, { digits: '7' });
  await part('hang-up').click();
  assert.equal((await frame('call.hangup')).call, call);
  assert.equal(await part('state').textContent(), 'Call ended');
  await part('hang-up').click();
  assert.equal(await part('button').isVisible(), true);
  assert.equal(await page.evaluate(() => document.querySelector('click-to-call')!.shadowRoot!.activeElement?.className), 'call');
  assert.deepEqual(await seen(), [
    'call-start',
    'call-state connecting',
    'call-state ringing',
    'call-state open',
    'call-accept',
    'call-state closed',
    'call-end normal',
  ]);
  assert.deepEqual(shop.complaints, []);
});

test('what went wrong is said in words, and the element can call again', { skip: missing }, async () => {
  const { part, frame, shop, page } = await shopWith('');
  await part('button').click();
  const { call } = await frame('call.start');
  shop.say({ type: 'call.ended', seq: 2, call, data: { state: 'busy', by: 'callee', cause: 'busy', sip_code: 486 } });
  await page.waitForFunction(() => (globalThis as any).seen.includes('call-end busy'));
  assert.equal(await part('state').textContent(), 'The line is busy. Please try again later.');
  await part('hang-up').click();
  shop.sent.length = 0;
  await part('button').click();
  await frame('call.start');
});

test('a page that is loaded again shows the call that goes on', { skip: missing }, async () => {
  const opened = await shopWith('');
  const { part, frame, shop, page, sent } = opened;
  const call = await talk(opened);
  sent.length = 0;
  await page.reload();
  const { data } = await frame('hello');
  assert.equal((data.resume as { resume_token: string }).resume_token, WELCOME.resume_token);
  const state = { direction: 'outbound', from: 'v', to: '600', state: 'in-progress', taken: true };
  const more = { early_media: false, muted: true, held: false, answered_ms_ago: 65_000 };
  shop.say({ type: 'call.state', seq: 4, call, data: { ...state, ...more } });
  assert.equal((await frame('call.reattach')).call, call);
  assert.equal(await part('state').textContent(), 'Connection interrupted, one moment');
  assert.equal(await part('mute').getAttribute('aria-pressed'), 'true');
  assert.match(await part('timer').textContent(), /^1:0[5-9]$/);
});

test('without consent there is no call', { skip: missing }, async () => {
  const { part, frame, page } = await shopWith('require-consent', '<span slot="consent">Calls are recorded.</span>');
  assert.equal(await part('button').isDisabled(), true);
  assert.equal(await page.getByText('Calls are recorded.').isVisible(), true);
  await part('agree-box').check();
  await part('button').click();
  await frame('call.start');
});

test('a page may prevent the call', { skip: missing }, async () => {
  const { part, page, sent } = await shopWith('');
  await page.evaluate(() => document.addEventListener('call-start', (event) => event.preventDefault()));
  await part('button').click();
  assert.deepEqual(sent, []);
});

test('modal: the dialog holds the focus, and Escape does not hide a call that goes on', { skip: missing }, async () => {
  const opened = await shopWith('variant="modal" label="Sales"');
  await talk(opened);
  const { page, part } = opened;
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  // A browser closes on the second Escape without asking; the dialog opens again at once.
  await part('panel').waitFor({ state: 'visible' });
  assert.equal(await part('dialog').getAttribute('aria-label'), 'Sales');
});

test('Arabic runs from right to left, and a language follows the page', { skip: missing }, async () => {
  const { part, page } = await shopWith('lang="ar"');
  assert.equal(await part('label').textContent(), LANGUAGES.ar!.call);
  assert.equal(await part('root').getAttribute('dir'), 'rtl');
  await page.evaluate(() => document.querySelector('click-to-call')!.setAttribute('lang', 'ja-JP'));
  assert.equal(await part('label').textContent(), LANGUAGES.ja!.call);
});

for (const colorScheme of ['light', 'dark']) {
  for (const variant of ['inline', 'floating', 'modal']) {
    test(`axe finds nothing: ${variant}, ${colorScheme}, 320 px`, { skip: missing }, async () => {
      const viewport = { width: 320, height: 640 };
      const inner = '<span slot="consent">Calls are recorded.</span>';
      const opened = await shopWith(`variant="${variant}" dial-pad`, inner, { colorScheme, viewport, bypassCSP: true });
      assert.deepEqual(await violations(opened), []);
      await talk(opened);
      await opened.part('keypad').click();
      assert.deepEqual(await violations(opened), []);
      const wide = await opened.page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= 320, `${wide} px`);
    });
  }
}

test('every language says everything', () => {
  const keys = (value: object) => Object.keys(value).sort();
  for (const [lang, words] of Object.entries(LANGUAGES)) {
    assert.deepEqual(keys(words), keys(LANGUAGES.en!), lang);
    assert.deepEqual(keys(words.states), keys(LANGUAGES.en!.states), lang);
    const texts = [...Object.values(words), ...Object.values(words.states)].filter((text) => typeof text === 'string');
    assert.ok(texts.every((text) => text.trim() !== ''), lang);
  }
  assert.deepEqual(['de-AT', 'fr', 'xx', ''].map((tag) => wordsFor([tag]).lang), ['de', 'fr', 'en', 'en']);
});

test('the words for an end follow its cause, and the error before it', () => {
  const words = LANGUAGES.en!;
  assert.equal(outcome(words, 'normal', undefined), words.ended);
  assert.equal(outcome(words, 'ring-timeout', undefined), words.noAnswer);
  assert.equal(outcome(words, 'media-failed', 'microphone-denied'), words.microphoneDenied);
  assert.equal(outcome(words, 'session-lost', 'connection-failed'), words.notReached);
  assert.equal(outcome(words, 'trunk-rejected', undefined), words.failed);
});
