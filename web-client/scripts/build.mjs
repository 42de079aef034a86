// Bundles the SDK: dist/index.js for bundlers, dist/offhook.min.js for a script tag of type module.
import { rm } from 'node:fs/promises';
import { build } from 'esbuild';

const root = new URL('..', import.meta.url).pathname;
await rm(`${root}dist`, { recursive: true, force: true });

const common = {
  entryPoints: [`${root}src/index.ts`],
  bundle: true,
  format: 'esm',
  target: 'es2022',
  sourcemap: true,
  logLevel: 'warning',
};
await build({ ...common, outfile: `${root}dist/index.js` });
await build({ ...common, outfile: `${root}dist/offhook.min.js`, minify: true });
