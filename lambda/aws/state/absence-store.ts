import { randomUUID } from 'node:crypto';
import { type Clock, timestamp } from '../../core/clock.ts';
import { type Absences, absencesFrom, linesOf } from '../../core/deletes/absences.ts';
import type { AbsenceStore, StoredKnown } from '../../core/deletes/delete-ports.ts';
import { type Evidence, NOTHING_KNOWN, withoutAbsences } from '../../core/deletes/evidence.ts';
import { listApprovals } from './approval-store.ts';
import { type Lease, notBehind, takenOver } from './lease.ts';
import { packLines, unpackLines } from './packed-lines.ts';
import { putRows, queryRows } from './rows.ts';
import { fieldsOf, isCount, isText } from './shapes.ts';
import { STATE_KEYS } from './state-keys.ts';
import type { Row, StateTable } from './state-table.ts';
import { evidenceIn } from './stored-evidence.ts';

/** What is known of absent objects expires 90 days after it was saved last. */
const KEPT_SECONDS = 90 * 24 * 60 * 60;

/** Where the evidence's row says that the absences are. */
interface StoredSet {
  /** The part of their keys that no other set has. */
  readonly id: string;
  readonly parts: number;
}

export interface AbsenceStoreOptions {
  readonly state: StateTable;
  readonly lease: Pick<Lease, 'fence' | 'guard'>;
  readonly clock: Clock;
  /** Called when the counts of a stream start over because what was known cannot be read. */
  readonly onLost?: (stream: string) => void;
}

/**
 * Keeps what is known of absent objects in the state table: a row for the evidence, and rows for the absences.
 *
 * Each save writes its absences under keys of their own, and the evidence, which names them, last. So what is read belongs together,
 * whatever cuts a save off. Absences that are not named any more are left to the TTL, because deleting costs as much as writing.
 */
export function createAbsenceStore({ lease, clock, onLost, ...options }: AbsenceStoreOptions): AbsenceStore {
  const state = options.state.underLease(lease);
  const lost = new Set<string>();

  return {
    async load(stream) {
      const stored = await readKnown(state, stream);
      if (stored.areAbsencesLost) lost.add(stream);
      return stored;
    },

    async save(stream, { evidence, absences }) {
      const _expiresAt = Math.floor(clock.now() / 1000) + KEPT_SECONDS;
      const id = `${evidence.ended?.walkId ?? 'none'}#${randomUUID()}`;
      let parts = 0;
      for (const lines of packLines(linesOf(absences))) {
        const row = { ...STATE_KEYS.absences(stream, id, String(parts)), lines, _expiresAt };
        await putRows(state, [row], clock);
        parts += 1;
      }
      const set: StoredSet = { id, parts };
      const row = { ...STATE_KEYS.evidence(stream), evidence, set, fence: lease.fence, _expiresAt };
      if (!(await state.put(row, notBehind(lease)))) throw takenOver();
      if (lost.delete(stream)) onLost?.(stream);
    },

    approvals: (stream, evidence) => listApprovals(state, stream, evidence, timestamp(clock.now())),
  };
}

/** Reads the evidence alone, which is a few KB; undefined if no walk of the stream has left any, or if it cannot be read. */
export async function readEvidence(state: StateTable, stream: string): Promise<Evidence | undefined> {
  const row = await state.get(STATE_KEYS.evidence(stream));
  return evidenceIn(row?.evidence);
}

/** Reads what is known of a stream's absent objects. A pull may be saving it now. */
export async function readKnown(state: StateTable, stream: string): Promise<StoredKnown> {
  const row = await state.get(STATE_KEYS.evidence(stream));
  if (row === undefined) return { known: NOTHING_KNOWN, areAbsencesLost: false };
  const evidence = evidenceIn(row.evidence);
  if (evidence === undefined) return { known: NOTHING_KNOWN, areAbsencesLost: true };
  const absences = isSet(row.set) ? await readAbsences(state, stream, row.set as StoredSet) : undefined;
  return absences === undefined
    ? { known: withoutAbsences(evidence), areAbsencesLost: true }
    : { known: { evidence, absences }, areAbsencesLost: false };
}

const isSet = fieldsOf({ id: isText, parts: isCount });

/** @returns Undefined if a part is missing or cannot be read. */
async function readAbsences(
  state: StateTable,
  stream: string,
  { id, parts }: StoredSet,
): Promise<Absences | undefined> {
  if (parts === 0) return NOTHING_KNOWN.absences;
  const rows = await queryRows(state, STATE_KEYS.absences(stream, id, ''));
  if (rows.length !== parts) return undefined;
  return absencesIn(rows);
}

function absencesIn(rows: readonly Row[]): Absences | undefined {
  try {
    return absencesFrom(unpackLines(rows.map(({ lines }) => lines)));
  } catch {
    return undefined;
  }
}
