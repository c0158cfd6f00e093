import type { Route } from '../route.ts';
import { CONTACT_MOMENT_ROUTES } from './contact-moments.ts';
import { EMAIL_TRACKING_ROUTES } from './email-tracking.ts';
import { ENGAGEMENT_ROUTES } from './engagement.ts';
import { ENGAGEMENT_WRITE_ROUTES } from './engagement-writes.ts';
import { FUNDRAISING_ROUTES } from './fundraising.ts';
import { MEETING_WRITE_ROUTES } from './meeting-writes.ts';
import { MEETING_ROUTES } from './meetings.ts';
import { MODULE_OBJECT_ROUTES } from './module-objects.ts';
import { oauthRoutes } from './oauth.ts';
import { PROFILE_SET_ROUTES } from './profile-sets.ts';
import { PROFILE_WRITE_ROUTES } from './profile-writes.ts';
import { RELATION_ARCHIVE_ROUTES } from './relation-archive.ts';
import { RELATION_COLLECTION_ROUTES } from './relation-collections.ts';
import { WEBSHOP_ROUTES } from './webshop.ts';
import { WEBSHOP_PRODUCT_ROUTES } from './webshop-products.ts';

const MODULE_ROUTES: readonly Route[] = [
  ...RELATION_COLLECTION_ROUTES,
  ...RELATION_ARCHIVE_ROUTES,
  ...PROFILE_SET_ROUTES,
  ...PROFILE_WRITE_ROUTES,
  ...MEETING_ROUTES,
  ...MEETING_WRITE_ROUTES,
  ...CONTACT_MOMENT_ROUTES,
  ...ENGAGEMENT_ROUTES,
  ...ENGAGEMENT_WRITE_ROUTES,
  ...EMAIL_TRACKING_ROUTES,
  ...FUNDRAISING_ROUTES,
  ...WEBSHOP_ROUTES,
  ...WEBSHOP_PRODUCT_ROUTES,
  ...MODULE_OBJECT_ROUTES,
];

/** All scopes that give access to a route. */
export const SCOPES: readonly string[] = [
  ...new Set(['openid', ...MODULE_ROUTES.flatMap(({ access }) => access?.scopes ?? [])]),
];

export const ROUTES: readonly Route[] = [...oauthRoutes(new Set(SCOPES)), ...MODULE_ROUTES];
