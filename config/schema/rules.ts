import * as z from 'zod';

/** A text for which `isValid` holds. */
export function text(expected: string, isValid: (text: string) => boolean) {
  return z.string({ error: expected }).refine(isValid, { error: expected });
}

/** A top-level field of objects. */
export const field = text('the name of a field', (name) => name !== '');

/** An integer from `least` to `most`. */
export function integer(least: number, most: number) {
  const error = `an integer from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

/** Words of lower case letters and digits, joined by hyphens, with `longest` characters at most. */
export function nameUpTo(longest: number) {
  const expected = `lower case letters, digits and hyphens, at most ${longest}, with no hyphen first or last`;
  return text(expected, (name) => isNameUpTo(longest, name));
}

/** Whether {@link nameUpTo} accepts a name. */
export function isNameUpTo(longest: number, name: string): boolean {
  return name.length <= longest && /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(name);
}

const PATH_RULES = 'one / first, percent-encoded, without query, fragment or ..';

/** A path on the host. */
export const path = text(`a path on the host (${PATH_RULES})`, isPath);

const PLACEHOLDER = /\{\w+\}/g;

/** A path on the host, with names in braces for which a change gives values. */
export const pathWithPlaceholders = text(
  `a path on the host (${PATH_RULES}); placeholders are letters, digits and _ in braces: {meeting}`,
  // A placeholder's value is percent-encoded, and neither empty nor only dots.
  (value) => isPath(value.replace(PLACEHOLDER, 'x')),
);

/** Whether a URL keeps a path exactly as it is written. It does not with `//elsewhere`, `..`, spaces, braces or backslashes. */
function isPath(value: string): boolean {
  return (
    value.startsWith('/') &&
    URL.parse(value, 'http://host')?.href === `http://host${value}` &&
    !/[?#]|%(?![\dA-Fa-f]{2})/.test(value)
  );
}

/** `type/subtype`, with parameters such as `; version=1`. */
const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?: *; *[\w-]+=(?:[\w!#$&^.+-]+|"[^"\p{Cc}]*"))*$/u;

/** The `Accept` header of a module. */
export const mediaType = text('a media type: application/vnd.procurios.relation+json; version=1', (value) =>
  MEDIA_TYPE.test(value),
);

/** @see https://www.rfc-editor.org/rfc/rfc6901#section-3 */
const POINTER = /^(?:\/(?:[^~/]|~[01])*)*$/;

/** An RFC 6901 pointer to a place in a JSON document. */
export function pointer(expected: string) {
  return text(expected, (value) => POINTER.test(value));
}

/** An object with these options. An unknown option is a problem that names the known ones. */
export function options<Shape extends z.ZodRawShape>(expected: string, shape: Shape) {
  const known = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: ({ code }) =>
      code === 'unrecognized_keys' ? `no such option; the options are ${known}` : expected,
  });
}

/** A problem that shows only when several fields are compared. */
export interface CrossProblem {
  /** Relative to the value that the rule checks. */
  readonly path: readonly (string | number)[];
  readonly expected: string;
}

/**
 * Adds rules over several fields to a schema.
 *
 * The rules run even if single fields are wrong, so that all problems are reported together. A rule therefore has to accept any
 * value.
 */
export function withRules<Schema extends z.ZodType>(
  schema: Schema,
  rules: (value: unknown) => readonly CrossProblem[],
): Schema {
  return schema.superRefine(
    (value, context) => {
      for (const { path, expected } of rules(value)) {
        context.addIssue({ code: 'custom', path: [...path], message: expected });
      }
    },
    { when: () => true },
  );
}

/** A field of a value that may not be an object; undefined if there is no such field. */
export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** Names of a stream's query parameters. */
export function parametersOf(stream: unknown): string[] {
  const query = fieldOf(stream, 'query');
  return typeof query === 'object' && query !== null ? Object.keys(query) : [];
}

/** The indexes of the texts that occur earlier in the list. */
export function repeatedIn(texts: unknown): number[] {
  return Array.isArray(texts)
    ? texts.flatMap((text, index) => (typeof text === 'string' && texts.indexOf(text) < index ? [index] : []))
    : [];
}
