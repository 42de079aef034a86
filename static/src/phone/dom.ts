/** The element with this id; the page's HTML and scripts are built together, so it is there. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`no element #${id}`);
  return element as T;
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
