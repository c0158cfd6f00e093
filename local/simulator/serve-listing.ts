import type { ApiCall } from './api-call.ts';
import type { ApiReply } from './api-reply.ts';
import type { FaultHooks } from './faults/fault-hooks.ts';
import { type Listing, type PageChanges, pagesOf, servePage, without } from './listing.ts';

/**
 * Answers with a page of a module's listing.
 *
 * @param read - Reads the listing.
 */
export function serveListing(
  first: Listing,
  read: () => Listing,
  call: ApiCall,
  hooks: readonly FaultHooks[],
): ApiReply {
  const { walks, path, world } = call;
  const { moment } = world.timeline;
  if (first.set !== undefined && walks.isBeginning(path)) {
    world.relationArchive.walkBegins(first.set);
  }
  for (const hook of hooks) {
    hook.disturb?.(first, call);
  }
  const current = world.timeline.moment === moment ? first : read();
  const visible = withoutHidden(current, call, hooks);
  const listing = hooks.reduce((arranged, hook) => hook.arrange?.(arranged) ?? arranged, visible);
  const cap = capOf(hooks);
  walks.served(path, pagesOf(listing, cap));
  return servePage(listing, call, changesOf(hooks), cap);
}

function withoutHidden(listing: Listing, { path }: ApiCall, hooks: readonly FaultHooks[]): Listing {
  const hidden = new Set(hooks.flatMap((hook) => hook.hide?.(listing) ?? []));
  listing.set?.presence.noteServed(path, hidden);
  return without(listing, hidden);
}

function changesOf(hooks: readonly FaultHooks[]): PageChanges {
  return {
    aim: (window, pages) => hooks.reduce((aimed, hook) => hook.aim?.(aimed, pages) ?? aimed, window),
    alter: (page, linkTo) => hooks.reduce((altered, hook) => hook.alter?.(altered, linkTo) ?? altered, page),
  };
}

function capOf(hooks: readonly FaultHooks[]): number {
  return Math.min(...hooks.map(({ cap = Number.POSITIVE_INFINITY }) => cap), Number.POSITIVE_INFINITY);
}
