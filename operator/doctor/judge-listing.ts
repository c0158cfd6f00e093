import { isObject, type Json } from '../../lambda/core/json.ts';
import { isReject, prepare } from '../../lambda/core/pull/prepare.ts';
import type { Paging, Stream } from '../../lambda/core/pull/stream.ts';
import { sharesCursor } from '../../lambda/procurios/listing/cursor.ts';
import { fieldsOf, isNamedLikeAKey, judgeKey, type KeyVerdict } from '../procurios/judge-key.ts';
import {
  type FirstPage,
  isPossiblePaging,
  type ListingSample,
  namesPages,
  pagingText,
  recognizePaging,
} from '../procurios/recognize-paging.ts';
import { quoted } from '../quoted.ts';
import { countOf } from '../words.ts';
import { type Finding, failure, information, ok, warning } from './finding.ts';

/** Fields that a fix lists at most. */
const MOST_FIELDS = 12;

/**
 * Judges a stream by a sample of its listing.
 *
 * @returns One `ok`, or a finding for each problem.
 */
export function judgeListing(stream: Stream, sample: ListingSample): Finding[] {
  const check = `stream ${stream.name}`;
  const { objects } = sample.page;
  if (objects === undefined) return [judgeList(check, stream, sample.page)];
  if (objects.length > 0 && !objects.some(isObject)) {
    const fix = "check the stream's path, or set objects to where the list of objects is";
    return [failure(check, 'the list on page 1 has entries that are not objects', fix)];
  }
  const problems = [
    ...(objects.length > 0 ? judgeObjects(check, stream, objects) : []),
    ...judgePaging(check, stream, sample),
    ...judgeCursor(check, stream, objects),
  ];
  if (problems.length > 0) return problems;
  if (objects.length === 0) {
    return [information(check, 'the list is empty, so its key and its paging cannot be checked yet')];
  }
  const counts = `${countOf(objects.length, 'object')} with ${countOf(fieldsOf(objects).length, 'field')}`;
  const settings = `key ${stream.key.join('/')}, ${pagingText(stream.paging)}`;
  return [ok(check, `${counts} on page 1, ${settings}`)];
}

function judgeList(check: string, { objects }: Stream, { lists }: FirstPage): Finding {
  const pointers = lists.map(quoted);
  if (objects !== undefined) {
    const present = pointers.length === 0 ? 'no list at all' : `a list at ${pointers.join(', ')}`;
    const fix =
      pointers.length === 0
        ? "check the stream's path: its answer has no list"
        : `set objects: ${pointers.join(' or ')}, or leave objects out`;
    return failure(check, `there is no list at objects: '${objects}'; the answer has ${present}`, fix);
  }
  if (pointers.length === 0) {
    const fix = "check the stream's path: it is not the path of a listing";
    return failure(check, 'the answer has no list of objects', fix);
  }
  const what = `the answer has several lists, and the config does not say which one to read: ${pointers.join(', ')}`;
  return failure(check, what, `set objects: ${pointers.join(' or ')}`);
}

function judgeObjects(check: string, stream: Stream, objects: readonly Json[]): Finding[] {
  const verdict = judgeKey(stream.key, objects);
  const key = stream.key.join('/');
  const faulty = `${verdict.faulty} of ${objects.length} objects`;
  const fix = keyFix(verdict, objects);
  switch (verdict.status) {
    case 'missing':
      return [failure(check, `no object on page 1 has the key ${key} as a text or an integer`, fix)];
    case 'incomplete':
      return [failure(check, `${faulty} on page 1 have no key ${key} that is a text or an integer`, fix)];
    case 'repeated':
      return [
        failure(check, `the key ${key} is not unique: ${faulty} on page 1 repeat the key of another`, fix),
      ];
    case 'unique':
      return judgeRejects(check, stream, objects);
  }
}

function keyFix({ candidates }: KeyVerdict, objects: readonly Json[]): string {
  const likely = candidates.filter(isNamedLikeAKey);
  const shown = (likely.length > 0 ? likely : candidates).slice(0, 3).map(quoted);
  if (shown.length > 0) return `set key: ${shown.join(' or ')}`;
  const fields = fieldsOf(objects);
  const list = `${fields.slice(0, MOST_FIELDS).join(', ')}${fields.length > MOST_FIELDS ? ', …' : ''}`;
  return `set key to fields that are unique together, or add a unique field in Procurios; the fields are ${list}`;
}

function judgeRejects(check: string, stream: Stream, objects: readonly Json[]): Finding[] {
  const rejects = objects
    .map((object, index) => prepare(object, stream, { page: 1, index }))
    .filter(isReject);
  if (rejects.length === 0) return [];
  const reasons = [...new Set(rejects.map(({ reason, field }) => (field ? `${reason} (${field})` : reason)))];
  return [
    warning(
      check,
      `${rejects.length} of ${objects.length} objects on page 1 cannot be stored: ${reasons.join(', ')}`,
      'a pull records them as rejects and stores the others; if the field is not needed, remove it from the collection in Procurios',
    ),
  ];
}

/** @returns Empty if the sample shows nothing that contradicts the config. */
function judgePaging(check: string, { paging }: Stream, sample: ListingSample): Finding[] {
  const { page } = sample;
  const recognized = recognizePaging(sample);
  if (isPossiblePaging(paging, recognized)) return [];
  // A listing whose second page is empty today may grow, and onePage() would not read what is added.
  const kinds = recognized.includes('numberedPages()')
    ? recognized.filter((kind) => kind !== 'onePage()')
    : recognized;
  const fix = `set paging: ${kinds.join(', or ')}`;
  const configured = pagingText(paging);
  // Page numbers also work for a listing with links, but they are slower and do not show where it ends.
  if (paging.kind === 'numberedPages' && namesPages(page)) {
    return [warning(check, `pages link to the next one, and ${configured} ignores the links`, fix)];
  }
  if (paging.kind === 'onePage' && namesPages(page) && !page.hasNext) return [];
  return [failure(check, `${configured} does not fit: ${contradiction(paging, sample)}`, fix)];
}

/** Objects that share the cursor may be left out where a page ends. The key is the only field that no two objects share. */
function judgeCursor(check: string, { key, paging }: Stream, objects: readonly Json[]): Finding[] {
  if (paging.kind !== 'after' || (key.length === 1 && key[0] === paging.field)) return [];
  const { field } = paging;
  const fix =
    key.length === 1
      ? `set paging: after('${key[0]}'), if Procurios accepts it`
      : 'set paging to another kind, or to after() with a field that no two objects share';
  if (sharesCursor(objects, field, key)) {
    const what = `objects on page 1 share their ${field}, by which after('${field}') reads on, so some may be left out`;
    return [failure(check, what, fix)];
  }
  const what = `after('${field}') reads by a field that is not the key, so objects that share it may be left out`;
  return [warning(check, what, fix)];
}

/** What in the sample contradicts the configured paging. */
function contradiction(paging: Paging, { page, firstPage }: ListingSample): string {
  if (page.links === 'href') return 'pages link to the next one in _links.next.href';
  if (page.links === 'plain') return 'pages link to the next one in _links.next, a plain text';
  switch (paging.kind) {
    case 'hal':
    case 'linkedPages':
      return 'page 1 has no _links';
    case 'numberedPages':
      return firstPage === undefined
        ? 'page=2 returns page 1 again'
        : `the first page is page=${firstPage}, which Procurios returns if no page is requested`;
    case 'after':
      return `after=… does not return the objects that follow, or the objects have no ${paging.field}`;
    case 'onePage':
      return 'page=2 returns other objects, which would never be read';
  }
}
