import { localDateTime } from './dates.ts';
import { type Model, phpMap } from './model.ts';
import type { Fields } from './object-set.ts';
import { salutationsOf } from './relations.ts';

/** Returns the relation of a registration: the filled-in fields and the names derived from them. All other fields are empty. */
export function registeredRelation(model: Model, filledIn: Fields, nowMs: number): Fields {
  return withDerivedNames({
    type: 'person',
    name: '',
    first_name: '',
    insertion: null,
    last_name: '',
    initials: String(filledIn.first_name ?? '').replace(/^(.).*$/su, '$1.'),
    gender: '',
    birth_date: null,
    organization_name: null,
    vat_number: null,
    address: null,
    postal_address: null,
    salutations: null,
    email_addresses: [],
    phone_numbers: [],
    website: '',
    newsletters: phpMap(model, {}),
    interests: phpMap(model, {}),
    bank: null,
    contribution: null,
    member_since: null,
    functions: [],
    language: 'nl',
    remarks: '',
    created_on: localDateTime(nowMs, model.switches.timeZone),
    ...filledIn,
  });
}

/** Derives full name and salutations from the parts of a person's name. Organisations are returned unchanged. */
export function withDerivedNames(relation: Fields): Fields {
  if (relation.type !== 'person') {
    return relation;
  }
  const part = (name: string) => String(relation[name] ?? '');
  const gender = part('gender');
  const [firstName, insertion, lastName] = [part('first_name'), part('insertion'), part('last_name')];
  const called = [part('initials'), insertion, firstName === '' ? '' : `(${firstName})`];
  const salutations = salutationsOf({
    firstName,
    insertion: insertion === '' ? null : insertion,
    lastName,
    initials: part('initials'),
    gender: gender === 'm' || gender === 'v' ? gender : '',
  });
  return {
    ...relation,
    name: [`${lastName},`, ...called]
      .filter((text) => text !== '')
      .join(' ')
      .replace(/,$/, ''),
    // Missing parts of the name leave double spaces.
    salutations: Object.fromEntries(
      Object.entries(salutations).map(([name, text]) => [name, String(text).replace(/ +/g, ' ').trim()]),
    ),
  };
}
