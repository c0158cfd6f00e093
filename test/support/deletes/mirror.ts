import { absencesFrom, linesOf } from '../../../lambda/core/deletes/absences.ts';
import type { Approval } from '../../../lambda/core/deletes/approval.ts';
import { type Evidence, type Known, NOTHING_KNOWN } from '../../../lambda/core/deletes/evidence.ts';
import type { ModelObject } from './listing.ts';

export interface ModelItem {
  readonly revision: number;
  /** Why it is a tombstone; absent if it is live. */
  readonly deletedBecause?: string;
}

/** A stream's table and its rows in the state table, in memory. What is saved goes through JSON, as in the real one. */
export class Mirror {
  readonly items = new Map<string, ModelItem>();
  approvals: readonly Approval[] = [];
  #known = NOTHING_KNOWN;

  /** Stores an object as a listing showed it. */
  store({ id, revision }: ModelObject): void {
    const key = String(id);
    const item = this.items.get(key);
    if (item?.revision !== revision || item.deletedBecause !== undefined) this.items.set(key, { revision });
  }

  /** Makes a live item a tombstone. Repeated, a no-op. */
  bury(id: string, because: string): boolean {
    const item = this.items.get(id);
    if (item === undefined || item.deletedBecause !== undefined) return false;
    this.items.set(id, { ...item, deletedBecause: because });
    return true;
  }

  isLive(id: string): boolean {
    const item = this.items.get(id);
    return item !== undefined && item.deletedBecause === undefined;
  }

  liveIds(): string[] {
    const ids: string[] = [];
    for (const [id, { deletedBecause }] of this.items) if (deletedBecause === undefined) ids.push(id);
    return ids;
  }

  /** Keeps what is known as it is read back. */
  save({ evidence, absences }: Known): void {
    const read = absences === this.#known.absences ? absences : absencesFrom(linesOf(absences));
    if (read === undefined) throw new Error('the lines that were written cannot be read');
    this.#known = { evidence: JSON.parse(JSON.stringify(evidence)) as Evidence, absences: read };
  }

  load(): Known {
    return this.#known;
  }
}
