import type { ApiCall } from '../api-call.ts';
import { ApiError } from '../api-error.ts';
import { type ApiReply, jsonReply } from '../api-reply.ts';
import { CONTACT_MOMENT_TYPES } from '../data/contact-moments.ts';
import { type Listing, listing } from '../listing.ts';
import { filterSet } from '../read-parameters.ts';
import type { Access, Route } from '../route.ts';

const ROOT = '/l/contact_moment_api/contact_moment';
const ACCESS: Access = { scopes: ['contact_moment/view'], type: 'contact_moment' };

export const CONTACT_MOMENT_ROUTES: readonly Route[] = [
  { method: 'GET', path: ROOT, access: ACCESS, handle: contactMoments },
  { method: 'GET', path: `${ROOT}/type/{type}/schema`, access: ACCESS, handle: schema },
];

function contactMoments(call: ApiCall): Listing {
  const set = call.world.sets.contactMoment;
  return listing({
    ids: filterSet(call, set, ({ recipients }) => (Array.isArray(recipients) ? recipients : [])),
    set,
    cut: { by: 'page', size: 25 },
    object: (id) => set.get(id) ?? {},
    wrap: (objects) => objects,
  });
}

/** Answers with an array of one schema, as the vendor does. */
function schema({ parameters }: ApiCall): ApiReply {
  const type = CONTACT_MOMENT_TYPES.find((known) => known === parameters.type);
  if (type === undefined) {
    throw new ApiError(404, 'Unknown contact moment type');
  }
  return jsonReply([
    {
      $schema: 'http://json-schema.org/draft-07/schema#',
      title: type,
      type: 'object',
      properties: {
        contactMomentId: { type: 'int' },
        subject: { type: 'string' },
        dateTime: { type: 'string', description: 'yyyy-mm-dd hh:mm:ss' },
        senderId: { type: 'int' },
        recipients: { type: 'array', items: { type: 'integer' }, minItems: 1, uniqueItems: true },
        action_code: { type: 'int' },
        reference: { type: 'string', maxLength: 255 },
        tagIds: { type: 'array', items: { type: 'integer' } },
      },
      required: ['subject', 'recipients'],
    },
  ]);
}
