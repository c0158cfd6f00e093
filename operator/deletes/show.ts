import { forEach } from '../../lambda/aws/dynamodb/for-each.ts';
import { listApprovals } from '../../lambda/aws/state/approval-store.ts';
import { timestamp } from '../../lambda/core/clock.ts';
import type { Approval } from '../../lambda/core/deletes/approval.ts';
import { type ArchiveWords, isExplained } from '../../lambda/core/deletes/archive.ts';
import { readWords } from '../../lambda/core/deletes/archive-words.ts';
import { witnessesOf } from '../../lambda/core/deletes/due.ts';
import {
  type CountedWalk,
  type Held,
  type Known,
  wasNeverShown,
} from '../../lambda/core/deletes/evidence.ts';
import { heldIds } from '../../lambda/core/deletes/held.ts';
import type { JsonObject } from '../../lambda/core/json.ts';
import type { Stream } from '../../lambda/core/pull/stream.ts';
import { streamTableName } from '../../lambda/deployment/names.ts';
import { systemClock } from '../../lambda/runtime/clock.ts';
import type { Session } from '../session.ts';
import { readItem } from '../tables/read-items.ts';
import { openForReading, readStreamDeletes } from './stream-deletes.ts';

/** What a stream holds for an operator, with what it takes to decide. Plain JSON. */
export interface HeldSet {
  readonly stream: string;
  /** Absent if nothing is held. */
  readonly held?: Held;
  /** Live items when the last counted walk ended; absent if none counted. */
  readonly live?: number;
  /** The first of the held objects, by id. */
  readonly objects: readonly HeldObject[];
  /** The counted walks that missed what is held, the oldest first. */
  readonly walks: readonly CountedWalk[];
  /** What operators approved and no pull has carried yet. */
  readonly approvals: readonly (Pick<Approval, 'heldId' | 'at' | 'by' | 'note'> & {
    readonly count: number;
  })[];
  /** What approving would do; absent if the config does not let the stream's items be deleted. */
  readonly approving?: 'mark' | 'delete';
}

export interface HeldObject {
  readonly id: string;
  /** Counted walks in a row that missed it, and when the first of them began, RFC 3339. */
  readonly missed: number;
  readonly since: string;
  /** Whether it was never shown since the listing is read as it is. */
  readonly wasNeverShown: boolean;
  /** When its item was last written, RFC 3339; absent if the table has no live item of it, or was not read. */
  readonly changedAt?: string;
  readonly archive?: ArchiveWord;
  /** The whole item. Only if values are asked for. */
  readonly item?: JsonObject;
}

/** What the archive's table says about an object. */
export interface ArchiveWord {
  /** RFC 3339; absent if the entry has no time that can be read. */
  readonly archivedAt?: string;
  /** Whether it explains the absence: the entry is not older than the last walk that showed the object. */
  readonly isExplained: boolean;
  /** The object at the end of its chain of merges, as the archive names it; absent if it was not merged. */
  readonly mergedInto?: string;
}

/** Which of the held objects are shown, and how. */
export interface ShownObjects {
  /** At most so many. */
  readonly limit: number;
  /** Whether their items are read too, which hold values. */
  readonly isRevealed: boolean;
}

/**
 * Reads what a stream holds.
 *
 * @throws {CommandError} `USAGE` if neither the config nor the state table has the stream.
 */
export async function showHeld(session: Session, name: string, shown: ShownObjects): Promise<HeldSet> {
  const { stream, policy, known } = await readStreamDeletes(session, name);
  const { evidence } = known;
  const ids = heldIds(known).slice(0, shown.limit);
  const now = timestamp(systemClock.now());
  const approvals = await listApprovals(session.state(), name, evidence, now);
  const last = evidence.walks.at(-1);
  return {
    stream: name,
    ...(evidence.held && { held: evidence.held }),
    ...(last && { live: last.live }),
    objects: await readObjects(session, stream, known, ids, shown.isRevealed),
    walks: (policy && witnessesOf(evidence, policy)) ?? [],
    approvals: approvals.map(({ ids: approved, shown: _shown, sightBegan: _began, ...approval }) => ({
      ...approval,
      count: approved.length,
    })),
    ...(stream?.deletes === 'fromWalk' && { approving: stream.retainTombstonesFor > 0 ? 'mark' : 'delete' }),
  };
}

async function readObjects(
  session: Session,
  stream: Stream | undefined,
  known: Known,
  ids: readonly string[],
  isRevealed: boolean,
): Promise<readonly HeldObject[]> {
  // A stream that the config no longer has may have no table any more.
  const tables = stream && openForReading(session, stream);
  const live = (await tables?.table.readLive(ids)) ?? [];
  const changedAt = new Map(live.map((item) => [item.id, item.changedAt]));
  const words = await readWords(live, tables?.archive);
  const items = isRevealed && stream !== undefined ? await readItems(session, stream, ids) : new Map();
  return ids.flatMap((id) => {
    const absence = known.absences.get(id);
    if (absence === undefined) return [];
    const { missed, since } = absence;
    const changed = changedAt.get(id);
    const item = items.get(id);
    return {
      ...{ id, missed, since, wasNeverShown: wasNeverShown(absence, known.evidence) },
      ...(changed !== undefined && { changedAt: changed }),
      ...archiveWord(id, known, words),
      ...(item && { item }),
    };
  });
}

/** What the archive says about an object; nothing if it has no entry of it. */
export function archiveWord(
  id: string,
  { evidence, absences }: Known,
  words: ArchiveWords,
): { readonly archive?: ArchiveWord } {
  const entry = words.get(id);
  if (entry === undefined) return {};
  const absence = absences.get(id);
  const { archivedAtMs, mergedInto } = entry;
  return {
    archive: {
      ...(!Number.isNaN(archivedAtMs) && { archivedAt: timestamp(archivedAtMs) }),
      isExplained: absence !== undefined && isExplained(absence, entry, evidence),
      ...(mergedInto !== undefined && { mergedInto }),
    },
  };
}

async function readItems(
  { config, dynamoDb }: Session,
  { name }: Stream,
  ids: readonly string[],
): Promise<ReadonlyMap<string, JsonObject>> {
  const table = streamTableName(config.environment, name);
  const items = new Map<string, JsonObject>();
  await forEach(ids, async (id) => {
    const item = await readItem(dynamoDb, table, id);
    if (item !== undefined) items.set(id, item);
  });
  return items;
}
