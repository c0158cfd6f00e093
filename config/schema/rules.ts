import * as z from 'zod';

/** `type/subtype`, with parameters such as `; version=1`. */
const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?: *; *[\w-]+=(?:[\w!#$&^.+-]+|"[^"\p{Cc}]*"))*$/u;
/** @see https://www.rfc-editor.org/rfc/rfc6901#section-3 */
const POINTER = /^(?:\/(?:[^~/]|~[01])*)*$/;
const PLACEHOLDER = /\{\w+\}/g;

const PATH_RULES = 'it begins with one /, is percent-encoded, and has no query, fragment or ..';

/** A path on the host. */
export const path = text(`a path on the host: ${PATH_RULES}`, isPath);

/** A path on the host, with names in braces that a change's parameters fill. */
export const pathWithPlaceholders = text(
  `a path on the host: ${PATH_RULES}; placeholders are letters, digits and _ in braces: {meeting}`,
  // A placeholder is filled with percent-encoded text that is neither empty nor dots.
  (value) => isPath(value.replace(PLACEHOLDER, 'x')),
);

/** The `Accept` header of a module. */
export const mediaType = text('a media type: application/vnd.procurios.relation+json; version=1', (value) =>
  MEDIA_TYPE.test(value),
);

/** A place in a JSON document. */
export function pointer(expected: string) {
  return text(expected, (value) => POINTER.test(value));
}

/** A path that a URL takes exactly as it stands: `//elsewhere`, `..`, spaces, braces and backslashes are none. */
function isPath(value: string): boolean {
  return (
    value.startsWith('/') &&
    URL.parse(value, 'http://host')?.href === `http://host${value}` &&
    !/[?#]|%(?![\dA-Fa-f]{2})/.test(value)
  );
}

/** An object with these fields and no others, which are refused with the names of those that exist. */
export function options<Shape extends z.ZodRawShape>(expected: string, shape: Shape) {
  const known = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: ({ code }) =>
      code === 'unrecognized_keys' ? `nothing: there is no such option; known are ${known}` : expected,
  });
}

/** A text for which `isValid` holds. */
export function text(expected: string, isValid: (text: string) => boolean) {
  return z.string({ error: expected }).refine(isValid, { error: expected });
}

/** An integer from `least` to `most`. */
export function integer(least: number, most: number) {
  const error = `an integer from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

/** Words of lower case letters and digits, joined by hyphens. */
export function nameUpTo(longest: number) {
  return text(
    `lower case letters, digits and hyphens, neither first nor last a hyphen, at most ${longest}`,
    (name) => isNameUpTo(longest, name),
  );
}

/** Whether {@link nameUpTo} takes it. */
export function isNameUpTo(longest: number, name: string): boolean {
  return name.length <= longest && /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(name);
}

/** A problem that only several fields together show. */
export interface CrossProblem {
  /** From the object on which the rule is. */
  readonly path: readonly (string | number)[];
  readonly expected: string;
}

/**
 * Adds rules over several fields to a schema.
 *
 * They are asked even where single fields are wrong, so that everything is reported at once: a rule must take
 * whatever value it is given.
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

/** @returns The places of texts that occurred before. */
export function repeatedIn(texts: unknown): number[] {
  return Array.isArray(texts)
    ? texts.flatMap((text, index) => (typeof text === 'string' && texts.indexOf(text) < index ? [index] : []))
    : [];
}
