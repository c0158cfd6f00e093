import type { Fields } from './data/object-set.ts';
import type { Reply } from './reply.ts';

/** A change that a request asks for: checked, so that it cannot fail any more, and not made yet. */
export interface Write {
  readonly kind: 'write';
  readonly apply: () => Reply;
}

/** Describes a change; for the modules. */
export function write(apply: () => Reply): Write {
  return { kind: 'write', apply };
}

/** Marks every field of an object but its number as left out: what is written over it is all there is then. */
export function emptied(object: Fields, key: string): Fields {
  return Object.fromEntries(
    Object.keys(object)
      .filter((name) => name !== key)
      .map((name) => [name, undefined]),
  );
}
