import * as z from 'zod';
import { DEFAULT_GUARD, goneAfterRange, MOST_WALKS } from '../../lambda/core/deletes/policy.ts';
import { OWN_FIELDS } from '../../lambda/core/pull/prepare.ts';
import { whyAbsenceProvesNothing } from '../catalogue/deletes.ts';
import { PAGING } from './paging.ts';
import { type CrossProblem, field, fieldOf, integer, options, parametersOf } from './rules.ts';

const GONE_AFTER = `an integer from 3 to ${MOST_WALKS}, or from 2 with after(field) or onePage()`;
const LEAST_GONE_AFTER = 2;

const SHARE = 'a number from 0 to 1';
/** More deletes than that need an operator in any case. */
const MOST_CARRIED = 1_000_000;

/** Items have them, objects do not. */
const isOwnField = (name: string): boolean => OWN_FIELDS.some((own) => own === name);

const ARCHIVE = z.preprocess(
  (archive) => (typeof archive === 'string' ? { stream: archive } : archive),
  options("the name of a stream, or { stream: 'archived-relations', by: 'relation_id' }", {
    stream: z.string({ error: 'the name of a stream' }),
    by: field.refine((name) => !isOwnField(name), { error: 'the name of a field of the objects' }).optional(),
  }),
);

/** The options of a stream about objects that its listing no longer shows. */
export const DELETE_OPTIONS = {
  deletes: z
    .enum(['fromWalk', 'report', 'never'], { error: "'fromWalk', 'report' or 'never'" })
    .default('report'),
  goneAfter: z
    .int({ error: GONE_AFTER })
    .min(LEAST_GONE_AFTER, { error: GONE_AFTER })
    .max(MOST_WALKS, { error: GONE_AFTER })
    .default(3),
  guard: options('{ share: 0.05, most: 500 }', {
    share: z
      .number({ error: SHARE })
      .min(0, { error: SHARE })
      .max(1, { error: SHARE })
      .default(DEFAULT_GUARD.share),
    most: integer(0, MOST_CARRIED).default(DEFAULT_GUARD.most),
  }).prefault({}),
  holes: z.enum(['wait', 'count'], { error: "'wait' or 'count'" }).default('wait'),
  retainTombstonesFor: integer(0, 3650).default(30),
  archive: ARCHIVE.optional(),
};

/** The rules over several options of one stream. */
export function problemsOfDeletes(stream: unknown): CrossProblem[] {
  return [...absencesThatProve(stream), ...enoughWalks(stream), ...namedArchiveKey(stream)];
}

function absencesThatProve(stream: unknown): CrossProblem[] {
  if (fieldOf(stream, 'deletes') !== 'fromWalk') return [];
  const kind = fieldOf(fieldOf(stream, 'paging'), 'kind');
  return whyAbsenceProvesNothing(kind, parametersOf(stream)).map((reason) => ({
    path: ['deletes'],
    expected: `'report' or 'never', because ${reason}`,
  }));
}

function enoughWalks(stream: unknown): CrossProblem[] {
  const paging = PAGING.safeParse(fieldOf(stream, 'paging')).data;
  const isTooFew =
    paging !== undefined &&
    fieldOf(stream, 'goneAfter') === LEAST_GONE_AFTER &&
    goneAfterRange(paging.kind)[0] > LEAST_GONE_AFTER;
  return isTooFew ? [{ path: ['goneAfter'], expected: GONE_AFTER }] : [];
}

function namedArchiveKey(stream: unknown): CrossProblem[] {
  const archive = fieldOf(stream, 'archive');
  const key = [fieldOf(stream, 'key')].flat();
  const isKnown = archive === undefined || fieldOf(archive, 'by') !== undefined;
  return isKnown || (key.length === 1 && key[0] === 'id')
    ? []
    : [
        {
          path: ['archive'],
          expected:
            "{ stream, by } with the field whose value is the archive's key, because the key of this stream is not id",
        },
      ];
}

/** Archives are other streams of the config, in which an object can be found by one value. */
export function problemsOfArchives(streams: unknown): CrossProblem[] {
  const list: readonly unknown[] = Array.isArray(streams) ? streams : [];
  return list.flatMap((stream, index) => {
    const name = fieldOf(fieldOf(stream, 'archive'), 'stream');
    if (typeof name !== 'string') return [];
    const expected = expectedOfArchive(
      stream,
      list.find((other) => fieldOf(other, 'name') === name),
    );
    return expected === undefined ? [] : [{ path: [index, 'archive'], expected }];
  });
}

/** What the archive should be; undefined if it can be one. */
function expectedOfArchive(stream: unknown, archive: unknown): string | undefined {
  if (archive === undefined) return 'the name of a stream of this config';
  if (archive === stream) return 'the name of another stream, because a stream cannot be its own archive';
  return [fieldOf(archive, 'key')].flat().length > 1
    ? 'the name of a stream whose key is one field, because objects are found in it by one value'
    : undefined;
}
