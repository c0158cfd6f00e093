import type { Call } from '../call.ts';
import type { Fields } from '../data/object-set.ts';
import { type Listing, listing } from '../listing.ts';
import { readId } from '../parameters.ts';
import { Refusal } from '../refusal.ts';
import { emptyReply, jsonReply, type Reply } from '../reply.ts';
import { readObject } from '../request-body.ts';
import type { Access, Route } from '../route.ts';
import { emptied, type Write, write } from '../write.ts';

const ALL = '/l/module_api/object';
const ONE = `${ALL}/{id}`;
/** Which of the two counts is switched. */
const ACCESS: Access = { scopes: ['profile', 'module/object'], type: 'application' };

/** The placeholder of the vendor's introduction, which stands for every module that has no page of its own here. */
export const MODULE_OBJECT_ROUTES: readonly Route[] = (
  [
    ['GET', ALL, objects],
    ['POST', ALL, create],
    ['GET', ONE, object],
    ['POST', ONE, change],
    ['PATCH', ONE, change],
    ['PUT', ONE, replace],
    ['DELETE', ONE, remove],
  ] as const
).map(([method, path, handle]) => ({
  method,
  path,
  access: ACCESS,
  handle(call) {
    checkScope(call);
    return handle(call);
  },
}));

function objects({ world }: Call): Listing {
  const set = world.sets.moduleObject;
  return listing({
    ids: set.all(),
    set,
    cut: { by: 'page', size: 25 },
    object: (id) => set.get(id) ?? {},
    wrap: (shown) => shown,
  });
}

function object(call: Call): Reply {
  return jsonReply(existing(call).current);
}

function create(call: Call): Write {
  const set = call.world.sets.moduleObject;
  const fields = { ...emptied(set.original(1), 'id'), ...readFields(call) };
  return write(() => jsonReply({ id: set.create(fields) }, call.switches.createdStatus));
}

function change(call: Call): Write {
  const { id } = existing(call);
  return edit(call, id, readFields(call));
}

function replace(call: Call): Write {
  const { id, current } = existing(call);
  return edit(call, id, { ...emptied(current, 'id'), ...readFields(call) });
}

/** The number is given by Procurios; one in the body counts for nothing. */
function readFields(call: Call): Fields {
  const { id: _id, ...fields } = readObject(call);
  return fields;
}

function edit({ switches, world }: Call, id: number, fields: Fields): Write {
  return write(() => {
    world.sets.moduleObject.edit(id, fields);
    return emptyReply(switches.changedStatus);
  });
}

function remove(call: Call): Write {
  const { id } = existing(call);
  return write(() => {
    call.world.sets.moduleObject.remove(id);
    return emptyReply(call.switches.changedStatus);
  });
}

function existing(call: Call): { id: number; current: Fields } {
  const id = readId(call, 'id');
  const current = call.world.sets.moduleObject.get(id);
  if (current === undefined) {
    throw new Refusal(404, 'Unknown object');
  }
  return { id, current };
}

function checkScope({ scopes, switches }: Call): void {
  if (!scopes.has(switches.objectScope)) {
    throw new Refusal(403, 'Insufficient scope');
  }
}
