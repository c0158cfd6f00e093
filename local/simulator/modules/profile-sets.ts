import type { ApiCall } from '../api-call.ts';
import { ApiError } from '../api-error.ts';
import { type ApiReply, emptyReply, jsonReply } from '../api-reply.ts';
import { uuidOf } from '../data/model.ts';
import type { Fields } from '../data/object-set.ts';
import { readId } from '../read-parameters.ts';
import type { Route } from '../route.ts';
import {
  type FieldSet,
  grantedSets,
  PROFILE_ACCESS,
  PROFILE_SETS,
  PROFILES,
  REGISTRATION_ACCESS,
  REGISTRATIONS,
  schemaOf,
  setNamed,
} from './field-sets.ts';
import { relationAsShown } from './relation-fields.ts';

export const PROFILE_SET_ROUTES: readonly Route[] = [
  { method: 'GET', path: PROFILES, access: PROFILE_ACCESS, handle: profileSets },
  { method: 'GET', path: `${PROFILES}/{set}/schema`, access: PROFILE_ACCESS, handle: profileSchema },
  { method: 'GET', path: `${PROFILES}/{set}/{relation}`, access: PROFILE_ACCESS, handle: profile },
  { method: 'GET', path: REGISTRATIONS, access: REGISTRATION_ACCESS, handle: registrationSets },
  {
    method: 'GET',
    path: `${REGISTRATIONS}/{set}/schema`,
    access: REGISTRATION_ACCESS,
    handle: registrationSchema,
  },
  {
    method: 'GET',
    path: '/l/profile_api/document/{guid}',
    access: { scopes: ['profile/document'], type: 'profile', suffix: 'binary' },
    handle: document,
  },
];

function profileSets(call: ApiCall): ApiReply {
  const links = (id: number) => ({ schema: { href: `${PROFILES}/${id}/schema`, type: 'GET' } });
  return jsonReply({ profileSet: PROFILE_SETS.map((set) => entryOf(set, links, call)) });
}

function profileSchema(call: ApiCall): ApiReply {
  return jsonReply(schemaOf(setNamed(PROFILE_SETS, call), call));
}

function profile(call: ApiCall): ApiReply {
  const { fields } = setNamed(PROFILE_SETS, call);
  const relation = call.world.sets.relation.get(readId(call, 'relation'));
  if (relation === undefined) {
    throw new ApiError(404, 'Unknown relation');
  }
  const shown = Object.fromEntries(Object.entries(relation).filter(([key]) => fields.has(key)));
  return jsonReply({ ...relationAsShown(shown, call.switches), image: imageOf(Number(relation.id), call) });
}

function registrationSets(call: ApiCall): ApiReply {
  const links = (id: number) => ({
    schema: { href: `${REGISTRATIONS}/${id}/schema`, type: 'GET' },
    validate: { href: `${REGISTRATIONS}/${id}/validate`, type: 'POST' },
    registration: { href: `${REGISTRATIONS}/${id}/registration`, type: 'POST' },
  });
  return jsonReply({
    registrationSet: grantedSets(call).map((set) => entryOf(set, links, call)),
  });
}

function registrationSchema(call: ApiCall): ApiReply {
  return jsonReply(schemaOf(setNamed(grantedSets(call), call), call));
}

/** Answers with the same small image for every UUID. */
function document({ parameters }: ApiCall): ApiReply {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(parameters.guid ?? '')
    ? { status: 200, headers: { 'content-type': 'image/gif' }, bytes: ONE_PIXEL }
    : emptyReply(404);
}
const ONE_PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

function entryOf({ id, title }: FieldSet, links: (id: number) => Fields, call: ApiCall): Fields {
  return {
    id,
    title: title[call.language],
    ...(call.switches.setLinks === 'shown' ? { _links: links(id) } : {}),
  };
}

/** Returns the document key of a profile's image; null without an image. */
export function imageOf(relation: number, { world }: ApiCall): string | null {
  const written = world.history.images.get(relation);
  return written === undefined ? uuidOf(world.model, 'document', relation) : written;
}
