/** An object that outlives the page, in this browser only. Whatever else is found there counts as nothing. */
export class Stored<T extends object> {
  readonly #key: string;
  readonly #start: T;

  constructor(key: string, start: T) {
    this.#key = key;
    this.#start = start;
  }

  read(): T {
    try {
      const found: unknown = JSON.parse(localStorage.getItem(this.#key) ?? 'null');
      const fits = typeof found === 'object' && found !== null && Array.isArray(found) === Array.isArray(this.#start);
      if (!fits) return this.#start;
      return Array.isArray(this.#start) ? (found as T) : { ...this.#start, ...found };
    } catch {
      return this.#start;
    }
  }

  write(value: T): void {
    try {
      localStorage.setItem(this.#key, JSON.stringify(value));
    } catch {
      // A browser that forbids storage still telephones.
    }
  }
}
