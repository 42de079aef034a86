import { byId, make, makeButton } from '../phone/dom.ts';
import type { Settings } from './settings.ts';
import { USUAL, VERBS, type Verb, shortcutWords, toShortcut, verbOf } from './shortcuts.ts';

/** The page of choices: calls, notifications, keys. */
export class SettingsView {
  readonly #settings: Settings;
  readonly #oneCall = byId<HTMLInputElement>('one-call');
  readonly #notify = byId<HTMLInputElement>('notify');
  #listening: HTMLButtonElement | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    const { oneCall, notify } = settings.choices;
    this.#oneCall.checked = oneCall;
    this.#notify.checked = notify && mayNotify();
    this.#oneCall.addEventListener('change', () => settings.change({ oneCall: this.#oneCall.checked }));
    this.#notify.addEventListener('change', () => void this.#askToNotify());
    byId('keys-reset').addEventListener('click', () => this.#reset());
    this.#showKeys();
  }

  async #askToNotify(): Promise<void> {
    const wanted = this.#notify.checked && 'Notification' in globalThis;
    const granted = wanted && (await Notification.requestPermission()) === 'granted';
    this.#settings.change({ notify: granted });
    const refused = this.#notify.checked && !granted;
    this.#notify.checked = granted;
    byId('notify-hint').textContent = refused ? 'The browser does not allow it. Allow notifications in the address bar.' : '';
  }

  #showKeys(): void {
    const keys = { ...USUAL, ...this.#settings.choices.keys };
    const rows = VERBS.map(([verb, words]) => {
      const button = makeButton('key-button', () => undefined, make('kbd', {}, shortcutWords(keys[verb])));
      button.setAttribute('aria-label', `${words}: ${shortcutWords(keys[verb])}. Change`);
      button.addEventListener('click', () => this.#listen(button, verb));
      return make('li', { class: 'key-row' }, make('span', {}, words), button);
    });
    byId('keys').replaceChildren(...rows);
  }

  #listen(button: HTMLButtonElement, verb: Verb): void {
    button.replaceChildren(make('span', {}, 'Press keys'));
    byId('keys-hint').textContent = 'Press the new keys, or Escape to leave them as they are.';
    this.#listening = button;
    button.onkeydown = (event) => this.#take(event, verb);
    button.onblur = () => this.#done(verb, '');
  }

  #take(event: KeyboardEvent, verb: Verb): void {
    if (['Alt', 'Control', 'Meta', 'Shift', 'Tab'].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Escape') return this.#done(verb, '');
    const shortcut = toShortcut(event);
    if (shortcut === null) {
      byId('keys-hint').textContent = 'Use Ctrl, Alt or Cmd together with a letter or digit, or a function key.';
      return;
    }
    const taken = verbOf(shortcut, this.#settings.choices.keys);
    if (taken && taken !== verb) return this.#done(verb, `${shortcutWords(shortcut)} is in use already.`);
    this.#settings.change({ keys: { ...this.#settings.choices.keys, [verb]: shortcut } });
    this.#done(verb, `Changed to ${shortcutWords(shortcut)}.`);
  }

  #done(verb: Verb, words: string): void {
    const [button, row] = [this.#listening, VERBS.findIndex(([one]) => one === verb)];
    this.#listening = undefined;
    // A button that is taken out of the page loses the focus, too.
    if (button) button.onblur = null;
    const hadFocus = button === document.activeElement;
    byId('keys-hint').textContent = words;
    this.#showKeys();
    if (hadFocus) byId('keys').querySelectorAll('button')[row]?.focus();
  }

  #reset(): void {
    this.#settings.change({ keys: {} });
    this.#showKeys();
    byId('keys-hint').textContent = 'All keys are the usual ones again.';
  }
}

/** Whether the browser lets the page notify. */
export function mayNotify(): boolean {
  return 'Notification' in globalThis && Notification.permission === 'granted';
}
