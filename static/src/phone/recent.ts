import type { Disconnect } from '@offhook/client';
import type { Line } from './line.ts';
import { Stored } from './stored.ts';

/** Numbers that are kept. */
const RECENT_MAX = 20;

/** A number that was called, or that called. */
export interface Recent {
  number: string;
  name: string;
  way: 'out' | 'in' | 'missed';
  /** Milliseconds since the Unix epoch. */
  at: number;
}

/** The latest numbers, each once, the newest first; kept in this browser. */
export class RecentNumbers {
  readonly #stored = new Stored<Recent[]>('offhook.recent', []);

  /** What is kept. */
  list(): Recent[] {
    return this.#stored.read().filter(isRecent).slice(0, RECENT_MAX);
  }

  /** Adds a call that has ended. */
  add(line: Line, { cause }: Disconnect): void {
    const { number, peer: name } = line;
    if (number === '') return;
    const newest: Recent = { number, name, way: wayOf(line, cause), at: Date.now() };
    const others = this.list().filter((one) => one.number !== number);
    this.#stored.write([newest, ...others].slice(0, RECENT_MAX));
  }

  clear(): void {
    this.#stored.write([]);
  }
}

function wayOf({ call }: Line, cause: Disconnect['cause']): Recent['way'] {
  if (call.direction === 'outbound') return 'out';
  return call.answeredAt === null && cause !== 'answered-elsewhere' && cause !== 'declined' ? 'missed' : 'in';
}

function isRecent(found: Partial<Recent> | null): found is Recent {
  return typeof found?.number === 'string' && typeof found.name === 'string' && typeof found.at === 'number';
}
