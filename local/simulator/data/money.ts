import { createdAt, dateAfter, offsetDateTime, spacedDateTime } from './dates.ts';
import type { Draws } from './draws.ts';
import { drawsFor, type Model } from './model.ts';
import type { Fields } from './object-set.ts';
import { drawAddress, personOf, sortedName, spokenName } from './people.ts';

const FREQUENCIES = [
  ['Monthly', 12],
  ['Quarterly', 4],
  ['Yearly', 1],
] as const;

/** Builds a row of the pledge export: flat, with display words, and empty as `null` here and `""` there. */
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

const ARTICLES = [
  ['A1001', 'Vlag', 'Stuk', 1250],
  ['A1002', 'Mok "Samen"', 'Stuk', 895],
  ['B2001', 'Kaartenset', 'Set', 600],
  ['B2002', null, 'Doos', 2499],
] as const;

/** Builds a product of the webshop, as it is sent to be written. */
export function buildProduct(model: Model, id: number): Fields {
  const draws = drawsFor(model, 'product', id);
  const [articleNumber, title, packingEntity, cents] = draws.pick(ARTICLES);
  return {
    productId: id,
    title: title ?? 'Actiepakket',
    articleNumber: `${articleNumber}-${id}`,
    price: { amount: cents, precision: 2 },
    vatPercentage: { amount: 2100, precision: 2 },
    stock: draws.below(200),
    isBackorderPossible: draws.chance(50),
    actionPrice: draws.chance(20) ? { amount: cents - 100, precision: 2 } : null,
    description: '',
    packingEntity,
    visibility: 1,
    depositValue: null,
    category: draws.pick(['Kleding', 'Drukwerk', 'Huishouden']),
    modifiedDateTime: spacedDateTime(createdAt(id), model.switches.timeZone),
  };
}

export function buildOrder(model: Model, id: number): Fields {
  const draws = drawsFor(model, 'order', id);
  const person = personOf(model, draws.between(1, model.counts.relations));
  return {
    orderId: id,
    externalOrderNumber: draws.chance(40) ? `EXT/${draws.digits(6)}` : null,
    dateCreated: offsetDateTime(createdAt(id), model.switches.timeZone),
    customerName: spokenName(person),
    companyName: draws.chance(10) ? draws.pick(model.pools.companies) : null,
    emailAddress: draws.chance(90) ? person.email : null,
    phoneNumber: null,
    invoiceAddress: drawOrderAddress(model, draws),
    shippingAddress: draws.chance(20) ? drawOrderAddress(model, draws) : null,
    orderLines: Array.from({ length: draws.between(1, 3) }, () => drawOrderLine(draws)),
  };
}

function drawOrderAddress(model: Model, draws: Draws): Fields {
  const { street, number, numberAdd, postcode, town } = drawAddress(model, draws);
  return {
    freetext: null,
    street,
    number: String(number),
    addition: numberAdd === '' ? '' : ` ${numberAdd}`,
    postcode,
    town,
    countryCode: 'NL',
    stateCode: '',
  };
}

function drawOrderLine(draws: Draws): Fields {
  const [articleNumber, description, packingEntity, cents] = draws.pick(ARTICLES);
  const discount = draws.chance(20) ? cents - 100 : cents;
  return {
    articleNumber,
    description,
    quantity: draws.between(1, 5),
    packingEntity,
    price: { amount: cents, precision: 2 },
    discountPrice: { amount: discount, precision: 2 },
    vatPercentage: { amount: draws.pick([0, 900, 2100]), precision: 2 },
  };
}
