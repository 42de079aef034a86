// Bundles the SDK: one ES module an entry for bundlers, which share what they have in common, and two minified modules for
// script tags.
import { rm } from 'node:fs/promises';
import { build } from 'esbuild';

const root = new URL('..', import.meta.url).pathname;
await rm(`${root}dist`, { recursive: true, force: true });

const src = (name) => `${root}src/${name}`;
const common = { bundle: true, format: 'esm', target: 'es2022', sourcemap: true, logLevel: 'warning', external: ['react'] };
await build({
  ...common,
  entryPoints: {
    index: src('index.ts'),
    shared: src('shared.ts'),
    react: src('react.ts'),
    'click-to-call': src('elements/define.ts'),
  },
  splitting: true,
  chunkNames: 'chunk-[hash]',
  outdir: `${root}dist`,
});
await build({
  ...common,
  entryPoints: { 'offhook.min': src('index.ts'), 'click-to-call.min': src('elements/define.ts') },
  minify: true,
  outdir: `${root}dist`,
});
