import type { ApiCall } from '../api-call.ts';
import type { ObjectSet } from '../data/object-set.ts';
import { type Listing, listing } from '../listing.ts';
import type { Access, Route } from '../route.ts';

const ROOT = '/l/engagement_api';
const ACCESS: Access = { scopes: ['engagement/read'], type: 'engagement' };

export const ENGAGEMENT_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: `${ROOT}/action`,
    access: ACCESS,
    handle: ({ world }) => pages(world.sets.engagementAction),
  },
  {
    method: 'GET',
    path: `${ROOT}/campaign`,
    access: ACCESS,
    handle: ({ world }) => pages(world.sets.campaign),
  },
  { method: 'GET', path: `${ROOT}/channel`, access: ACCESS, handle: channels },
];

function pages(set: ObjectSet): Listing {
  return listing({
    ids: set.all(),
    set,
    cut: { by: 'page', size: 25 },
    object: (id) => set.get(id) ?? {},
    wrap: (objects) => objects,
  });
}

function channels({ world, language }: ApiCall): Listing {
  const set = world.sets.channel;
  return listing({
    ids: set.all(),
    set,
    cut: { by: 'nothing' },
    object(id) {
      const { title_en, ...channel } = set.get(id) ?? {};
      return language === 'en' ? { ...channel, title: title_en } : channel;
    },
    wrap: (objects) => objects,
  });
}
