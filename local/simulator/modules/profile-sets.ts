import { uuidOf } from '../data/model.ts';
import type { Fields } from '../data/object-set.ts';
import { readId } from '../parameters.ts';
import { Refusal } from '../refusal.ts';
import { emptyReply, jsonReply, type Reply } from '../reply.ts';
import type { Access, Call, Language, Route } from '../route.ts';
import { propertiesOf, relationAsShown } from './relation-fields.ts';

interface FieldSet {
  readonly id: number;
  readonly title: Readonly<Record<Language, string>>;
  readonly fields: ReadonlySet<string>;
}

const NAME_FIELDS = ['first_name', 'insertion', 'last_name', 'birth_date', 'address'];
const PROFILE_SETS: readonly FieldSet[] = [
  {
    id: 42,
    title: { nl: 'Mijn gegevens', en: 'My details' },
    fields: new Set([...NAME_FIELDS, 'email_addresses', 'phone_numbers', 'newsletters']),
  },
];
const REGISTRATION_SETS: readonly FieldSet[] = [
  { id: 42, title: { nl: 'Lid worden', en: 'Become a member' }, fields: new Set(NAME_FIELDS) },
  {
    id: 3,
    title: { nl: 'Nieuwsbrief', en: 'Newsletter' },
    fields: new Set(['first_name', 'last_name', 'email_addresses', 'newsletters']),
  },
];

const PROFILES = '/l/profile_api/profileset';
const REGISTRATIONS = '/l/profile_api/registrationset';
const PROFILE_ACCESS: Access = { scopes: ['profile/profile'], type: 'profile' };
const REGISTRATION_ACCESS: Access = {
  scopes: ['profile/registration', ...REGISTRATION_SETS.map(({ id }) => `profile/registration/${id}`)],
  type: 'profile',
};

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

function profileSets(call: Call): Reply {
  const links = (id: number) => ({ schema: { href: `${PROFILES}/${id}/schema`, type: 'GET' } });
  return jsonReply({ profileSet: PROFILE_SETS.map((set) => entryOf(set, links, call)) });
}

function profileSchema(call: Call): Reply {
  return schemaReply(setNamed(PROFILE_SETS, call), call);
}

function profile(call: Call): Reply {
  const { fields } = setNamed(PROFILE_SETS, call);
  const relation = call.world.sets.relation.get(readId(call, 'relation'));
  if (relation === undefined) {
    throw new Refusal(404, 'Unknown relation');
  }
  const shown = Object.fromEntries(Object.entries(relation).filter(([key]) => fields.has(key)));
  const image = uuidOf(call.world.model, 'document', Number(relation.id));
  return jsonReply({ ...relationAsShown(shown, call.switches), image });
}

function registrationSets(call: Call): Reply {
  const links = (id: number) => ({
    schema: { href: `${REGISTRATIONS}/${id}/schema`, type: 'GET' },
    validate: { href: `${REGISTRATIONS}/${id}/validate`, type: 'POST' },
    registration: { href: `${REGISTRATIONS}/${id}/registration`, type: 'POST' },
  });
  return jsonReply({
    registrationSet: grantedSets(call).map((set) => entryOf(set, links, call)),
  });
}

function registrationSchema(call: Call): Reply {
  return schemaReply(setNamed(grantedSets(call), call), call);
}

/** A document of the profile that was read last cannot be told from another: any UUID gives the same small image. */
function document({ parameters }: Call): Reply {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(parameters.guid ?? '')
    ? { status: 200, headers: { 'content-type': 'image/gif' }, bytes: ONE_PIXEL }
    : emptyReply(404);
}
const ONE_PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/** The scope with a set's number gives access to that set alone. */
function grantedSets({ scopes }: Call): readonly FieldSet[] {
  return scopes.has('profile/registration')
    ? REGISTRATION_SETS
    : REGISTRATION_SETS.filter(({ id }) => scopes.has(`profile/registration/${id}`));
}

function setNamed(sets: readonly FieldSet[], call: Call): FieldSet {
  const wanted = readId(call, 'set');
  const found = sets.find(({ id }) => id === wanted);
  if (found === undefined) {
    throw new Refusal(404, 'Unknown set');
  }
  return found;
}

function entryOf({ id, title }: FieldSet, links: (id: number) => Fields, call: Call): Fields {
  return {
    id,
    title: title[call.language],
    ...(call.switches.setLinks === 'shown' ? { _links: links(id) } : {}),
  };
}

function schemaReply({ title, fields }: FieldSet, { language, switches }: Call): Reply {
  return jsonReply({
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: title[language],
    type: 'object',
    properties: propertiesOf(fields, language, switches),
  });
}
