import { noteFacts, type Shown } from './completeness.ts';
import { type Keyed, keyOf } from './key.ts';
import type { Page } from './page.ts';
import { isReject, type Place, type Prepared, prepareKeyed } from './prepare.ts';
import type { Reject } from './reject.ts';
import { judgeAndFollow, type Standing } from './standing.ts';
import type { Stream } from './stream.ts';
import type { TableWriter } from './table-writer.ts';
import type { Walk } from './walk.ts';

/**
 * Takes a page into the walk: prepares its objects, counts them and passes them to the table writer. The walk's position is
 * then behind the page, although writes may be in flight.
 *
 * @returns How the walk continues, and whether the page repeated keys of the walk.
 */
export async function takePage(
  page: Page,
  stream: Stream,
  walk: Walk,
  writer: TableWriter,
  onReject: (reject: Reject) => void,
): Promise<{ readonly standing: Standing; readonly hasRepeated: boolean }> {
  const sorted = sortObjects(page, stream, walk);
  noteFacts(walk, page, sorted);
  const standing = judgeAndFollow(page, stream, walk, sorted);
  sorted.rejects.forEach(onReject);
  await writer.add(sorted.fresh);
  await writer.addRepeated(sorted.repeated);
  walk.position = page.next;
  return { standing, hasRepeated: sorted.keyed > sorted.newKeys };
}

/** A page's objects. */
interface SortedObjects extends Shown {
  /** Those whose key the walk had not seen. If the page shows a key twice, the later object. */
  readonly fresh: readonly Prepared[];
  /** Those whose key an earlier page of the walk showed. */
  readonly repeated: readonly Prepared[];
  readonly rejects: readonly Reject[];
}

/** Prepares the page's objects, marks their keys as seen and counts them. */
function sortObjects(page: Page, stream: Stream, walk: Walk): SortedObjects {
  const sorted: Sorting = { fresh: new Map(), repeated: new Map(), ambiguous: new Set(), rejects: [] };
  const keysBefore = walk.seen.count;
  const keylessBefore = walk.keyless;
  for (const [index, object] of page.objects.entries()) {
    const place = { page: page.number, index };
    const key = keyOf(object, stream.key);
    if ('id' in key) {
      sortKeyed(key, place, stream, walk, sorted);
    } else {
      walk.keyless += 1;
      sorted.rejects.push({ id: undefined, ...key, ...place });
    }
  }
  if (page.doubt?.kind !== 'skipped') walk.counts.pages += 1;
  walk.counts.fetched += page.objects.length;
  walk.counts.rejected += sorted.rejects.length;
  const newKeys = walk.seen.count - keysBefore;
  walk.barrenPages = newKeys === 0 ? walk.barrenPages + 1 : 0;
  return {
    fresh: [...sorted.fresh.values()],
    repeated: [...sorted.repeated.values()],
    rejects: sorted.rejects,
    keyed: page.objects.length - (walk.keyless - keylessBefore),
    newKeys,
  };
}

/** A page's objects by id, while they are sorted. */
interface Sorting {
  readonly fresh: Map<string, Prepared>;
  readonly repeated: Map<string, Prepared>;
  /** Ids that the page shows as a number and as a text. */
  readonly ambiguous: Set<string>;
  readonly rejects: Reject[];
}

function sortKeyed(key: Keyed, place: Place, stream: Stream, walk: Walk, sorted: Sorting): void {
  const { fresh, repeated, ambiguous, rejects } = sorted;
  const { id } = key;
  const sight = walk.seen.add(id, key.types);
  if (sight === 'ambiguous' || ambiguous.has(id)) {
    ambiguous.add(id);
    // Neither of a pair on one page is stored, because the table has one item for two objects.
    const objects = [fresh.get(id), place].filter((each) => each !== undefined);
    for (const { page, index } of objects) {
      rejects.push({ id, reason: 'KEY_AMBIGUOUS', field: stream.key.join('/'), page, index });
    }
    fresh.delete(id);
    return;
  }
  const prepared = prepareKeyed(key, stream, place);
  if (isReject(prepared)) {
    rejects.push(prepared);
  } else if (sight === 'new') {
    fresh.set(id, prepared);
  } else {
    walk.counts.repeated += 1;
    // The later object wins. If both are on this page, the first one need not be stored.
    (fresh.has(id) ? fresh : repeated).set(id, prepared);
  }
}
