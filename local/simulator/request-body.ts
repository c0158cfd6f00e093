import type { Call } from './call.ts';
import type { Fields } from './data/object-set.ts';
import { Refusal } from './refusal.ts';
import { isFields, problemsWith, type Schema } from './schema-check.ts';

/**
 * The body as JSON, whatever `Content-Type` says: clients are known that leave it out.
 *
 * @throws {Refusal} 400 if it is not JSON.
 */
export function parsedBody({ body }: Call): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new Refusal(400, 'Invalid JSON');
  }
}

/** @throws {Refusal} 400 if the body is not a JSON object. */
export function readObject(call: Call): Fields {
  const body = parsedBody(call);
  if (!isFields(body)) {
    throw new Refusal(400, 'Invalid JSON: an object is expected');
  }
  return body;
}

/** @throws {Refusal} 400 with everything that breaks the schema. */
export function readChecked(call: Call, schema: Schema): Fields {
  const body = readObject(call);
  const problems = problemsWith(body, schema, call.switches);
  if (problems.length > 0) {
    throw new Refusal(400, ...problems);
  }
  return body;
}
