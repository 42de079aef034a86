import { CATALOGUE, CAUSE_ERRORS } from './generated/errors.ts';
import type { Cause, ErrorBody } from './protocol.ts';

/** The stable, kebab-case code of an error in the catalogue that gateway and SDK share. */
export type ErrorCode = keyof typeof CATALOGUE;

/** What an error means and what to do about it. */
export interface ErrorInfo {
  number: number;
  name: string;
  description: string;
  causes: readonly string[];
  solutions: readonly string[];
}

/** An error of Offhook: numbered, with causes and solutions in plain language. */
export class OffhookError extends Error implements ErrorInfo {
  override readonly name: string;
  readonly code: string;
  readonly number: number;
  readonly description: string;
  readonly causes: readonly string[];
  readonly solutions: readonly string[];

  constructor(code: string, info: ErrorInfo, cause?: unknown) {
    super(`${info.description} (${info.number})`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.name = info.name;
    this.number = info.number;
    this.description = info.description;
    this.causes = info.causes;
    this.solutions = info.solutions;
  }
}

/** An error of the catalogue. */
export function fail(code: ErrorCode, cause?: unknown): OffhookError {
  return new OffhookError(code, CATALOGUE[code], cause);
}

/** An error as the gateway sent it; a code newer than this SDK keeps its number and texts. */
export function fromServer({ code, number, message, causes, solutions }: ErrorBody): OffhookError {
  const name = isCode(code) ? CATALOGUE[code].name : 'GatewayError';
  return new OffhookError(code, { number, name, description: message, causes, solutions });
}

/** Any thrown value as an {@link OffhookError}; strangers get `code`. */
export function toOffhookError(error: unknown, code: ErrorCode): OffhookError {
  return error instanceof OffhookError ? error : fail(code, error);
}

/** What to tell a person about the end of a call; null where nothing went wrong. */
export function explain(cause: Cause): ErrorInfo | null {
  const code = (CAUSE_ERRORS as Partial<Record<Cause, ErrorCode>>)[cause];
  return code ? CATALOGUE[code] : null;
}

/** The cause that a call ends with when `code` is what stopped it. */
export function toCause(code: string): Cause {
  const pairs = Object.entries(CAUSE_ERRORS) as [Cause, ErrorCode][];
  const named = pairs.find(([cause]) => cause === code) ?? pairs.find(([, error]) => error === code);
  if (named) return named[0];
  if (code.endsWith('-forbidden')) return 'forbidden';
  if (code.startsWith('connection-')) return 'session-lost';
  return /^(microphone|media)-/.test(code) ? 'media-failed' : 'gateway-error';
}

function isCode(code: string): code is ErrorCode {
  return code in CATALOGUE;
}
