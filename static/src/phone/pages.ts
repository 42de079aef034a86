import { byId } from './dom.ts';

/** The pages of the desk; they share one document, so that calls go on while another is looked at. */
export const PAGES = ['phone', 'history', 'devices', 'settings'] as const;

/** A page's name, as in the address behind `#/`. */
export type PageName = (typeof PAGES)[number];

/** Shows the page that the address names. */
export class Pages {
  readonly #shown: (page: PageName) => void;
  #page: PageName | undefined;

  constructor(shown: (page: PageName) => void) {
    this.#shown = shown;
    addEventListener('hashchange', () => this.#follow());
  }

  /** Shows the first page. */
  start(): void {
    this.#show(named(location.hash) ?? 'phone');
  }

  get page(): PageName {
    return this.#page ?? 'phone';
  }

  /** Goes to a page. */
  open(page: PageName): void {
    if (page !== this.#page) location.hash = `#/${page}`;
  }

  #follow(): void {
    const page = named(location.hash);
    if (!page || page === this.#page) return;
    this.#show(page);
    // What had the focus may be on the page before.
    if (document.activeElement?.closest('[hidden]')) byId('main').focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  #show(page: PageName): void {
    this.#page = page;
    for (const one of PAGES) byId(`page-${one}`).hidden = one !== page;
    for (const tab of byId('tabs').querySelectorAll('a')) {
      if (named(tab.hash) === page) tab.setAttribute('aria-current', 'page');
      else tab.removeAttribute('aria-current');
    }
    document.documentElement.dataset.page = page;
    this.#shown(page);
  }
}

function named(hash: string): PageName | undefined {
  return PAGES.find((page) => hash === `#/${page}`);
}
