import { DEFAULT_GUARD } from '../../../lambda/core/deletes/policy.ts';
import type { Paging } from '../../../lambda/core/pull/stream.ts';
import { Draws } from '../../../local/simulator/data/draws.ts';
import type { Fault } from '../../../local/simulator/simulator.ts';
import { caseOf } from '../paging-kinds.ts';
import { MISBEHAVIOURS } from '../sweep/misbehaviours.ts';
import type { Scene } from '../sweep/scene.ts';

/** Some nights of a listing over HTTP. What happens in them is drawn while they are played, from the same seed. */
export interface WireHistory extends Scene {
  readonly seed: number;
  readonly goneAfter: number;
  readonly mode: 'fromWalk' | 'report';
  readonly nights: number;
  /** Faults of every night: the listing's order, and perhaps a job at the same moment of each walk. */
  readonly always: readonly Fault[];
  /** In percent: a misbehaviour of the server, a stopped pull, a second pull. */
  readonly chances: { readonly misbehaviour: number; readonly stop: number; readonly secondPull: number };
}

export const GUARD = DEFAULT_GUARD;

const KINDS: readonly Paging['kind'][] = [
  ...(['hal', 'hal', 'hal', 'numberedPages', 'numberedPages', 'numberedPages'] as const),
  ...(['after', 'after', 'onePage', 'linkedPages'] as const),
];

/** The history of a seed, always the same. */
export function drawWireHistory(seed: number): WireHistory {
  const draws = new Draws(seed, 3, 0);
  const kind = draws.pick(KINDS);
  const { route } = caseOf(kind);
  const by = draws.pick(['key', 'key', 'name', 'modified'] as const);
  const direction = draws.pick(['up', 'down'] as const);
  const isCalm = draws.chance(30);
  return {
    seed,
    kind,
    objects: draws.between(40, 90),
    pageSize: draws.between(5, 12),
    goneAfter: kind === 'after' || kind === 'onePage' ? draws.pick([2, 3]) : 3,
    mode: kind === 'linkedPages' ? 'report' : 'fromWalk',
    nights: 10,
    always: [{ route, do: { kind: 'order', by, direction } }, ...drawJob(draws, route)],
    chances: isCalm
      ? { misbehaviour: 0, stop: 0, secondPull: 5 }
      : { misbehaviour: 35, stop: 10, secondPull: 10 },
  };
}

function drawJob(draws: Draws, route: string): readonly Fault[] {
  const fromShare = draws.below(9) / 10;
  const seed = draws.between(1, 99);
  switch (draws.pick(['none', 'none', 'rotate', 'edit', 'blink'] as const)) {
    case 'rotate': {
      const removes = draws.pick([{ oldest: 1 }, { random: 1 }]);
      return [{ route, fromShare, times: 1, perWalk: true, do: { kind: 'job', removes, adds: 1, seed } }];
    }
    case 'edit':
      return [{ route, fromShare, times: 1, perWalk: true, do: { kind: 'job', edits: { random: 8 }, seed } }];
    case 'blink': {
      const objects = { numbers: [11, 12, 13] };
      return [{ route, fromShare, toShare: fromShare + 0.1, do: { kind: 'hide', objects } }];
    }
    default:
      return [];
  }
}

/** How the server misbehaves in one night; none if it does not. */
export function drawMisbehaviour(draws: Draws, history: WireHistory): readonly Fault[] {
  if (!draws.chance(history.chances.misbehaviour)) return [];
  const possible = Object.values(MISBEHAVIOURS).filter(({ kinds }) => kinds?.includes(history.kind) ?? true);
  return draws.pick(possible).draw(draws, history);
}
