import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Call } from './call.ts';
import type { CallState } from './call-events.ts';
import { Client, type ClientOptions } from './client.ts';
import type { SessionState } from './session.ts';
import type { Sample } from './stats.ts';

/** A client for as long as the component is there; null on the server and in the first render. */
export function useClient(options: ClientOptions): Client | null {
  const [client, setClient] = useState<Client | null>(null);
  const { url } = options;
  useEffect(() => {
    const made = new Client(options);
    setClient(made);
    return () => made.destroy();
    // A new object with the same gateway is no reason to end calls.
  }, [url]);
  return client;
}

/** What a client shows. */
export interface ClientView {
  state: SessionState;
  /** The calls that are not over, those that ring included. */
  calls: readonly Call[];
}

const NO_CLIENT: ClientView = { state: 'offline', calls: [] };

/** The state of a client and its calls; renders again when either changes. */
export function useCalls(client: Client | null): ClientView {
  const [store] = useState(() => new Store<ClientView>(NO_CLIENT));
  useEffect(() => {
    if (!client) return;
    const update = () => store.set({ state: client.state, calls: client.calls });
    const offs = [client.on('stateChanged', update), client.on('callsChanged', update)];
    update();
    return () => offs.forEach((off) => off());
  }, [client, store]);
  return useSyncExternalStore(store.subscribe, store.get, () => NO_CLIENT);
}

/** What a call shows. */
export interface CallView {
  state: CallState;
  muted: boolean;
  /** The latest second; null before the first. */
  sample: Sample | null;
}

const NO_CALL: CallView = { state: 'closed', muted: false, sample: null };

/** A call; renders again when its state, mute or sample changes. */
export function useCall(call: Call | null): CallView {
  const [store] = useState(() => new Store<CallView>(NO_CALL));
  useEffect(() => {
    if (!call) return store.set(NO_CALL);
    let sample: Sample | null = null;
    const update = () => store.set({ state: call.state, muted: call.muted, sample });
    const offs = [
      call.on('stateChanged', update),
      call.on('mute', update),
      call.on('sample', (next) => {
        sample = next;
        update();
      }),
    ];
    update();
    return () => offs.forEach((off) => off());
  }, [call, store]);
  return useSyncExternalStore(store.subscribe, store.get, () => NO_CALL);
}

// What React reads must be the same object until it changes.
class Store<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();
  readonly get = (): T => this.#value;

  constructor(value: T) {
    this.#value = value;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  set(value: T): void {
    this.#value = value;
    for (const listener of this.#listeners) listener();
  }
}
