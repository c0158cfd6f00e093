import { createdAt, offsetDateTime, spacedDateTime } from './dates.ts';
import type { Draws } from './draws.ts';
import { drawsFor, type Model } from './model.ts';
import type { Fields } from './object-set.ts';
import { drawAddress, personOf, spokenName } from './people.ts';

const ARTICLES = [
  ['A1001', 'Vlag', 'Stuk', 1250],
  ['A1002', 'Mok "Samen"', 'Stuk', 895],
  ['B2001', 'Kaartenset', 'Set', 600],
  ['B2002', null, 'Doos', 2499],
] as const;

/** Builds a product of the webshop, with the fields of a product that is written. */
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
