/**
 * Builds an object with the value at an RFC 6901 pointer.
 *
 * @param pointer - Not the root: `/_embedded/relations`.
 */
export function objectAt(pointer: string, value: unknown): Record<string, unknown> {
  const [name = '', ...inner] = pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  return { [name]: inner.reduceRight<unknown>((held, key) => ({ [key]: held }), value) };
}
