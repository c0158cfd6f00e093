import * as z from 'zod';
import { DELETE_OPTIONS, problemsOfDeletes } from './deletes.ts';
import { PAGING } from './paging.ts';
import {
  type CrossProblem,
  field,
  fieldOf,
  mediaType,
  nameUpTo,
  options,
  parametersOf,
  path,
  pointer,
  text,
  withRules,
} from './rules.ts';

const keyField = text(
  "the name of a field that does not begin with _, as the items' own fields do",
  (name) => name !== '' && !name.startsWith('_'),
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
    'a JSON pointer (RFC 6901) to the list, which is empty or begins with /; without it, the only list is taken',
  ).optional(),
  key: z
    .union([keyField, z.array(keyField).min(1, { error: 'at least one field' })], {
      error: 'the name of a field, or a list of them',
    })
    .transform((fields) => [fields].flat()),
  paging: PAGING,
  ignoreChangesIn: z.array(field, { error: 'a list of names of fields' }).default([]),
  ...DELETE_OPTIONS,
});

/** One stream of a config. Checked, it is a `Stream`. */
export const STREAM = withRules(STREAM_OPTIONS, (stream) => [
  ...noStateTable(stream),
  ...namedParameters(stream),
  ...parametersLeftByPaging(stream),
  ...differentKeyFields(stream),
  ...ignoredFieldsOutsideKey(stream),
  ...problemsOfDeletes(stream),
]);

/** A stream `a-state` of the environment `x` would have the name of the state table of the environment `x-a`. */
function noStateTable(stream: unknown): CrossProblem[] {
  const name = fieldOf(stream, 'name');
  return name === 'state' || (typeof name === 'string' && name.endsWith('-state'))
    ? [
        {
          path: ['name'],
          expected: 'another name, because tables whose names end in state keep the runs of environments',
        },
      ]
    : [];
}

function namedParameters(stream: unknown): CrossProblem[] {
  return parametersOf(stream).includes('')
    ? [{ path: ['query'], expected: 'a name for each parameter' }]
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

function parametersLeftByPaging(stream: unknown): CrossProblem[] {
  const paging = fieldOf(stream, 'paging');
  const set = SET_BY_PAGING[String(fieldOf(paging, 'kind'))] ?? [];
  return parametersOf(stream)
    .filter((name) => set.includes(name))
    .filter((name) => name !== 'amount' || fieldOf(paging, 'amount') !== undefined)
    .map((name) => ({ path: ['query', name], expected: 'no such parameter, because the paging sets it' }));
}

function differentKeyFields(stream: unknown): CrossProblem[] {
  const fields = [fieldOf(stream, 'key')].flat();
  return fields.flatMap((name, index) =>
    fields.indexOf(name) < index ? [{ path: ['key', index], expected: 'each field once' }] : [],
  );
}

function ignoredFieldsOutsideKey(stream: unknown): CrossProblem[] {
  const keyFields = [fieldOf(stream, 'key')].flat();
  return [fieldOf(stream, 'ignoreChangesIn')]
    .flat()
    .flatMap((name, index) =>
      name !== undefined && keyFields.includes(name)
        ? [{ path: ['ignoreChangesIn', index], expected: 'a field that is not part of the key' }]
        : [],
    );
}
