import type { StreamInput, StreamOverrides } from '../define-config.ts';
import { collectionPath, RELATION_ARCHIVE } from './archive.ts';
import { carriedIfProven } from './deletes.ts';
import { after, hal, linkedPages, numberedPages, onePage } from './paging.ts';

export * from './meetings.ts';

/** A stream of a module that the catalogue does not have. */
export function stream(name: string, options: Omit<StreamInput, 'name'>): StreamInput {
  return { name, ...options };
}

/**
 * The relations of one collection, with the fields that are configured for it in Procurios.
 *
 * `GET /l/relation_list_api/collection/{id}`, scope `relation_list_api/relation`, version 1, pages with HAL links.
 * Documented, except for the objects. The only list in the answer is taken, and their key is assumed to be `id`, so the
 * collection has to include that field. If the config has a stream of archived relations, that is the archive.
 *
 * @param id - The collection's UUID, from `GET /l/relation_list_api/collection`.
 * @see https://api.procurios.com/api_documentation/relation_list_api/relation
 */
export function relationCollection(name: string, id: string, overrides: StreamOverrides = {}): StreamInput {
  return {
    name,
    path: collectionPath(id),
    mediaType: mediaTypeOf('relation'),
    key: 'id',
    paging: hal(),
    deletes: carriedIfProven(overrides),
    ...overrides,
  };
}

/**
 * The relations that were archived, by date. A merged one names the relation that was kept. The list only grows.
 *
 * `GET /l/relation_archive_api/relations/export`, scope `relation_archive_api/relations/export`, version 1, pages
 * with plain links, 1000 objects each. Documented.
 *
 * @see https://api.core.milieudefensie.nl/api_documentation/relation_archive_api/archive
 */
export function archivedRelations(name: string, overrides: StreamOverrides = {}): StreamInput {
  return {
    name,
    path: RELATION_ARCHIVE,
    mediaType: mediaTypeOf('archived_relations'),
    objects: '/relations',
    key: 'archived_relation_id',
    paging: linkedPages({ amount: 1000 }),
    deletes: 'never',
    ...overrides,
  };
}

/**
 * The sets of fields through which a relation's profile is read and changed.
 *
 * `GET /l/profile_api/profileset`, scope `profile/profile`, version 1, one page. Documented.
 *
 * @see https://api.procurios.com/api_documentation/profile_api/profile
 */
export function profileSets(name: string, overrides: StreamOverrides = {}): StreamInput {
  return {
    name,
    path: '/l/profile_api/profileset',
    mediaType: mediaTypeOf('profile'),
    objects: '/profileSet',
    key: 'id',
    paging: onePage(),
    deletes: carriedIfProven(overrides),
    ...overrides,
  };
}

/**
 * The forms through which relations are created. The scopes decide which of them Procurios shows.
 *
 * `GET /l/profile_api/registrationset`, scope `profile/registration` or `profile/registration/{id}`, version 1, one
 * page. Documented.
 *
 * @see https://api.procurios.com/api_documentation/registration/profile
 */
export function registrationSets(name: string, overrides: StreamOverrides = {}): StreamInput {
  return {
    name,
    path: '/l/profile_api/registrationset',
    mediaType: mediaTypeOf('profile'),
    objects: '/registrationSet',
    key: 'id',
    paging: onePage(),
    deletes: carriedIfProven(overrides),
    ...overrides,
  };
}

/**
 * Visits, calls and letters.
 *
 * `GET /l/contact_moment_api/contact_moment`, scope `contact_moment/view`, version 1, numbered pages of 25.
 * Documented. Parameter `relationIds`.
 *
 * @see https://api.procurios.com/api_documentation/contact_moment/contact_moment
 */
export function contactMoments(name: string, overrides: StreamOverrides = {}): StreamInput {
  return {
    name,
    path: '/l/contact_moment_api/contact_moment',
    mediaType: mediaTypeOf('contact_moment'),
    objects: '',
    key: 'id',
    paging: numberedPages(),
    deletes: carriedIfProven(overrides),
    ...overrides,
  };
}

/**
 * The engagement actions, by which people are approached.
 *
 * `GET /l/engagement_api/action`, scope `engagement/read`, version 1, numbered pages of 25. Documented.
 *
 * @see https://api.procurios.com/api_documentation/engagement/engagement
 */
export function engagementActions(name: string, overrides: StreamOverrides = {}): StreamInput {
  return { name, ...engagement('action', overrides), key: 'code', paging: numberedPages(), ...overrides };
}

/**
 * The campaigns that engagement actions belong to.
 *
 * `GET /l/engagement_api/campaign`, scope `engagement/read`, version 1, numbered pages of 25. Documented.
 *
 * @see https://api.procurios.com/api_documentation/engagement/engagement
 */
export function campaigns(name: string, overrides: StreamOverrides = {}): StreamInput {
  return {
    name,
    ...engagement('campaign', overrides),
    key: 'campaignId',
    paging: numberedPages(),
    ...overrides,
  };
}

/**
 * The channels that engagement actions use.
 *
 * `GET /l/engagement_api/channel`, scope `engagement/read`, version 1, one page. Documented.
 *
 * @see https://api.procurios.com/api_documentation/engagement/engagement
 */
export function channels(name: string, overrides: StreamOverrides = {}): StreamInput {
  return { name, ...engagement('channel', overrides), key: 'channelId', paging: onePage(), ...overrides };
}

function engagement(list: string, overrides: StreamOverrides) {
  return {
    path: `/l/engagement_api/${list}`,
    mediaType: mediaTypeOf('engagement'),
    objects: '',
    deletes: carriedIfProven(overrides),
  };
}

/**
 * The mailings, and the emails of marketing journeys, oldest first.
 *
 * `GET /l/email_api/tracking/emails`, scope `email/tracking`, version 1, pages of up to 100 after the last one. Documented.
 *
 * @see https://api.procurios.com/api_documentation/email_api/emailtracking
 */
export function emailTracking(name: string, overrides: StreamOverrides = {}): StreamInput {
  return {
    name,
    path: '/l/email_api/tracking/emails',
    mediaType: mediaTypeOf('emailtracking'),
    objects: '/emails',
    key: 'trackingId',
    paging: after('trackingId'),
    deletes: 'report',
    ...overrides,
  };
}

/**
 * The recipients of one email, and whether they opened it. Any activity moves a recipient to the end of the list.
 *
 * `GET /l/email_api/tracking/{email}/recipients`, scope `email/tracking`, version 1, pages of up to 1000 after the last one.
 * The path and the order are documented. The answer is not, so `after` is assumed to take the `trackingCode`.
 *
 * @param options - `email`: the `trackingId` of an email.
 * @see https://api.procurios.com/api_documentation/email_api/emailtracking
 */
export function emailRecipients(
  name: string,
  options: StreamOverrides & { readonly email: number | string },
): StreamInput {
  const { email, ...overrides } = options;
  return {
    name,
    path: `/l/email_api/tracking/${encodeURIComponent(email)}/recipients`,
    mediaType: mediaTypeOf('emailtracking'),
    key: 'trackingCode',
    paging: after('trackingCode'),
    deletes: 'report',
    ...overrides,
  };
}

/**
 * The pledges, with the data of their relation and mandate.
 *
 * `GET /l/fundraising_api/pledge/export`, scope `fundraising/pledge/export`, version 1, numbered pages of 25.
 * Documented. Parameter `relationIds`.
 *
 * @see https://api.procurios.com/api_documentation/fundraising/export
 */
export function pledges(name: string, overrides: StreamOverrides = {}): StreamInput {
  return {
    name,
    path: '/l/fundraising_api/pledge/export',
    mediaType: mediaTypeOf('fundraising'),
    objects: '',
    key: 'id',
    paging: numberedPages(),
    deletes: carriedIfProven(overrides),
    ...overrides,
  };
}

/**
 * The orders of one shop, with their lines.
 *
 * `GET /l/webshop2_api/webshops/{shop}/orders`, scope `webshop2/order/read`, version 1, numbered pages of 100.
 * Documented. Parameters `dateCreatedFrom` and `dateCreatedUntil`.
 *
 * @param options - `shop`: the shop's id.
 * @see https://api.procurios.com/api_documentation/webshop2/orders
 */
export function webshopOrders(
  name: string,
  options: StreamOverrides & { readonly shop: number | string },
): StreamInput {
  const { shop, ...overrides } = options;
  return {
    name,
    path: `/l/webshop2_api/webshops/${encodeURIComponent(shop)}/orders`,
    mediaType: mediaTypeOf('webshop'),
    objects: '',
    key: 'orderId',
    paging: numberedPages(),
    deletes: carriedIfProven(overrides),
    ...overrides,
  };
}

function mediaTypeOf(type: string): string {
  return `application/vnd.procurios.${type}+json; version=1`;
}
