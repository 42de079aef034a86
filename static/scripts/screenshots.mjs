// Takes a picture of each page of the desk, in light and dark, wide and narrow, with real calls to the demo phone:
//   offhook &                                  (without a configuration file: the demo)
//   npm run screenshots -w static -- http://127.0.0.1:8080 /tmp/pictures
// The pages are those in dist/, whatever the gateway itself carries.
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const { chromium } = createRequire(import.meta.url)(`${root}../tests/e2e/node_modules/playwright-core`);
const [gateway = 'http://127.0.0.1:8080', out = `${root}pictures`] = process.argv.slice(2);
const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.html': 'text/html', '.webmanifest': 'application/manifest+json' };
const WIDE = { width: 1280, height: 860 };
const NARROW = { width: 360, height: 780 };

/** The page as built, with the headers that the gateway sends. */
async function serve(route) {
  const { pathname } = new URL(route.request().url());
  if (pathname.startsWith('/v1/')) return route.continue();
  const name = pathname === '/' ? 'index.html' : pathname.slice(1);
  const response = await route.fetch();
  const headers = { ...response.headers(), 'content-type': TYPES[extname(name)] ?? 'text/plain' };
  return route.fulfill({ status: 200, headers, body: await readFile(join(root, 'dist', name)) });
}

async function open(browser, scheme, viewport) {
  const context = await browser.newContext({ colorScheme: scheme, viewport, deviceScaleFactor: 1 });
  const page = await context.newPage();
  page.on('console', (line) => line.type() === 'error' && console.error(`${scheme}: ${line.text()}`));
  page.on('pageerror', (error) => console.error(`${scheme}: ${error.message}`));
  await page.route('**/*', serve);
  await page.goto(`${gateway}/`);
  await page.locator('html[data-connection="online"]').waitFor({ state: 'attached' });
  const becomes = (state) => page.locator(`html[data-call-state="${state}"]`).waitFor({ state: 'attached' });
  const shot = (name) => page.screenshot({ path: join(out, `${name}-${scheme}.png`), fullPage: true });
  const call = async (number) => {
    await page.fill('#number', number);
    await page.click('#call');
  };
  return { page, becomes, shot, call, close: () => context.close() };
}

/** Calls that are in a history, and a caller who will call back. */
async function busyDay({ page, becomes, call }) {
  await call('604');
  await becomes('idle');
  await call('605');
  await becomes('ringing');
  await page.click('#hangup');
  await becomes('idle');
  await call('603');
  await becomes('open');
  await page.click('#add-call');
}

async function wide(browser, scheme) {
  const desk = await open(browser, scheme, WIDE);
  const { page, becomes, shot, call } = desk;
  await shot('1-phone');
  await busyDay(desk);
  await call('601');
  await becomes('open');
  await page.getByRole('alertdialog').waitFor();
  await shot('3-incoming');
  await page.click('#answer');
  await page.locator('#lines [data-state="held"]').waitFor();
  await page.waitForTimeout(20_000);
  await page.click('#keypad');
  await shot('2-call');
  await page.click('#keypad');
  await page.click('#transfer');
  await shot('4-transfer');
  await page.fill('#transfer-to', '600');
  await page.click('#consult');
  await page.getByText('You are talking to 600').waitFor();
  await page.waitForTimeout(1_000);
  await shot('5-consult');
  await page.click('#transfer-cancel');
  await page.locator('#transfer-progress').waitFor({ state: 'hidden' });
  await page.click('#hangup');
  await page.waitForTimeout(500);
  await page.click('#hangup');
  await becomes('idle');
  await page.click('a[href="#/history"]');
  await page.locator('.record').first().click();
  await page.locator('.rung').first().waitFor();
  await shot('6-history');
  await page.click('a[href="#/devices"]');
  await page.click('#try-microphone');
  await page.getByRole('button', { name: 'Check now' }).click();
  await page.locator('#check:not([running])').waitFor();
  await shot('7-devices');
  await page.click('a[href="#/settings"]');
  await shot('8-settings');
  await desk.close();
}

async function narrow(browser, scheme) {
  const desk = await open(browser, scheme, NARROW);
  await desk.shot('9-narrow-phone');
  await desk.call('600');
  await desk.becomes('open');
  await desk.page.waitForTimeout(5_000);
  await desk.shot('9-narrow-call');
  await desk.page.click('a[href="#/history"]');
  await desk.page.locator('.record').first().click();
  await desk.page.locator('.rung').first().waitFor();
  await desk.shot('9-narrow-history');
  await desk.close();
}

await mkdir(out, { recursive: true });
// The pages come from here, not from the gateway's address, which Chromium would take for another network.
const args = ['--no-sandbox', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', '--disable-features=LocalNetworkAccessChecks'];
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args });
try {
  for (const scheme of ['light', 'dark']) {
    await wide(browser, scheme);
    await narrow(browser, scheme);
  }
} finally {
  await browser.close();
}
