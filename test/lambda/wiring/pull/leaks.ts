import { SIMULATOR_CREDENTIALS } from '../../../../local/simulator/simulator.ts';
import type { Contents } from '../../../support/plain-listing.ts';

/** Shorter texts turn up by chance. */
const SHORTEST_TELLING = 8;

/** Of the secret, of tokens and of the objects' texts, those that turn up in what was written down. */
export function leaksIn(written: unknown, listing: Contents): string[] {
  const text = typeof written === 'string' ? written : JSON.stringify(written);
  const secrets = [SIMULATOR_CREDENTIALS.clientSecret, 'simulated-', 'Bearer'];
  const values = [...listing.values()].flatMap((object) => textsIn(JSON.parse(object)));
  return [...new Set([...secrets, ...values])].filter((each) => text.includes(each));
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.length >= SHORTEST_TELLING ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
