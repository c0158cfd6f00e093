import type { ApiCall } from '../api-call.ts';
import { ApiError } from '../api-error.ts';
import { type Listing, listing } from '../listing.ts';
import { readDate } from '../read-parameters.ts';
import type { Route } from '../route.ts';

/** The only webshop. */
const SHOP = '1';

export const WEBSHOP_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/l/webshop2_api/webshops/{shop}/orders',
    access: { scopes: ['webshop2/order/read'], type: 'webshop' },
    handle: orders,
  },
];

function orders(call: ApiCall): Listing {
  checkShop(call);
  const set = call.world.sets.order;
  const from = readDate(call, 'dateCreatedFrom') ?? Number.NEGATIVE_INFINITY;
  const until = readDate(call, 'dateCreatedUntil') ?? Number.POSITIVE_INFINITY;
  return listing({
    ids: set.createdBetween(from, until),
    set,
    cut: { by: 'page', size: 100 },
    object: (id) => set.get(id) ?? {},
    wrap: (objects) => objects,
  });
}

/** @throws {ApiError} With status 404 for another webshop. */
export function checkShop({ parameters }: ApiCall): void {
  if (parameters.shop !== SHOP) {
    throw new ApiError(404, 'Unknown webshop');
  }
}
