import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { publint } from 'publint';
import { VERSION } from '../src/version.ts';

const root = process.cwd();

/** What a page loads of each entry at most, minified and gzipped, in bytes. */
const SIZES_MAX = { 'index.ts': 20_000, 'shared.ts': 22_000, 'elements/define.ts': 35_000, 'react.ts': 20_000 };

for (const [entry, max] of Object.entries(SIZES_MAX)) {
  test(`${entry} is at most ${max} bytes gzipped`, async () => {
    const entryPoints = [join(root, 'src', entry)];
    const options = { bundle: true, minify: true, format: 'esm', target: 'es2022', write: false } as const;
    const { outputFiles } = await build({ entryPoints, ...options, external: ['react'] });
    const size = gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
    assert.ok(size <= max, `${size} bytes`);
  });
}

/** The package as npm would publish it, unpacked as in somebody's project. */
async function packed(): Promise<{ project: string; files: string[] }> {
  const project = await mkdtemp(join(tmpdir(), 'offhook-pack-'));
  const { status, stdout } = spawnSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', project], { encoding: 'utf8' });
  assert.equal(status, 0);
  const [{ filename, files }] = JSON.parse(stdout);
  const home = join(project, 'node_modules/@offhook/client');
  await mkdir(home, { recursive: true });
  spawnSync('tar', ['-xzf', join(project, filename), '-C', home, '--strip-components=1']);
  return { project, files: files.map(({ path }: { path: string }) => path) };
}

test('the packed package loads in Node, bundles for a page, and publint finds nothing', async (context) => {
  const { project, files } = await packed();
  context.after(() => rm(project, { recursive: true, force: true }));
  assert.ok(files.every((path) => /^(dist\/|README\.md|package\.json)/.test(path)), files.join());
  const program = `
    const { Client } = await import('@offhook/client');
    const { SharedClient } = await import('@offhook/client/shared');
    const { ClickToCall } = await import('@offhook/client/click-to-call');
    const client = new Client({ url: 'https://gw.test/v1/rtc', token: 't' });
    console.log(client.state, typeof SharedClient, typeof ClickToCall);
  `;
  await writeFile(join(project, 'main.mjs'), program);
  const run = spawnSync(process.execPath, ['main.mjs'], { cwd: project, encoding: 'utf8' });
  assert.equal(run.stdout.trim(), 'offline function function', run.stderr);
  const page = "import { Client } from '@offhook/client'; import '@offhook/client/click-to-call'; new Client({ url: '' });";
  const options = { bundle: true, format: 'esm', write: false, logLevel: 'silent' } as const;
  const { outputFiles } = await build({ stdin: { contents: page, resolveDir: project }, ...options });
  const text = outputFiles[0]!.text;
  assert.ok(text.includes('customElements.define'), 'the element is not shaken off');
  assert.equal(text.match(/["']offhook\.v1["']/g)?.length, 1, 'the core is there once');
  const { messages } = await publint({ pkgDir: join(project, 'node_modules/@offhook/client'), strict: true });
  assert.deepEqual(messages, []);
});

test('each embed is one module without imports', async () => {
  for (const name of ['offhook.min.js', 'click-to-call.min.js']) {
    const text = await readFile(join(root, 'dist', name), 'utf8');
    assert.doesNotMatch(text, /\bimport\s*[{'"*]|\bfrom\s*['"]/, name);
  }
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
