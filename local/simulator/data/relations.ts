import { createdAt, dateAfter, localDateTime, offsetDateTime } from './dates.ts';
import type { Draws } from './draws.ts';
import { drawsFor, type Model, phpMap } from './model.ts';
import type { Fields } from './object-set.ts';
import { drawAddress, drawPerson, type Person, sortedName } from './people.ts';

/** Builds a relation with the readable field names. About 1 KB of JSON. */
export function buildRelation(model: Model, id: number): Fields {
  const draws = drawsFor(model, 'relation', id);
  const person = drawPerson(model, id, draws);
  const organisation = draws.chance(8) ? draws.pick(model.pools.companies) : null;
  return {
    id,
    type: organisation === null ? 'person' : 'organisation',
    name: organisation ?? sortedName(person),
    ...nameFields(person),
    birth_date: organisation === null && draws.chance(85) ? drawBirthDate(draws) : null,
    organization_name: organisation,
    vat_number: organisation === null ? null : `NL00${draws.digits(7)}B01`,
    address: drawAddressFields(model, draws),
    postal_address: draws.chance(55) ? drawAddressFields(model, draws) : null,
    salutations: salutationsOf(person),
    email_addresses: drawEmailAddresses(person, id, draws),
    phone_numbers: Array.from({ length: draws.below(3) }, () => drawPhone(draws)),
    website: draws.chance(10) ? `https://example.com/people/${id}` : '',
    newsletters: drawChoices(model, draws, ['1', '2', '7']),
    interests: drawChoices(model, draws, ['folderen', 'markt', 'bestuur', 'jongeren', 'natuur']),
    bank: draws.chance(60) ? { iban: drawIban(draws), bic: 'SIMUNL2A' } : null,
    contribution: draws.chance(70) ? draws.between(2, 400) / 4 : null,
    member_since: draws.chance(80) ? dateAfter('2005-01-01', draws.below(7300)) : null,
    functions: drawFunctions(model, draws),
    language: draws.chance(92) ? 'nl' : 'en',
    remarks: draws.chance(15) ? draws.pick(REMARKS) : '',
    created_on: localDateTime(createdAt(id), model.switches.timeZone),
  };
}

/** Builds an entry of the archive: an archived relation, and the relation into which it was merged, if any. */
export function buildArchivedRelation(model: Model, id: number): Fields {
  const draws = drawsFor(model, 'archivedRelation', id);
  const kept = draws.chance(45) ? draws.between(1, model.counts.relations) : null;
  return {
    archived_relation_id: FIRST_ARCHIVED_ID + id,
    archived_on: offsetDateTime(createdAt(id), 'UTC'),
    archived_reason: draws.chance(70) ? archivedReason(kept) : null,
    kept_relation_id: kept,
  };
}

export function archivedReason(keptRelationId: number | null): string {
  return keptRelationId === null
    ? 'Relatie gearchiveerd: Opgezegd'
    : `Relatie gearchiveerd: Samengevoegd met relatie ${keptRelationId}`;
}

/** Offset of the numbers of generated archived relations, far from the numbers of existing ones. */
const FIRST_ARCHIVED_ID = 10_000_000;

const REMARKS = [
  'Belt liever niet na 18.00 uur',
  'Vrijwilliger van het jaar 🎉',
  'Post graag aan "de penningmeester"\nt.a.v. het bestuur',
  'Wil alleen digitaal / per e-mail post ontvangen',
] as const;

const FUNCTIONS = ['Voorzitter', 'Secretaris', 'Penningmeester', 'Bestuurslid', 'Vrijwilliger'] as const;

function nameFields({ firstName, insertion, lastName, initials, gender }: Person): Fields {
  return { first_name: firstName, insertion, last_name: lastName, initials, gender };
}

export function salutationsOf(person: Omit<Person, 'email'>): Fields {
  const { firstName, insertion, lastName, initials, gender } = person;
  const title = { m: 'heer', v: 'mevrouw', '': 'heer of mevrouw' }[gender];
  const surname = insertion === null ? lastName : `${insertion} ${lastName}`;
  return {
    formal: `Geachte ${title} ${surname}`,
    informal: `Beste ${firstName}`,
    envelope: `De ${title} ${initials} ${surname}`,
  };
}

function drawBirthDate(draws: Draws): string {
  return dateAfter('1935-01-01', draws.below(26_000));
}

function drawAddressFields(model: Model, draws: Draws): Fields {
  const { street, number, numberAdd, postcode, town } = drawAddress(model, draws);
  return { street, number, number_add: numberAdd, postcode, town, country: 'NL' };
}

function drawEmailAddresses({ email }: Person, id: number, draws: Draws): string[] {
  if (draws.chance(6)) {
    return [];
  }
  return draws.chance(15) ? [email, `werk.${id}@example.com`] : [email];
}

function drawPhone(draws: Draws): string {
  // Mobile numbers that begin with 0600 are not in use.
  return `0600-${draws.digits(6)}`;
}

function drawIban(draws: Draws): string {
  // The check digits are always invalid.
  return `NL00SIMU${draws.digits(5)}${draws.digits(5)}`;
}

/** Draws a multiple choice (option → boolean), which may be empty. */
function drawChoices(model: Model, draws: Draws, options: readonly string[]): unknown {
  const chosen = options.filter(() => draws.chance(45)).map((option) => [option, draws.chance(75)]);
  return phpMap(model, Object.fromEntries(chosen));
}

function drawFunctions(model: Model, draws: Draws): Fields[] {
  return Array.from({ length: draws.chance(12) ? draws.between(1, 2) : 0 }, () => {
    const id = draws.below(FUNCTIONS.length);
    const departmentId = draws.between(1, 20);
    const department = `Afdeling ${model.pools.towns[departmentId] ?? departmentId}`;
    return { id: id + 1, title: FUNCTIONS[id], departmentId, department };
  });
}
