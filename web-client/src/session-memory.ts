/** What opens a session again, after the page that had it is gone. */
export interface Kept {
  session: string;
  resume_token: string;
}

/** Where a session's latest token is kept for whoever goes on with it. */
export interface SessionMemory {
  /** Whether there is nothing to recall. */
  readonly isEmpty: boolean;
  /** What was kept, unless another page still has that session. */
  recall(): Promise<Kept | undefined>;
  remember(kept: Kept): void;
  /** The session is over. */
  forget(): void;
}
