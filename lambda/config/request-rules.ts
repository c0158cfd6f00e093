import { text } from './options.ts';

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
