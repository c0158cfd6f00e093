import type { ApiCall } from '../api-call.ts';
import { type Listing, listing } from '../listing.ts';
import { filterSet } from '../read-parameters.ts';
import type { Route } from '../route.ts';

export const FUNDRAISING_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/l/fundraising_api/pledge/export',
    access: { scopes: ['fundraising/pledge/export'], type: 'fundraising' },
    handle: pledges,
  },
];

function pledges(call: ApiCall): Listing {
  const set = call.world.sets.pledge;
  return listing({
    ids: filterSet(call, set, ({ relation_id }) => [relation_id]),
    set,
    cut: { by: 'page', size: 25 },
    object: (id) => set.get(id) ?? {},
    wrap: (objects) => objects,
  });
}
