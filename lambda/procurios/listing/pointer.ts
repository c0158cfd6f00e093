import { isObject, type Json } from '../../core/json.ts';

/**
 * The value that a JSON pointer leads to; undefined if there is none.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6901#section-4
 */
export function valueAt(pointer: string, document: Json): Json | undefined {
  const tokens = pointer.split('/').slice(1);
  return tokens.reduce<Json | undefined>(
    (parent, token) => childOf(parent, token.replaceAll('~1', '/').replaceAll('~0', '~')),
    document,
  );
}

function childOf(parent: Json | undefined, token: string): Json | undefined {
  if (Array.isArray(parent)) return /^(?:0|[1-9]\d*)$/.test(token) ? parent[Number(token)] : undefined;
  return isObject(parent) && Object.hasOwn(parent, token) ? parent[token] : undefined;
}
