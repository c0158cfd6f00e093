import { localDateTime } from './dates.ts';
import { type Model, phpMap } from './model.ts';
import type { Fields } from './object-set.ts';
import { salutationsOf } from './relations.ts';

/** A relation as a form makes it: what was filled in, the names that follow from that, and nothing else. */
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

/** The relation with its full name and salutations made from the parts of its name. An organisation keeps its own. */
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
    // Parts of the name that are not known leave spaces behind.
    salutations: Object.fromEntries(
      Object.entries(salutations).map(([name, text]) => [name, String(text).replace(/ +/g, ' ').trim()]),
    ),
  };
}
