import { MODULES, type Module } from '../../config/catalogue/modules.ts';
import { relationCollection, webshopOrders } from '../../config/catalogue/streams.ts';
import { checkConfig } from '../../config/check-config.ts';
import type { StreamInput } from '../../config/define-config.ts';
import { isObject, type Json } from '../../lambda/core/json.ts';
import type { Stream } from '../../lambda/core/pull/stream.ts';
import { listsIn } from '../../lambda/procurios/listing/object-list.ts';
import { valueAt } from '../../lambda/procurios/listing/pointer.ts';
import type { ApiAccess } from '../doctor/api-access.ts';
import { fieldsOf, isNamedLikeAKey, judgeKey, looksLike, pagingText } from '../doctor/judge-listing.ts';
import { type Glimpse, glimpse } from '../doctor/sample-listing.ts';
import type { OpenedApi } from './find-scopes.ts';
import type { Closed, FieldSet, Found, Offer } from './found.ts';
import { streamNames } from './stream-names.ts';

export interface ExploreOptions {
  /** Webshops to look for orders in. */
  readonly shops: readonly number[];
  /** Told what is read next. */
  readonly onStep: (text: string) => void;
}

/** An offer before it has a name that no other has. */
type Unnamed = Omit<Offer, 'name'> & { readonly wish: string };

/** Reads what there is: a page or two of every listing, and the schemas of collections and sets. Nothing is written. */
export async function explore({ api, scopes }: OpenedApi, options: ExploreOptions): Promise<Found> {
  const offers: Unnamed[] = [];
  const sets: FieldSet[] = [];
  const closed: Closed[] = [];
  for (const module of MODULES) {
    options.onStep(`looking at ${module.title}`);
    try {
      const found = await exploreModule(api, module, options);
      offers.push(...found.offers);
      sets.push(...(found.sets ?? []));
    } catch (error) {
      closed.push(closedBy(module, api.failureOf(error)));
    }
  }
  const names = streamNames(offers.map(({ wish }) => wish));
  return {
    scopes,
    offers: offers.map(({ wish: _wish, ...offer }, index) => ({ name: names[index] ?? '', ...offer })),
    sets,
    closed,
  };
}

function closedBy({ title, scopes }: Module, failure: ReturnType<ApiAccess['failureOf']>): Closed {
  const { code, status, message } = failure;
  const isAbsent = status === 404 || status === 410;
  const reason = code === 'ACCESS_DENIED' && status !== 401 ? 'scope' : isAbsent ? 'absent' : 'failed';
  return { title, reason, scopes, message: `${code} ${message}` };
}

interface ExploredModule {
  readonly offers: readonly Unnamed[];
  readonly sets?: readonly FieldSet[];
}

async function exploreModule(
  api: ApiAccess,
  module: Module,
  options: ExploreOptions,
): Promise<ExploredModule> {
  switch (module.takes) {
    case 'collection':
      return { offers: await exploreCollections(api, module, options) };
    case 'shop':
      return { offers: await exploreShops(api, module, options) };
    // Their lists have one entry for each meeting or email: nobody wants a table for each.
    case 'meeting':
    case 'email':
      return { offers: [] };
    case undefined: {
      const offer = await look(api, module, module.stream, module.title);
      return { offers: [offer], sets: await exploreSets(api, module, options) };
    }
  }
}

async function exploreCollections(
  api: ApiAccess,
  module: Module,
  { onStep }: ExploreOptions,
): Promise<Unnamed[]> {
  const { mediaType } = module.stream;
  const answer = await api.client.getJson({
    path: '/l/relation_list_api/collection',
    mediaType,
    about: 'the relation collections',
  });
  const offers: Unnamed[] = [];
  const collections = titledIn(answer);
  for (const [index, { id, title }] of collections.entries()) {
    onStep(`looking at collection ${index + 1} of ${collections.length}, ${title}`);
    const stream = relationCollection('relations', id);
    try {
      const schema = await fieldsInSchema(api, `${stream.path}/schema`, mediaType);
      const offer = await look(api, module, stream, title, schema);
      offers.push({ ...offer, id: { collection: id } });
    } catch (error) {
      // One that is broken takes none of the others along.
      offers.push({ ...unreadable(module, title, api.failureOf(error).message), id: { collection: id } });
    }
  }
  return offers;
}

function unreadable({ factory, scopes }: Module, title: string, obstacle: string): Unnamed {
  return { wish: title, title, factory, scope: scopes[0] ?? '', fields: [], objects: 0, notes: [], obstacle };
}

async function exploreShops(api: ApiAccess, module: Module, { shops }: ExploreOptions): Promise<Unnamed[]> {
  const offers: Unnamed[] = [];
  for (const shop of shops) {
    const title = `${module.title} ${shop}`;
    const offer = await look(api, module, webshopOrders('orders', { shop }), title);
    offers.push({ ...offer, wish: shops.length === 1 ? 'orders' : `orders-${shop}`, id: { shop } });
  }
  return offers;
}

const SETS = {
  profileSets: { kind: 'profile', list: '/profileSet' },
  registrationSets: { kind: 'registration', list: '/registrationSet' },
} as const;

async function exploreSets(
  api: ApiAccess,
  { factory, stream }: Module,
  { onStep }: ExploreOptions,
): Promise<FieldSet[]> {
  if (factory !== 'profileSets' && factory !== 'registrationSets') return [];
  const { kind } = SETS[factory];
  const { path, mediaType } = stream;
  const answer = await api.client.getJson({ path, mediaType, about: `the ${kind} sets` });
  const sets: FieldSet[] = [];
  for (const { id, title } of titledIn(answer)) {
    onStep(`looking at the ${kind} set ${title}`);
    const schemaPath = `${path}/${encodeURIComponent(id)}/schema`;
    sets.push({ kind, id, title, fields: await fieldsInSchema(api, schemaPath, mediaType) });
  }
  return sets;
}

/** The entries of the only list in an answer that have an `id`, each once; without a title, that is the title. */
function titledIn(answer: Json): { readonly id: string; readonly title: string }[] {
  const [list] = listsIn(answer);
  const entries = list === undefined ? [] : (valueAt(list, answer) as readonly Json[]);
  const titles = new Map<string, string>();
  for (const { id, title } of entries.filter(isObject)) {
    if ((typeof id !== 'string' && typeof id !== 'number') || id === '') continue;
    titles.set(String(id), typeof title === 'string' && title.trim() !== '' ? title : String(id));
  }
  return [...titles].map(([id, title]) => ({ id, title }));
}

/** @returns Empty: there is no schema, or it names no fields. */
async function fieldsInSchema(api: ApiAccess, path: string, mediaType: string): Promise<string[]> {
  const { json } = await api.client.ask({
    method: 'GET',
    path,
    shownPath: path,
    mediaType,
    about: 'a schema',
  });
  const properties = isObject(json) ? json.properties : undefined;
  return isObject(properties) ? Object.keys(properties) : [];
}

async function look(
  api: ApiAccess,
  { factory, scopes }: Module,
  input: StreamInput,
  title: string,
  schema: readonly string[] = [],
): Promise<Unnamed> {
  const stream = checked(input);
  const { granted } = api;
  const scope = scopes.find((each) => granted?.scopes?.includes(each)) ?? scopes[0] ?? '';
  const seen = await glimpse(api.client, stream);
  const objects = seen.page.objects ?? [];
  const fields = [...new Set([...fieldsOf(objects), ...schema])];
  const common = {
    wish: factory === 'relationCollection' ? title : input.name,
    title,
    factory,
    scope,
    fields,
  };
  return { ...common, objects: objects.length, ...verdictOn(stream, seen, fields) };
}

/** The checks of a config fill in the stream's defaults. */
function checked(stream: StreamInput): Stream {
  const { streams } = checkConfig({
    environment: 'discover',
    host: 'https://discover.invalid',
    auth: { grant: 'clientCredentials', scopes: ['x'] },
    streams: [stream],
  });
  return streams[0] as Stream;
}

/** What the stream needs otherwise than the catalogue says. */
function verdictOn(
  stream: Stream,
  { page, probe, probed }: Glimpse,
  fields: readonly string[],
): Pick<Offer, 'key' | 'paging' | 'notes' | 'obstacle'> {
  const { objects } = page;
  if (objects === undefined) {
    return {
      notes: [],
      obstacle: `its answer has no list that can be told: ${page.lists.join(', ') || 'none'}`,
    };
  }
  const kinds = looksLike(page, probe, probed);
  const configured = pagingText(stream.paging);
  const isAlike =
    kinds.length === 0 || kinds.some((kind) => kind === configured || kind === `${stream.paging.kind}()`);
  const paging = isAlike ? undefined : kinds[0];
  const pagingNote = paging === undefined ? [] : [`its pages look like ${paging}, not ${configured}`];
  const key = keyOn(stream, objects, fields);
  return {
    ...(paging !== undefined && { paging }),
    ...key,
    notes: [...pagingNote, ...key.notes],
  };
}

function keyOn(
  { key }: Stream,
  objects: readonly Json[],
  fields: readonly string[],
): Pick<Offer, 'key' | 'notes' | 'obstacle'> {
  const wanted = key.join('/');
  if (objects.length === 0) {
    const isKnown = fields.length === 0 || key.every((field) => fields.includes(field));
    const doubt = isKnown ? 'it is empty' : `it is empty, and its schema has no ${wanted}`;
    return { notes: [`${doubt}: check its key with doctor once it has objects`] };
  }
  const verdict = judgeKey(key, objects);
  if (verdict.status === 'unique') return { notes: [] };
  const what =
    verdict.status === 'repeated' ? `${wanted} is not unique` : `${wanted} is not among its fields`;
  const chosen = verdict.candidates.find(isNamedLikeAKey);
  if (chosen === undefined) {
    return {
      notes: [],
      obstacle: `${what}, and no field is called like a key: have ${wanted} added in Procurios`,
    };
  }
  return {
    key: [chosen],
    notes: [`${what}: ${chosen} is taken as its key, different in all ${objects.length} objects seen`],
  };
}
