/** What keys can do. */
export type Verb = 'answer' | 'end' | 'mute' | 'hold' | 'keypad' | 'transfer' | 'new-call' | 'next-call' | 'silence';

/** Which keys do what: modifiers and the key's place, such as `Alt+KeyA`. */
export type Shortcuts = Record<Verb, string>;

/** What each does, in words. */
export const VERBS: readonly [Verb, string][] = [
  ['answer', 'Answer'],
  ['end', 'Hang up or decline'],
  ['mute', 'Mute and unmute'],
  ['hold', 'Hold and resume'],
  ['keypad', 'Keypad'],
  ['transfer', 'Transfer'],
  ['new-call', 'New call'],
  ['next-call', 'Next call'],
  ['silence', 'Silence the ring tone'],
];

// Letters that no browser has in its own menus together with Alt.
export const USUAL: Shortcuts = {
  answer: 'Alt+KeyA',
  end: 'Alt+KeyX',
  mute: 'Alt+KeyM',
  hold: 'Alt+KeyP',
  keypad: 'Alt+KeyK',
  transfer: 'Alt+KeyR',
  'new-call': 'Alt+KeyN',
  'next-call': 'Alt+KeyJ',
  silence: 'Alt+KeyQ',
};

const PLAIN_KEY = /^(Key[A-Z]|Digit\d|Numpad\d)$/;
const FUNCTION_KEY = /^F([2-9]|1\d|2\d)$/;

/** A pressed key with its modifiers, as {@link Shortcuts} spell it. */
export type Chord = Pick<KeyboardEvent, 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'code'>;

/** The shortcut that was pressed; null for keys that cannot be one: a letter alone would answer while somebody types. */
export function toShortcut({ altKey, ctrlKey, metaKey, shiftKey, code }: Chord): string | null {
  const strong = altKey || ctrlKey || metaKey;
  if (!FUNCTION_KEY.test(code) && !(strong && PLAIN_KEY.test(code))) return null;
  const modifiers = [ctrlKey && 'Ctrl', altKey && 'Alt', metaKey && 'Meta', shiftKey && 'Shift'];
  return [...modifiers.filter(Boolean), code].join('+');
}

/** A shortcut as people read it. */
export function shortcutWords(shortcut: string): string {
  return shortcut.replace(/Key|Digit/, '').replace('Numpad', 'Numpad ').replaceAll('+', ' + ');
}

/** What a shortcut does; undefined for one without a use. */
export function verbOf(shortcut: string | null, changed: Partial<Shortcuts>): Verb | undefined {
  const all = { ...USUAL, ...changed };
  return VERBS.map(([verb]) => verb).find((verb) => all[verb] === shortcut);
}
