import * as z from 'zod';
import {
  type CrossProblem,
  integer,
  mediaType,
  nameUpTo,
  options,
  path,
  pointer,
  text,
  withRules,
} from './rules.ts';

const field = text('the name of a field', (name) => name !== '');
const keyField = text(
  "the name of a field, not beginning with _: the items' own fields do",
  (name) => name !== '' && !name.startsWith('_'),
);

const PAGING = z.discriminatedUnion(
  'kind',
  [
    options('hal()', { kind: z.literal('hal') }),
    options('linkedPages()', { kind: z.literal('linkedPages'), amount: integer(1, 1000).optional() }),
    options('numberedPages()', { kind: z.literal('numberedPages'), ahead: integer(1, 32) }),
    options('after(field)', { kind: z.literal('after'), field }),
    options('onePage()', { kind: z.literal('onePage') }),
  ],
  { error: 'hal(), linkedPages(), numberedPages(), after(field) or onePage()' },
);

const QUERY = z.record(
  z.string(),
  z.union([z.string(), z.number()], { error: 'a text or a number' }).transform(String),
  { error: 'parameters by name: { search: "…" }' },
);

const STREAM_OPTIONS = options('a stream made by the catalogue or by stream(name, { … })', {
  name: nameUpTo(64),
  path,
  query: QUERY.default({}),
  mediaType,
  objects: pointer(
    'a JSON pointer to the list (RFC 6901), which begins with / or is empty; leave it out to have it found',
  ).optional(),
  key: z
    .union([keyField, z.array(keyField).min(1, { error: 'at least one field' })], {
      error: 'the name of a field, or a list of them',
    })
    .transform((fields) => [fields].flat()),
  paging: PAGING,
  deletes: z.literal('never', { error: "'never': deletes are not carried yet" }).default('never'),
  ignoreChangesIn: z.array(field, { error: 'a list of names of fields' }).default([]),
});

/** One stream of a config; checked, it is a `Stream`. */
export const STREAM = withRules(STREAM_OPTIONS, (value) => [
  ...notTheStateTable(value),
  ...freeParameters(value),
  ...differentKeyFields(value),
  ...changesOutsideTheKey(value),
]);

function notTheStateTable(stream: unknown): CrossProblem[] {
  const name = read(stream, 'name');
  return name === 'state' || (typeof name === 'string' && name.endsWith('-state'))
    ? [
        {
          path: ['name'],
          expected: 'another name: a table whose name ends in state keeps the runs of an environment',
        },
      ]
    : [];
}

/** The parameters that each kind of paging sets itself. */
const SET_BY_PAGING: Readonly<Record<string, readonly string[]>> = {
  hal: ['page'],
  linkedPages: ['page', 'amount'],
  numberedPages: ['page'],
  after: ['after'],
  onePage: [],
};

function freeParameters(stream: unknown): CrossProblem[] {
  const query = read(stream, 'query');
  const paging = read(stream, 'paging');
  const taken = SET_BY_PAGING[String(read(paging, 'kind'))] ?? [];
  const isTaken = (name: string) =>
    taken.includes(name) && (name !== 'amount' || read(paging, 'amount') !== undefined);
  const names = Object.keys(typeof query === 'object' && query !== null ? query : {});
  return names
    .filter((name) => name === '' || isTaken(name))
    .map((name) =>
      name === ''
        ? { path: ['query'], expected: 'parameters that have a name' }
        : { path: ['query', name], expected: 'nothing: the paging sets this parameter' },
    );
}

function differentKeyFields(stream: unknown): CrossProblem[] {
  const fields = [read(stream, 'key')].flat();
  return fields.flatMap((name, index) =>
    fields.indexOf(name) < index ? [{ path: ['key', index], expected: 'each field once' }] : [],
  );
}

function changesOutsideTheKey(stream: unknown): CrossProblem[] {
  const keyFields = [read(stream, 'key')].flat();
  return [read(stream, 'ignoreChangesIn')]
    .flat()
    .flatMap((name, index) =>
      name !== undefined && keyFields.includes(name)
        ? [{ path: ['ignoreChangesIn', index], expected: 'a field that is not part of the key' }]
        : [],
    );
}

function read(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
