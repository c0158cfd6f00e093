import { faker } from '@faker-js/faker/locale/nl';

/** Names to combine into people and places; faker is too slow to be asked for every one of a million. */
export interface Pools {
  readonly men: readonly string[];
  readonly women: readonly string[];
  /** With its insertion in front: `de Vries`. */
  readonly lastNames: readonly string[];
  readonly streets: readonly string[];
  readonly towns: readonly string[];
  readonly companies: readonly string[];
}

const distinct = (count: number, make: () => string) => [...new Set(Array.from({ length: count }, make))];

/** Draws the names of one environment: the same for the same seed. */
export function createPools(seed: number): Pools {
  // The instance is shared by whoever imports it, so it is seeded right before its use and nothing here waits.
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
