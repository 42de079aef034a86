import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

test('src/generated is what the gateway schema and error catalogue say', async () => {
  const script = pathToFileURL(join(process.cwd(), 'scripts/generate.mjs')).href;
  const { generate } = (await import(script)) as { generate(): Promise<Record<string, string>> };
  for (const [name, text] of Object.entries(await generate())) {
    const checkedIn = await readFile(join(process.cwd(), 'src/generated', name), 'utf8');
    assert.equal(checkedIn, text, `${name} is old: npm run generate`);
  }
});
