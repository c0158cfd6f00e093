import { Draws } from '../../../local/simulator/data/draws.ts';
import type { Fault } from '../../../local/simulator/simulator.ts';
import { MISBEHAVIOURS } from './misbehaviours.ts';
import type { Scene } from './scene.ts';

/** One history to play: a listing, what the table holds before, and how the server misbehaves during the pull. */
export interface History extends Scene {
  readonly seed: number;
  /** Places of the objects that are edited after a first pull; undefined if the table is empty before the pull. */
  readonly editedBefore: readonly number[] | undefined;
  /** After so many pages the pull under misbehaviour is stopped, and the next one continues; absent if it is not stopped. */
  readonly stopsAfter?: number;
  readonly misbehaviours: readonly { readonly name: string; readonly faults: readonly Fault[] }[];
}

const KINDS = ['hal', 'linkedPages', 'numberedPages', 'after', 'onePage'] as const;

/** The history of a seed, always the same. */
export function drawHistory(seed: number): History {
  const draws = new Draws(seed, 0, 0);
  const kind = draws.pick(KINDS);
  const scene: Scene = {
    kind,
    objects: draws.chance(5) ? draws.below(3) : draws.between(8, 40),
    pageSize: draws.between(3, 12),
    ...(kind === 'after' && draws.chance(20) && { tiedBy: draws.between(2, 4) }),
  };
  const hasTable = draws.chance(40);
  const editedBefore = hasTable
    ? Array.from({ length: draws.between(1, 10) }, () => draws.below(60))
    : undefined;
  const names = drawNames(draws, scene);
  return {
    seed,
    ...scene,
    editedBefore,
    ...(draws.chance(20) && { stopsAfter: draws.between(1, 4) }),
    misbehaviours: names
      .map((name) => ({ name, faults: MISBEHAVIOURS[name]?.draw(draws, scene) ?? [] }))
      .filter(({ faults }) => faults.length > 0),
  };
}

/** Draws 0 to 3 different misbehaviours that can happen to the paging kind, half of the time one. */
function drawNames(draws: Draws, { kind }: Scene): string[] {
  const possible = Object.keys(MISBEHAVIOURS).filter(
    (name) => MISBEHAVIOURS[name]?.kinds?.includes(kind) ?? true,
  );
  const count = draws.pick([0, 1, 1, 1, 2, 2, 3]);
  const names: string[] = [];
  while (names.length < count) {
    const name = draws.pick(possible);
    if (!names.includes(name) && fits(name, names)) names.push(name);
  }
  return names;
}

/**
 * Whether the misbehaviours leave a sign of what they hide. A page that looks empty leaves none if it becomes the last one, or
 * if others beside it look empty too. A missing next link leaves none without a last link.
 */
function fits(name: string, others: readonly string[]): boolean {
  const all = [...others, name];
  const hides = all.filter((each) => MISBEHAVIOURS[each]?.hidesAPage === true).length;
  const isShortened = all.some((each) => MISBEHAVIOURS[each]?.shortensTheList === true);
  const isCut = all.includes('no links on a later page') && all.includes('no last link');
  return !isCut && (hides === 0 || (hides === 1 && !isShortened));
}
