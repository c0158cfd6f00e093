import { Worker } from 'node:worker_threads';
import { describe, expect, test } from '@jest/globals';
import { type Json, parseJson } from '../../../../lambda/core/json.ts';
import {
  type BodyChecksOptions,
  createBodyChecks,
} from '../../../../lambda/procurios/changes/body-schema.ts';
import { createSchemaThread } from '../../../../lambda/procurios/changes/schema-thread.ts';
import { answerJson, type Handler, startHttpServer } from '../../../support/http-server.ts';
import { ManualClock } from '../../../support/memory-ports.ts';
import { clientFor, failureOf } from '../http/setup.ts';
import { changeWith, MEDIA_TYPE, operationWith } from './changes.ts';

const SCHEMA_PATH = '/l/things_api/shelf/{shelf}/schema';
const VALIDATE_PATH = '/l/things_api/shelf/{shelf}/validate';
const OPERATION = operationWith({ schemaPath: SCHEMA_PATH });

/** Checks whose clock stands still. */
const checksOf = (client: Parameters<typeof createBodyChecks>[0], options: Partial<BodyChecksOptions> = {}) =>
  createBodyChecks(client, { clock: new ManualClock(), ...options });

/** A registration form as the vendor publishes one. */
const FORM = {
  $schema: 'http:\\/\\/json-schema.org\\/draft-07\\/schema#',
  $id: 'form',
  title: 'Demo registration set',
  type: 'object',
  required: ['first_name'],
  properties: {
    first_name: { title: 'First name', type: 'string', minLength: 1 },
    birth_date: { title: 'Birth date', type: 'date' },
    children: { type: 'int' },
    gender: { type: 'string', enum: ['m', 'v'], enumNames: ['man', 'vrouw'] },
    address: { type: 'object', properties: { number: { type: 'integer' }, town: { type: 'string' } } },
  },
};

function schemaServer(schema: unknown, status = 200) {
  return startHttpServer((_request, response) => answerJson(response, schema, status));
}

/** What checking a body against a schema says, and notes. */
async function checkAgainst(schema: unknown, body: Json, status = 200) {
  await using server = await schemaServer(schema, status);
  const notes: string[] = [];
  const checks = checksOf(clientFor(server.origin), { onNote: (text) => notes.push(text) });
  const { problems } = await checks.check(OPERATION, changeWith({ body }));
  return { problems, notes };
}

describe('createBodyChecks: the live schema', () => {
  test('a body that fits its live schema has no problems', async () => {
    await using server = await schemaServer(FORM);
    const checks = checksOf(clientFor(server.origin));

    const { problems } = await checks.check(OPERATION, changeWith({ body: { first_name: 'Ada' } }));

    expect(problems).toEqual([]);
    expect(server.requests).toMatchObject([
      { method: 'GET', path: '/l/things_api/shelf/top-secret/schema', headers: { accept: MEDIA_TYPE } },
    ]);
  });

  test('a body has every problem named, with its place and the expectation, but without a value', async () => {
    const { problems } = await checkAgainst(
      { ...FORM, additionalProperties: false },
      { gender: 'secret-1', address: { number: 'secret-2', town: ['secret-3'] }, extra: 'secret-4' },
    );

    expect([...problems].sort()).toEqual([
      "body must have required property 'first_name'",
      'body must not have the field extra',
      'body.address.number must be integer',
      'body.address.town must be string',
      'body.gender must be one of ["m","v"]',
    ]);
  });

  test('a body does not have the inherited fields of a JavaScript object', async () => {
    const { problems } = await checkAgainst({ type: 'object', required: ['toString', '__proto__'] }, {});

    expect(problems).toHaveLength(2);
  });

  test('a body with more digits than a double keeps its meaning', async () => {
    const schema = {
      properties: {
        id: { type: 'integer' },
        price: { multipleOf: 0.01 },
        size: { type: 'number', maximum: 3 },
      },
    };
    const body = parseJson('{"id": 9007199254740993, "price": 12.35, "size": 3.1000000000000000555}');

    const { problems } = await checkAgainst(schema, body);

    expect(problems).toEqual(['body.size must be <= 3']);
  });

  test('a body with endless problems gets 50 named', async () => {
    const body = Array.from({ length: 80 }, (_, index) => `value-${index}`);

    const { problems } = await checkAgainst({ items: { type: 'integer' } }, body);

    expect(problems).toHaveLength(50);
  });

  test('a body is not checked if the change has none, or the operation no schema', async () => {
    await using server = await schemaServer(FORM);
    const checks = checksOf(clientFor(server.origin));

    const problems = [
      await checks.check(OPERATION, changeWith({ body: undefined })),
      await checks.check(operationWith(), changeWith({ body: {} })),
    ];

    expect(problems.map((check) => check.problems)).toEqual([[], []]);
    expect(server.requests).toEqual([]);
  });
});

describe('createBodyChecks: reading a schema', () => {
  test('a vendor’s schema is used without its odd types and keywords, which are noted once', async () => {
    await using server = await schemaServer(FORM);
    const notes: string[] = [];
    const checks = checksOf(clientFor(server.origin), { onNote: (text) => notes.push(text) });
    const body = { first_name: '', birth_date: '1815-12-10', children: 3 };

    const { problems } = await checks.check(OPERATION, changeWith({ body }));
    await checks.check(OPERATION, changeWith({ body }));

    expect(problems).toEqual(['body.first_name must NOT have fewer than 1 characters']);
    expect(notes).toEqual([
      `schema of operation addThing, ${SCHEMA_PATH}: left out what is not JSON Schema's: ` +
        '"type" "date", "type" "int", "enumNames"',
    ]);
  });

  test.each<[string, unknown]>([
    ['inside a list', [FORM]],
    [
      'with empty lists where PHP had empty maps',
      { ...FORM, definitions: [], dependencies: [], default: [] },
    ],
    ['with a type among others that is not known', { ...FORM, type: ['object', 'datetime'] }],
    ['with a pattern as PHP delimits it', { ...FORM, patternProperties: { '/^(x/i': { type: 'integer' } } }],
    ['with numbers as texts', { ...FORM, minProperties: '1' }],
    ['with a flag where draft 7 has a number', { ...FORM, exclusiveMinimum: true }],
    ['with the key schema instead of $schema', { ...FORM, $schema: undefined, schema: 'x' }],
    ['with a property called type', { ...FORM, properties: { ...FORM.properties, type: { type: 'date' } } }],
    [
      'with null allowed for a type that is not known',
      { ...FORM, anyOf: [{ type: 'date', nullable: true }] },
    ],
    ['with formats', { ...FORM, properties: { ...FORM.properties, email: { format: 'date-time' } } }],
  ])('a vendor’s schema checks what it can %s', async (_name, schema) => {
    const body = { first_name: 1, email: 'x', type: 'y' };

    const { problems } = await checkAgainst(schema, body);

    expect(problems).toEqual(['body.first_name must be string']);
  });

  test('a vendor’s schema may refer to its own parts', async () => {
    const schema = {
      $defs: { name: { type: 'string' } },
      definitions: { age: { type: 'integer' } },
      properties: { name: { $ref: '#/$defs/name' }, age: { $ref: '#/definitions/age' } },
    };

    const { problems } = await checkAgainst(schema, { name: 1, age: 'x' });

    expect(problems).toEqual(['body.name must be string', 'body.age must be integer']);
  });

  test.each<[string, unknown, number, string]>([
    ['is not there', { errors: ['Unknown'] }, 404, 'answered 404'],
    ['is refused for another reason', {}, 406, 'answered 406'],
    ['is no object', 'schema', 200, 'the answer is no schema'],
    ['is several', [FORM, FORM], 200, 'the answer is no schema'],
    ['leads back to itself', { allOf: [{ $ref: '#' }] }, 200, 'the schema leads back to itself'],
    ['refers to nothing', { $ref: '#/definitions/x' }, 200, 'the schema cannot be compiled'],
  ])('a vendor’s schema that %s is noted, and bodies pass', async (_name, schema, status, why) => {
    const { problems, notes } = await checkAgainst(schema, { first_name: 1 }, status);

    expect(problems).toEqual([]);
    expect(notes).toEqual([
      `schema of operation addThing, ${SCHEMA_PATH}: ${why}; bodies are sent unchecked`,
    ]);
  });

  test('a vendor’s schema that is never JSON is noted, and bodies pass', async () => {
    await using server = await startHttpServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('Warning: {');
    });
    const notes: string[] = [];
    const checks = checksOf(clientFor(server.origin, { limits: { retries: 1 } }), {
      onNote: (text) => notes.push(text),
    });

    const { problems } = await checks.check(OPERATION, changeWith());

    expect(problems).toEqual([]);
    expect(notes).toEqual([expect.stringContaining('the answer cannot be read')]);
  });

  test('a vendor’s schema is fetched once for each address by any number of callers', async () => {
    await using server = await schemaServer(FORM);
    const checks = checksOf(clientFor(server.origin));
    const other = changeWith({ parameters: { shelf: 'b/c' } });

    await Promise.all([1, 2, 3].map(() => checks.check(OPERATION, changeWith())));
    await checks.check(OPERATION, changeWith());
    await checks.check(OPERATION, other);

    expect(server.paths).toEqual([
      '/l/things_api/shelf/top-secret/schema',
      '/l/things_api/shelf/b%2Fc/schema',
    ]);
  });

  test('a cached schema rejects no body before it was read anew', async () => {
    let schema: object = FORM;
    await using server = await startHttpServer((_request, response) => answerJson(response, schema));
    const clock = new ManualClock();
    const checks = checksOf(clientFor(server.origin), { clock });
    const [good, bad] = [changeWith({ body: { last_name: 'A' } }), changeWith({ body: {} })];
    await checks.check(OPERATION, changeWith({ body: { first_name: 'Ada' } }));
    clock.time += 1_000;
    schema = { required: ['last_name'] };

    const [widened, narrowed] = [await checks.check(OPERATION, good), await checks.check(OPERATION, bad)];

    expect(widened.problems).toEqual([]);
    expect(narrowed.problems).toEqual(["body must have required property 'last_name'"]);
    // The schema that was read a moment ago serves the second check too.
    expect(server.requests).toHaveLength(2);
  });

  test.each<[string, number]>([
    ['a schema', 200],
    ['a 404', 404],
  ])('%s is cached for five minutes', async (_what, status) => {
    await using server = await startHttpServer((_request, response) => answerJson(response, FORM, status));
    const clock = new ManualClock();
    const checks = checksOf(clientFor(server.origin), { clock });
    const good = changeWith({ body: { first_name: 'Ada' } });

    await checks.check(OPERATION, good);
    clock.time += 5 * 60 * 1000;
    await checks.check(OPERATION, good);
    const within = server.requests.length;
    clock.time += 1_000;
    await checks.check(OPERATION, good);

    expect([within, server.requests.length]).toEqual([1, 2]);
  });

  test.each<[string, Handler, string]>([
    ['server fails', (_request, response) => answerJson(response, {}, 503), 'UNAVAILABLE'],
    ['access is missing', (_request, response) => answerJson(response, {}, 403), 'ACCESS_DENIED'],
    [
      'host asks for a pause',
      (_request, response) => answerJson(response, {}, 429, { 'retry-after': '3600' }),
      'THROTTLED',
    ],
    [
      'site shows a page',
      (_request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
      'NOT_PROCURIOS',
    ],
  ])('a vendor’s schema checks nothing while the %s, and is fetched again', async (_name, fail, code) => {
    let isFailing = true;
    await using server = await startHttpServer((request, response) =>
      isFailing ? fail(request, response) : answerJson(response, FORM),
    );
    const checks = () => checksOf(clientFor(server.origin, { limits: { retries: 0 } }));
    const first = checks();

    const failure = await failureOf(first.check(OPERATION, changeWith()) as Promise<unknown>);
    isFailing = false;
    // The pause holds for the client that was asked for it.
    const { problems } = await (code === 'THROTTLED' ? checks() : first).check(
      OPERATION,
      changeWith({ body: {} }),
    );

    expect(failure.code).toBe(code);
    expect(failure.message).not.toContain('top-secret');
    expect(problems).toEqual(["body must have required property 'first_name'"]);
  });
});

describe('createBodyChecks: validatePath', () => {
  const VALIDATED = operationWith({ schemaPath: SCHEMA_PATH, validatePath: VALIDATE_PATH });

  /** What comes of a body that fits the schema. */
  async function validatedBy(handler: Handler) {
    await using server = await startHttpServer((request, response) =>
      request.method === 'GET'
        ? answerJson(response, { required: ['first_name'] })
        : handler(request, response),
    );
    const notes: string[] = [];
    const checks = checksOf(clientFor(server.origin), { onNote: (text) => notes.push(text) });
    const change = changeWith({ body: parseJson('{"first_name": "Ada", "n": 9007199254740993}') });
    const { problems } = await checks.check(VALIDATED, change);
    return { problems, notes, requests: server.requests.slice(1) };
  }

  test('the vendor’s own check gets the body with its digits, and its errors are problems', async () => {
    const { problems, notes, requests } = await validatedBy((_request, response) =>
      answerJson(response, { errors: { email: ['is empty'] } }),
    );

    expect(problems).toEqual(['email: is empty']);
    expect(notes).toEqual([]);
    expect(requests).toMatchObject([
      {
        method: 'POST',
        path: '/l/things_api/shelf/top-secret/validate',
        body: '{"first_name":"Ada","n":9007199254740993}',
        headers: { 'content-type': 'application/json', accept: MEDIA_TYPE },
      },
    ]);
  });

  test.each([400, 422])('the vendor’s own check refuses with status %i too', async (status) => {
    const { problems } = await validatedBy((_request, response) =>
      answerJson(response, { errors: ['Name is empty'] }, status),
    );

    expect(problems).toEqual(['Name is empty']);
  });

  test.each<[string, Handler]>([
    ['204', (_request, response) => void response.writeHead(204).end()],
    [
      '200 without a body',
      (_request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end(),
    ],
    ['no errors', (_request, response) => answerJson(response, { errors: [] })],
  ])('the vendor’s own check passes with %s', async (_name, handler) => {
    const { problems, notes } = await validatedBy(handler);

    expect({ problems, notes }).toEqual({ problems: [], notes: [] });
  });

  test.each<[string, number, object]>([
    ['is not there', 404, { errors: ['Unknown module'] }],
    ['refuses without words', 400, {}],
  ])('the vendor’s own check that %s lets the change pass, and is noted', async (_name, status, body) => {
    const { problems, notes } = await validatedBy((_request, response) => answerJson(response, body, status));

    expect(problems).toEqual([]);
    expect(notes).toEqual([expect.stringContaining(`${VALIDATE_PATH}: answered ${status}`)]);
  });

  test('the vendor’s own check is retried when it fails, because it changes nothing', async () => {
    let asked = 0;
    const { problems, requests } = await validatedBy((_request, response) => {
      asked += 1;
      answerJson(response, { errors: ['No'] }, asked === 1 ? 502 : 200);
    });

    expect(problems).toEqual(['No']);
    expect(requests).toHaveLength(2);
  });

  test('the vendor’s own check is not asked about a body that breaks the schema', async () => {
    await using server = await schemaServer(FORM);
    const checks = checksOf(clientFor(server.origin));

    const { problems } = await checks.check(VALIDATED, changeWith({ body: {} }));

    expect(problems).toHaveLength(1);
    expect(server.requests.map(({ method }) => method)).toEqual(['GET']);
  });
});

describe('createBodyChecks: a schema that is no form', () => {
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`p${n}`, {}]));

  test.each<[string, string, string]>([
    [
      'nested thousands of levels deep',
      `${'{"not":'.repeat(50_000)}{}${'}'.repeat(50_000)}`,
      'the schema has more than 60 levels',
    ],
    ['of 2 MB', JSON.stringify({ title: 'x'.repeat(2_000_000) }), 'the schema is larger than 1 MB'],
    [
      'with 60,000 properties',
      JSON.stringify({ properties: many(60_000) }),
      'the schema has more than 10000 parts',
    ],
    [
      'with 2,000 references',
      JSON.stringify({ allOf: Array.from({ length: 2_000 }, () => ({ $ref: '#/definitions/x' })) }),
      'the schema has more than 1000 references',
    ],
  ])('a schema %s checks nothing, and the result says so', async (_what, schema, why) => {
    await using server = await startHttpServer((_request, response) => {
      response.setHeader('content-type', 'application/json').end(schema);
    });
    const checks = checksOf(clientFor(server.origin));

    const check = await checks.check(OPERATION, changeWith({ body: { first_name: 'Ada' } }));

    expect(check).toEqual({
      problems: [],
      unchecked: `schema of operation addThing, ${SCHEMA_PATH}: ${why}`,
    });
  });

  const DOUBLED = Object.fromEntries(
    Array.from({ length: 40 }, (_, n) => {
      const $ref = `#/definitions/d${n + 1}`;
      return [`d${n}`, n === 39 ? { type: 'object' } : { allOf: [{ $ref }, { $ref }] }];
    }),
  );

  test.each<[string, object, Json]>([
    [
      'whose pattern backtracks',
      { properties: { email: { pattern: '^([a-z]+)+@' } } },
      { email: 'a'.repeat(50) },
    ],
    ['whose references double', { definitions: DOUBLED, $ref: '#/definitions/d0' }, {}],
    [
      'that compares 20,000 objects',
      { properties: { list: { uniqueItems: true } } },
      { list: Array.from({ length: 20_000 }, (_, n) => ({ n: n + 0.5 })) },
    ],
  ])('a schema %s does not hold up the process, and the next check is made', async (_what, schema, body) => {
    let served: object = schema;
    await using server = await startHttpServer((_request, response) => answerJson(response, served));
    const clock = new ManualClock();
    const checks = checksOf(clientFor(server.origin), { thread: createSchemaThread(1_000), clock });

    const check = await checks.check(OPERATION, changeWith({ body }));
    served = FORM;
    clock.time += 10 * 60 * 1000;
    const next = await checks.check(OPERATION, changeWith({ body: {} }));

    expect(check.unchecked).toMatch(/checking by the schema takes longer than 1 s$/);
    expect(next.problems).toEqual(["body must have required property 'first_name'"]);
  });

  test('all pushes of a process check in the same thread, because each thread takes 16 MB', async () => {
    await using server = await schemaServer(FORM);
    const before = await takeThreadId();

    for (let push = 1; push <= 3; push += 1) {
      await checksOf(clientFor(server.origin)).check(OPERATION, changeWith({ body: {} }));
    }

    expect((await takeThreadId()) - before).toBeLessThanOrEqual(2);
  });
});

/** Starts a thread and ends it. Node counts all threads of a process. */
async function takeThreadId(): Promise<number> {
  const worker = new Worker('', { eval: true });
  const { threadId } = worker;
  await worker.terminate();
  return threadId;
}
