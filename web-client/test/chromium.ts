import { createRequire } from 'node:module';
import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { build } from 'esbuild';
import { WELCOME } from './fakes.ts';

/** Debian's Chromium, as in tests/e2e, whose driver this borrows. */
const CHROMIUM = '/usr/bin/chromium';
const DRIVER = join(process.cwd(), '../tests/e2e/node_modules/playwright-core');
const ORIGIN = 'https://shop.test';
/** What a careful shop allows: nothing but its own scripts and the gateway. */
const POLICY =
  "default-src 'none'; script-src 'self'; connect-src 'self' wss://gw.test; base-uri 'none'; require-trusted-types-for 'script'";

/** Why there is no browser to test in; false where there is one. */
export const missing: string | false =
  existsSync(CHROMIUM) && existsSync(DRIVER) ? false : 'no Chromium; scripts/install-test-deps.sh installs it';

// The driver is not a dependency of this package, so its types are not here.
type Any = any;

/** A browser whose microphone is a fake one. */
export async function launch(): Promise<Any> {
  const { chromium } = createRequire(import.meta.url)(DRIVER);
  const args = ['--no-sandbox', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'];
  return chromium.launch({ executablePath: CHROMIUM, args });
}

/** The module that defines the element, as a page loads it. */
export async function bundle(entry: string): Promise<string> {
  const options = { bundle: true, format: 'esm', target: 'es2022', write: false } as const;
  const { outputFiles } = await build({ entryPoints: [join(process.cwd(), entry)], ...options });
  return outputFiles[0]!.text;
}

/** A shop's page with `body` in it, and a gateway that takes every request. */
export interface Shop {
  page: Any;
  /** Frames of the page, in order. */
  sent: { type: string; id?: string; call?: string; data: Record<string, unknown> }[];
  /** The gateway says something. */
  say(frame: object): void;
  /** What the page's policy forbade, and what its scripts threw. */
  complaints: string[];
}

/** Opens a shop. */
export async function openShop(browser: Any, script: string, body: string, options: object = {}): Promise<Shop> {
  const page = await browser.newPage(options);
  const shop: Shop = { page, sent: [], say: () => undefined, complaints: [] };
  page.on('console', (line: Any) => line.type() === 'error' && shop.complaints.push(line.text()));
  page.on('pageerror', (error: Error) => shop.complaints.push(error.message));
  await page.routeWebSocket('wss://gw.test/v1/rtc', (socket: Any) => {
    shop.say = (frame) => socket.send(JSON.stringify(frame));
    socket.onMessage((text: string) => {
      const frame = JSON.parse(text);
      shop.sent.push(frame);
      if (frame.type === 'hello') shop.say({ type: 'welcome', id: frame.id, seq: 1, data: WELCOME });
      else if (frame.id !== undefined) shop.say({ type: frame.type === 'ping' ? 'pong' : 'ok', id: frame.id, data: {} });
    });
  });
  await page.route(`${ORIGIN}/**`, (route: Any) => {
    const path = new URL(route.request().url()).pathname;
    if (path === '/token') return route.fulfill({ json: { token: 't' } });
    if (path === '/c.js') return route.fulfill({ contentType: 'text/javascript', body: script });
    if (path !== '/') return route.fulfill({ status: 204, body: '' });
    const html = `<!doctype html><html lang="en"><meta name="color-scheme" content="light dark"><title>Shop</title><script type="module" src="/c.js"></script><body><main><h1>Shop</h1>${body}</main></body></html>`;
    return route.fulfill({ contentType: 'text/html', headers: { 'content-security-policy': POLICY }, body: html });
  });
  await page.goto(`${ORIGIN}/`);
  return shop;
}
