import type { ApiCall, Language } from '../api-call.ts';
import { ApiError } from '../api-error.ts';
import { type ApiReply, jsonReply } from '../api-reply.ts';
import { objectAt } from '../data/object-at.ts';
import type { Fields } from '../data/object-set.ts';
import { type Listing, listing, type PageLinks } from '../listing.ts';
import { readDate } from '../read-parameters.ts';
import type { Access, Route } from '../route.ts';
import { propertiesOf, RELATION_FIELDS, relationAsShown } from './relation-fields.ts';

/** The collection with every relation and every field. */
export const MEMBERS_COLLECTION = '4d036265-2b90-423e-9e54-867bbe1fd5ef';

interface Collection {
  readonly id: string;
  readonly title: Readonly<Record<Language, string>>;
  readonly fields: ReadonlySet<string>;
}

const COLLECTIONS: readonly Collection[] = [
  {
    id: MEMBERS_COLLECTION,
    title: { nl: 'Leden', en: 'Members' },
    fields: new Set(RELATION_FIELDS.map(({ key }) => key)),
  },
  {
    id: '9b1d2c1e-6f0a-4b8e-8a53-2f7a0c6c1d44',
    title: { nl: 'Nieuwsbrief', en: 'Newsletter' },
    fields: new Set(['id', 'name', 'email_addresses', 'newsletters']),
  },
];

const ROOT = '/l/relation_list_api/collection';
const ACCESS: Access = { scopes: ['relation_list_api/relation'], type: 'relation' };

export const RELATION_COLLECTION_ROUTES: readonly Route[] = [
  { method: 'GET', path: ROOT, access: ACCESS, handle: collections },
  { method: 'GET', path: `${ROOT}/{id}/schema`, access: ACCESS, handle: schema },
  { method: 'GET', path: `${ROOT}/{id}`, access: ACCESS, handle: relations },
];

function collections({ language }: ApiCall): ApiReply {
  return jsonReply(
    COLLECTIONS.map(({ id, title }) => ({
      id,
      title: title[language],
      _links: {
        collection_schema: { href: `${ROOT}/${id}/schema` },
        collection: { href: `${ROOT}/${id}` },
      },
    })),
  );
}

function schema(call: ApiCall): ApiReply {
  const { language, switches } = call;
  const { id, title, fields } = collectionOf(call);
  return jsonReply({
    $id: 'relations',
    $schema: 'http://json-schema.org/draft-07/schema',
    type: 'object',
    title: `A collection of relation data of "${title[language]}"`,
    default: {},
    examples: [
      { _links: { self: { href: `${ROOT}/${id}?page=5` }, first: { href: `${ROOT}/${id}?page=1` } } },
    ],
    properties: propertiesOf(fields, language, switches),
  });
}

function relations(call: ApiCall): Listing {
  const { switches, world } = call;
  const { fields } = collectionOf(call);
  const set = world.sets.relation;
  const since = switches.collectionSince === 'filters' ? readDate(call, 'since') : undefined;
  return listing({
    ids: since === undefined ? set.all() : set.changedSince(since),
    set,
    cut: { by: 'page', size: switches.collectionPageSize },
    object: (id) => relationAsShown(only(set.get(id) ?? {}, fields), switches),
    wrap: (objects, links) => ({
      ...objectAt(switches.collectionList, objects),
      _links: halLinks(links, call),
    }),
  });
}

/** Returns the collection's fields of a relation. Fields that an edit has added are in every collection. */
function only(relation: Fields, fields: ReadonlySet<string>): Fields {
  return fields.size === RELATION_FIELDS.length
    ? relation
    : Object.fromEntries(Object.entries(relation).filter(([key]) => fields.has(key) || !KNOWN.has(key)));
}
const KNOWN = new Set(RELATION_FIELDS.map(({ key }) => key));

function halLinks(links: PageLinks, { switches }: ApiCall): Fields {
  const named = ['self', 'first', 'prev', 'next', 'last'] as const;
  return Object.fromEntries(
    named
      .filter((name) => links[name] !== undefined || switches.absentLinks === 'null')
      .map((name) => [name, links[name] === undefined ? null : { href: links[name] }]),
  );
}

function collectionOf({ parameters }: ApiCall): Collection {
  const found = COLLECTIONS.find(({ id }) => id === parameters.id);
  if (found === undefined) {
    throw new ApiError(404, 'Unknown collection');
  }
  return found;
}
