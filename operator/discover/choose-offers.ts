import { CommandError } from '../command-error.ts';
import { suggestionFor } from '../nearest.ts';
import { oneLine } from '../words.ts';
import type { Offer } from './discovery.ts';

/**
 * Chooses the offers with these names, each once.
 *
 * @param names - Undefined for every offer that can be pulled.
 * @throws {CommandError} `USAGE` for an unknown name; `NOT_POSSIBLE` for an offer that cannot be pulled; `NOT_FOUND` if
 *   nothing can be pulled.
 */
export function chooseOffers(offers: readonly Offer[], names: readonly string[] | undefined): Offer[] {
  if (names !== undefined) return [...new Set(names)].map((name) => findOffer(offers, name));
  const possible = offers.filter(({ obstacle }) => obstacle === undefined);
  if (possible.length > 0) return possible;
  throw new CommandError('NOT_FOUND', 'nothing that can be pulled was found; no config was written');
}

function findOffer(offers: readonly Offer[], name: string): Offer {
  const offer = offers.find((each) => each.name === name);
  if (offer === undefined) {
    const known = offers.map((each) => each.name);
    const problem = `no stream was found that would be called ${oneLine(name)}${suggestionFor(name, known)}`;
    throw new CommandError('USAGE', `${problem}; found were ${known.join(', ')}`);
  }
  if (offer.obstacle === undefined) return offer;
  throw new CommandError('NOT_POSSIBLE', `${name} cannot be pulled: ${oneLine(offer.obstacle)}`);
}
