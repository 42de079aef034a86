import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { type Bench, type Desk, missing, openBench, openDesk } from './desk.ts';
import { CDRS, EVENTS } from './records.ts';

let bench: Bench;
let axe = '';
before(async () => {
  if (missing) return;
  bench = await openBench();
  axe = await readFile(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
});
after(() => bench?.close());

/** How people look at pages; 200 % of 1280 pixels are 640 of twice the size. */
const LOOKS = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  'light, 320 px': { colorScheme: 'light', viewport: { width: 320, height: 640 } },
  'dark, 320 px': { colorScheme: 'dark', viewport: { width: 320, height: 640 } },
  '200 %': { colorScheme: 'light', viewport: { width: 640, height: 480 }, deviceScaleFactor: 2 },
};

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

async function isFine({ page }: Desk, what: string): Promise<void> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe);
  const { violations } = await page.evaluate((values: string[]) => (globalThis as any).axe.run({ runOnly: values, resultTypes: ['violations'] }), RULES);
  const found = violations.map(({ id, nodes }: any) => `${id}: ${nodes.map(({ html }: any) => html).join(' ')}`);
  assert.deepEqual(found, [], what);
  const [wide, width] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(wide <= width, `${what} scrolls sideways: ${wide} in ${width}`);
}

for (const [look, options] of Object.entries(LOOKS)) {
  test(`every page can be used by everyone: ${look}`, { skip: missing }, async () => {
    const opened = await openDesk(bench, { demo: true, rest: { cdrs: CDRS, events: EVENTS } }, { reducedMotion: 'reduce', ...options });
    const { page, talk, say, incoming } = opened;
    await isFine(opened, 'phone');
    const call = await talk('+4930123456');
    await page.click('#keypad');
    await page.click('#transfer');
    await isFine(opened, 'in a call');
    say('call.transfer', call, { kind: 'attended', state: 'ringing', to: '+4930777' });
    await incoming('call_00000000-0000-7000-8000-0000000000a1', '+441', 'Ada');
    await incoming('call_00000000-0000-7000-8000-0000000000a2', '+442');
    await isFine(opened, 'two callers and a transfer');
    await page.getByRole('button', { name: 'Decline' }).first().click();
    await page.getByRole('button', { name: 'Decline' }).first().click();
    await page.click('a[href="#/history"]');
    await page.locator('.record').first().click();
    await page.locator('.rung').first().waitFor();
    await isFine(opened, 'history');
    await page.click('a[href="#/devices"]');
    await page.getByRole('button', { name: 'Check now' }).waitFor();
    await isFine(opened, 'devices');
    await page.click('a[href="#/settings"]');
    await isFine(opened, 'settings');
    assert.deepEqual(opened.complaints, []);
    await page.close();
  });
}
