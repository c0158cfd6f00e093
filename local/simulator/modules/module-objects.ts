import type { ApiCall } from '../api-call.ts';
import { ApiError } from '../api-error.ts';
import { type ApiReply, emptyReply, jsonReply } from '../api-reply.ts';
import { clearedFields, type Fields } from '../data/object-set.ts';
import { type Listing, listing } from '../listing.ts';
import { type PendingWrite, pendingWrite } from '../pending-write.ts';
import { readObject } from '../read-body.ts';
import { readId } from '../read-parameters.ts';
import type { Access, Route } from '../route.ts';

const ALL = '/l/module_api/object';
const ONE = `${ALL}/{id}`;
/** The switch `objectScope` decides which of the two scopes is required. */
const ACCESS: Access = { scopes: ['profile', 'module/object'], type: 'application' };

/** `/l/module_api/object` is a placeholder in the vendor's introduction. Here it stands for all modules that are not simulated. */
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

function objects({ world }: ApiCall): Listing {
  const set = world.sets.moduleObject;
  return listing({
    ids: set.all(),
    set,
    cut: { by: 'page', size: 25 },
    object: (id) => set.get(id) ?? {},
    wrap: (shown) => shown,
  });
}

function object(call: ApiCall): ApiReply {
  return jsonReply(existing(call).current);
}

function create(call: ApiCall): PendingWrite {
  const set = call.world.sets.moduleObject;
  const fields = { ...clearedFields(set.original(1), 'id'), ...readFields(call) };
  return pendingWrite(() => jsonReply({ id: set.create(fields) }, call.switches.createdStatus));
}

function change(call: ApiCall): PendingWrite {
  const { id } = existing(call);
  return edit(call, id, readFields(call));
}

function replace(call: ApiCall): PendingWrite {
  const { id, current } = existing(call);
  return edit(call, id, { ...clearedFields(current, 'id'), ...readFields(call) });
}

/** Reads the body without `id`, because Procurios assigns the number. */
function readFields(call: ApiCall): Fields {
  const { id: _id, ...fields } = readObject(call);
  return fields;
}

function edit({ switches, world }: ApiCall, id: number, fields: Fields): PendingWrite {
  return pendingWrite(() => {
    world.sets.moduleObject.edit(id, fields);
    return emptyReply(switches.changedStatus);
  });
}

function remove(call: ApiCall): PendingWrite {
  const { id } = existing(call);
  return pendingWrite(() => {
    call.world.sets.moduleObject.remove(id);
    return emptyReply(call.switches.changedStatus);
  });
}

function existing(call: ApiCall): { id: number; current: Fields } {
  const id = readId(call, 'id');
  const current = call.world.sets.moduleObject.get(id);
  if (current === undefined) {
    throw new ApiError(404, 'Unknown object');
  }
  return { id, current };
}

function checkScope({ scopes, switches }: ApiCall): void {
  if (!scopes.has(switches.objectScope)) {
    throw new ApiError(403, 'Insufficient scope');
  }
}
