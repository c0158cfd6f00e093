import { offsetDateTime } from './data/dates.ts';
import type { ObjectSet } from './data/object-set.ts';
import { archivedReason } from './data/relations.ts';
import type { Timeline } from './data/timeline.ts';
import type { Sets } from './object-kinds.ts';
import type { Switches } from './switches.ts';

/** A change of an object that takes effect when further walks of a listing have begun. */
interface Deferred {
  /** The objects of the listing. */
  readonly set: ObjectSet;
  /** Walks that begin before the change. */
  walks: number;
  readonly apply: () => void;
}

/** Moves relations from the collections to the archive. The switch `archiveLagWalks` says which of the two listings is late. */
export class RelationArchive {
  readonly #sets: Sets;
  readonly #timeline: Timeline;
  readonly #switches: Switches;
  #deferred: Deferred[] = [];

  constructor(sets: Sets, timeline: Timeline, switches: Switches) {
    this.#sets = sets;
    this.#timeline = timeline;
    this.#switches = switches;
  }

  /** Moves a relation from the collections to the archive; the switch `archiveLagWalks` says which of both is late. */
  archive(relationId: number, reason: string | null = archivedReason(null)): void {
    this.#archive(relationId, reason, null);
  }

  /** Archives a relation as merged into another, which stays. */
  merge(relationId: number, keptRelationId: number): void {
    if (!this.#sets.relation.has(keptRelationId)) {
      throw new RangeError(`there is no relation ${keptRelationId} to keep`);
    }
    this.#archive(relationId, archivedReason(keptRelationId), keptRelationId);
  }

  /** Makes the changes that are due when a walk of a listing of these objects begins. */
  walkBegins(set: ObjectSet): void {
    const mine = this.#deferred.filter((each) => each.set === set);
    const due = mine.filter(({ walks }) => walks === 0);
    this.#deferred = this.#deferred.filter((each) => !due.includes(each));
    for (const each of mine) each.walks -= 1;
    for (const { apply } of due) apply();
  }

  #archive(relationId: number, reason: string | null, keptRelationId: number | null): void {
    const { relation, archivedRelation } = this.#sets;
    if (!relation.has(relationId)) {
      throw new RangeError(`there is no object with number ${relationId}`);
    }
    const entry = {
      archived_relation_id: relationId,
      archived_on: offsetDateTime(this.#timeline.now(), 'UTC'),
      archived_reason: reason,
      kept_relation_id: keptRelationId,
    };
    const { archiveLagWalks: lag } = this.#switches;
    this.#after(relation, -lag, () => {
      if (relation.has(relationId)) relation.remove(relationId);
    });
    this.#after(archivedRelation, lag, () => archivedRelation.create(entry));
  }

  /** Makes a change when so many further walks have begun; at once if there are none to wait for. */
  #after(set: ObjectSet, walks: number, apply: () => void): void {
    if (walks > 0) this.#deferred.push({ set, walks, apply });
    else apply();
  }
}
