import { DEFAULT_GUARD, type DeletePolicy, goneAfterRange } from '../../../lambda/core/deletes/policy.ts';
import { Draws } from '../../../local/simulator/data/draws.ts';
import { ORDERS, type Order } from './listing.ts';
import type { Kind } from './reading.ts';

/** A job in Procurios that changes the list at the same moment of each reading. */
export interface Job {
  /** `rotate` removes the oldest and adds as many; `touch` edits; `blink` takes the same out of sight for a tenth of the reading. */
  readonly kind: 'rotate' | 'touch' | 'blink';
  readonly objects: number;
  /** From 0 to 1, of the reading. */
  readonly moment: number;
  /** Whether it runs during looks too. */
  readonly runsInLooks: boolean;
}

/** One history to play. All else is drawn while it is played, from the same seed. */
export interface History {
  readonly seed: number;
  readonly kind: Kind;
  readonly order: Order;
  readonly policy: DeletePolicy;
  readonly nights: number;
  readonly objects: number;
  readonly pageSize: number;
  readonly job: Job | undefined;
  /** The most removals, additions and edits during a reading. */
  readonly most: { readonly removals: number; readonly additions: number; readonly edits: number };
  /** Whether an operator looks each morning at what is held. */
  readonly hasOperator: boolean;
  readonly hasArchive: boolean;
  /** In percent: a fault of a reading, a kill, a second pull, a change of sight, a night without deletes. */
  readonly chances: {
    readonly fault: number;
    readonly kill: number;
    readonly secondPull: number;
    readonly change: number;
    readonly blind: number;
  };
}

const KINDS: readonly Kind[] = [
  ...(['hal', 'hal', 'hal', 'hal', 'numberedPages', 'numberedPages', 'numberedPages'] as const),
  ...(['after', 'after', 'onePage', 'irregularHal', 'linkedPages'] as const),
];

/** The history of a seed, always the same. */
export function drawHistory(seed: number): History {
  const draws = new Draws(seed, 1, 0);
  const kind = draws.pick(KINDS);
  const paging = kind === 'irregularHal' ? 'hal' : kind;
  const [least] = goneAfterRange(paging);
  const isCalm = draws.chance(30);
  return {
    seed,
    kind,
    order: kind === 'after' ? 'id up' : draws.pick(Object.keys(ORDERS) as Order[]),
    policy: {
      mode: kind === 'linkedPages' ? 'report' : 'fromWalk',
      paging,
      goneAfter: draws.pick([least, 3, 3, 4]),
      guard: DEFAULT_GUARD,
      holes: draws.chance(90) ? 'wait' : 'count',
    },
    nights: 20,
    objects: draws.between(300, 1000),
    pageSize: draws.pick([20, 25, 25, 50]),
    job: draws.chance(50) ? drawJob(draws) : undefined,
    most: { removals: draws.below(9), additions: draws.below(9), edits: draws.pick([0, 5, 30]) },
    hasOperator: draws.chance(50),
    hasArchive: draws.chance(40),
    chances: isCalm
      ? { fault: 0, kill: 0, secondPull: 5, change: 0, blind: 0 }
      : { fault: 25, kill: 10, secondPull: 10, change: draws.pick([0, 0, 6]), blind: draws.pick([0, 0, 5]) },
  };
}

function drawJob(draws: Draws): Job {
  const kind = draws.pick(['rotate', 'rotate', 'touch', 'blink'] as const);
  const moment = draws.below(90) / 100;
  return {
    kind,
    objects: kind === 'touch' ? 25 : draws.pick([3, 8, 8, 25]),
    moment,
    runsInLooks: !isMiddle(moment) && draws.chance(50),
  };
}

/**
 * Whether readings in both directions are at the same place of the list then. A job that runs at that moment of every reading, looks
 * included, hides the same objects from all of them. No clock is that exact, so no history has such a job.
 */
export function isMiddle(moment: number): boolean {
  return Math.abs(moment - 0.5) < 0.1;
}
