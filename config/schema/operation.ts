import * as z from 'zod';
import { placeholdersOf } from '../../lambda/core/push/operation.ts';
import {
  type CrossProblem,
  mediaType,
  options,
  pathWithPlaceholders,
  pointer,
  text,
  withRules,
} from './rules.ts';

const NAME = /^[A-Za-z][\w-]{0,63}$/;
const NAMES = 'operations by name: a letter, then letters, digits, - and _, at most 64';

const IDS = z.record(
  text('the name of an id: letters, digits and _', (name) => /^\w{1,64}$/.test(name)),
  pointer('a JSON pointer to the id in the answer (RFC 6901): /relationId'),
  { error: 'JSON pointers by name: { relationId: "/relationId" }' },
);

const OPERATION_OPTIONS = options('an operation made by the catalogue or by operation(method, path, { … })', {
  name: z.string().optional(),
  method: z.enum(['POST', 'PUT', 'PATCH', 'DELETE'], { error: "'POST', 'PUT', 'PATCH' or 'DELETE'" }),
  path: pathWithPlaceholders,
  mediaType,
  repeatable: z.boolean({ error: 'true or false' }).optional(),
  schemaPath: pathWithPlaceholders.optional(),
  validatePath: pathWithPlaceholders.optional(),
  ids: IDS.default({}),
});

const OPERATION = withRules(OPERATION_OPTIONS, (value) => [
  ...ofThePath(value, 'schemaPath'),
  ...ofThePath(value, 'validatePath'),
]);

/** The operations of a config by name; checked, each is an `Operation`. */
export const OPERATIONS = withRules(
  z.record(
    text(NAMES, (name) => NAME.test(name)),
    OPERATION,
    { error: 'operations by name: { register: registration({ … }) }' },
  ),
  ownNames,
).transform((operations) =>
  Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      { ...operation, name, repeatable: operation.repeatable ?? isRepeatable(operation.method) },
    ]),
  ),
);

/** By HTTP's definition of the method; a PATCH may add to what is there. */
function isRepeatable(method: string): boolean {
  return method === 'PUT' || method === 'DELETE';
}

/** A change is asked for the path's parameters, and has no others. */
function ofThePath(operation: unknown, field: 'schemaPath' | 'validatePath'): CrossProblem[] {
  const [path, other] = [read(operation, 'path'), read(operation, field)];
  if (typeof path !== 'string' || typeof other !== 'string') return [];
  const known = placeholdersOf(path);
  return placeholdersOf(other).every((name) => known.includes(name))
    ? []
    : [{ path: [field], expected: 'placeholders that the path has too' }];
}

/** A checked config has each name twice; it can be checked again. */
function ownNames(operations: unknown): CrossProblem[] {
  return typeof operations === 'object' && operations !== null
    ? Object.entries(operations).flatMap(([key, operation]) => {
        const name = read(operation, 'name');
        return name === undefined || name === key
          ? []
          : [{ path: [key, 'name'], expected: 'nothing: the key is the name' }];
      })
    : [];
}

function read(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
