import type { ApiCall } from '../api-call.ts';
import { ApiError } from '../api-error.ts';
import { emptyReply } from '../api-reply.ts';
import { clearedFields, type Fields } from '../data/object-set.ts';
import { type Listing, listing } from '../listing.ts';
import { type PendingWrite, pendingWrite } from '../pending-write.ts';
import { readValidBody } from '../read-body.ts';
import { readId } from '../read-parameters.ts';
import type { Access, Route } from '../route.ts';
import type { Schema } from '../schema-check.ts';
import { checkShop } from './webshop.ts';

const ALL = '/l/webshop2_api/webshops/{shop}/products';
const ACCESS: Access = { scopes: ['webshop2/product/write'], type: 'webshop' };

export const WEBSHOP_PRODUCT_ROUTES: readonly Route[] = [
  { method: 'GET', path: ALL, access: ACCESS, handle: products },
  { method: 'POST', path: ALL, access: ACCESS, handle: create },
  { method: 'PUT', path: `${ALL}/{product}`, access: ACCESS, handle: replace },
];

const TEXT: Schema = { type: 'string' };
const MONEY: Schema = {
  type: 'object',
  properties: { amount: { type: 'integer' }, precision: { type: 'integer' } },
  required: ['amount', 'precision'],
};
const OPTIONAL_MONEY: Schema = { ...MONEY, type: ['object', 'null'] };

/** The fields of the vendor's sample. Which of them are required is an assumption. */
const PRODUCT: Schema = {
  type: 'object',
  properties: {
    productId: { type: 'integer' },
    title: TEXT,
    articleNumber: TEXT,
    price: MONEY,
    vatPercentage: MONEY,
    stock: { type: 'integer' },
    isBackorderPossible: { type: 'boolean' },
    actionPrice: OPTIONAL_MONEY,
    description: TEXT,
    packingEntity: TEXT,
    visibility: { type: 'integer' },
    depositValue: OPTIONAL_MONEY,
    category: TEXT,
    modifiedDateTime: TEXT,
  },
  required: ['title', 'articleNumber', 'price'],
};

function products(call: ApiCall): Listing {
  checkShop(call);
  const set = call.world.sets.product;
  return listing({
    ids: set.all(),
    set,
    cut: { by: 'page', size: 100 },
    object: (id) => set.get(id) ?? {},
    wrap: (shown) => shown,
  });
}

function create(call: ApiCall): PendingWrite {
  checkShop(call);
  const set = call.world.sets.product;
  const fields = { ...clearedFields(set.original(1), 'productId'), ...readProduct(call) };
  return pendingWrite(() => {
    set.create(fields);
    return emptyReply(200);
  });
}

function replace(call: ApiCall): PendingWrite {
  checkShop(call);
  const id = readId(call, 'product');
  const set = call.world.sets.product;
  const current = set.get(id);
  if (current === undefined) {
    throw new ApiError(404, 'Unknown product');
  }
  const fields = { ...clearedFields(current, 'productId'), ...readProduct(call) };
  return pendingWrite(() => {
    set.edit(id, fields);
    return emptyReply(call.switches.changedStatus);
  });
}

/** Reads the body without `productId`, because Procurios assigns the number. */
function readProduct(call: ApiCall): Fields {
  const { productId: _productId, ...fields } = readValidBody(call, PRODUCT);
  return fields;
}
