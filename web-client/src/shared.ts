import type { Call } from './call.ts';
import type { CallDirection, CallState } from './call-events.ts';
import { Client, type ClientOptions } from './client.ts';
import { Emitter } from './emitter.ts';
import { OffhookError, fail } from './errors.ts';
import { type Platform, browserPlatform } from './platform.ts';
import type { Kept, SessionMemory } from './session-memory.ts';
import type { SessionState } from './session.ts';
import { TabMemory } from './tab-memory.ts';

/** The leader has the connection and the sound; followers show the same and pass on what the user does. */
export type Role = 'leader' | 'follower';

/** A call as every tab shows it. */
export interface SharedCall {
  id: string;
  direction: CallDirection;
  from: string | null;
  fromName: string | null;
  to: string;
  state: CallState;
  muted: boolean;
  /** Milliseconds since the Unix epoch. */
  answeredAt: number | null;
}

/** What every tab shows. */
export interface SharedView {
  session: SessionState;
  calls: SharedCall[];
}

/** What a tab may ask of the leader. */
type Action =
  | { verb: 'dial'; to: string }
  | { verb: 'accept' | 'hangup'; call: string }
  | { verb: 'mute'; call: string; muted: boolean }
  | { verb: 'digits'; call: string; digits: string };

type Message =
  | { kind: 'where' }
  | { kind: 'view'; view: SharedView }
  | { kind: 'kept'; kept: Kept | undefined }
  | { kind: 'do'; action: Action };

/** Events of a {@link SharedClient}. */
export interface SharedEvents {
  /** This tab leads from now on. */
  role: [Role];
  view: [SharedView];
  error: [OffhookError];
}

const NOTHING: SharedView = { session: 'offline', calls: [] };

/**
 * One phone in all tabs of an origin: the tab that holds the lock leads, the others mirror it. When it is closed, the
 * next one goes on with its session, and its calls with it.
 *
 * ```text
 *   follower ──lock granted──▶ leader ──tab closed──▶ (gone)
 *      ▲ views, session token    │
 *      └───────channel───────────┘
 * ```
 */
export class SharedClient extends Emitter<SharedEvents> {
  readonly #options: ClientOptions;
  readonly #platform: Platform;
  readonly #channel: BroadcastChannel | undefined;
  readonly #tab: TabMemory;
  #client: Client | undefined;
  #view = NOTHING;
  #kept: Kept | undefined;
  #closed = false;
  #release: (() => void) | undefined;

  constructor(options: ClientOptions) {
    super();
    this.#options = options;
    this.#platform = { ...browserPlatform, ...options.platform };
    const name = `offhook-tabs:${options.url}`;
    this.#tab = new TabMemory(this.#platform, options.url);
    this.#channel = this.#platform.createChannel(name);
    if (this.#channel) this.#channel.onmessage = ({ data }) => this.#hear(data as Message);
    this.#post({ kind: 'where' });
    const held = new Promise<void>((resolve) => (this.#release = resolve));
    const lead = () => (this.#lead(), held);
    const locks = this.#platform.locks();
    // Without locks every tab is a phone of its own.
    if (locks) void locks.request(name, lead).catch(() => undefined);
    else queueMicrotask(lead);
  }

  get role(): Role {
    return this.#client ? 'leader' : 'follower';
  }

  get view(): SharedView {
    return this.#view;
  }

  /** The leader's client, for its devices, samples and levels. */
  get client(): Client | undefined {
    return this.#client;
  }

  dial(to: string): void {
    this.#do({ verb: 'dial', to });
  }

  accept(call: string): void {
    this.#do({ verb: 'accept', call });
  }

  /** Ends a call, or declines one that rings. */
  hangup(call: string): void {
    this.#do({ verb: 'hangup', call });
  }

  mute(call: string, muted: boolean): void {
    this.#do({ verb: 'mute', call, muted });
  }

  sendDigits(call: string, digits: string): void {
    this.#do({ verb: 'digits', call, digits });
  }

  /** This tab is no phone any more; another may lead. Calls of a leader end. */
  close(): void {
    this.#closed = true;
    this.#client?.destroy();
    this.#client = undefined;
    this.#channel?.close();
    this.#release?.();
    this.removeAllListeners();
  }

  #lead(): void {
    if (this.#closed) return;
    const client = new Client({ ...this.#options, memory: this.#memory() });
    this.#client = client;
    client.on('stateChanged', () => this.#publish());
    client.on('incoming', (call) => this.#watch(call));
    client.on('attached', (call) => this.#watch(call));
    client.on('error', (error) => this.emit('error', error));
    client.register().catch(() => undefined);
    this.emit('role', 'leader');
    this.#publish();
  }

  // What the leader before left, by way of this tab's own ear; else what this very tab had before it was loaded again.
  #memory(): SessionMemory {
    const [tab, inherited] = [this.#tab, this.#kept];
    return {
      get isEmpty() {
        return inherited === undefined && tab.isEmpty;
      },
      recall: async () => inherited ?? tab.recall(),
      remember: (kept) => {
        tab.remember(kept);
        this.#keep(kept);
      },
      forget: () => {
        tab.forget();
        this.#keep(undefined);
      },
    };
  }

  #keep(kept: Kept | undefined): void {
    this.#kept = kept;
    this.#post({ kind: 'kept', kept });
  }

  #watch(call: Call): void {
    call.on('stateChanged', () => this.#publish());
    call.on('mute', () => this.#publish());
    call.on('error', (error) => this.emit('error', error));
    this.#publish();
  }

  #publish(): void {
    const client = this.#client;
    if (!client) return;
    const calls = client.calls.filter(({ state }) => state !== 'closed').map(toShared);
    this.#show({ session: client.state, calls });
    this.#post({ kind: 'view', view: this.#view });
  }

  #show(view: SharedView): void {
    this.#view = view;
    this.emit('view', view);
  }

  #hear(message: Message): void {
    if (this.#client) {
      if (message.kind === 'where') this.#introduce();
      if (message.kind === 'do') this.#carryOut(message.action);
      return;
    }
    if (message.kind === 'view') this.#show(message.view);
    if (message.kind === 'kept') this.#kept = message.kept;
  }

  #introduce(): void {
    this.#post({ kind: 'view', view: this.#view });
    this.#post({ kind: 'kept', kept: this.#kept });
  }

  #do(action: Action): void {
    if (this.#client) this.#carryOut(action);
    else this.#post({ kind: 'do', action });
  }

  #carryOut(action: Action): void {
    if (action.verb === 'dial') return this.#watch(this.#client!.connect({ to: action.to }));
    const call = this.#client!.calls.find(({ id }) => id === action.call);
    if (!call) return;
    if (action.verb === 'accept') call.accept();
    if (action.verb === 'hangup') call.disconnect();
    if (action.verb === 'mute') call.mute(action.muted);
    if (action.verb === 'digits') call.sendDigits(action.digits).catch((error: unknown) => this.#complain(error));
  }

  #complain(error: unknown): void {
    this.emit('error', error instanceof OffhookError ? error : fail('invalid-digits', error));
  }

  #post(message: Message): void {
    if (!this.#closed) this.#channel?.postMessage(message);
  }
}

function toShared({ id, direction, from, fromName, to, state, muted, answeredAt }: Call): SharedCall {
  return { id, direction, from, fromName, to, state, muted, answeredAt };
}
