import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const src = join(process.cwd(), 'src');
const html = await readFile(join(src, 'phone.html'), 'utf8');

test('the page runs under a policy without inline script, inline style or another origin', () => {
  assert.doesNotMatch(html, /<style|\sstyle=|\son[a-z]+=|javascript:/i);
  for (const [script] of html.matchAll(/<script[^>]*>/g)) assert.match(script, /\ssrc="[a-z.]+"/);
  assert.doesNotMatch(html, /(src|href)="(https?:)?\/\//);
});

test('every control has a name', () => {
  for (const [, attributes, content] of html.matchAll(/<button([^>]*)>(.*?)<\/button>/gs)) {
    const text = content!.replace(/<[^>]*>/g, '').trim();
    assert.ok(text !== '' || /aria-label="[^"]+"/.test(attributes!), attributes);
  }
  for (const [, id] of html.matchAll(/<(?:input|select)[^>]*\sid="([^"]+)"/g)) {
    assert.ok(html.includes(`for="${id}"`) || html.includes(`<label class="check"><input id="${id}"`), id);
  }
});

test('the desk, SDK included, and its components alone are light', async () => {
  const most = { 'phone/main.ts': 40_000, 'elements/define.ts': 6_000 };
  for (const [entry, max] of Object.entries(most)) {
    const options = { bundle: true, minify: true, write: false, format: 'esm', target: 'es2022' } as const;
    const { outputFiles } = await build({ entryPoints: [join(src, entry)], ...options });
    const size = gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
    assert.ok(size <= max, `${entry}: ${size} bytes gzipped`);
  }
});

test('the script finds each element that it names', async () => {
  const { outputFiles } = await build({
    entryPoints: [join(src, 'phone/main.ts')],
    bundle: true,
    write: false,
    format: 'esm',
  });
  const ids = [...outputFiles[0]!.text.matchAll(/byId\("([^"]+)"\)/g)].map(([, id]) => id!);
  assert.ok(ids.length > 30);
  for (const id of ids) assert.ok(html.includes(`id="${id}"`), id);
});
