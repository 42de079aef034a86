// Bundles the pages into dist/, which the gateway serves as it is.
import { cp, mkdir, rm } from 'node:fs/promises';
import { build } from 'esbuild';

const root = new URL('..', import.meta.url).pathname;
await rm(`${root}dist`, { recursive: true, force: true });
await mkdir(`${root}dist`);

const common = { bundle: true, minify: true, target: 'es2022', logLevel: 'warning' };
await build({
  ...common,
  entryPoints: [`${root}src/phone/main.ts`],
  format: 'esm',
  outfile: `${root}dist/phone.js`,
});
await build({
  ...common,
  stdin: { contents: "import '@offhook/client/click-to-call';", resolveDir: root },
  format: 'esm',
  outfile: `${root}dist/click-to-call.js`,
});
await build({ ...common, entryPoints: [`${root}src/click-to-call.css`], outfile: `${root}dist/click-to-call.css` });
await cp(`${root}src/click-to-call.html`, `${root}dist/click-to-call.html`);
await build({ ...common, entryPoints: [`${root}src/phone.css`], outfile: `${root}dist/phone.css` });
await cp(`${root}src/phone.html`, `${root}dist/index.html`);
await cp(`${root}src/favicon.svg`, `${root}dist/favicon.svg`);
