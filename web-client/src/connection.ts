import { type OffhookError, fail, fromServer } from './errors.ts';
import type { Envelope, ErrorBody, Welcome } from './protocol.ts';

/** The gateway must be there, and answer `hello`, within this time. */
const HELLO_TIMEOUT_MS = 10_000;
/** Acknowledgements are lazy: one for this many events, or with the next ping. */
const ACK_EVERY = 16;
/** The id of `hello`, apart from those of requests. */
const HELLO = 'hello';
/** To the gateway, a close with 1000 ends the session; with this, the connection broke. */
const BROKEN = 4408;

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

interface Greeting {
  resolve(welcome: Welcome): void;
  reject(error: OffhookError): void;
}

/** One WebSocket from `hello` to its close: frames, acknowledgements, liveness. */
export class Connection {
  readonly #socket: WebSocket;
  readonly #handlers: ConnectionHandlers;
  #greeting: Greeting | undefined;
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
    this.#expect(HELLO_TIMEOUT_MS);
  }

  /** The last event that came. */
  get seq(): number {
    return this.#seq;
  }

  /** Says hello once the socket is open; the session stands when this resolves. */
  async hello(data: object): Promise<Welcome> {
    await this.#opened();
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(fail('connection-lost'));
      this.#greeting = { resolve, reject };
      this.send({ type: 'hello', id: HELLO, data });
    });
  }

  /** Sends a frame; one that does not get through is sent again after a resume. */
  send(message: Envelope): void {
    if (this.#socket.readyState === 1) this.#socket.send(JSON.stringify(message));
  }

  /** Asks for a sign of life within so long; without one the connection counts as broken. */
  probe(withinMs: number): void {
    this.send({ type: 'ping', data: {} });
    this.#alive();
    this.#expect(withinMs);
  }

  /** Closes the socket, and the session with it; the owner hears no more of it. */
  close(): void {
    this.#end({ code: 1000, error: undefined }, false);
  }

  /** Gives the socket up as broken; the owner hears no more of it. */
  abandon(): void {
    this.#end({ code: BROKEN, error: undefined }, false);
  }

  /** @internal Ends as if the far side had ended it so. */
  breakOff(closed: Closed): void {
    this.#end(closed);
  }

  #opened(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(fail('connection-failed'));
      this.#socket.onopen = () => resolve();
      this.#socket.onerror = () => reject(fail('connection-failed'));
    });
  }

  #receive(text: unknown): void {
    this.#alive();
    const message = parse(text);
    if (!message || this.#closed) return;
    if (message.id === HELLO) return this.#greeted(message);
    if (message.seq !== undefined) this.#count(message.seq);
    this.#handlers.message(message);
  }

  #greeted({ type, seq, data }: Envelope): void {
    const greeting = this.#greeting;
    this.#greeting = undefined;
    if (type !== 'welcome') return greeting?.reject(fromServer(data as ErrorBody));
    this.#seq = this.#acknowledged = seq ?? 0;
    this.#watch(data as Welcome);
    greeting?.resolve(data as Welcome);
  }

  #count(seq: number): void {
    this.#seq = Math.max(this.#seq, seq);
    if (this.#seq - this.#acknowledged >= ACK_EVERY) this.#acknowledge();
  }

  #acknowledge(): void {
    if (this.#seq === this.#acknowledged) return;
    this.#acknowledged = this.#seq;
    this.send({ type: 'ack', data: { seq: this.#seq } });
  }

  #watch({ ping_s, timeout_s }: Welcome): void {
    this.#pingTimer = setInterval(() => {
      this.#acknowledge();
      this.send({ type: 'ping', data: {} });
      this.#expect((timeout_s - ping_s) * 1000);
    }, ping_s * 1000);
  }

  // A half-open socket never says that it is dead: silence decides. It counts from a ping on, as
  // browsers hold back the timers of hidden pages for up to a minute.
  #expect(withinMs: number): void {
    const dead = () => this.#end({ code: BROKEN, error: fail('connection-lost') });
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
    this.#greeting?.reject(closed.error ?? fail('connection-lost'));
    this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close(closed.code === 1000 ? 1000 : BROKEN);
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
