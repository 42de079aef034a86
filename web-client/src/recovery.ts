/** What a call's recovery has to go by. */
export type Happening =
  /** The browser reports its connection up, doubtful, or given up. */
  | 'connected'
  | 'disconnected'
  | 'failed'
  /** The page has another address, or its network is back. */
  | 'network-changed'
  | 'signalling-lost'
  | 'signalling-back'
  /** The gateway would not do the last step. */
  | 'refused'
  /** The time of the last step is over. */
  | 'timeout';

/** What to do about it. */
export type Step =
  /** Offer new ICE credentials in the same connection. */
  | 'restart'
  /** Offer a new connection. */
  | 'rebuild'
  /** End the call. */
  | 'give-up'
  /** Tell the user that the sound is away, and that it is back. */
  | 'suffer'
  | 'recover';

/** Where a call's recovery stands. */
export interface Recovering {
  phase: 'connecting' | 'well' | 'waiting' | 'mending' | 'lost';
  media: 'down' | 'up';
  signalling: 'down' | 'up';
  suffering: boolean;
  /** The place on the ladder, while mending. */
  rung: number;
}

/** What is tried in turn, and how long each may take: 25 s in all, within the 30 s that the gateway waits. */
export const LADDER: readonly { step: 'restart' | 'rebuild'; ms: number }[] = [
  { step: 'restart', ms: 3_000 },
  { step: 'restart', ms: 4_000 },
  { step: 'rebuild', ms: 6_000 },
  { step: 'rebuild', ms: 6_000 },
  { step: 'rebuild', ms: 6_000 },
];
const FIRST_REBUILD = LADDER.findIndex(({ step }) => step === 'rebuild');

/** A call that is being placed or taken. */
export const FRESH: Recovering = { phase: 'connecting', media: 'down', signalling: 'up', suffering: false, rung: 0 };

/** A call of a former page, whose first rebuild is under way. */
export const REATTACHING: Recovering = { ...FRESH, phase: 'mending', suffering: true, rung: FIRST_REBUILD };

type Outcome = [Recovering, ...Step[]];

/**
 * The one authority over a call's media. It never touches signalling: where that is away as well, it waits for the
 * session, which is the only one to bring it back.
 *
 * ```text
 *   connecting ──connected──▶ well ◀──────────── connected ─────────────┐
 *       │                      │  disconnected, failed, network-changed │
 *       │failed                ▼                                        │
 *       │        signalling up?──no──▶ waiting ──signalling-back──┐     │
 *       │                      │yes       ▲                       │     │
 *       │                      ▼          │signalling-lost        │     │
 *       │                   mending: restart, restart, rebuild ◀──┘ ────┘
 *       ▼                      │ the ladder is at its end
 *     lost ◀───────────────────┘
 * ```
 */
export function recover(state: Recovering, happening: Happening): Outcome {
  if (state.phase === 'lost') return [state];
  switch (happening) {
    case 'connected':
      return well({ ...state, media: 'up' });
    case 'disconnected':
      return state.phase === 'well' ? mend(suffer({ ...state, media: 'down' })) : [{ ...state, media: 'down' }];
    case 'failed':
      return onFailed({ ...state, media: 'down' });
    case 'network-changed':
      return state.phase === 'connecting' ? [state] : mend([state]);
    case 'signalling-lost':
      return [{ ...state, signalling: 'down', phase: state.phase === 'mending' ? 'waiting' : state.phase }];
    case 'signalling-back':
      return state.phase === 'waiting' ? mend([{ ...state, signalling: 'up' }]) : [{ ...state, signalling: 'up' }];
    case 'refused':
      return state.phase === 'mending' ? onRefused(state) : [state];
    case 'timeout':
      if (state.phase !== 'mending') return [state];
      return state.media === 'up' ? well(state) : climb(state, state.rung + 1);
  }
}

/** How long the step that a state is in may take; undefined where nothing is waited for. */
export function patience({ phase, rung }: Recovering): number | undefined {
  return phase === 'mending' ? LADDER[rung]?.ms : undefined;
}

function well(state: Recovering): Outcome {
  const next: Recovering = { ...state, phase: 'well', suffering: false, rung: 0 };
  return state.suffering ? [next, 'recover'] : [next];
}

function suffer(state: Recovering): Outcome {
  return state.suffering ? [state] : [{ ...state, suffering: true }, 'suffer'];
}

function mend([state, ...steps]: Outcome): Outcome {
  if (state.signalling === 'down') return [{ ...state, phase: 'waiting' }, ...steps];
  // A connection that is not made yet cannot be restarted.
  const [next, ...more] = climb(state, state.rung < FIRST_REBUILD ? 0 : FIRST_REBUILD);
  return [next, ...steps, ...more];
}

function onFailed(state: Recovering): Outcome {
  switch (state.phase) {
    case 'connecting':
      return [{ ...state, phase: 'lost' }, 'give-up'];
    case 'well':
      return mend(suffer(state));
    case 'mending':
      // The browser does not come back from this by itself, so there is nothing to wait for.
      return climb(state, Math.max(FIRST_REBUILD, state.rung + 1));
    default:
      return [state];
  }
}

function onRefused(state: Recovering): Outcome {
  if (state.rung < FIRST_REBUILD) return climb(state, FIRST_REBUILD);
  return [{ ...state, phase: 'lost' }, 'give-up'];
}

function climb(state: Recovering, rung: number): Outcome {
  const next = LADDER[rung];
  if (!next) return [{ ...state, phase: 'lost' }, 'give-up'];
  return [{ ...state, phase: 'mending', rung }, next.step];
}
