import type { Module } from '../../config/catalogue/modules.ts';
import { checkConfig } from '../../config/check-config.ts';
import type { StreamInput } from '../../config/define-config.ts';
import type { Json } from '../../lambda/core/json.ts';
import type { Stream } from '../../lambda/core/pull/stream.ts';
import type { ApiAccess } from '../procurios/api-access.ts';
import { fieldsOf, isNamedLikeAKey, judgeKey } from '../procurios/judge-key.ts';
import {
  isPossiblePaging,
  type ListingSample,
  pagingText,
  recognizePaging,
} from '../procurios/recognize-paging.ts';
import { sampleListing } from '../procurios/sample-listing.ts';
import { countOf } from '../words.ts';
import type { Offer } from './discovery.ts';

/** An offer before it has a name that is unique among the offers. */
export type UnnamedOffer = Omit<Offer, 'name'> & {
  /** The text to make the name of. */
  readonly nameFrom: string;
};

/**
 * Reads a sample of a listing and judges whether it can be pulled.
 *
 * @param schemaFields - Fields that the listing's schema names, for objects that do not show them all.
 * @throws {SyncError} As a request to Procurios does.
 */
export async function judgeOffer(
  { client, granted }: ApiAccess,
  { factory, scopes }: Module,
  input: StreamInput,
  title: string,
  schemaFields: readonly string[] = [],
): Promise<UnnamedOffer> {
  const stream = withDefaults(input);
  const sample = await sampleListing(client, stream);
  const objects = sample.page.objects ?? [];
  const fields = [...new Set([...fieldsOf(objects), ...schemaFields])];
  return {
    nameFrom: factory === 'relationCollection' ? title : input.name,
    title,
    factory,
    scope: scopes.find((each) => granted?.scopes?.includes(each)) ?? scopes[0] ?? '',
    fields,
    objects: objects.length,
    ...judgeSample(stream, sample, fields),
  };
}

/** The stream as a pull would read it. The config's check fills in the defaults. */
function withDefaults(stream: StreamInput): Stream {
  const { streams } = checkConfig({
    environment: 'discover',
    host: 'https://discover.invalid',
    auth: { grant: 'clientCredentials', scopes: ['x'] },
    streams: [stream],
  });
  return streams[0] as Stream;
}

/** How the stream has to differ from the catalogue. */
type Verdict = Pick<Offer, 'key' | 'paging' | 'notes' | 'obstacle'>;

function judgeSample(stream: Stream, sample: ListingSample, fields: readonly string[]): Verdict {
  const { objects, lists } = sample.page;
  if (objects === undefined) {
    const found = lists.length === 0 ? 'no list of objects' : `several lists (${lists.join(', ')})`;
    return { notes: [], obstacle: `its answer has ${found}, so it is not clear what to read` };
  }
  const key = judgeKeyOf(stream, objects, fields);
  const recognized = recognizePaging(sample);
  const [paging] = isPossiblePaging(stream.paging, recognized) ? [] : recognized;
  if (paging === undefined) return key;
  const note = `its pages look like ${paging}, not ${pagingText(stream.paging)}`;
  return { ...key, paging, notes: [note, ...key.notes] };
}

function judgeKeyOf({ key }: Stream, objects: readonly Json[], fields: readonly string[]): Verdict {
  const wanted = key.join('/');
  if (objects.length === 0) {
    const isPossible = fields.length === 0 || key.every((field) => fields.includes(field));
    const doubt = isPossible ? 'it is empty' : `it is empty, and its schema has no ${wanted}`;
    return { notes: [`${doubt}: check its key with doctor once it has objects`] };
  }
  const verdict = judgeKey(key, objects);
  if (verdict.status === 'unique') return { notes: [] };
  const problem =
    verdict.status === 'repeated' ? `${wanted} is not unique` : `${wanted} is not among its fields`;
  const chosen = verdict.candidates.find(isNamedLikeAKey);
  if (chosen === undefined) {
    return {
      notes: [],
      obstacle: `${problem}, and no unique field is named like a key: add ${wanted} to it in Procurios`,
    };
  }
  return {
    key: [chosen],
    notes: [
      `${problem}, so its key is set to ${chosen}, which is unique in the ${countOf(objects.length, 'object')} read`,
    ],
  };
}
