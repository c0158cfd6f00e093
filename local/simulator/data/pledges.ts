import { createdAt, dateAfter, spacedDateTime } from './dates.ts';
import type { Draws } from './draws.ts';
import { drawsFor, type Model } from './model.ts';
import type { Fields } from './object-set.ts';
import { personOf, sortedName } from './people.ts';

const FREQUENCIES = [
  ['Monthly', 12],
  ['Quarterly', 4],
  ['Yearly', 1],
] as const;

/** Builds a row of the pledge export. Rows are flat, have display texts, and have both `null` and `""` for empty fields. */
export function buildPledge(model: Model, id: number): Fields {
  const draws = drawsFor(model, 'pledge', id);
  const [frequency, perYear] = draws.pick(FREQUENCIES);
  const amount = draws.chance(30) ? draws.between(5, 200) / 4 : draws.between(2, 50);
  const firstDate = dateAfter('2015-01-01', draws.below(3800));
  const ended = draws.chance(25);
  return {
    id,
    creation_date: spacedDateTime(createdAt(id), model.switches.timeZone),
    first_date: firstDate,
    end_date: ended ? dateAfter(firstDate, draws.between(100, 900)) : null,
    one_off_instruction_date: null,
    frequency,
    amount,
    year_amount: amount * perYear,
    currency: 'EUR',
    is_collectible: draws.chance(70) ? 'Yes' : 'No',
    fund: draws.pick(['Algemeen fonds', 'Natuurfonds']),
    campaign: null,
    action_code: draws.chance(30) ? draws.between(1, model.counts.engagementActions) : null,
    action: null,
    channel: null,
    left_via_action_code: null,
    left_via_action: null,
    left_via_channel: null,
    reason_of_cancellation: ended ? 'Financiële redenen' : null,
    ...mandate(draws),
    ...donor(model, draws),
  };
}

function mandate(draws: Draws): Fields {
  const signed = draws.chance(65);
  return {
    mandate_id: signed ? `M${draws.digits(6)}` : '',
    payee_name: '',
    creditor_id: signed ? 'NL00ZZZ000000000000' : '',
    signing_date: signed ? dateAfter('2015-01-01', draws.below(3800)) : '',
    account_holder: '',
    iban: signed ? `NL00SIMU${draws.digits(5)}${draws.digits(5)}` : '',
    bic: signed ? 'SIMUNL2A' : '',
    recent_direct_debit_date: '',
    return_reason: '',
  };
}

function donor(model: Model, draws: Draws): Fields {
  const relationId = draws.between(1, model.counts.relations);
  const person = personOf(model, relationId);
  const salutation = { m: 'heer', v: 'mevrouw', '': 'heer of mevrouw' }[person.gender];
  return {
    relation_id: relationId,
    first_name: person.firstName,
    insertion: person.insertion,
    last_name: person.lastName,
    full_name: sortedName(person),
    email: person.email,
    aanhefformeel: `Geachte ${salutation} ${person.lastName}`,
  };
}
