import type { OperationInput } from '../define-config.ts';

/**
 * Options of an operation that replace the catalogue's, for what Procurios does not document or an environment does differently.
 */
export type OperationOverrides = Partial<Omit<OperationInput, 'method' | 'path'>>;

/** An operation of a module that the catalogue does not have. */
export function operation(
  method: OperationInput['method'],
  path: string,
  options: Omit<OperationInput, 'method' | 'path'>,
): OperationInput {
  return { method, path, ...options };
}

/**
 * Creates a relation through one of the registration forms, or changes the existing one that Procurios recognizes.
 *
 * `POST /l/profile_api/registrationset/{set}/registration`, scope `profile/registration` or `profile/registration/{set}`,
 * version 1. The body has the form's own fields. It is checked first, against the form's schema and by Procurios' `validate`.
 * The paths and the reply's `relationId` (`registrationId` in older versions) are known from other clients.
 *
 * @param options - `set`: the form's id, from the stream `registrationSets`.
 * @see https://api.procurios.com/api_documentation/registration/profile
 */
export function registration(
  options: OperationOverrides & { readonly set: number | string },
): OperationInput {
  const { set, ...overrides } = options;
  const path = `/l/profile_api/registrationset/${encodeURIComponent(set)}`;
  return {
    method: 'POST',
    path: `${path}/registration`,
    mediaType: mediaTypeOf('profile'),
    schemaPath: `${path}/schema`,
    validatePath: `${path}/validate`,
    ids: { relationId: '/relationId', registrationId: '/registrationId' },
    ...overrides,
  };
}

/**
 * Changes a relation's profile. Parameter `relation`.
 *
 * `POST /l/profile_api/profileset/{set}/{relation}`, scope `profile/profile`, version 1. The method is documented. The
 * path is known from a client that was never in use, and the answer is unknown. The body has the set's own fields, and is
 * checked against the set's schema first. If the fields allow it to be applied twice, `repeatable: true` sends a change again
 * whose reply was lost.
 *
 * @param options - `set`: the set's id, from the stream `profileSets`.
 * @see https://api.procurios.com/api_documentation/profile_api/profile
 */
export function profileUpdate(
  options: OperationOverrides & { readonly set: number | string },
): OperationInput {
  const { set, ...overrides } = options;
  const path = `/l/profile_api/profileset/${encodeURIComponent(set)}`;
  return {
    method: 'POST',
    path: `${path}/{relation}`,
    mediaType: mediaTypeOf('profile'),
    schemaPath: `${path}/schema`,
    ...overrides,
  };
}

/**
 * Registers a relation for a meeting. Parameter `meeting`.
 *
 * `POST /l/meeting2_api/meetings/{meeting}/registration` with `{"relationId", "ticketId"?, "remark"?, "sendEmail"?}`,
 * version 1 (2 in older documentation), answers `{"registrationId"}`. Documented, except for the scope, which is assumed to
 * be that of the schema, `meeting2/register`. The body is checked against the meeting's schema first.
 *
 * @see https://api.procurios.com/api_documentation/meeting2_api/registrations
 */
export function meetingRegistration(overrides: OperationOverrides = {}): OperationInput {
  return {
    method: 'POST',
    path: '/l/meeting2_api/meetings/{meeting}/registration',
    mediaType: mediaTypeOf('meeting2'),
    schemaPath: '/l/meeting2_api/meetings/{meeting}/registration/schema',
    ids: { registrationId: '/registrationId' },
    ...overrides,
  };
}

/**
 * Cancels a registration for a meeting, which Procurios keeps. Parameters `meeting` and `registration`.
 *
 * `DELETE /l/meeting2_api/meetings/{meeting}/registration/{registration}`, version 1 (2 in older documentation).
 * Documented, except for the answer and the scope, which is assumed to be `meeting2/register`.
 *
 * @see https://api.procurios.com/api_documentation/meeting2_api/registrations
 */
export function cancelMeetingRegistration(overrides: OperationOverrides = {}): OperationInput {
  return {
    method: 'DELETE',
    path: '/l/meeting2_api/meetings/{meeting}/registration/{registration}',
    mediaType: mediaTypeOf('meeting2'),
    ...overrides,
  };
}

/**
 * Records whether a relation is present at a meeting. Parameters `meeting` and `relation`.
 *
 * `PUT /l/meeting2_api/meetings/{meeting}/attendees/{relation}/presence`, scope `meeting2/presence/write`, version 1.
 * Path and scope are documented. The body is assumed to be `{"presence"}`: 0 for absent, 1 for present, 2 for unknown. It is not
 * checked before it is sent, because the address of its schema is unknown.
 *
 * @see https://api.procurios.com/api_documentation/meeting2_api/attendees
 */
export function attendeePresence(overrides: OperationOverrides = {}): OperationInput {
  return {
    method: 'PUT',
    path: '/l/meeting2_api/meetings/{meeting}/attendees/{relation}/presence',
    mediaType: mediaTypeOf('meeting2'),
    ...overrides,
  };
}

/**
 * Creates an engagement action, by which people are approached.
 *
 * `POST /l/engagement_api/action` with `{"description", "campaignId", "themeId"?, "channelId"?}`, scope
 * `engagement/read` (as the page says), version 1, answers 201 with `{"actionId"}`. Documented.
 *
 * @see https://api.procurios.com/api_documentation/engagement/engagement
 */
export function engagementAction(overrides: OperationOverrides = {}): OperationInput {
  return {
    method: 'POST',
    path: '/l/engagement_api/action',
    mediaType: mediaTypeOf('engagement'),
    ids: { actionId: '/actionId' },
    ...overrides,
  };
}

/**
 * Adds a product to a shop.
 *
 * `POST /l/webshop2_api/webshops/{shop}/products`, scope `webshop2/product/write`, version 1, answers 200 without a
 * body. Documented. The body has the whole product: `title`, `articleNumber`, `price`, …
 *
 * @param options - `shop`: the shop's id.
 * @see https://api.procurios.com/api_documentation/webshop2/product
 */
export function webshopProduct(
  options: OperationOverrides & { readonly shop: number | string },
): OperationInput {
  const { shop, ...overrides } = options;
  return { method: 'POST', path: productsOf(shop), mediaType: mediaTypeOf('webshop'), ...overrides };
}

/**
 * Replaces a product of a shop. Parameter `product`.
 *
 * `PUT /l/webshop2_api/webshops/{shop}/products/{product}`, scope `webshop2/product/write`, version 1. Documented, except
 * for the answer. The body has the whole product, as for {@link webshopProduct}.
 *
 * @param options - `shop`: the shop's id.
 * @see https://api.procurios.com/api_documentation/webshop2/product
 */
export function webshopProductUpdate(
  options: OperationOverrides & { readonly shop: number | string },
): OperationInput {
  const { shop, ...overrides } = options;
  return {
    method: 'PUT',
    path: `${productsOf(shop)}/{product}`,
    mediaType: mediaTypeOf('webshop'),
    ...overrides,
  };
}

function productsOf(shop: number | string): string {
  return `/l/webshop2_api/webshops/${encodeURIComponent(shop)}/products`;
}

function mediaTypeOf(type: string): string {
  return `application/vnd.procurios.${type}+json; version=1`;
}
