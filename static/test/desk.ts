import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Debian's Chromium, as in tests/e2e, whose driver this borrows. */
const CHROMIUM = '/usr/bin/chromium';
const DRIVER = join(process.cwd(), '../tests/e2e/node_modules/playwright-core');
const ORIGIN = 'https://desk.test';
/** As gateway/server/src/http/headers.rs sends it. */
const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob: mediastream:; connect-src 'self' wss://desk.test; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
};

/** Why there is no browser to test in; false where there is one. */
export const missing: string | false =
  existsSync(CHROMIUM) && existsSync(DRIVER) ? false : 'no Chromium; scripts/install-test-deps.sh installs it';

// The driver is not a dependency of this package, so its types are not here.
type Any = any;

/** A browser and the built pages. */
export interface Bench {
  browser: Any;
  folder: string;
  close(): Promise<void>;
}

/** Builds the pages and starts a browser whose microphone is a fake one. */
export async function openBench(): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'offhook-desk-'));
  const { chromium } = createRequire(import.meta.url)(DRIVER);
  const { buildPages } = await import(pathToFileURL(join(process.cwd(), 'scripts/build.mjs')).href);
  const args = ['--no-sandbox', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'];
  const [browser] = await Promise.all([chromium.launch({ executablePath: CHROMIUM, args }), buildPages(folder)]);
  const close = async () => {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { browser, folder, close };
}

/** A frame of the page. */
export interface Frame {
  type: string;
  id?: string;
  call?: string;
  data: Any;
}

/** The desk in a browser, with a gateway that takes every request and says what the test says. */
export interface Desk {
  page: Any;
  sent: Frame[];
  /** What the page's policy forbade, and what its scripts threw. */
  complaints: string[];
  say(type: string, call: string, data?: object): void;
  /** Somebody calls. */
  incoming(call: string, from: string, name?: string): Promise<void>;
  /** Dials a number; the far side answers. Returns the call's id. */
  talk(to: string): Promise<string>;
  /** Waits for a frame, for the `nth` of its type. */
  frame(type: string, nth?: number): Promise<Frame>;
}

/** What the gateway is. */
export interface Gateway {
  /** Whether it gives tokens away; where it does not, the page asks for one, and `openDesk` pastes one. */
  demo?: boolean;
  /** Answers to `GET /v1/...`, by path. */
  rest?: Readonly<Record<string, object>>;
  path?: string;
}

/** Opens the desk. */
export async function openDesk({ browser, folder }: Bench, gateway: Gateway = {}, options: object = {}): Promise<Desk> {
  const page = await browser.newPage({ permissions: ['clipboard-read', 'clipboard-write'], ...options });
  const [sent, complaints]: [Frame[], string[]] = [[], []];
  page.on('console', (line: Any) => line.type() === 'error' && complaints.push(line.text()));
  page.on('pageerror', (error: Error) => complaints.push(error.message));
  let write: (frame: object) => void = () => undefined;
  let seq = 1;
  await page.routeWebSocket('wss://desk.test/v1/rtc', (socket: Any) => {
    write = (frame) => socket.send(JSON.stringify(frame));
    socket.onMessage((text: string) => {
      const frame = JSON.parse(text) as Frame;
      sent.push(frame);
      if (frame.type === 'hello') write({ type: 'welcome', id: frame.id, seq, data: welcome(gateway) });
      else if (frame.id !== undefined) write({ type: frame.type === 'ping' ? 'pong' : 'ok', id: frame.id, data: {} });
    });
  });
  await page.route(`${ORIGIN}/**`, (route: Any) => serve(route, folder, gateway));
  await page.goto(`${ORIGIN}/${gateway.path ?? ''}`);
  if (gateway.demo === false) await signIn(page);
  await page.locator('html[data-connection="online"]').waitFor({ state: 'attached' });
  const say: Desk['say'] = (type, call, data = {}) => write({ type, seq: ++seq, call, data });
  const frame: Desk['frame'] = async (type, nth = 1) => {
    for (let tries = 0; tries < 200; tries++) {
      const found = sent.filter((one) => one.type === type)[nth - 1];
      if (found) return found;
      await page.waitForTimeout(25);
    }
    throw new Error(`no ${type} among ${sent.map((one) => one.type)}; ${complaints}`);
  };
  const talk = async (to: string) => {
    const before = sent.filter((one) => one.type === 'call.start').length;
    await page.fill('#number', to);
    await page.click('#call');
    const { call } = await frame('call.start', before + 1);
    say('call.answered', call!);
    await page.locator('html[data-call-state="open"]').waitFor({ state: 'attached' });
    return call!;
  };
  const incoming = async (call: string, from: string, name?: string) => {
    say('call.incoming', call, { from, ...(name && { from_name: name }), to: '+4930100', state: 'ringing' });
    await page.getByRole('alertdialog').filter({ hasText: from }).waitFor();
  };
  return { page, sent, complaints, say, incoming, talk, frame };
}

async function signIn(page: Any): Promise<void> {
  await page.fill('#token', 'pasted');
  await page.getByRole('button', { name: 'Connect' }).click();
}

async function serve(route: Any, folder: string, { rest, demo }: Gateway): Promise<void> {
  const { pathname } = new URL(route.request().url());
  if (pathname === '/v1/demo/token') {
    return demo === false ? route.fulfill({ status: 404, body: '' }) : route.fulfill({ status: 201, json: { token: 't' } });
  }
  if (pathname.startsWith('/v1/')) {
    const json = rest?.[pathname.slice('/v1/'.length)];
    return json ? route.fulfill({ json }) : route.fulfill({ status: 403, json: { title: 'Forbidden' } });
  }
  const file = pathname === '/' ? 'index.html' : pathname.slice(1);
  const body = await readFile(join(folder, file)).catch(() => undefined);
  if (!body) return route.fulfill({ status: 404, body: '' });
  const headers = { 'content-security-policy': POLICY };
  return route.fulfill({ contentType: TYPES[extname(file)], headers, body });
}

function welcome({ demo = false }: Gateway): object {
  return {
    session: 'ses_00000000-0000-7000-8000-000000000001',
    user: 'alice',
    resumed: false,
    resume_token: 'r',
    resume_window_s: 30,
    ping_s: 10,
    timeout_s: 25,
    ice_servers: [],
    limits: { message_bytes: 65536, messages_per_s: 50, calls: 4 },
    capabilities: [],
    server: { version: '0.1.0', region: 'test' },
    demo,
  };
}
