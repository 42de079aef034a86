import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bundle, launch, missing, openShop } from './chromium.ts';

let browser: any;
let script = '';
before(async () => {
  if (!missing) [browser, script] = await Promise.all([launch(), bundle('test/react-page.ts')]);
});
after(() => browser?.close());

test('components follow a call, and end it when they go', { skip: missing }, async () => {
  const shop = await openShop(browser, script, '<div id="root"></div>');
  const { page, sent } = shop;
  const shows = (text: string) => page.locator('#line', { hasText: text }).waitFor();
  await page.click('#dial');
  await shows('600 connecting false');
  const { call } = sent.find(({ type }) => type === 'call.start')!;
  shop.say({ type: 'call.answered', seq: 3, call, data: {} });
  await shows('600 open false');
  await page.click('#line');
  await shows('600 open true');
  await page.click('#leave');
  assert.equal(await page.locator('#line').count(), 0);
  for (let tries = 0; tries < 80 && !sent.some(({ type }) => type === 'call.hangup'); tries++) await page.waitForTimeout(25);
  assert.equal(sent.at(-1)?.type, 'call.hangup');
});
