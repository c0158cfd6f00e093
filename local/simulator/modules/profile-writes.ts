import { randomUUID } from 'node:crypto';
import type { Call } from '../call.ts';
import { phpMap } from '../data/model.ts';
import type { Fields } from '../data/object-set.ts';
import { registeredRelation, withDerivedNames } from '../data/registered-relation.ts';
import { readId } from '../parameters.ts';
import { Refusal } from '../refusal.ts';
import { emptyReply, errorReply, jsonReply, type Reply } from '../reply.ts';
import { readObject } from '../request-body.ts';
import type { Route } from '../route.ts';
import { isFields, problemsWith } from '../schema-check.ts';
import { type Write, write } from '../write.ts';
import {
  type FieldSet,
  grantedSets,
  PROFILE_ACCESS,
  PROFILE_SETS,
  PROFILES,
  REGISTRATION_ACCESS,
  REGISTRATIONS,
  requiredNames,
  schemaOf,
  setNamed,
} from './field-sets.ts';
import { imageOf } from './profile-sets.ts';
import { relationAsKept } from './relation-fields.ts';

const ONE = `${REGISTRATIONS}/{set}`;
const ACCESS = REGISTRATION_ACCESS;

export const PROFILE_WRITE_ROUTES: readonly Route[] = [
  { method: 'POST', path: `${ONE}/validate`, access: ACCESS, handle: validate },
  { method: 'POST', path: `${ONE}/registration`, access: ACCESS, handle: register },
  { method: 'GET', path: `${ONE}/registration/{registration}`, access: ACCESS, handle: registration },
  { method: 'POST', path: `${PROFILES}/{set}/{relation}`, access: PROFILE_ACCESS, handle: update },
];

function validate(call: Call): Reply {
  const { problems } = readForm(setNamed(grantedSets(call), call), call);
  if (problems.length > 0) {
    return errorReply(call.switches.setErrorsStatus, ...problems);
  }
  return call.switches.validatedStatus === 204 ? emptyReply(204) : jsonReply(phpMap(call.world.model, {}));
}

/** Makes a new relation every time, also for somebody who is known. */
function register(call: Call): Reply | Write {
  const { switches, world } = call;
  const { fields, problems } = readForm(setNamed(grantedSets(call), call), call);
  if (problems.length > 0) {
    return errorReply(switches.setErrorsStatus, ...problems);
  }
  return write(() => {
    const relationId = world.sets.relation.create(registeredRelation(world.model, fields, world.now()));
    const registrationId = world.written.registrations.push(relationId);
    const ids = { relationId, registrationId };
    const name = switches.registrationReply;
    return jsonReply({ [name]: ids[name] }, switches.createdStatus);
  });
}

/** How an older client got from the number of a registration to that of the relation. */
function registration(call: Call): Reply {
  setNamed(grantedSets(call), call);
  const relationId = call.world.written.registrations[readId(call, 'registration') - 1];
  if (relationId === undefined) {
    throw new Refusal(404, 'Unknown registration');
  }
  return jsonReply({ relationId });
}

/** Changes the fields that the body has; each is replaced whole. */
function update(call: Call): Reply | Write {
  const { switches, world } = call;
  const set = setNamed(PROFILE_SETS, call);
  const relation = readId(call, 'relation');
  const current = world.sets.relation.get(relation);
  if (current === undefined) {
    throw new Refusal(404, 'Unknown relation');
  }
  const form = readForm(set, call);
  const { image, ...fields } = form.fields;
  const key = image === undefined ? undefined : documentKey(image, imageOf(relation, call));
  const problems = key === 'refused' ? [...form.problems, 'Field image must be a file'] : form.problems;
  if (problems.length > 0) {
    return errorReply(switches.setErrorsStatus, ...problems);
  }
  return write(() => {
    world.sets.relation.edit(relation, withDerivedNames({ ...current, ...fields }));
    if (key !== undefined) {
      world.written.images.set(relation, key);
    }
    return emptyReply(switches.changedStatus);
  });
}

/** What was filled in, under the readable names, and everything that is wrong with it. */
function readForm(set: FieldSet, call: Call): { fields: Fields; problems: string[] } {
  const { switches } = call;
  const body = readObject(call);
  const schema = { ...schemaOf(set, call), required: requiredNames(set, switches) };
  const kept = relationAsKept(body, switches);
  const fields = Object.entries(kept).filter(
    ([name]) => set.fields.has(name) || (set.hasImage && name === 'image'),
  );
  return { fields: Object.fromEntries(fields), problems: problemsWith(body, schema, switches) };
}

/**
 * The document key that an image has after it was written: a new one for a file, its own for its own, null for none.
 *
 * A file is an object with a name and a data URL. The names of the two are not known: any will do.
 */
function documentKey(image: unknown, current: string | null): string | null | 'refused' {
  if (image === null || (typeof image === 'string' && image === current)) {
    return image;
  }
  const isFile = isFields(image) && Object.values(image).some((part) => /^data:[^,]*,/.test(String(part)));
  return isFile ? randomUUID() : 'refused';
}
