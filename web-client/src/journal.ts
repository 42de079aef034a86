/** Entries that are kept; the oldest go first. */
const ENTRIES_MAX = 400;

/** Something that happened: when, what, and what may be told of it. */
export interface Entry {
  /** Milliseconds since the Unix epoch. */
  at: number;
  what: string;
  /** Never a token, a number, a digit or a session description. */
  more?: Record<string, unknown>;
}

/** The latest of what happened to a client, for somebody who has to find out why. */
export class Journal {
  readonly #entries: Entry[] = [];

  note(what: string, more?: Record<string, unknown>): void {
    this.#entries.push({ at: Date.now(), what, ...(more && { more }) });
    if (this.#entries.length > ENTRIES_MAX) this.#entries.shift();
  }

  get entries(): readonly Entry[] {
    return [...this.#entries];
  }
}
