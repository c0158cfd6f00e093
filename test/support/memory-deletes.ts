import { type Absences, absencesFrom, linesOf } from '../../lambda/core/deletes/absences.ts';
import type { Approval } from '../../lambda/core/deletes/approval.ts';
import type { ArchiveEntry } from '../../lambda/core/deletes/archive.ts';
import type {
  AbsenceStore,
  Burial,
  BuryEnd,
  DeletesTable,
  RenamedSurvivor,
  StoredKnown,
  UnseenTake,
} from '../../lambda/core/deletes/delete-ports.ts';
import { type Evidence, type Known, NOTHING_KNOWN } from '../../lambda/core/deletes/evidence.ts';
import type { DeleteStores } from '../../lambda/core/deletes/judge-walk.ts';
import type { MemoryTable } from './memory-ports.ts';

/** What is known of the absent objects of one stream, in memory. What is saved goes through JSON, as in the real store. */
export class MemoryAbsences implements AbsenceStore {
  approved: readonly Approval[] = [];
  #saved: { readonly evidence: string; readonly lines: readonly string[] } | undefined;

  get known(): Known {
    if (this.#saved === undefined) return NOTHING_KNOWN;
    const { evidence, lines } = this.#saved;
    return { evidence: JSON.parse(evidence) as Evidence, absences: absencesFrom(lines) as Absences };
  }

  async load(): Promise<StoredKnown> {
    return { known: this.known, areAbsencesLost: false };
  }

  async save(_stream: string, { evidence, absences }: Known): Promise<void> {
    this.#saved = { evidence: JSON.stringify(evidence), lines: [...linesOf(absences)] };
  }

  async approvals(): Promise<readonly Approval[]> {
    return this.approved;
  }
}

/** A table in memory, as far as deletes need it. */
export class MemoryDeletesTable implements DeletesTable {
  readonly #table: MemoryTable;
  scans = 0;
  /** How many burials one batch has. */
  batch = 500;
  /** Survivors of merges, by the ids of the tombstones that name them. */
  readonly survivors = new Map<string, string>();

  constructor(table: MemoryTable) {
    this.#table = table;
  }

  async scanUnseen(
    isSeen: (id: string) => boolean,
    _isConsistent: boolean,
    signal: AbortSignal,
    take: UnseenTake,
  ): Promise<void> {
    this.scans += 1;
    await Promise.resolve();
    signal.throwIfAborted();
    for (const [id, mergedInto] of this.survivors) take.merged({ id, mergedInto, archiveKey: id });
    for (const id of this.#table.live) {
      if (!isSeen(id)) take.unseen({ id, hash: this.#table.items.get(id)?.hash ?? '', archiveKey: id });
    }
  }

  async bury(burials: readonly Burial[], mayGoOn: () => boolean): Promise<BuryEnd> {
    let done = 0;
    while (done < burials.length && (done === 0 || mayGoOn())) {
      for (const { item, because, mergedInto } of burials.slice(done, done + this.batch)) {
        await Promise.resolve();
        this.#table.tombstones.set(item.id, because);
        if (mergedInto !== undefined) this.survivors.set(item.id, mergedInto);
      }
      done = Math.min(burials.length, done + this.batch);
    }
    return { done, gone: burials.slice(0, done).map(({ item }) => item.id), changed: [] };
  }

  async renameSurvivors(renamed: readonly RenamedSurvivor[]): Promise<void> {
    for (const { id, to } of renamed) this.survivors.set(id, to);
  }
}

/** The stores of deletes in memory, with the entries of an archive. */
export function memoryDeletes(table: MemoryTable) {
  const archive = new Map<string, ArchiveEntry>();
  const stores = {
    absences: new MemoryAbsences(),
    table: new MemoryDeletesTable(table),
    archive: { read: async () => archive },
  } satisfies DeleteStores;
  return { ...stores, entries: archive };
}
