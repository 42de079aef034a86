import type { Settings } from '../settings/settings.ts';
import { type Verb, toShortcut, verbOf } from '../settings/shortcuts.ts';

/** Does what shortcuts ask for, wherever the focus is. */
export class Keyboard {
  constructor(settings: Settings, work: Readonly<Record<Verb, () => void>>) {
    addEventListener('keydown', (event) => {
      const verb = verbOf(toShortcut(event), settings.choices.keys);
      if (!verb || event.repeat) return;
      event.preventDefault();
      work[verb]();
    });
  }
}
