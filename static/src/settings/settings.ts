import { Emitter } from '@offhook/client';
import { Stored } from '../phone/stored.ts';
import type { Shortcuts } from './shortcuts.ts';

/** What a person chose for this browser. */
export interface Choices {
  /** Whether further callers hear that the line is busy. */
  oneCall: boolean;
  /** Whether calls are told by the system while the page is hidden. */
  notify: boolean;
  /** A number that plays back what it hears, for the check. */
  echo: string;
  /** Keys other than the usual ones. */
  keys: Partial<Shortcuts>;
}

/** Events of {@link Settings}. */
export interface SettingsEvents {
  changed: [Choices];
}

/** The choices, kept across visits. */
export class Settings extends Emitter<SettingsEvents> {
  readonly #stored = new Stored<Choices>('offhook.settings', { oneCall: false, notify: false, echo: '', keys: {} });

  get choices(): Choices {
    return this.#stored.read();
  }

  /** Changes some of them. */
  change(changed: Partial<Choices>): void {
    this.#stored.write({ ...this.choices, ...changed });
    this.emit('changed', this.choices);
  }
}
