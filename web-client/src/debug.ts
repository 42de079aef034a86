import type { Call } from './call.ts';
import { fail } from './errors.ts';
import type { Session } from './session.ts';

/** A mishap that {@link Debug.simulate} can bring about. */
export type Mishap =
  /** The WebSocket breaks. */
  | 'signal-drop'
  /** The sound's way is in doubt. */
  | 'media-drop'
  /** The sound's way is lost, and the same connection will not bring it back. */
  | 'ice-fail'
  /** The gateway is about to stop. */
  | 'drain'
  /** The gateway finds the token expired. */
  | 'token-expire';

/** A developer's own mishaps, in a client made with `debug: true`. */
export class Debug {
  readonly #session: Session;
  readonly #calls: () => Call[];

  constructor(session: Session, calls: () => Call[]) {
    this.#session = session;
    this.#calls = calls;
  }

  /** Brings about what is hard to wait for; the client deals with it as with the real thing. */
  simulate(mishap: Mishap): void {
    switch (mishap) {
      case 'signal-drop':
        return this.#session.breakOff({ code: 1006, error: undefined });
      case 'media-drop':
        return this.#calls().forEach((call) => call.happen('disconnected'));
      case 'ice-fail':
        return this.#calls().forEach((call) => {
          call.happen('disconnected');
          call.happen('failed');
        });
      case 'drain':
        return this.#session.breakOff(
          { code: 1001, error: undefined },
          { type: 'bye', data: { reason: 'drain', action: 'reconnect', retry_after_s: 0 } },
        );
      case 'token-expire':
        return this.#session.breakOff({ code: 4401, error: fail('token-expired') });
    }
  }
}
