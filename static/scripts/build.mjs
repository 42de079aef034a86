// Bundles the pages into dist/, which the gateway serves as it is.
import { cp, mkdir, rm } from 'node:fs/promises';
import { build } from 'esbuild';

const root = new URL('..', import.meta.url).pathname;

/** Files that are served as they are written, by the name they are served under. */
const COPIED = {
  'click-to-call.html': 'click-to-call.html',
  'phone.html': 'index.html',
  'favicon.svg': 'favicon.svg',
  'icon-maskable.svg': 'icon-maskable.svg',
  'offhook.webmanifest': 'offhook.webmanifest',
};

/** Builds all pages into the folder `out`, which is emptied first. */
export async function buildPages(out) {
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const common = { bundle: true, minify: true, target: 'es2022', format: 'esm', logLevel: 'warning' };
  await build({ ...common, entryPoints: [`${root}src/phone/main.ts`], outfile: `${out}/phone.js` });
  await build({ ...common, entryPoints: [`${root}src/elements/define.ts`], outfile: `${out}/elements.js` });
  await build({
    ...common,
    stdin: { contents: "import '@offhook/client/click-to-call';", resolveDir: root },
    outfile: `${out}/click-to-call.js`,
  });
  for (const sheet of ['click-to-call', 'phone']) {
    await build({ ...common, entryPoints: [`${root}src/${sheet}.css`], outfile: `${out}/${sheet}.css` });
  }
  for (const [from, to] of Object.entries(COPIED)) await cp(`${root}src/${from}`, `${out}/${to}`);
}

if (process.argv[1] === new URL(import.meta.url).pathname) await buildPages(`${root}dist`);
