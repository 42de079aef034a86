import type { Platform } from './platform.ts';
import type { Kept, SessionMemory } from './session-memory.ts';

/** The page before may take this long to let go of its session. */
const LET_GO_MS = 1_000;

/**
 * Remembers a session across a reload of its tab. A browser copies what a tab stores when the user duplicates the tab,
 * so a lock tells whether the session is still another page's.
 */
export class TabMemory implements SessionMemory {
  readonly #platform: Platform;
  readonly #key: string;
  #release: (() => void) | undefined;
  #locked: string | undefined;

  constructor(platform: Platform, url: string) {
    this.#platform = platform;
    this.#key = `offhook:${url}`;
  }

  /** What the former page of this tab left, unless that page lives on; also where it is not wanted any more. */
  async recall(): Promise<Kept | undefined> {
    const kept = this.#read();
    if (!kept) return undefined;
    return (await this.#lock(kept.session)) ? kept : undefined;
  }

  /** Whether there is anything to recall. */
  get isEmpty(): boolean {
    return this.#read() === undefined;
  }

  /** Keeps the latest token of this page's session. */
  remember(kept: Kept): void {
    void this.#lock(kept.session);
    try {
      this.#platform.tabStorage()?.setItem(this.#key, JSON.stringify(kept));
    } catch {
      // A full store costs no more than the way back after a reload.
    }
  }

  /** The session is over. */
  forget(): void {
    this.#platform.tabStorage()?.removeItem(this.#key);
    this.#release?.();
    this.#release = this.#locked = undefined;
  }

  #read(): Kept | undefined {
    try {
      const kept = JSON.parse(this.#platform.tabStorage()?.getItem(this.#key) ?? 'null') as Partial<Kept> | null;
      const whole = typeof kept?.session === 'string' && typeof kept.resume_token === 'string';
      return whole ? (kept as Kept) : undefined;
    } catch {
      return undefined;
    }
  }

  #lock(session: string): Promise<boolean> {
    const locks = this.#platform.locks();
    if (!locks || this.#locked === session) return Promise.resolve(true);
    this.#release?.();
    this.#locked = session;
    const held = new Promise<void>((resolve) => (this.#release = resolve));
    return new Promise((resolve) => {
      const patience = AbortSignal.timeout(LET_GO_MS);
      const take = () => {
        resolve(true);
        return held;
      };
      locks.request(`offhook:${session}`, { signal: patience }, take).catch(() => {
        if (this.#locked === session) this.#locked = undefined;
        resolve(false);
      });
    });
  }
}
