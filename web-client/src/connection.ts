import { type OffhookError, fail, fromServer } from './errors.ts';
import type { Envelope, ErrorBody, Welcome } from './protocol.ts';

/** A request without an answer for this long has failed. */
const REQUEST_TIMEOUT_MS = 10_000;
/** Acknowledgements are lazy: one for this many events, or with the next ping. */
const ACK_EVERY = 16;

/** Why a connection ended. */
export interface Closed {
  code: number;
  /** The error that the gateway gave for it, if it gave one. */
  error: OffhookError | undefined;
}

/** What a {@link Connection} tells its owner. */
export interface ConnectionHandlers {
  message(message: Envelope): void;
  closed(closed: Closed): void;
}

interface Pending {
  resolve(message: Envelope): void;
  reject(error: OffhookError): void;
  timer: ReturnType<typeof setTimeout>;
}

/** One WebSocket from `hello` to its close: requests, acknowledgements, liveness. */
export class Connection {
  readonly #socket: WebSocket;
  readonly #handlers: ConnectionHandlers;
  readonly #pending = new Map<string, Pending>();
  #nextId = 1;
  #seq = 0;
  #acknowledged = 0;
  #pingTimer: ReturnType<typeof setInterval> | undefined;
  #deadTimer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(socket: WebSocket, handlers: ConnectionHandlers) {
    this.#socket = socket;
    this.#handlers = handlers;
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = ({ code }) => this.#end({ code, error: undefined });
    this.#expect(REQUEST_TIMEOUT_MS);
  }

  /** Says hello once the socket is open; the session stands when this resolves. */
  async hello(data: object): Promise<Welcome> {
    await this.#opened();
    const { data: welcome } = await this.#ask('hello', undefined, data);
    this.#watch(welcome as Welcome);
    return welcome as Welcome;
  }

  /** Sends a request and returns the data of its answer; a refusal throws an {@link OffhookError}. */
  async request(type: string, call: string | undefined, data: object): Promise<unknown> {
    return (await this.#ask(type, call, data)).data;
  }

  /** Closes the socket; the owner hears no more of it. */
  close(code = 1000): void {
    this.#end({ code, error: undefined }, false);
  }

  #opened(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(fail('connection-failed'));
      this.#socket.onopen = () => resolve();
      this.#socket.onerror = () => reject(fail('connection-failed'));
    });
  }

  #ask(type: string, call: string | undefined, data: object): Promise<Envelope> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(fail('connection-lost'));
      const id = String(this.#nextId++);
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(fail('request-timeout'));
      }, REQUEST_TIMEOUT_MS);
      this.#pending.set(id, { resolve, reject, timer });
      this.#send({ type, id, ...(call && { call }), data });
    });
  }

  #send(message: Envelope): void {
    if (this.#socket.readyState === 1) this.#socket.send(JSON.stringify(message));
  }

  #receive(text: unknown): void {
    this.#alive();
    const message = parse(text);
    if (!message || this.#closed) return;
    if (message.seq !== undefined) this.#count(message.seq);
    if (message.id === undefined) return this.#handlers.message(message);
    const pending = this.#pending.get(message.id);
    if (!pending) return;
    this.#pending.delete(message.id);
    clearTimeout(pending.timer);
    if (message.type === 'error') pending.reject(fromServer(message.data as ErrorBody));
    else pending.resolve(message);
  }

  #count(seq: number): void {
    this.#seq = Math.max(this.#seq, seq);
    if (this.#seq - this.#acknowledged >= ACK_EVERY) this.#acknowledge();
  }

  #acknowledge(): void {
    if (this.#seq === this.#acknowledged) return;
    this.#acknowledged = this.#seq;
    this.#send({ type: 'ack', data: { seq: this.#seq } });
  }

  #watch({ ping_s, timeout_s }: Welcome): void {
    this.#pingTimer = setInterval(() => {
      this.#acknowledge();
      this.#ask('ping', undefined, {}).catch(() => undefined);
      this.#expect((timeout_s - ping_s) * 1000);
    }, ping_s * 1000);
  }

  // A half-open socket never says that it is dead: silence decides. It counts from a ping on, as
  // browsers hold back the timers of hidden pages for up to a minute.
  #expect(withinMs: number): void {
    const dead = () => this.#end({ code: 4408, error: fail('connection-lost') });
    this.#deadTimer ??= setTimeout(dead, withinMs);
  }

  #alive(): void {
    clearTimeout(this.#deadTimer);
    this.#deadTimer = undefined;
  }

  #end(closed: Closed, tell = true): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#alive();
    clearInterval(this.#pingTimer);
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(closed.error ?? fail('connection-lost'));
    }
    this.#pending.clear();
    this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close(closed.code === 4408 ? 4408 : 1000);
    if (tell) this.#handlers.closed(closed);
  }
}

function parse(text: unknown): Envelope | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const message: unknown = JSON.parse(text);
    const known = typeof message === 'object' && message !== null && 'type' in message;
    return known ? (message as Envelope) : undefined;
  } catch {
    return undefined;
  }
}
