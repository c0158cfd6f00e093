import { isObject, type Json, stringifyJson } from '../../lambda/core/json.ts';
import { keyOf } from '../../lambda/core/pull/key.ts';
import { isReject, prepare } from '../../lambda/core/pull/prepare.ts';
import type { Paging, Stream } from '../../lambda/core/pull/stream.ts';
import { type Finding, failure, information, ok, warning } from './finding.ts';

/** What a listing's first page shows. */
export interface FirstPage {
  /** RFC 6901 pointers to everything in the answer that may be the list of objects. */
  readonly lists: readonly string[];
  /** The objects at `objects`, or of the only list; undefined: there is none. */
  readonly objects: readonly Json[] | undefined;
  /** How `_links` names other pages: in objects with `href`, as plain texts, not (`empty`), or there is no `_links`. */
  readonly links: 'href' | 'plain' | 'empty' | 'none';
  /** Whether `_links` names a next page. */
  readonly hasNext: boolean;
}

/** A second request, which tells kinds of paging apart that look the same on the first page. */
export type Probe = { readonly by: 'page' } | { readonly by: 'after'; readonly field: string };

/** What the second request brought: its objects, or a refusal. */
export type Probed = { readonly objects: readonly Json[] } | 'refused';

/** What is so about a stream's key on a page. */
export interface KeyVerdict {
  readonly status: 'unique' | 'missing' | 'incomplete' | 'repeated';
  /** Fields that every object has, each with another text or integer; likely ones first. */
  readonly candidates: readonly string[];
  /** Objects without the key, or with one that another has. */
  readonly faulty: number;
}

const MOST_FIELDS = 12;

/** All top-level fields of the objects, in order of appearance. */
export function fieldsOf(objects: readonly Json[]): string[] {
  return [...new Set(objects.flatMap((object) => (isObject(object) ? Object.keys(object) : [])))];
}

export function judgeKey(key: readonly string[], objects: readonly Json[]): KeyVerdict {
  const keys = objects.map((object) => (isObject(object) ? keyOf(object, key) : undefined));
  const ids = keys.flatMap((each) => (each !== undefined && 'id' in each ? [each.id] : []));
  const keyless = objects.length - ids.length;
  const repeated = ids.length - new Set(ids).size;
  const candidates = keyCandidates(objects);
  if (objects.length > 0 && ids.length === 0) return { status: 'missing', candidates, faulty: keyless };
  if (keyless > 0) return { status: 'incomplete', candidates, faulty: keyless };
  return { status: repeated > 0 ? 'repeated' : 'unique', candidates, faulty: repeated };
}

/** `id`, `relation_id`, `registrationId`, `uuid`, `code`: how fields are called that tell objects apart. */
const ID_NAMES = [/^id$/i, /(?:_id|Id|ID)$/, /uuid|guid/i, /(?:code|number|nummer|key)$/i];

/**
 * The fields that tell the objects of a page apart: in every object, each time another text or integer. On a page of one
 * object any field does, so only names that say so count.
 */
function keyCandidates(objects: readonly Json[]): string[] {
  const rank = (field: string) => ID_NAMES.findIndex((name) => name.test(field));
  return fieldsOf(objects)
    .filter((field) => !field.startsWith('_') && tellsApart(field, objects))
    .map((field) => ({ field, rank: rank(field) === -1 ? ID_NAMES.length : rank(field) }))
    .filter((each) => objects.length > 1 || each.rank < ID_NAMES.length)
    .sort((one, other) => one.rank - other.rank)
    .map(({ field }) => field);
}

function tellsApart(field: string, objects: readonly Json[]): boolean {
  const ids = objects.map((object) => {
    const key = isObject(object) ? keyOf(object, [field]) : undefined;
    return key !== undefined && 'id' in key ? key.id : undefined;
  });
  return !ids.includes(undefined) && new Set(ids).size === objects.length;
}

/** Whether a field's name says that it tells objects apart. */
export function isNamedLikeAKey(field: string): boolean {
  return ID_NAMES.some((name) => name.test(field));
}

/** The second request that tells most about a listing; undefined: the first page tells enough. */
export function probeFor({ paging }: Pick<Stream, 'paging'>, page: FirstPage): Probe | undefined {
  if (page.objects === undefined || page.objects.length === 0 || namesPages(page)) return undefined;
  const isFollowed = paging.kind === 'hal' || paging.kind === 'linkedPages';
  if (isFollowed && page.links === 'empty') return undefined;
  if (paging.kind !== 'after') return { by: 'page' };
  const last = page.objects.at(-1);
  const hasCursor = isObject(last) && 'id' in keyOf(last, [paging.field]);
  return hasCursor ? { by: 'after', field: paging.field } : { by: 'page' };
}

function namesPages({ links }: FirstPage): boolean {
  return links === 'href' || links === 'plain';
}

/** How a paging kind is written in a config. */
export function pagingText(paging: Paging): string {
  if (paging.kind === 'after') return `after('${paging.field}')`;
  if (paging.kind === 'linkedPages' && paging.amount !== undefined)
    return `linkedPages({ amount: ${paging.amount} })`;
  return `${paging.kind}()`;
}

/** The kinds that a listing may be, as they are written in a config; empty: nothing can be told. */
export function looksLike(page: FirstPage, probe: Probe | undefined, probed: Probed | undefined): string[] {
  if (page.links === 'href') return ['hal()'];
  if (page.links === 'plain') return ['linkedPages()'];
  if (probe?.by === 'after' && probed !== undefined && probed !== 'refused') {
    return isSamePage(page, probed) ? ['numberedPages()', 'onePage()'] : [`after('${probe.field}')`];
  }
  if (probe === undefined || probed === undefined) return [];
  if (probed === 'refused') return ['onePage()'];
  if (isSamePage(page, probed)) {
    const [field] = judgeKey([], page.objects ?? []).candidates;
    return field === undefined ? ['onePage()'] : ['onePage()', `after('${field}')`];
  }
  return probed.objects.length === 0 ? ['numberedPages()', 'onePage()'] : ['numberedPages()'];
}

function isSamePage(page: FirstPage, probed: { readonly objects: readonly Json[] }): boolean {
  const [first] = page.objects ?? [];
  const [second] = probed.objects;
  return first !== undefined && second !== undefined && stringifyJson(first) === stringifyJson(second);
}

/**
 * Judges a stream by the first page of its listing, and by a second request where one was made.
 *
 * @returns One `ok`, or everything that is not.
 */
export function judgeFirstPage(stream: Stream, page: FirstPage, probe?: Probe, probed?: Probed): Finding[] {
  const check = `stream ${stream.name}`;
  const { objects } = page;
  if (objects === undefined) return [judgeList(check, stream, page)];
  if (objects.length > 0 && !objects.some(isObject)) {
    const fix = "check the stream's path, or set objects to where the list of objects is";
    return [failure(check, 'the list on page 1 holds no objects', fix)];
  }
  const paging = judgePaging(check, stream, page, probe, probed);
  const problems = [
    ...(objects.length > 0 ? judgeObjects(check, stream, objects) : []),
    ...(paging === undefined ? [] : [paging]),
  ];
  if (problems.length > 0) return problems;
  if (objects.length === 0) {
    return [information(check, 'the list is empty, so key and paging cannot be told')];
  }
  const fields = fieldsOf(objects).length;
  const count = `${objects.length} object${objects.length === 1 ? '' : 's'}`;
  return [
    ok(
      check,
      `${count} with ${fields} field${fields === 1 ? '' : 's'} on page 1, key ${stream.key.join('/')}, ${pagingText(stream.paging)}`,
    ),
  ];
}

function judgeList(check: string, { objects }: Stream, { lists }: FirstPage): Finding {
  const pointers = lists.map((list) => `'${list}'`);
  const known = pointers.length === 0 ? 'no list at all' : `a list at ${pointers.join(', ')}`;
  if (objects !== undefined) {
    const fix =
      pointers.length === 0
        ? "check the stream's path: this one does not answer with a list"
        : `set objects: ${pointers.join(' or ')}, or leave objects out`;
    return failure(check, `there is no list at objects: '${objects}'; the answer has ${known}`, fix);
  }
  return pointers.length === 0
    ? failure(
        check,
        'the answer has no list of objects',
        "check the stream's path: it is not that of a listing",
      )
    : failure(
        check,
        `which list has the objects cannot be told: the answer has ${pointers.join(', ')}`,
        `set objects: ${pointers.join(' or ')}`,
      );
}

function judgeObjects(check: string, stream: Stream, objects: readonly Json[]): Finding[] {
  const verdict = judgeKey(stream.key, objects);
  const key = stream.key.join('/');
  const of = `${verdict.faulty} of ${objects.length} objects`;
  const fix = keyFix(verdict, objects);
  switch (verdict.status) {
    case 'missing':
      return [failure(check, `no object on page 1 has the key ${key} as a text or an integer`, fix)];
    case 'incomplete':
      return [failure(check, `${of} on page 1 have no key ${key} that is a text or an integer`, fix)];
    case 'repeated':
      return [failure(check, `the key ${key} is not unique: ${of} on page 1 have one that another has`, fix)];
    case 'unique':
      return judgeRejects(check, stream, objects);
  }
}

function keyFix({ candidates }: KeyVerdict, objects: readonly Json[]): string {
  const likely = candidates.filter(isNamedLikeAKey);
  const shown = (likely.length > 0 ? likely : candidates).slice(0, 3).map((field) => `'${field}'`);
  if (shown.length > 0) return `set key: ${shown.join(' or ')}`;
  const fields = fieldsOf(objects);
  const list = `${fields.slice(0, MOST_FIELDS).join(', ')}${fields.length > MOST_FIELDS ? ', …' : ''}`;
  return `set key to fields that together tell objects apart, or have one added in Procurios; there are ${list}`;
}

function judgeRejects(check: string, stream: Stream, objects: readonly Json[]): Finding[] {
  const rejects = objects
    .map((object, index) => prepare(object, stream, undefined, { page: 1, index }))
    .filter(isReject);
  if (rejects.length === 0) return [];
  const reasons = [...new Set(rejects.map(({ reason, field }) => (field ? `${reason} (${field})` : reason)))];
  return [
    warning(
      check,
      `${rejects.length} of ${objects.length} objects on page 1 cannot be stored: ${reasons.join(', ')}`,
      'they become rejects; the others are stored. Leave the field out of the collection in Procurios, if it is not needed',
    ),
  ];
}

/** @returns Undefined: as configured, as far as can be told. */
function judgePaging(
  check: string,
  { paging }: Stream,
  page: FirstPage,
  probe: Probe | undefined,
  probed: Probed | undefined,
): Finding | undefined {
  const alike = looksLike(page, probe, probed);
  const configured = pagingText(paging);
  const isAlike = alike.some((kind) => kind === configured || kind === `${paging.kind}()`);
  if (alike.length === 0 || isAlike) return undefined;
  const fix = `set paging: ${alike.join(', or ')}`;
  // Numbers lead through a listing with links as well, only slower and without knowing its end.
  if (paging.kind === 'numberedPages' && namesPages(page)) {
    return warning(check, `pages name the next one, which ${configured} does not look at`, fix);
  }
  if (paging.kind === 'onePage' && namesPages(page) && !page.hasNext) return undefined;
  const sign = signOf(paging, page, probed);
  return failure(check, `${configured} does not fit: ${sign}`, fix);
}

function signOf(paging: Paging, page: FirstPage, probed: Probed | undefined): string {
  if (page.links === 'href') return 'pages name the next one in _links.next.href';
  if (page.links === 'plain') return 'pages name the next one in _links.next, a plain text';
  switch (paging.kind) {
    case 'hal':
    case 'linkedPages':
      return 'page 1 has no _links';
    case 'numberedPages':
      return probed === 'refused'
        ? 'page=2 is refused, where an empty page should be'
        : 'page=2 brings page 1 again';
    case 'after':
      return `after=… does not bring what follows, or objects have no ${paging.field}`;
    case 'onePage':
      return 'page=2 brings other objects, which would never be read';
  }
}
