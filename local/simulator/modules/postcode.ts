import type { Call } from '../call.ts';
import { drawsFor } from '../data/model.ts';
import { Refusal } from '../refusal.ts';
import { jsonReply, type Reply } from '../reply.ts';
import type { Route } from '../route.ts';

export const POSTCODE_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/l/postcode/lookup',
    access: { scopes: ['postcode'], type: 'postcode' },
    handle: lookup,
  },
];

/** Streets end here: a higher number does not exist. */
const HIGHEST_NUMBER = 400;

/** Every Dutch postcode exists, and stands for one street. */
function lookup({ query, switches, world: { model } }: Call): Reply {
  const missing = ['countryCode', 'postcode', 'number'].filter((name) => !query.get(name));
  const [, digits, letters] = /^([1-9]\d{3}) ?([A-Z]{2})$/i.exec(query.get('postcode') ?? '') ?? [];
  const number = Number(query.get('number'));
  if (missing.length > 0 || !Number.isInteger(number)) {
    throw new Refusal(400, missing.length > 0 ? `Missing ${missing.join(', ')}` : 'Invalid number');
  }
  if (digits === undefined || letters === undefined || number < 1 || number > HIGHEST_NUMBER) {
    if (switches.unknownPostcode === 'empty') {
      return jsonReply([]);
    }
    throw new Refusal(404, 'Unknown address');
  }
  const postcode = `${digits} ${letters.toUpperCase()}`;
  const draws = drawsFor(model, 'address', Number.parseInt(`${digits}${letters}`, 36));
  const town = draws.pick(model.pools.towns);
  return jsonReply({
    postcode,
    number: String(number),
    numberAdd: query.get('numberAdd'),
    street: draws.pick(model.pools.streets),
    town,
    municipality: town,
    province: draws.pick(['Utrecht', 'Gelderland', 'Friesland', 'Zeeland', 'Limburg']),
  });
}
