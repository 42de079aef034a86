const LETTERS: readonly [string, string][] = [
  ['ABC', '2'],
  ['DEF', '3'],
  ['GHI', '4'],
  ['JKL', '5'],
  ['MNO', '6'],
  ['PQRS', '7'],
  ['TUV', '8'],
  ['WXYZ', '9'],
];

/** The keys of a telephone with the letters printed on them. */
export const KEYS: readonly [key: string, letters: string][] = [
  ['1', ''],
  ...LETTERS.map(([letters, digit]): [string, string] => [digit, letters]),
  ['*', ''],
  ['0', '+'],
  ['#', ''],
];

/**
 * What a person typed or pasted, as it is dialled: `tel:` and the signs people write between digits go,
 * letters of a number become digits, addresses (`alice@example.com`) and names stay as they are.
 */
export function toDialable(text: string): string {
  const trimmed = text.trim().replace(/^tel:/i, '');
  if (/^sips?:/i.test(trimmed) || trimmed.includes('@')) return trimmed;
  const compact = trimmed.replace(/[\s().\-/\u00a0\u2010-\u2015\u202a-\u202e]/g, '');
  if (!/^[+\d*#]/.test(compact)) return trimmed;
  return compact.replace(/[a-z]/gi, toDigit);
}

/** The keys to send for what was typed or pasted during a call; what no key has is left out. */
export function toDigits(text: string): string {
  return text.replace(/[a-z]/gi, toDigit).replace(/[^0-9*#]/g, '');
}

function toDigit(letter: string): string {
  const upper = letter.toUpperCase();
  return LETTERS.find(([letters]) => letters.includes(upper))?.[1] ?? letter;
}
