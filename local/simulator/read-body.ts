import type { ApiCall } from './api-call.ts';
import { ApiError } from './api-error.ts';
import type { Fields } from './data/object-set.ts';
import { findProblems, isFields, type Schema } from './schema-check.ts';

/**
 * Parses the body as JSON and ignores `Content-Type`, because some clients leave it out.
 *
 * @throws {ApiError} With status 400 if the body is not JSON.
 */
export function parseBody({ body }: ApiCall): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new ApiError(400, 'Invalid JSON');
  }
}

/** @throws {ApiError} With status 400 if the body is not a JSON object. */
export function readObject(call: ApiCall): Fields {
  const body = parseBody(call);
  if (!isFields(body)) {
    throw new ApiError(400, 'Invalid JSON: an object is expected');
  }
  return body;
}

/** @throws {ApiError} With status 400 and all violations of the schema. */
export function readValidBody(call: ApiCall, schema: Schema): Fields {
  const body = readObject(call);
  const problems = findProblems(body, schema, call.switches);
  if (problems.length > 0) {
    throw new ApiError(400, ...problems);
  }
  return body;
}
