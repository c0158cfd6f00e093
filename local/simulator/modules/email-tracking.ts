import type { ApiCall } from '../api-call.ts';
import { ApiError } from '../api-error.ts';
import { ordinalOf } from '../data/email-tracking.ts';
import { type Listing, listing } from '../listing.ts';
import { readId } from '../read-parameters.ts';
import type { Access, Route } from '../route.ts';

const ROOT = '/l/email_api/tracking';
const ACCESS: Access = { scopes: ['email/tracking'], type: 'emailtracking' };

export const EMAIL_TRACKING_ROUTES: readonly Route[] = [
  { method: 'GET', path: `${ROOT}/emails`, access: ACCESS, handle: emails },
  { method: 'GET', path: `${ROOT}/{email}/recipients`, access: ACCESS, handle: recipients },
];

function emails({ query, world }: ApiCall): Listing {
  const set = world.sets.email;
  const after = query.get('after') ?? '0';
  if (!/^\d{1,15}$/.test(after)) {
    throw new ApiError(400, 'Invalid after');
  }
  return listing({
    ids: set.all(),
    set,
    cut: { by: 'cursor', size: 100, start: set.positionAfter(Number(after)) },
    object: (id) => set.get(id) ?? {},
    wrap: (objects) => ({ emails: objects }),
  });
}

function recipients(call: ApiCall): Listing {
  const email = readId(call, 'email');
  if (!call.world.sets.email.has(email)) {
    throw new ApiError(404, 'Unknown email');
  }
  const set = call.world.recipientsOf(email);
  const after = call.query.get('after');
  const ordinal = after === null ? 0 : ordinalOf(email, after);
  if (ordinal === undefined) {
    throw new ApiError(400, 'Invalid after');
  }
  return listing({
    ids: set.all(),
    set,
    cut: { by: 'cursor', size: 1000, start: set.positionAfter(ordinal) },
    object: (id) => set.get(id) ?? {},
    wrap: (objects) => ({ recipients: objects }),
  });
}
