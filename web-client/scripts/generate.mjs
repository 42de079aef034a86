// Writes src/generated/ from the gateway's schema and error catalogue.
import { readFile, writeFile } from 'node:fs/promises';
import { compile } from 'json-schema-to-typescript';

const api = new URL('../../gateway/api/', import.meta.url);
const out = new URL('../src/generated/', import.meta.url);

/** The generated files: name to content. */
export async function generate() {
  const banner = (source) => `// Generated from gateway/api/${source} by \`npm run generate\`. Do not edit.\n\n`;
  return {
    'ws.ts': banner('ws.schema.json') + (await frames(await json('ws.schema.json'))),
    'errors.ts': banner('errors.json') + catalogue(await json('errors.json')),
  };
}

async function json(name) {
  return JSON.parse(await readFile(new URL(name, api), 'utf8'));
}

function frames(schema) {
  return compile(schema, 'Frame', {
    bannerComment: '',
    additionalProperties: false,
    unreachableDefinitions: true,
    format: true,
    style: { singleQuote: true, printWidth: 110 },
  });
}

function catalogue({ errors, causes }) {
  const entries = errors.map(({ code, number, name, message, causes, solutions }) => [
    code,
    { number, name, description: message, causes, solutions },
  ]);
  const constant = (doc, name, value) =>
    `/** ${doc} */\nexport const ${name} = ${JSON.stringify(value, null, 2)} as const;\n`;
  return [
    constant('Every error, by its code.', 'CATALOGUE', Object.fromEntries(entries)),
    constant('The error that explains a cause of a call\'s end.', 'CAUSE_ERRORS', causes),
  ].join('\n');
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  for (const [name, text] of Object.entries(await generate())) await writeFile(new URL(name, out), text);
}
