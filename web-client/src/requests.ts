import { type OffhookError, fail, fromServer } from './errors.ts';
import type { Envelope, ErrorBody } from './protocol.ts';

/** A request without an answer for this long has failed; time without a connection does not count. */
const REQUEST_TIMEOUT_MS = 10_000;
/** Requests that wait for the connection to come back. */
const WAITING_MAX = 64;

interface Pending {
  message: Envelope;
  resolve(message: Envelope): void;
  reject(error: OffhookError): void;
  timer: ReturnType<typeof setTimeout> | undefined;
}

type Send = (message: Envelope) => void;

/**
 * The requests of a session that have no answer yet. They outlive its connection: on the next one they are sent again
 * with the same id, and the gateway does none of them twice.
 */
export class Requests {
  readonly #pending = new Map<string, Pending>();
  // The session may outlive this page; the next page must not use the same ids.
  readonly #page = Math.random().toString(36).slice(2, 10);
  #nextId = 1;
  #send: Send | undefined;

  /** Sends a request, now or once there is a connection, and returns its answer; a refusal throws. */
  ask(type: string, call: string | undefined, data: object): Promise<Envelope> {
    return new Promise((resolve, reject) => {
      if (!this.#send && this.#pending.size >= WAITING_MAX) return reject(fail('connection-lost'));
      const id = `${this.#page}-${this.#nextId++}`;
      const message = { type, id, ...(call && { call }), data };
      const pending: Pending = { message, resolve, reject, timer: undefined };
      this.#pending.set(id, pending);
      this.#dispatch(id, pending);
    });
  }

  /** Takes an answer. */
  answer(message: Envelope): void {
    const pending = this.#pending.get(message.id ?? '');
    if (!pending) return;
    this.#forget(message.id!, pending);
    if (message.type === 'error') pending.reject(fromServer(message.data as ErrorBody));
    else pending.resolve(message);
  }

  /** There is a connection: whatever has no answer is sent again, in order. */
  attach(send: Send): void {
    this.#send = send;
    for (const [id, pending] of this.#pending) this.#dispatch(id, pending);
  }

  /** There is no connection. */
  detach(): void {
    this.#send = undefined;
    for (const { timer } of this.#pending.values()) clearTimeout(timer);
  }

  /** No answer will come. */
  fail(error: OffhookError): void {
    for (const [id, pending] of [...this.#pending]) {
      this.#forget(id, pending);
      pending.reject(error);
    }
  }

  #dispatch(id: string, pending: Pending): void {
    if (!this.#send) return;
    pending.timer = setTimeout(() => {
      this.#pending.delete(id);
      pending.reject(fail('request-timeout'));
    }, REQUEST_TIMEOUT_MS);
    this.#send(pending.message);
  }

  #forget(id: string, { timer }: Pending): void {
    clearTimeout(timer);
    this.#pending.delete(id);
  }
}
