import { drawsFor, type Model } from './model.ts';
import type { Fields } from './object-set.ts';

/** Builds a `module_api/object`, whose fields the vendor does not document. */
export function buildModuleObject(model: Model, id: number): Fields {
  const draws = drawsFor(model, 'moduleObject', id);
  return { id, key: `value ${draws.below(1000)}`, otherKey: draws.below(10) };
}
