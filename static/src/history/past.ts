import type { Sample } from '@offhook/client';
import type { CallEvent } from './ladder.ts';
import type { CallRecord, Page } from './records.ts';
import { type Rest, RestError } from './rest.ts';
import type { SessionLog } from './session-log.ts';

/** Events of one call that are read. */
const EVENTS_MAX = 200;

/** Who tells: the gateway of all calls, or this page of its own. */
export type Source = 'gateway' | 'page';

/** The calls that ended: as the gateway knows them, or where the token does not allow that, as this page does. */
export class Past {
  readonly #rest: Rest;
  readonly #log: SessionLog;

  constructor(rest: Rest, log: SessionLog) {
    this.#rest = rest;
    this.#log = log;
  }

  /** One page of records. */
  async records(query: Readonly<Record<string, string>>): Promise<Page<CallRecord> & { source: Source }> {
    const own = { data: this.#log.records, next_cursor: null };
    return this.#ask(() => this.#rest.get<Page<CallRecord>>('cdrs', query), own);
  }

  /** What happened in a call. */
  async events(call: string): Promise<Page<CallEvent> & { source: Source }> {
    const query = { call, limit: String(EVENTS_MAX) };
    const own = { data: [...this.#log.events(call)], next_cursor: null };
    return this.#ask(() => this.#rest.get<Page<CallEvent>>('events', query), own);
  }

  /** How the last minute of a call sounded; empty where this page was not in it. */
  samples(call: string): readonly Sample[] {
    return this.#log.samples(call);
  }

  async #ask<T>(ask: () => Promise<Page<T>>, own: Page<T>): Promise<Page<T> & { source: Source }> {
    try {
      return { ...(await ask()), source: 'gateway' };
    } catch (error) {
      if (!(error instanceof RestError) || error.status !== 403) throw error;
      return { ...own, source: 'page' };
    }
  }
}
