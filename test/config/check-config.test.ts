import { describe, expect, test } from '@jest/globals';
import { hal, linkedPages, numberedPages, onePage } from '../../config/catalogue/paging.ts';
import { checkConfig } from '../../config/check-config.ts';
import { type Problem, SyncError } from '../../lambda/core/errors.ts';
import { withHost } from '../../lambda/deployment/with-host.ts';

const THINGS = {
  name: 'things',
  path: '/l/things_api/thing',
  mediaType: 'application/vnd.procurios.things+json; version=1',
  key: 'id',
  paging: hal(),
};
const CONFIG = {
  environment: 'acme',
  host: 'https://acme.example.com',
  auth: { grant: 'clientCredentials', scopes: ['things/read'] },
  streams: [THINGS],
};

const withStream = (changes: object) => ({ ...CONFIG, streams: [{ ...THINGS, ...changes }] });

function problemsOf(input: unknown, host?: string): readonly Problem[] {
  try {
    checkConfig(input, { host });
    return [];
  } catch (error) {
    if (error instanceof SyncError && error.code === 'CONFIG_INVALID') return error.problems;
    throw error;
  }
}
const pathsOf = (input: unknown, host?: string) => problemsOf(input, host).map(({ path }) => path);

describe('checkConfig', () => {
  test('checkConfig() fills in every default', () => {
    const config = checkConfig(CONFIG);

    expect(config).toEqual({
      environment: 'acme',
      host: 'https://acme.example.com',
      tokenUrl: 'https://acme.example.com/l/oauth2/token',
      acceptLanguage: 'nl-NL,nl;q=0.9,en;q=0.5',
      auth: { grant: 'clientCredentials', scopes: ['things/read'] },
      requestsPerSecond: { pull: 8, push: 2 },
      schedule: { cron: '0 4 * * ? *', timeZone: 'Europe/Amsterdam', expectWithinHours: 26 },
      logRetentionDays: 90,
      memoryMb: { pull: 512, push: 512 },
      terminationProtection: false,
      tags: {},
      ledgerRetentionDays: 400,
      secretName: 'procurios-sync/acme/client',
      streams: [
        {
          ...THINGS,
          key: ['id'],
          query: {},
          ignoreChangesIn: [],
          deletes: 'report',
          goneAfter: 3,
          guard: { share: 0.05, most: 500 },
          holes: 'wait',
          retainTombstonesFor: 30,
        },
      ],
      operations: {},
    });
  });

  test('checkConfig() keeps the values that are given', () => {
    const given = {
      ...withStream({
        query: { search: 'a b', year: 2025 },
        objects: '/data/0/x~1y',
        key: ['a', 'b'],
        paging: numberedPages({ ahead: 32 }),
        ignoreChangesIn: ['checkedAt'],
        deletes: 'fromWalk',
        goneAfter: 14,
        guard: { share: 0, most: 0 },
        holes: 'count',
        retainTombstonesFor: 0,
      }),
      tokenUrl: 'https://login.example.com/token?tenant=1',
      acceptLanguage: 'en-US,en;q=0.5',
      requestsPerSecond: { pull: 0.5, push: 0.25 },
      secretName: 'shared/procurios',
    };

    const config = checkConfig(given);

    expect(config).toEqual({
      ...given,
      schedule: { cron: '0 4 * * ? *', timeZone: 'Europe/Amsterdam', expectWithinHours: 26 },
      logRetentionDays: 90,
      memoryMb: { pull: 512, push: 512 },
      terminationProtection: false,
      tags: {},
      ledgerRetentionDays: 400,
      streams: [{ ...given.streams[0], query: { search: 'a b', year: '2025' } }],
      operations: {},
    });
  });

  test('checkConfig() accepts its own result, as JSON, and returns it unchanged', () => {
    const config = checkConfig(withStream({ paging: linkedPages({ amount: 1000 }), objects: '' }));

    expect(checkConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
  });

  test('checkConfig() reports every problem at once, each with its path', () => {
    const input = {
      environment: 'Acme',
      host: 'ftp://acme.example.com',
      auth: { grant: 'password', scopes: ['a b', 'c', 'c'], clientSecret: 'hunter2' },
      requestsPerSecond: { pull: 0, push: 0, both: 2 },
      timetable: {},
      streams: [
        { ...THINGS, path: 'things', query: { page: 1 }, key: ['id', 'id'] },
        { ...THINGS, mediaType: 'json', paging: { kind: 'scroll' }, ignoreChangesIn: ['id'] },
        { ...THINGS, name: 'others', key: '_id', deletes: 'fromTime' },
        'things',
      ],
    };

    expect(pathsOf(input).sort()).toEqual(
      [
        'environment',
        'host',
        'auth.grant',
        'auth.scopes[0]',
        'auth.scopes[2]',
        'auth.clientSecret',
        'requestsPerSecond.pull',
        'requestsPerSecond.push',
        'requestsPerSecond.both',
        'timetable',
        'streams[0].path',
        'streams[0].query.page',
        'streams[0].key[1]',
        'streams[1].name',
        'streams[1].mediaType',
        'streams[1].paging.kind',
        'streams[1].ignoreChangesIn[0]',
        'streams[2].key',
        'streams[2].deletes',
        'streams[3]',
      ].sort(),
    );
  });

  test('checkConfig() counts the problems, and quotes no value', () => {
    const secret = 'hunter2-not-to-be-shown';
    const input = {
      environment: secret.toUpperCase(),
      host: `https://user:${secret}@acme.example.com`,
      tokenUrl: `http://${secret}.example.com`,
      acceptLanguage: `${secret}\n`,
      auth: { grant: secret, scopes: [`${secret} x`], clientSecret: secret },
      requestsPerSecond: { pull: secret },
      secretName: `${secret} `,
      streams: [
        {
          name: `${secret}!`,
          path: secret,
          query: { page: secret, filter: [secret] },
          mediaType: secret,
          objects: secret,
          key: [`_${secret}`, ''],
          paging: { kind: secret },
          deletes: secret,
          goneAfter: secret,
          guard: { share: secret, most: secret },
          holes: secret,
          retainTombstonesFor: secret,
          archive: { stream: secret, by: 'id' },
          ignoreChangesIn: secret,
        },
        secret,
      ],
    };

    let thrown: unknown;
    try {
      checkConfig(input, { host: `https://${secret}` });
    } catch (error) {
      thrown = error;
    }

    expect(thrown).toMatchObject({ code: 'CONFIG_INVALID', message: 'the config has 27 problems' });
    const { message, problems, stack, cause } = thrown as SyncError;
    expect(JSON.stringify([message, problems, stack, cause])).not.toMatch(/hunter2/i);
  });

  test('a problem about an unknown option names the known ones', () => {
    const [problem] = problemsOf({ ...CONFIG, auth: { ...CONFIG.auth, scope: 'x' } });

    expect(problem).toEqual({
      path: 'auth.scope',
      expected:
        'no such option; the options are grant, scopes, dialect, authorizeUrl, redirectUrl, repeatRedirectUrl, pkce, state',
    });
  });

  test('a missing option is a problem with its own path', () => {
    expect(pathsOf({})).toEqual(['environment', 'host', 'auth', 'streams']);
  });

  test.each([undefined, null, 'config', 1, [], () => CONFIG])(
    'checkConfig() refuses %p as a whole',
    (input) => {
      expect(pathsOf(input)).toEqual(['config']);
    },
  );
});

describe('a single rule', () => {
  test.each<[string, object]>([
    ['environment', { environment: '' }],
    ['environment', { environment: 'a'.repeat(33) }],
    ['environment', { environment: '-a' }],
    ['environment', { environment: 'a-' }],
    ['environment', { environment: 'a_b' }],
    ['host', { host: 'acme.example.com' }],
    ['host', { host: 'http://acme.example.com' }],
    ['host', { host: 'http://localhost:4010' }],
    ['host', { host: 'http://127.0.0.1.example.com' }],
    ['host', { host: 'https://acme.example.com/l' }],
    ['host', { host: 'https://acme.example.com?x=1' }],
    ['host', { host: 'https://acme.example.com#x' }],
    ['host', { host: 'https://user@acme.example.com' }],
    ['tokenUrl', { tokenUrl: 'http://acme.example.com/token' }],
    ['tokenUrl', { tokenUrl: '/l/oauth2/token' }],
    ['tokenUrl', { tokenUrl: 'https://user:x@acme.example.com/token' }],
    ['acceptLanguage', { acceptLanguage: '' }],
    ['acceptLanguage', { acceptLanguage: 'nl\r\nx: y' }],
    ['auth', { auth: undefined }],
    ['auth.scopes', { auth: { grant: 'clientCredentials' } }],
    ['auth.scopes', { auth: { grant: 'clientCredentials', scopes: [] } }],
    ['auth.scopes', { auth: { grant: 'clientCredentials', scopes: 'a' } }],
    ['auth.scopes[0]', { auth: { grant: 'clientCredentials', scopes: [''] } }],
    ['requestsPerSecond', { requestsPerSecond: 8 }],
    ['requestsPerSecond.pull', { requestsPerSecond: { pull: -1 } }],
    ['requestsPerSecond.pull', { requestsPerSecond: { pull: 1000.5 } }],
    ['requestsPerSecond.pull', { requestsPerSecond: { pull: Number.NaN } }],
    ['requestsPerSecond.pull', { requestsPerSecond: { pull: '8' } }],
    ['requestsPerSecond.push', { requestsPerSecond: { push: 0 } }],
    ['requestsPerSecond.push', { requestsPerSecond: { push: 1001 } }],
    ['secretName', { secretName: '' }],
    ['secretName', { secretName: 'a secret' }],
    ['streams', { streams: [] }],
    ['streams', { streams: {} }],
    ['operations', { operations: [] }],
    ['timetable', { timetable: {} }],
  ])('checkConfig() refuses %s in %j', (path, changes) => {
    expect(pathsOf({ ...CONFIG, ...changes })).toEqual([path]);
  });

  test.each<[string, object]>([
    ['name', { name: 'Things' }],
    ['name', { name: 'a'.repeat(65) }],
    ['name', { name: 'state' }],
    ['name', { name: 'member-state' }],
    ['path', { path: '' }],
    ['path', { path: 'l/things' }],
    ['path', { path: '//elsewhere.example.com/l' }],
    ['path', { path: '/\\elsewhere.example.com/l' }],
    ['path', { path: '/l/../things' }],
    ['path', { path: '/l/%2e%2e/things' }],
    ['path', { path: '/l/things?x=1' }],
    ['path', { path: '/l/things?' }],
    ['path', { path: '/l/things#x' }],
    ['path', { path: '/l/my things' }],
    ['path', { path: '/l/things\n' }],
    ['path', { path: '/l/100%' }],
    ['path', { path: '/l/{thing}' }],
    ['query', { query: 'x=1' }],
    ['query.x', { query: { x: true } }],
    ['query.x', { query: { x: Number.POSITIVE_INFINITY } }],
    ['query', { query: { '': 'x' } }],
    ['query.page', { query: { page: '1' } }],
    ['query.page', { query: { page: '1' }, paging: numberedPages() }],
    ['query.amount', { query: { amount: '1' }, paging: linkedPages({ amount: 10 }) }],
    ['query.after', { query: { after: '1' }, paging: { kind: 'after', field: 'id' } }],
    ['mediaType', { mediaType: 'application' }],
    ['mediaType', { mediaType: 'application/json; version' }],
    ['mediaType', { mediaType: 'application/json\r\nx: y' }],
    ['objects', { objects: 'relations' }],
    ['objects', { objects: '/a~2' }],
    ['key', { key: '' }],
    ['key', { key: [] }],
    ['key', { key: '_id' }],
    ['key', { key: undefined }],
    ['key[1]', { key: ['id', ''] }],
    ['key[1]', { key: ['id', 'id'] }],
    ['paging', { paging: undefined }],
    ['paging.kind', { paging: {} }],
    ['paging.amount', { paging: linkedPages({ amount: 1001 }) }],
    ['paging.amount', { paging: linkedPages({ amount: 0 }) }],
    ['paging.ahead', { paging: numberedPages({ ahead: 33 }) }],
    ['paging.ahead', { paging: numberedPages({ ahead: 1.5 }) }],
    ['paging.field', { paging: { kind: 'after' } }],
    ['paging.amount', { paging: { kind: 'hal', amount: 1 } }],
    ['deletes', { deletes: 'fromArchive' }],
    ['ignoreChangesIn', { ignoreChangesIn: 'checkedAt' }],
    ['ignoreChangesIn[0]', { ignoreChangesIn: [''] }],
    ['ignoreChangesIn[0]', { ignoreChangesIn: ['id'] }],
    ['ignoreChangesIn[1]', { key: ['a', 'b'], ignoreChangesIn: ['c', 'b'] }],
    ['since', { since: 'x' }],
  ])('checkConfig() refuses a stream’s %s in %j', (path, changes) => {
    expect(pathsOf(withStream(changes))).toEqual([`streams[0].${path}`]);
  });

  test.each<[string, object]>([
    ['a loopback host', { host: 'http://127.0.0.1:4010' }],
    ['a loopback host of version 6', { host: 'http://[::1]:4010' }],
    ['a host with a slash', { host: 'https://acme.example.com/' }],
    ['the longest environment', { environment: 'a'.repeat(32) }],
    ['the highest rate', { requestsPerSecond: { pull: 1000 } }],
    ['a rate left out', { requestsPerSecond: {} }],
    ['the longest stream name', withStream({ name: 'a'.repeat(64) })],
    ['a name that begins with state', withStream({ name: 'state-visits' })],
    [
      'the parameter page, if all objects are on one page',
      withStream({ query: { page: 3 }, paging: onePage() }),
    ],
    [
      'the parameter amount, if the paging sets none',
      withStream({ query: { amount: 3 }, paging: linkedPages() }),
    ],
  ])('checkConfig() accepts %s', (_case, changes) => {
    expect(pathsOf({ ...CONFIG, ...changes })).toEqual([]);
  });

  test('checkConfig() keeps only the host’s origin', () => {
    expect(checkConfig({ ...CONFIG, host: 'https://ACME.example.com:443/' }).host).toBe(
      'https://acme.example.com',
    );
  });
});

describe('PROCURIOS_HOST', () => {
  test('PROCURIOS_HOST replaces the host and its token URL', () => {
    expect(checkConfig(CONFIG, { host: 'http://127.0.0.1:4010' })).toMatchObject({
      host: 'http://127.0.0.1:4010',
      tokenUrl: 'http://127.0.0.1:4010/l/oauth2/token',
    });
  });

  test('PROCURIOS_HOST moves a token URL on another host too, so the secret stays on this machine', () => {
    const input = { ...CONFIG, tokenUrl: 'https://login.example.com:8443//x/token?tenant=1' };

    expect(checkConfig(input, { host: 'http://[::1]:4010' }).tokenUrl).toBe(
      'http://[::1]:4010//x/token?tenant=1',
    );
    expect(checkConfig(input, { host: 'http://127.0.0.1' }).tokenUrl).toBe(
      'http://127.0.0.1//x/token?tenant=1',
    );
  });

  test('PROCURIOS_HOST moves the token URL of a host on this machine', () => {
    const input = { ...CONFIG, host: 'http://127.0.0.1:4010' };

    expect(checkConfig(input, { host: 'http://127.0.0.1:5000' }).tokenUrl).toBe(
      'http://127.0.0.1:5000/l/oauth2/token',
    );
  });

  test('withHost() replaces the host of a checked config', () => {
    const config = checkConfig(CONFIG);

    expect(withHost(config, 'http://127.0.0.1:4010')).toEqual(
      checkConfig(CONFIG, { host: 'http://127.0.0.1:4010' }),
    );
    expect(withHost(config, undefined)).toBe(config);
    expect(withHost(config, '')).toBe(config);
    expect(() => withHost(config, 'https://elsewhere.example.com')).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        problems: [expect.objectContaining({ path: 'PROCURIOS_HOST' })],
      }),
    );
  });

  test('PROCURIOS_HOST leaves another token URL on this machine as it is', () => {
    const input = { ...CONFIG, tokenUrl: 'http://127.0.0.1:5000/token' };

    expect(checkConfig(input, { host: 'http://127.0.0.1:4010' }).tokenUrl).toBe(
      'http://127.0.0.1:5000/token',
    );
  });

  test.each(['https://acme.example.com', 'http://localhost:4010', '127.0.0.1:4010', 'http://127.0.0.1/x'])(
    'PROCURIOS_HOST cannot be %j',
    (host) => {
      expect(pathsOf(CONFIG, host)).toEqual(['PROCURIOS_HOST']);
    },
  );

  test('a problem of PROCURIOS_HOST does not hide the config’s problems', () => {
    expect(pathsOf({ ...CONFIG, host: 'x' }, 'y')).toEqual(['PROCURIOS_HOST', 'host']);
    expect(pathsOf({ ...CONFIG, host: 'x' }, 'http://127.0.0.1:1')).toEqual(['host']);
  });
});

describe('the authorization code grant', () => {
  const auth = { grant: 'authorizationCode', scopes: ['openid'] };

  test('the grant has a default for every option that Procurios does not document', () => {
    expect(checkConfig({ ...CONFIG, auth }).auth).toEqual({
      ...auth,
      dialect: 'newer',
      authorizeUrl: 'https://acme.example.com/l/oauth2/authorize',
      redirectUrl: 'http://127.0.0.1:8400/callback',
      repeatRedirectUrl: false,
      pkce: false,
      state: true,
    });
  });

  test('the grant keeps the values that are given, and the redirect URL exactly', () => {
    const given = {
      ...auth,
      dialect: 'older',
      authorizeUrl: 'https://login.example.com/authorize?tenant=7',
      redirectUrl: 'https://Intranet.example.com',
      repeatRedirectUrl: true,
      pkce: true,
      state: false,
    };

    const checked = checkConfig({ ...CONFIG, auth: given });

    expect(checked.auth).toEqual(given);
    expect(checkConfig(checked)).toEqual(checked);
  });

  test.each([
    ['dialect', 'oldest'],
    ['authorizeUrl', 'http://acme.example.com/l/oauth2/authorize'],
    ['redirectUrl', 'http://intranet.example.com/callback'],
    ['redirectUrl', 'http://127.0.0.1/callback'],
    ['redirectUrl', 'https://user:hunter2@intranet.example.com/'],
    ['repeatRedirectUrl', 'yes'],
    ['pkce', 'S256'],
    ['state', 1],
  ])('the grant refuses %s: %j', (field, value) => {
    const [problem, ...others] = problemsOf({ ...CONFIG, auth: { ...auth, [field]: value } });

    expect([problem?.path, others]).toEqual([`auth.${field}`, []]);
    expect(problem?.expected).not.toContain(String(value));
  });

  test('the client credentials grant refuses the options of the other grant', () => {
    const mixed = {
      ...auth,
      grant: 'clientCredentials',
      pkce: true,
      redirectUrl: 'https://intranet.example.com/',
    };

    expect(pathsOf({ ...CONFIG, auth: mixed })).toEqual(['auth.redirectUrl', 'auth.pkce']);
  });

  test('PROCURIOS_HOST moves an authorize URL on another host too', () => {
    const elsewhere = { ...auth, authorizeUrl: 'https://login.example.com/authorize' };

    const { auth: moved } = checkConfig({ ...CONFIG, auth: elsewhere }, { host: 'http://127.0.0.1:4010' });

    expect(moved).toMatchObject({ authorizeUrl: 'http://127.0.0.1:4010/authorize' });
  });
});
