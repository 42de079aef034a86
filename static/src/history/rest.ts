import type { TokenSource } from '../phone/token.ts';

/** A refusal of the gateway (RFC 9457), or that it was not reached. */
export class RestError extends Error {
  /** HTTP's status; 0 where there was no answer. */
  readonly status: number;

  constructor(status: number, title: string) {
    super(title);
    this.status = status;
  }
}

/** Reads from the gateway's REST interface with the page's own token. */
export class Rest {
  readonly #tokens: TokenSource;

  constructor(tokens: TokenSource) {
    this.#tokens = tokens;
  }

  /** The JSON at `path` of `/v1`. A token that has expired is replaced once. */
  async get<T>(path: string, query: Readonly<Record<string, string>> = {}): Promise<T> {
    const token = this.#tokens.latest ?? (await this.#tokens.next());
    const url = `v1/${path}?${new URLSearchParams(query)}`;
    let response = await send(url, token);
    if (response.status === 401) response = await send(url, await this.#tokens.next());
    if (!response.ok) throw new RestError(response.status, await reason(response));
    return (await response.json()) as T;
  }
}

async function send(url: string, token: string): Promise<Response> {
  try {
    return await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  } catch {
    throw new RestError(0, 'The gateway is not reached.');
  }
}

async function reason(response: Response): Promise<string> {
  const problem = (await response.json().catch(() => ({}))) as { title?: string; detail?: string };
  return problem.detail ?? problem.title ?? `HTTP ${response.status}`;
}
