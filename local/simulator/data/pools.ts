import { faker } from '@faker-js/faker/locale/nl';

/** Names that are combined into people and places, because faker is too slow for a million objects. */
export interface Pools {
  readonly men: readonly string[];
  readonly women: readonly string[];
  /** Last names with their insertions: `de Vries`. */
  readonly lastNames: readonly string[];
  readonly streets: readonly string[];
  readonly towns: readonly string[];
  readonly companies: readonly string[];
}

const distinct = (count: number, make: () => string) => [...new Set(Array.from({ length: count }, make))];

/** Creates the names of an environment. The same seed gives the same names. */
export function createPools(seed: number): Pools {
  // All importers share the instance, so it is seeded right before its use, and this function must stay synchronous.
  faker.seed(seed);
  return {
    men: [...distinct(150, () => faker.person.firstName('male')), 'Seán', 'Jürgen', 'Mattéo'],
    women: [...distinct(150, () => faker.person.firstName('female')), 'Zoë', 'Renée', 'Łucja'],
    lastNames: [...distinct(300, () => faker.person.lastName()), "van 't Hof", 'Núñez', 'Ağaoğlu'],
    streets: distinct(200, () => faker.location.street()),
    towns: distinct(200, () => faker.location.city()),
    companies: distinct(60, () => faker.company.name()),
  };
}
