import type { Settings } from '../settings/settings.ts';
import { type Shortcuts, USUAL, type Verb, shortcutWords, toShortcut, verbOf } from '../settings/shortcuts.ts';
import { byId } from './dom.ts';

/** The buttons that do the same. */
const BUTTONS: readonly [Verb, string][] = [
  ['end', 'hangup'],
  ['mute', 'mute'],
  ['hold', 'hold'],
  ['keypad', 'keypad'],
  ['transfer', 'transfer'],
  ['new-call', 'add-call'],
];

/** Does what shortcuts ask for, wherever the focus is, and tells of them on the buttons. */
export class Keyboard {
  constructor(settings: Settings, work: Readonly<Record<Verb, () => void>>) {
    addEventListener('keydown', (event) => {
      const verb = verbOf(toShortcut(event), settings.choices.keys);
      if (!verb || event.repeat) return;
      event.preventDefault();
      work[verb]();
    });
    settings.on('changed', ({ keys }) => tell(keys));
    tell(settings.choices.keys);
  }
}

function tell(changed: Partial<Shortcuts>): void {
  const keys = { ...USUAL, ...changed };
  for (const [verb, id] of BUTTONS) {
    byId(id).title = shortcutWords(keys[verb]);
    byId(id).setAttribute('aria-keyshortcuts', keys[verb].replace(/Key|Digit|Numpad/, '').replace('Ctrl', 'Control'));
  }
}
