import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { VERSION } from '../src/version.ts';

const SIZE_MAX = 20 * 1024;
const root = process.cwd();

test('the core is at most 20 KB gzipped', async () => {
  const entryPoints = [join(root, 'src/index.ts')];
  const options = { bundle: true, minify: true, format: 'esm', target: 'es2022', write: false } as const;
  const { outputFiles } = await build({ entryPoints, ...options });
  const size = gzipSync(outputFiles[0]!.contents).length;
  assert.ok(size <= SIZE_MAX, `${size} bytes`);
});

test('the package needs nothing at run time and tells its own version', async () => {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  assert.equal(manifest.dependencies, undefined);
  assert.equal(manifest.version, VERSION);
});

test('it loads where there is no browser', async () => {
  const { Client } = await import('../src/index.ts');
  const client = new Client({ url: 'https://gw.test/v1/rtc', token: 't' });
  assert.equal(client.state, 'offline');
  assert.deepEqual(await client.devices.list(), { microphones: [], speakers: [] });
});
