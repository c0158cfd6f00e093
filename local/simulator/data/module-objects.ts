import { drawsFor, type Model } from './model.ts';
import type { Fields } from './object-set.ts';

/** Builds an object of a module that is documented by its path alone. */
export function buildModuleObject(model: Model, id: number): Fields {
  const draws = drawsFor(model, 'moduleObject', id);
  return { id, key: `value ${draws.below(1000)}`, otherKey: draws.below(10) };
}
