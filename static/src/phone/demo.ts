import { byId } from './dom.ts';

/** The demo phone's numbers and what happens there. */
const NUMBERS: readonly [number: string, what: string][] = [
  ['600', 'Echo: hear yourself'],
  ['601', 'Tones and music'],
  ['602', 'Reads back the digits you press'],
  ['603', 'Hangs up and calls you back'],
  ['604', 'Busy'],
  ['605', 'Rings, nobody answers'],
  ['606', 'Sound before the answer'],
];

/** Shows the demo banner and its numbers; one tap calls. */
export function showDemo(call: (to: string) => void): void {
  if (!byId('demo').hidden) return;
  byId('demo-strip').hidden = false;
  byId('demo').hidden = false;
  byId('demo-list').replaceChildren(...NUMBERS.map(([number, what]) => buildRow(number, what, call)));
}

function buildRow(number: string, what: string, call: (to: string) => void): HTMLLIElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'demo-number';
  button.dataset.number = number;
  const bold = document.createElement('b');
  bold.textContent = number;
  button.append(bold, what);
  button.addEventListener('click', () => call(number));
  const row = document.createElement('li');
  row.append(button);
  return row;
}
