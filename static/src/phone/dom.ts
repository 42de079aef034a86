const SVG = 'http://www.w3.org/2000/svg';

/** The element with this id; the page's HTML and scripts are built together, so it is there. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`no element #${id}`);
  return element as T;
}

/** An element with attributes and children; strings become text. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A button with its work. */
export function makeButton(className: string, press: () => void, ...children: (Node | string)[]): HTMLButtonElement {
  const button = make('button', { class: className, type: 'button' }, ...children);
  button.addEventListener('click', press);
  return button;
}

/** One of the page's icons; the text beside it names it. */
export function icon(name: string): SVGSVGElement {
  const svg = svgElement('svg', { class: 'icon', 'aria-hidden': 'true' });
  svg.append(svgElement('use', { href: `#icon-${name}` }));
  return svg;
}

/** An element of a drawing. */
export function svgElement<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>>,
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** Sets or removes a data attribute of the document, which styles and tests read. */
export function setState(name: string, value: string | null): void {
  if (value === null) delete document.documentElement.dataset[name];
  else document.documentElement.dataset[name] = value;
}

/** Whether typing would not open an on-screen keyboard. */
export function hasKeyboard(): boolean {
  return matchMedia('(pointer: fine)').matches;
}

/** Draws a level from 0 to 1 as the length of a meter's bar. */
export function showLevel(meter: HTMLElement, level: number): void {
  meter.style.setProperty('--level', level.toFixed(3));
}

/** Tells screen readers a meter's level; to be called rarely, since each change may be spoken. */
export function tellLevel(meter: HTMLElement): void {
  const level = Number(meter.style.getPropertyValue('--level'));
  meter.setAttribute('aria-valuenow', String(Math.round(level * 100)));
}
