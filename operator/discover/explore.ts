import { MODULES, type Module } from '../../config/catalogue/modules.ts';
import { relationCollection, webshopOrders } from '../../config/catalogue/streams.ts';
import { expectedFailure, type SyncError } from '../../lambda/core/errors.ts';
import type { Credentials } from '../../lambda/core/token/credentials.ts';
import type { ApiAccess } from '../procurios/api-access.ts';
import type { Address } from './address.ts';
import type { ClosedModule, Discovery, FieldSet } from './discovery.ts';
import { judgeOffer, type UnnamedOffer } from './judge-offer.ts';
import { type OpenOptions, openWithScopes } from './open-with-scopes.ts';
import { readEntries, readSchemaFields } from './read-entries.ts';
import { streamNames } from './stream-names.ts';

/** What to look for. */
export interface ExploreOptions extends OpenOptions {
  /** Numbers of the webshops whose orders are looked for. */
  readonly shops: readonly number[];
}

/**
 * Reads what the credentials reach: a page or two of each listing, and the schemas of collections and sets. Writes nothing.
 *
 * A module that fails is in `closed`, and the others are still read.
 *
 * @throws {SyncError} As a token request does; `ACCESS_DENIED` if no scope is granted.
 */
export async function explore(
  address: Address,
  credentials: Credentials,
  options: ExploreOptions,
): Promise<Discovery> {
  const { api, scopes } = await openWithScopes(address, credentials, options);
  const offers: UnnamedOffer[] = [];
  const sets: FieldSet[] = [];
  const closed: ClosedModule[] = [];
  for (const module of MODULES) {
    options.onProgress(`looking at ${module.title}`);
    try {
      for (const offer of await exploreListings(api, module, options)) offers.push(offer);
      for (const set of await exploreSets(api, module, options)) sets.push(set);
    } catch (error) {
      closed.push(closedModule(module, expectedFailure(error)));
    }
  }
  const names = streamNames(offers.map(({ nameFrom }) => nameFrom));
  return {
    scopes,
    offers: offers.map(({ nameFrom: _nameFrom, ...offer }, index) => ({
      name: names[index] ?? '',
      ...offer,
    })),
    sets,
    closed,
  };
}

function closedModule({ title, scopes }: Module, { code, detail, message }: SyncError): ClosedModule {
  const { status } = detail;
  const isAbsent = status === 404 || status === 410;
  const reason = code === 'ACCESS_DENIED' && status !== 401 ? 'scope' : isAbsent ? 'absent' : 'failed';
  return { title, reason, scopes, message: `${code} ${message}` };
}

async function exploreListings(
  api: ApiAccess,
  module: Module,
  options: ExploreOptions,
): Promise<UnnamedOffer[]> {
  switch (module.takes) {
    case 'collection':
      return await exploreCollections(api, module, options);
    case 'shop':
      return await exploreShops(api, module, options);
    // Each meeting and each email has a listing, which would be too many tables.
    case 'meeting':
    case 'email':
      return [];
    case undefined:
      return [await judgeOffer(api, module, module.stream, module.title)];
  }
}

async function exploreCollections(
  api: ApiAccess,
  module: Module,
  { onProgress }: ExploreOptions,
): Promise<UnnamedOffer[]> {
  const { mediaType } = module.stream;
  const path = '/l/relation_list_api/collection';
  const collections = await readEntries(api, path, mediaType, 'the relation collections');
  const offers: UnnamedOffer[] = [];
  for (const [index, { id, title }] of collections.entries()) {
    onProgress(`looking at collection ${index + 1} of ${collections.length}, ${title}`);
    const stream = relationCollection('relations', id);
    try {
      const schemaFields = await readSchemaFields(api, `${stream.path}/schema`, mediaType);
      const offer = await judgeOffer(api, module, stream, title, schemaFields);
      offers.push({ ...offer, id: { collection: id } });
    } catch (error) {
      // A collection that fails must not hide the others.
      const obstacle = expectedFailure(error).message;
      offers.push({ ...unreadable(module, title, obstacle), id: { collection: id } });
    }
  }
  return offers;
}

function unreadable({ factory, scopes }: Module, title: string, obstacle: string): UnnamedOffer {
  const scope = scopes[0] ?? '';
  return { nameFrom: title, title, factory, scope, fields: [], objects: 0, notes: [], obstacle };
}

async function exploreShops(
  api: ApiAccess,
  module: Module,
  { shops }: ExploreOptions,
): Promise<UnnamedOffer[]> {
  const offers: UnnamedOffer[] = [];
  for (const shop of shops) {
    const title = `${module.title} ${shop}`;
    const offer = await judgeOffer(api, module, webshopOrders('orders', { shop }), title);
    const nameFrom = shops.length === 1 ? 'orders' : `orders-${shop}`;
    offers.push({ ...offer, nameFrom, id: { shop } });
  }
  return offers;
}

const SET_KINDS: Readonly<Record<string, FieldSet['kind']>> = {
  profileSets: 'profile',
  registrationSets: 'registration',
};

/** The sets with their fields, for the two modules that list sets; empty for the others. */
async function exploreSets(
  api: ApiAccess,
  { factory, stream: { path, mediaType } }: Module,
  { onProgress }: ExploreOptions,
): Promise<FieldSet[]> {
  const kind = SET_KINDS[factory];
  if (kind === undefined) return [];
  const sets: FieldSet[] = [];
  for (const { id, title } of await readEntries(api, path, mediaType, `the ${kind} sets`)) {
    onProgress(`looking at the ${kind} set ${title}`);
    const schemaPath = `${path}/${encodeURIComponent(id)}/schema`;
    sets.push({ kind, id, title, fields: await readSchemaFields(api, schemaPath, mediaType) });
  }
  return sets;
}
