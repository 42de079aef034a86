type Listener<A extends unknown[]> = (...args: A) => void;

/** The events of a class: name to the tuple its listeners are called with. */
export type EventMap<E> = { [K in keyof E]: unknown[] };

/** Typed events. A listener that throws is reported and stops neither the others nor the caller. */
export class Emitter<E extends EventMap<E>> {
  readonly #listeners = new Map<keyof E, Set<Listener<never>>>();

  /** Calls `listener` at each `name`; returns the function that ends it. */
  on<K extends keyof E>(name: K, listener: Listener<E[K]>): () => void {
    const set = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, set.add(listener as Listener<never>));
    return () => this.off(name, listener);
  }

  /** Calls `listener` at the next `name` only. */
  once<K extends keyof E>(name: K, listener: Listener<E[K]>): () => void {
    const off = this.on(name, (...args) => {
      off();
      listener(...args);
    });
    return off;
  }

  /** Ends what {@link on} began. */
  off<K extends keyof E>(name: K, listener: Listener<E[K]>): void {
    this.#listeners.get(name)?.delete(listener as Listener<never>);
  }

  /** Ends every listener. */
  removeAllListeners(): void {
    this.#listeners.clear();
  }

  protected emit<K extends keyof E>(name: K, ...args: E[K]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) {
      try {
        (listener as Listener<E[K]>)(...args);
      } catch (error) {
        console.error(`offhook: a listener of "${String(name)}" threw`, error);
      }
    }
  }
}
