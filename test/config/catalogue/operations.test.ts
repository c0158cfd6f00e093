import { describe, expect, test } from '@jest/globals';
import * as catalogue from '../../../config/catalogue/operations.ts';
import { checkConfig } from '../../../config/check-config.ts';
import type { OperationInput } from '../../../config/define-config.ts';
import { SyncError } from '../../../lambda/core/errors.ts';

const THING = { method: 'POST', path: '/l/things_api/{shelf}/thing', mediaType: 'application/json' };

function check(operations: object) {
  return checkConfig({
    environment: 'acme',
    host: 'https://acme.example.com',
    auth: { grant: 'clientCredentials', scopes: ['x'] },
    streams: [{ name: 's', path: '/l/s', mediaType: 'a/b', key: 'id', paging: { kind: 'onePage' } }],
    operations,
  });
}

function problemsOf(operations: object) {
  try {
    check(operations);
    return [];
  } catch (error) {
    if (error instanceof SyncError && error.code === 'CONFIG_INVALID') return error.problems;
    throw error;
  }
}
const pathsOf = (operations: object) => problemsOf(operations).map(({ path }) => path);

describe('an operation', () => {
  test('an operation gets its name and every default', () => {
    const { operations } = check({ addThing: THING });

    expect(operations).toEqual({ addThing: { ...THING, name: 'addThing', repeatable: false, ids: {} } });
  });

  test('an operation keeps the values that are given', () => {
    const given = {
      ...THING,
      method: 'PATCH',
      repeatable: true,
      schemaPath: '/l/things_api/{shelf}/schema',
      validatePath: '/l/things_api/validate',
      ids: { thing: '/things/0/id', whole: '' },
    };

    const { operations } = check({ 'patch_thing-2': given });

    expect(operations).toEqual({ 'patch_thing-2': { ...given, name: 'patch_thing-2' } });
  });

  test.each([
    ['POST', false],
    ['PUT', true],
    ['PATCH', false],
    ['DELETE', true],
  ])('an operation with %s is repeatable by default: %p', (method, repeatable) => {
    expect(check({ it: { ...THING, method } }).operations.it?.repeatable).toBe(repeatable);
  });

  test.each(['PUT', 'DELETE'])('an operation with %s can be configured as not repeatable', (method) => {
    expect(check({ it: { ...THING, method, repeatable: false } }).operations.it?.repeatable).toBe(false);
  });

  test('an operation of a checked config, as JSON, is accepted and unchanged', () => {
    const config = check({
      register: catalogue.registration({ set: 42 }),
      cancel: catalogue.cancelMeetingRegistration(),
    });

    expect(checkConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
  });

  test.each<[string, object]>([
    ['method', { method: 'GET' }],
    ['method', { method: 'post' }],
    ['method', { method: undefined }],
    ['path', { path: 'l/things' }],
    ['path', { path: '//elsewhere.example.com/{shelf}' }],
    ['path', { path: '/l/{shelf}/../x' }],
    ['path', { path: '/l/things?shelf={shelf}' }],
    ['path', { path: '/l/{shelf' }],
    ['path', { path: '/l/shelf}' }],
    ['path', { path: '/l/{}' }],
    ['path', { path: '/l/{the-shelf}' }],
    ['path', { path: '/l/{{shelf}}' }],
    ['path', { path: '/l/%2{shelf}' }],
    ['mediaType', { mediaType: 'json' }],
    ['repeatable', { repeatable: 'yes' }],
    ['schemaPath', { schemaPath: 'https://elsewhere.example.com/schema' }],
    ['schemaPath', { schemaPath: '/l/things_api/{room}/schema' }],
    ['validatePath', { validatePath: '/l/things_api/{shelf}/{room}/validate' }],
    ['ids', { ids: ['/id'] }],
    ['ids.thing', { ids: { thing: 'id' } }],
    ['ids.the thing', { ids: { 'the thing': '/id' } }],
    ['name', { name: 'another' }],
    ['query', { query: {} }],
  ])('an operation is refused for its %s in %j', (path, changes) => {
    expect(pathsOf({ addThing: { ...THING, ...changes } })).toEqual([
      path === 'ids.the thing' ? 'operations.addThing.ids["the thing"]' : `operations.addThing.${path}`,
    ]);
  });

  test.each(['', '1st', 'add thing', 'a'.repeat(65), 'a#b'])('an operation cannot be named %j', (name) => {
    expect(pathsOf({ [name]: THING })).toHaveLength(1);
  });

  test('an operation’s problems are all reported, without values', () => {
    const problems = problemsOf({
      one: {
        ...THING,
        method: 'hunter2',
        path: 'hunter2',
        repeatable: 'hunter2',
        schemaPath: '/{hunter2}',
        ids: 'hunter2',
      },
      two: 'hunter2',
    });

    expect(problems.map(({ path }) => path).sort()).toEqual([
      'operations.one.ids',
      'operations.one.method',
      'operations.one.path',
      'operations.one.repeatable',
      'operations.one.schemaPath',
      'operations.two',
    ]);
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });
});

interface Documented {
  readonly input: OperationInput;
  readonly request: string;
  readonly type: string;
  readonly rest: object;
}

const DOCUMENTED: readonly Documented[] = [
  {
    input: catalogue.registration({ set: 42 }),
    request: 'POST /l/profile_api/registrationset/42/registration',
    type: 'profile',
    rest: {
      repeatable: false,
      schemaPath: '/l/profile_api/registrationset/42/schema',
      validatePath: '/l/profile_api/registrationset/42/validate',
      ids: { relationId: '/relationId', registrationId: '/registrationId' },
    },
  },
  {
    input: catalogue.profileUpdate({ set: 42 }),
    request: 'POST /l/profile_api/profileset/42/{relation}',
    type: 'profile',
    rest: { repeatable: false, schemaPath: '/l/profile_api/profileset/42/schema', ids: {} },
  },
  {
    input: catalogue.meetingRegistration(),
    request: 'POST /l/meeting2_api/meetings/{meeting}/registration',
    type: 'meeting2',
    rest: {
      repeatable: false,
      schemaPath: '/l/meeting2_api/meetings/{meeting}/registration/schema',
      ids: { registrationId: '/registrationId' },
    },
  },
  {
    input: catalogue.cancelMeetingRegistration(),
    request: 'DELETE /l/meeting2_api/meetings/{meeting}/registration/{registration}',
    type: 'meeting2',
    rest: { repeatable: true, ids: {} },
  },
  {
    input: catalogue.attendeePresence(),
    request: 'PUT /l/meeting2_api/meetings/{meeting}/attendees/{relation}/presence',
    type: 'meeting2',
    rest: { repeatable: true, ids: {} },
  },
  {
    input: catalogue.engagementAction(),
    request: 'POST /l/engagement_api/action',
    type: 'engagement',
    rest: { repeatable: false, ids: { actionId: '/actionId' } },
  },
  {
    input: catalogue.webshopProduct({ shop: 1 }),
    request: 'POST /l/webshop2_api/webshops/1/products',
    type: 'webshop',
    rest: { repeatable: false, ids: {} },
  },
  {
    input: catalogue.webshopProductUpdate({ shop: 1 }),
    request: 'PUT /l/webshop2_api/webshops/1/products/{product}',
    type: 'webshop',
    rest: { repeatable: true, ids: {} },
  },
];

describe('the catalogue of operations', () => {
  test.each(DOCUMENTED)('the operation $request is as documented', ({ input, request, type, rest }) => {
    const [method, path] = request.split(' ');

    expect(check({ it: input }).operations.it).toEqual({
      name: 'it',
      method,
      path,
      mediaType: `application/vnd.procurios.${type}+json; version=1`,
      ...rest,
    });
  });

  test('every operation of the catalogue is in the table above', () => {
    const functions = Object.keys(catalogue).filter((name) => name !== 'operation');

    expect(functions).toHaveLength(DOCUMENTED.length);
  });

  test('options replace those of every operation in the catalogue', () => {
    const overrides = { mediaType: 'a/b', repeatable: true, schemaPath: '/s', validatePath: '/v', ids: {} };
    const { operation: _generic, ...entries } = catalogue;

    const operations = Object.values(entries).map((entry) => {
      const { set, shop, ...made } = entry({ ...overrides, set: 1, shop: 1 }) as OperationInput & {
        set?: unknown;
        shop?: unknown;
      };
      return made;
    });

    expect(operations).toHaveLength(DOCUMENTED.length);
    for (const made of operations) expect(made).toMatchObject(overrides);
  });

  test('an id cannot leave its part of the path', () => {
    expect(catalogue.registration({ set: '../x?y' }).path).toBe(
      '/l/profile_api/registrationset/..%2Fx%3Fy/registration',
    );
  });

  test('operation() makes an operation of any module', () => {
    const made = catalogue.operation('PATCH', '/l/things_api/thing/{thing}', { mediaType: 'a/b' });

    expect(check({ it: made }).operations.it).toEqual({
      name: 'it',
      method: 'PATCH',
      path: '/l/things_api/thing/{thing}',
      mediaType: 'a/b',
      repeatable: false,
      ids: {},
    });
  });
});
