import { byId } from './dom.ts';

const STORED = 'offhook.token';

/** Gets the page's token: the gateway gives one away in demo mode; elsewhere the user pastes one. */
export class TokenSource {
  #demo: boolean | undefined;
  #latest: string | undefined;

  /** A token for the next connection. */
  async next(): Promise<string> {
    this.#latest = await this.#find();
    return this.#latest;
  }

  /** The token of the latest connection; undefined before there was one. */
  get latest(): string | undefined {
    return this.#latest;
  }

  async #find(): Promise<string> {
    if (this.#demo !== false) {
      const token = await this.#demoToken();
      if (token !== undefined) return token;
    }
    return sessionStorage.getItem(STORED) ?? (await this.#ask());
  }

  /** Forgets a pasted token that the gateway refused; tells whether there is another to ask for. */
  forget(): boolean {
    sessionStorage.removeItem(STORED);
    return this.#demo === false;
  }

  async #demoToken(): Promise<string | undefined> {
    const response = await fetch('v1/demo/token', { method: 'POST' });
    // Anything else than a plain "there is no such thing" is a gateway in trouble: the client tries again.
    if (response.status === 404 || response.status === 405) {
      this.#demo = false;
      return undefined;
    }
    if (!response.ok) throw new Error(`demo token: HTTP ${response.status}`);
    this.#demo = true;
    return ((await response.json()) as { token: string }).token;
  }

  #ask(): Promise<string> {
    const [view, dial] = [byId<HTMLFormElement>('token-view'), byId('dial-view')];
    const input = byId<HTMLInputElement>('token');
    view.hidden = false;
    dial.hidden = true;
    input.focus();
    return new Promise((resolve) => {
      view.onsubmit = (event) => {
        event.preventDefault();
        const token = input.value.trim();
        sessionStorage.setItem(STORED, token);
        input.value = '';
        view.hidden = true;
        dial.hidden = false;
        resolve(token);
      };
    });
  }
}
