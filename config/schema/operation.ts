import * as z from 'zod';
import { placeholdersOf } from '../../lambda/core/push/operation.ts';
import {
  type CrossProblem,
  fieldOf,
  mediaType,
  options,
  pathWithPlaceholders,
  pointer,
  text,
  withRules,
} from './rules.ts';

const IDS = z.record(
  text('the name of an id: letters, digits and _', (name) => /^\w{1,64}$/.test(name)),
  pointer('a JSON pointer (RFC 6901) to the id in the answer: /relationId'),
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

const OPERATION = withRules(OPERATION_OPTIONS, (operation) => [
  ...knownPlaceholders(operation, 'schemaPath'),
  ...knownPlaceholders(operation, 'validatePath'),
]);

const NAME = /^[A-Za-z][\w-]{0,63}$/;

/** The operations of a config by name. Checked, each is an `Operation`. */
export const OPERATIONS = withRules(
  z.record(
    text('operations by name: a letter, then letters, digits, - and _, at most 64', (name) =>
      NAME.test(name),
    ),
    OPERATION,
    { error: 'operations by name: { register: registration({ … }) }' },
  ),
  namesAsKeys,
).transform((operations) =>
  Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      { ...operation, name, repeatable: operation.repeatable ?? isIdempotent(operation.method) },
    ]),
  ),
);

/** Whether HTTP defines the method so that repeating a request changes nothing more. A PATCH may add to what it changes. */
function isIdempotent(method: string): boolean {
  return method === 'PUT' || method === 'DELETE';
}

/** A change has values for the placeholders of the operation's path, and for no others. */
function knownPlaceholders(operation: unknown, field: 'schemaPath' | 'validatePath'): CrossProblem[] {
  const [path, other] = [fieldOf(operation, 'path'), fieldOf(operation, field)];
  if (typeof path !== 'string' || typeof other !== 'string') return [];
  const known = placeholdersOf(path);
  return placeholdersOf(other).every((name) => known.includes(name))
    ? []
    : [{ path: [field], expected: 'only placeholders that the path has too' }];
}

/** A checked config repeats each key as the operation's name, and has to pass the check again. */
function namesAsKeys(operations: unknown): CrossProblem[] {
  return typeof operations === 'object' && operations !== null
    ? Object.entries(operations).flatMap(([key, operation]) => {
        const name = fieldOf(operation, 'name');
        return name === undefined || name === key
          ? []
          : [{ path: [key, 'name'], expected: 'no name, because the key is the name' }];
      })
    : [];
}
