// Bundles each test/*.test.ts for Node and runs them with its test runner.
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { build } from 'esbuild';

const root = process.cwd();
const tests = (await readdir(`${root}/test`)).filter((name) => name.endsWith('.test.ts'));
const out = await mkdtemp(`${root}/.test-`);
try {
  await build({
    entryPoints: tests.map((name) => `${root}/test/${name}`),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    external: ['*.mjs'],
    sourcemap: 'inline',
    outdir: out,
    outExtension: { '.js': '.mjs' },
    logLevel: 'warning',
  });
  const files = tests.map((name) => `${out}/${name.replace(/\.ts$/, '.mjs')}`);
  const run = spawnSync(process.execPath, ['--enable-source-maps', '--test', ...files], { stdio: 'inherit' });
  process.exitCode = run.status ?? 1;
} finally {
  await rm(out, { recursive: true, force: true });
}
