import { KEYS } from './numbers.ts';

const LONG_PRESS_MS = 500;

/** What a key reports; a long press of 0 is `+`. */
type Press = (key: string) => void;

/** Fills `container` with the twelve keys of a telephone. */
export function buildPad(container: HTMLElement, press: Press, longPress?: Press): void {
  container.append(...KEYS.map(([key, letters]) => buildKey(key, letters, press, longPress)));
}

/** Shows a key as pressed for a moment, for one that was typed. */
export function flash(container: HTMLElement, key: string): void {
  const button = [...container.querySelectorAll<HTMLElement>('.key')].find((one) => one.dataset.key === key);
  button?.classList.add('down');
  setTimeout(() => button?.classList.remove('down'), 150);
}

function buildKey(key: string, letters: string, press: Press, longPress?: Press): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'key';
  button.dataset.key = key;
  const name = NAMES[key];
  if (name) button.setAttribute('aria-label', name);
  const small = document.createElement('small');
  small.textContent = letters;
  button.append(`${key} `, small);
  if (letters === '+' && longPress) watchLongPress(button, () => longPress('+'), () => press(key));
  else button.addEventListener('click', () => press(key));
  return button;
}

const NAMES: Readonly<Record<string, string>> = { '*': 'star', '#': 'pound' };

function watchLongPress(button: HTMLElement, long: () => void, short: () => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wasLong = false;
  button.addEventListener('pointerdown', () => {
    wasLong = false;
    timer = setTimeout(() => {
      wasLong = true;
      long();
    }, LONG_PRESS_MS);
  });
  for (const end of ['pointerup', 'pointerleave', 'pointercancel']) {
    button.addEventListener(end, () => clearTimeout(timer));
  }
  button.addEventListener('contextmenu', (event) => event.preventDefault());
  button.addEventListener('click', () => {
    if (!wasLong) short();
    wasLong = false;
  });
}
