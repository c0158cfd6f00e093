import { isKeyless } from './key.ts';
import type { Page } from './page.ts';
import { isReject, type Prepared, prepare } from './prepare.ts';
import type { Reject } from './reject.ts';
import { judgeAndFollow, type Standing } from './standing.ts';
import type { Stream } from './stream.ts';
import type { TableWriter } from './table-writer.ts';
import type { Walk } from './walk.ts';

/**
 * Takes a page into the walk: prepares its objects, counts them and passes them to the table writer. The walk's position is
 * then behind the page, although writes may be in flight.
 *
 * @returns How the walk continues.
 */
export async function takePage(
  page: Page,
  stream: Stream,
  walk: Walk,
  writer: TableWriter,
  onReject: (reject: Reject) => void,
): Promise<Standing> {
  const sorted = sortObjects(page, stream, walk);
  const standing = judgeAndFollow(page, stream, walk, sorted);
  sorted.rejects.forEach(onReject);
  await writer.add(sorted.fresh);
  await writer.addRepeated(sorted.repeated);
  walk.position = page.next;
  return standing;
}

/** A page's objects. */
interface SortedObjects {
  /** Those whose key the walk had not seen. If the page shows a key twice, the later object. */
  readonly fresh: readonly Prepared[];
  /** Those whose key an earlier page of the walk showed. */
  readonly repeated: readonly Prepared[];
  readonly rejects: readonly Reject[];
  /** How many objects have a key, and how many keys the walk had not seen. */
  readonly keyed: number;
  readonly newKeys: number;
}

/** Prepares the page's objects, marks their keys as seen and counts them. */
function sortObjects(page: Page, stream: Stream, walk: Walk): SortedObjects {
  const fresh = new Map<string, Prepared>();
  const repeated = new Map<string, Prepared>();
  const rejects: Reject[] = [];
  const keysBefore = walk.seen.count;
  const keylessBefore = walk.keyless;

  page.objects.forEach((object, index) => {
    const prepared = prepare(object, stream, walk.keyTypes, { page: page.number, index });
    if (isReject(prepared)) {
      rejects.push(prepared);
      if (prepared.id !== undefined) walk.seen.add(prepared.id);
      if (isKeyless(prepared.reason)) walk.keyless += 1;
      if (prepared.reason === 'KEY_TYPE_CHANGED') walk.retyped += 1;
      return;
    }
    walk.keyTypes ??= prepared.keyTypes;
    if (walk.seen.add(prepared.id)) {
      fresh.set(prepared.id, prepared);
      return;
    }
    walk.counts.repeated += 1;
    // The later object wins. If both are on this page, the first one need not be stored.
    (fresh.has(prepared.id) ? fresh : repeated).set(prepared.id, prepared);
  });

  walk.counts.pages += 1;
  walk.counts.fetched += page.objects.length;
  walk.counts.rejected += rejects.length;
  const newKeys = walk.seen.count - keysBefore;
  walk.barrenPages = newKeys === 0 ? walk.barrenPages + 1 : 0;
  return {
    fresh: [...fresh.values()],
    repeated: [...repeated.values()],
    rejects,
    keyed: page.objects.length - (walk.keyless - keylessBefore),
    newKeys,
  };
}
