import type { ApiCall } from '../api-call.ts';
import { ApiError } from '../api-error.ts';
import { type Listing, listing } from '../listing.ts';
import { readDate } from '../read-parameters.ts';
import type { Route } from '../route.ts';

/** Page size without `amount`. */
const DEFAULT_AMOUNT = 25;
const LARGEST_AMOUNT = 1000;

export const RELATION_ARCHIVE_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/l/relation_archive_api/relations/export',
    access: { scopes: ['relation_archive_api/relations/export'], type: 'archived_relations' },
    handle: archivedRelations,
  },
];

function archivedRelations(call: ApiCall): Listing {
  const set = call.world.sets.archivedRelation;
  const since = readDate(call, 'since') ?? Number.NEGATIVE_INFINITY;
  const until = readDate(call, 'until') ?? Number.POSITIVE_INFINITY;
  return listing({
    ids: set.createdBetween(since, until),
    set,
    cut: { by: 'page', size: readAmount(call) },
    object: (id) => set.get(id) ?? {},
    wrap: (relations, { prev, next }) => ({
      relations,
      _links:
        call.switches.absentLinks === 'null'
          ? { prev: prev ?? null, next: next ?? null }
          : { ...(prev === undefined ? {} : { prev }), ...(next === undefined ? {} : { next }) },
    }),
  });
}

function readAmount({ query }: ApiCall): number {
  const text = query.get('amount') ?? String(DEFAULT_AMOUNT);
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new ApiError(400, 'Invalid amount');
  }
  return Math.min(Number(text), LARGEST_AMOUNT);
}
