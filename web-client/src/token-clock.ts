/** A token is renewed this long before it expires, but not before half of its time is over. */
const AHEAD_MS = 60_000;
/** The longest wait that a browser's timer can do. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** When a JWT expires, in milliseconds since the Unix epoch; undefined where it does not say. It is not verified. */
export function expiry(token: string): number | undefined {
  try {
    const payload = token.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/');
    const { exp } = JSON.parse(atob(payload)) as { exp?: unknown };
    return typeof exp === 'number' ? exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}

/** Says when a token should be renewed. */
export class TokenClock {
  readonly #due: (msLeft: number) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(due: (msLeft: number) => void) {
    this.#due = due;
  }

  /** Watches this token instead of the one before. */
  watch(token: string): void {
    this.stop();
    const at = expiry(token);
    if (at === undefined) return;
    const left = at - Date.now();
    const wait = Math.max(left / 2, left - AHEAD_MS);
    if (wait > TIMER_MAX_MS) return;
    this.#timer = setTimeout(() => this.#due(at - Date.now()), Math.max(0, wait));
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
