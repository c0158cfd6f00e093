import { noteFacts, repeatsOnly, type Shown } from './completeness.ts';
import { type Keyed, keyOf } from './key.ts';
import { isSecondReading, type Page } from './page.ts';
import { isReject, type Place, type Prepared, prepareKeyed } from './prepare.ts';
import { noteReading } from './reading-facts.ts';
import type { Reject } from './reject.ts';
import { judgeAndFollow, type Standing } from './standing.ts';
import type { Stream } from './stream.ts';
import type { TableWriter } from './table-writer.ts';
import type { Walk } from './walk.ts';

/** What a walk's pages are taken into. */
export interface Taking {
  readonly stream: Stream;
  readonly walk: Walk;
  readonly writer: TableWriter;
  readonly onReject: (reject: Reject) => void;
}

/** How the walk stands after a page, and what the page showed. */
export interface Taken {
  /** How the walk continues. */
  readonly standing: Standing;
  /** The ids that the page showed, in its order. */
  readonly ids: readonly string[];
  /** Whether the page repeated keys of the walk. */
  readonly hasRepeated: boolean;
}

/**
 * Takes a page into the walk: prepares its objects, counts them and passes them to the table writer. The walk's position is
 * then behind the page, although writes may be in flight.
 *
 * @param before - The ids that the page before showed, in its order; empty if the walk does not know them.
 */
export async function takePage(
  page: Page,
  before: readonly string[],
  { stream, walk, writer, onReject }: Taking,
): Promise<Taken> {
  const repeatedBefore = walk.counts.repeated;
  const sorted = sortObjects(page, before, stream, walk);
  noteFacts(walk, page, sorted);
  noteReading(walk, page, stream, walk.counts.repeated - repeatedBefore);
  const standing = judgeAndFollow(page, stream, walk, sorted);
  [...sorted.rejects, ...sorted.rejectedAgain].forEach(onReject);
  await writer.add(sorted.fresh);
  await writer.addRepeated(sorted.repeated);
  walk.position = page.next;
  const { ids, newKeys } = sorted;
  // Without the objects, because they would stay in memory until the next page was taken.
  return { standing, ids, hasRepeated: ids.length > newKeys };
}

/** A page's objects. */
interface SortedObjects extends Shown {
  /** Those whose key the walk had not seen. If the page shows a key twice, the later object. */
  readonly fresh: readonly Prepared[];
  /** Those whose key an earlier page of the walk showed. */
  readonly repeated: readonly Prepared[];
  readonly rejects: readonly Reject[];
  /** Objects that page 1 showed and that its second reading rejects. They count as repeated. */
  readonly rejectedAgain: readonly Reject[];
}

/** Prepares the page's objects, marks their keys as seen and counts them. */
function sortObjects(page: Page, before: readonly string[], stream: Stream, walk: Walk): SortedObjects {
  const sorted: Sorting = {
    fresh: new Map(),
    repeated: new Map(),
    ambiguous: new Set(),
    rejects: [],
    rejectedAgain: [],
  };
  const keysBefore = walk.table.seenCount;
  const ids: string[] = [];
  for (const [index, object] of page.objects.entries()) {
    const place = { page: page.number, index };
    const key = keyOf(object, stream.key);
    if ('id' in key) {
      ids.push(key.id);
      sortKeyed(key, place, stream, walk, sorted);
    } else {
      walk.keyless += 1;
      sorted.rejects.push({ id: undefined, ...key, ...place });
    }
  }
  if (page.doubt?.kind !== 'skipped') walk.counts.pages += 1;
  walk.counts.fetched += page.objects.length;
  walk.counts.rejected += sorted.rejects.length;
  const newKeys = walk.table.seenCount - keysBefore;
  walk.barrenPages = newKeys === 0 ? walk.barrenPages + 1 : 0;
  return {
    fresh: [...sorted.fresh.values()],
    repeated: [...sorted.repeated.values()],
    rejects: sorted.rejects,
    rejectedAgain: sorted.rejectedAgain,
    ids,
    newKeys,
    repeatsOnly: !isSecondReading(walk.position) && repeatsOnly(ids, newKeys, before),
  };
}

/** A page's objects by id, while they are sorted. */
interface Sorting {
  readonly fresh: Map<string, Prepared>;
  readonly repeated: Map<string, Prepared>;
  /** Ids that the page shows as a number and as a text. */
  readonly ambiguous: Set<string>;
  readonly rejects: Reject[];
  readonly rejectedAgain: Reject[];
}

function sortKeyed(key: Keyed, place: Place, stream: Stream, walk: Walk, sorted: Sorting): void {
  const { fresh, repeated, ambiguous, rejects } = sorted;
  const { id } = key;
  const sight = walk.table.see(id, key.types);
  if (sight === 'ambiguous' || ambiguous.has(id)) {
    ambiguous.add(id);
    // Neither of a pair on one page is stored, because the table has one item for two objects.
    const other = fresh.get(id) ?? repeated.get(id);
    if (repeated.delete(id)) walk.counts.repeated -= 1;
    const objects = [other, place].filter((each) => each !== undefined);
    for (const { page, index } of objects) {
      rejects.push({ id, reason: 'KEY_AMBIGUOUS', field: stream.key.join('/'), page, index });
    }
    fresh.delete(id);
    return;
  }
  const prepared = prepareKeyed(key, stream, place);
  if (isReject(prepared)) {
    const isAgain = sight !== 'new' && isSecondReading(walk.position);
    if (isAgain) walk.counts.repeated += 1;
    (isAgain ? sorted.rejectedAgain : rejects).push(prepared);
  } else if (sight === 'new') {
    fresh.set(id, prepared);
  } else {
    walk.counts.repeated += 1;
    // The later object wins. If both are on this page, the first one need not be stored.
    (fresh.has(id) ? fresh : repeated).set(id, prepared);
  }
}
