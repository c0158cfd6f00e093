import type { Fields } from './data/object-set.ts';
import type { Reply } from './reply.ts';
import { parsedBody } from './request-body.ts';
import { type Call, patternOf, type Route } from './route.ts';

/** A change that a request asks for: checked, so that it cannot fail any more, and not made yet. */
export interface Write {
  readonly kind: 'write';
  readonly apply: () => Reply;
}

/** A change that was made. */
export interface AppliedWrite {
  /** As counted: `POST /l/profile_api/registrationset/{set}/registration`. */
  readonly route: string;
  /** As requested, without the query. */
  readonly path: string;
  /** When, RFC 3339 in UTC. */
  readonly at: string;
  /** The JSON that was sent; absent: none. */
  readonly body?: unknown;
}

/** What writes leave behind beside the objects. */
export class Written {
  /** In the order in which they were made. */
  readonly applied: AppliedWrite[] = [];
  /** The relation that each registration made; the first registration is number 1. */
  readonly registrations: number[] = [];
  /** Meeting registrations that were cancelled, and for which meeting they were. */
  readonly cancelled = new Map<number, unknown>();
  /** Document keys of the images that profiles were given, by relation; null where one was taken away. */
  readonly images = new Map<number, string | null>();
}

/** Describes a change; for the modules. */
export function write(apply: () => Reply): Write {
  return { kind: 'write', apply };
}

/** Makes the change and keeps a record of it. */
export function applyWrite(asked: Write, route: Route, call: Call): Reply {
  const { body, path, world } = call;
  const sent = body === '' ? {} : { body: parsedBody(call) };
  const reply = asked.apply();
  world.written.applied.push({
    route: patternOf(route),
    path,
    at: new Date(world.now()).toISOString(),
    ...sent,
  });
  return reply;
}

/** Marks every field of an object but its number as left out: what is written over it is all there is then. */
export function emptied(object: Fields, key: string): Fields {
  return Object.fromEntries(
    Object.keys(object)
      .filter((name) => name !== key)
      .map((name) => [name, undefined]),
  );
}
