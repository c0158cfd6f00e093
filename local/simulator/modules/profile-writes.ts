import { randomUUID } from 'node:crypto';
import type { ApiCall } from '../api-call.ts';
import { ApiError } from '../api-error.ts';
import { type ApiReply, emptyReply, errorReply, jsonReply } from '../api-reply.ts';
import { phpMap } from '../data/model.ts';
import type { Fields } from '../data/object-set.ts';
import { registeredRelation, withDerivedNames } from '../data/registered-relation.ts';
import { type PendingWrite, pendingWrite } from '../pending-write.ts';
import { readObject } from '../read-body.ts';
import { readId } from '../read-parameters.ts';
import type { Route } from '../route.ts';
import { findProblems, isFields } from '../schema-check.ts';
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

function validate(call: ApiCall): ApiReply {
  const { problems } = readForm(setNamed(grantedSets(call), call), call);
  if (problems.length > 0) {
    return errorReply(call.switches.setErrorsStatus, ...problems);
  }
  return call.switches.validatedStatus === 204 ? emptyReply(204) : jsonReply(phpMap(call.world.model, {}));
}

/** Always creates a new relation, also if a relation with the same details exists. */
function register(call: ApiCall): ApiReply | PendingWrite {
  const { switches, world } = call;
  const { fields, problems } = readForm(setNamed(grantedSets(call), call), call);
  if (problems.length > 0) {
    return errorReply(switches.setErrorsStatus, ...problems);
  }
  return pendingWrite(() => {
    const relationId = world.sets.relation.create(
      registeredRelation(world.model, fields, world.timeline.now()),
    );
    const registrationId = world.history.registrations.push(relationId);
    const ids = { relationId, registrationId };
    const name = switches.registrationReply;
    return jsonReply({ [name]: ids[name] }, switches.createdStatus);
  });
}

/** Returns the relation of a registration, for older clients that receive the registration's number only. */
function registration(call: ApiCall): ApiReply {
  setNamed(grantedSets(call), call);
  const relationId = call.world.history.registrations[readId(call, 'registration') - 1];
  if (relationId === undefined) {
    throw new ApiError(404, 'Unknown registration');
  }
  return jsonReply({ relationId });
}

/** Replaces the values of the fields in the body. */
function update(call: ApiCall): ApiReply | PendingWrite {
  const { switches, world } = call;
  const set = setNamed(PROFILE_SETS, call);
  const relation = readId(call, 'relation');
  const current = world.sets.relation.get(relation);
  if (current === undefined) {
    throw new ApiError(404, 'Unknown relation');
  }
  const form = readForm(set, call);
  const { image, ...fields } = form.fields;
  const key = image === undefined ? undefined : documentKey(image, imageOf(relation, call));
  const problems = key === 'refused' ? [...form.problems, 'Field image must be a file'] : form.problems;
  if (problems.length > 0) {
    return errorReply(switches.setErrorsStatus, ...problems);
  }
  return pendingWrite(() => {
    world.sets.relation.edit(relation, withDerivedNames({ ...current, ...fields }));
    if (key !== undefined) {
      world.history.images.set(relation, key);
    }
    return emptyReply(switches.changedStatus);
  });
}

/** Reads the body of a form. Returns the fields under their readable names, and all problems. */
function readForm(set: FieldSet, call: ApiCall): { fields: Fields; problems: string[] } {
  const { switches } = call;
  const body = readObject(call);
  const schema = { ...schemaOf(set, call), required: requiredNames(set, switches) };
  const kept = relationAsKept(body, switches);
  const fields = Object.entries(kept).filter(
    ([name]) => set.fields.has(name) || (set.hasImage && name === 'image'),
  );
  return { fields: Object.fromEntries(fields), problems: findProblems(body, schema, switches) };
}

/**
 * Returns the document key of an image after the write: a new key for a file, the present key if it is sent unchanged, null for
 * null.
 *
 * A file is an object with a name and a data URL. The names of its fields are not documented, so any are accepted.
 */
function documentKey(image: unknown, current: string | null): string | null | 'refused' {
  if (image === null || (typeof image === 'string' && image === current)) {
    return image;
  }
  const isFile = isFields(image) && Object.values(image).some((part) => /^data:[^,]*,/.test(String(part)));
  return isFile ? randomUUID() : 'refused';
}
