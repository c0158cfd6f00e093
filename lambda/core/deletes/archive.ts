import type { Absence } from './absences.ts';
import type { Evidence } from './evidence.ts';

/** The entries of the archive's table, by their `_id`. */
export type Archive = ReadonlyMap<string, ArchiveEntry>;

/** What the archive says about a stream's objects, by the `_id` of their items. `mergedInto` is the end of the chain of merges. */
export type ArchiveWords = ReadonlyMap<string, ArchiveEntry>;

/** An item whose object the archive may name. */
export interface Archivable {
  readonly id: string;
  /** The `_id` of the entry that would name the object; absent if the item's field for it has no value that can be a key. */
  readonly archiveKey?: string | undefined;
}

export interface ArchiveEntry {
  /** When the object was archived, in milliseconds since the epoch; `NaN` if the entry does not say so in a way that can be read. */
  readonly archivedAtMs: number;
  /** The `_id` that an entry of the object with which it was merged would have; absent if it was not merged. */
  readonly mergedInto?: string;
}

/** The clock of Procurios and ours may differ that much. 1 hour. */
const CLOCK_TOLERANCE_MS = 60 * 60 * 1000;

/**
 * Whether the archive's entry explains the absence: it is not older than the last walk that showed the object. An older one is of an
 * object that was archived, brought back, and is missing now. An entry of the future would explain every later absence, so it does
 * not count before its time.
 */
export function isExplained(absence: Absence, entry: ArchiveEntry | undefined, { walks }: Evidence): boolean {
  if (entry === undefined || absence.missed === 0) return false;
  const firstMiss = walks.find(({ began }) => began === absence.since);
  // Some walk before the first miss was the last that showed it, so the nearest one is not earlier than that.
  const lastShown = firstMiss?.after ?? absence.since;
  const lastEnded = walks.at(-1)?.ended ?? lastShown;
  return (
    entry.archivedAtMs >= Date.parse(lastShown) - CLOCK_TOLERANCE_MS &&
    entry.archivedAtMs <= Date.parse(lastEnded) + CLOCK_TOLERANCE_MS
  );
}

/** The entries that name the items' objects. */
export function wordsAbout(items: Iterable<Archivable>, archive: Archive): ArchiveWords {
  const words = new Map<string, ArchiveEntry>();
  for (const { id, archiveKey } of items) {
    const entry = archiveKey === undefined ? undefined : archive.get(archiveKey);
    if (archiveKey === undefined || entry === undefined) continue;
    const mergedInto = survivorOf(archiveKey, archive);
    words.set(id, { archivedAtMs: entry.archivedAtMs, ...(mergedInto !== undefined && { mergedInto }) });
  }
  return words;
}

/** A chain of merges is followed so far. */
const MOST_MERGES = 20;

/**
 * The object at the end of the chain of merges: 3 for 1 if 1 was merged into 2, and 2 into 3.
 *
 * @returns Undefined if the object was not merged. The last object before the chain comes round or becomes too long.
 */
export function survivorOf(id: string, archive: Archive): string | undefined {
  const chain = chainOf(id, archive);
  return chain.length > 1 ? chain.at(-1) : undefined;
}

/** The ids to which chains of merges lead, and which were not asked for yet. Empty if all chains are known to their end. */
export function endsToAsk(
  ids: Iterable<string>,
  archive: Archive,
  asked: ReadonlySet<string>,
): readonly string[] {
  const ends = new Set<string>();
  for (const id of ids) {
    const chain = chainOf(id, archive);
    const end = chain.at(-1) ?? id;
    if (chain.length <= MOST_MERGES && !asked.has(end)) ends.add(end);
  }
  return [...ends];
}

/** The object itself, and those into which it was merged, one after the other. */
export function chainOf(id: string, archive: Archive): readonly string[] {
  const chain = [id];
  let next = archive.get(id)?.mergedInto;
  while (next !== undefined && !chain.includes(next) && chain.length <= MOST_MERGES) {
    chain.push(next);
    next = archive.get(next)?.mergedInto;
  }
  return chain;
}
