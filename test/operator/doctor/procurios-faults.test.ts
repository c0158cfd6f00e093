import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Simulator, startSimulator } from '../../../local/simulator/simulator.ts';
import { answerJson, startHttpServer } from '../../support/http-server.ts';
import { shareEndpoints } from '../../support/kept-endpoints.ts';
import { CLIENT, configFor, examine, pages, procurios, things } from './examine.ts';

const COLLECTION = '/l/relation_list_api/collection/4d036265-2b90-423e-9e54-867bbe1fd5ef';

shareEndpoints();

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ relations: 250 });
});
afterAll(() => simulator.close());
beforeEach(() => {
  simulator.control.clearFaults();
  simulator.control.resetRequests();
  simulator.control.resetApplied();
});

/** Members of the simulator, with these settings of the stream. */
const members = (stream: object = {}, rest: object = {}) =>
  configFor(
    simulator.url,
    { name: 'members', path: COLLECTION, paging: { kind: 'hal' }, ...stream },
    {
      auth: { grant: 'clientCredentials', scopes: ['relation_list_api/relation', 'profile/registration'] },
      ...rest,
    },
  );
const contactMoments = (stream: object = {}) =>
  configFor(
    simulator.url,
    {
      path: '/l/contact_moment_api/contact_moment',
      mediaType: 'application/vnd.procurios.contact_moment+json; version=1',
      objects: '',
      paging: { kind: 'numberedPages', ahead: 1 },
      ...stream,
    },
    { auth: { grant: 'clientCredentials', scopes: ['contact_moment/view'] } },
  );
const registering = (schemaPath: string) => ({
  operations: {
    register: {
      method: 'POST',
      path: '/l/profile_api/registrationset/42/registration',
      mediaType: 'application/vnd.procurios.profile+json; version=1',
      schemaPath,
    },
  },
});

/** The expected finding. */
const finding = (check: string, status: string, what: RegExp, fix: RegExp) => ({
  check,
  status,
  what: expect.stringMatching(what),
  fix: expect.stringMatching(fix),
});

test('doctor finds no problem in a sound setting, writes nothing and asks each stream at most twice', async () => {
  const { problems, findings } = await examine(
    members({}, registering('/l/profile_api/registrationset/42/schema')),
    { env: CLIENT },
  );

  expect(problems).toEqual([]);
  expect(findings.map(({ check }) => check)).toEqual([
    'node',
    'tools',
    'config',
    'credentials',
    'token',
    'clock',
    'scopes',
    'stream members',
    'operation register',
    'rate',
    'tables',
    'pulls',
  ]);
  expect(simulator.control.applied()).toEqual([]);
  expect(simulator.control.requests()).toEqual({
    'POST /l/oauth2/token': 1,
    'GET /l/relation_list_api/collection/{id}': 1,
    'GET /l/profile_api/registrationset/{set}/schema': 1,
  });
});

test("doctor shows no object's value, no secret and no token", async () => {
  const examined = JSON.stringify(await examine(members({ key: 'last_name' }), { env: CLIENT }));

  const { last_name } = simulator.control.get('relation', 1) as { last_name: string };
  expect(examined).not.toContain(last_name);
  expect(examined).not.toContain(CLIENT.PROCURIOS_CLIENT_SECRET);
  expect(examined).not.toContain('simulated-');
});

describe('doctor, examining the access to Procurios', () => {
  test('doctor reports a wrong secret', async () => {
    const { problems } = await examine(members(), {
      env: { ...CLIENT, PROCURIOS_CLIENT_SECRET: 'wrong' },
    });

    expect(problems).toEqual([
      expect.objectContaining(
        finding(
          'token',
          'failure',
          /CREDENTIALS_REFUSED .*invalid_client/,
          /^compare the id and the secret .*set PROCURIOS_CLIENT_ID and PROCURIOS_CLIENT_SECRET again$/,
        ),
      ),
    ]);
  });

  test('doctor reports missing credentials', async () => {
    // A host that is not this machine, because doctor uses the simulator's credentials for a local host. Nothing is sent.
    const { problems } = await examine(configFor('https://procurios.invalid'));

    expect(problems).toMatchObject([
      finding(
        'credentials',
        'failure',
        /no credentials/,
        /set PROCURIOS_CLIENT_ID and PROCURIOS_CLIENT_SECRET/,
      ),
    ]);
  });

  test('doctor reports a scope that was not granted', async () => {
    const auth = { grant: 'clientCredentials', scopes: ['relation_list_api/relation', 'nothing/like-it'] };

    const { problems } = await examine(members({}, { auth }), { env: CLIENT });

    expect(problems).toMatchObject([
      finding(
        'scopes',
        'warning',
        /nothing\/like-it was asked for and is not granted/,
        /remove it from auth\.scopes if no stream or operation needs it/,
      ),
    ]);
  });

  test('doctor reports a scope that a stream needs and the config does not ask for', async () => {
    const auth = { grant: 'clientCredentials', scopes: ['engagement/read'] };

    const { problems } = await examine(members({}, { auth }), { env: CLIENT });

    expect(problems).toMatchObject([
      finding(
        'stream members',
        'failure',
        /ACCESS_DENIED members needs relation_list_api\/relation, which auth\.scopes lacks/,
        /ask Procurios for the scope relation_list_api\/relation and add it to auth\.scopes/,
      ),
    ]);
  });

  test('doctor reports a refusal although the config asks for the scope', async () => {
    simulator.control.fault({ route: '/l/relation_list_api', do: { kind: 'status', status: 403 } });

    const { problems } = await examine(members(), { env: CLIENT });

    expect(problems).toMatchObject([
      finding(
        'stream members',
        'failure',
        /ACCESS_DENIED .*answered 403; expected access$/,
        /ask Procurios why it refuses the scope relation_list_api\/relation, which auth\.scopes has/,
      ),
    ]);
  });

  test('doctor reports a scope that the client may not ask for', async () => {
    await using server = await startHttpServer((_request, response) =>
      answerJson(response, { error: 'invalid_scope' }, 400),
    );

    const { problems } = await examine(configFor(server.origin), { env: CLIENT });

    expect(problems).toMatchObject([
      finding('token', 'failure', /ACCESS_DENIED .*invalid_scope/, /discover tries them one by one/),
    ]);
  });

  test('doctor reports that no user has logged in', async () => {
    const auth = { grant: 'authorizationCode', scopes: ['things/read'] };

    const { problems } = await examine(members({}, { auth }), { env: CLIENT });

    expect(problems).toMatchObject([
      finding(
        'token',
        'failure',
        /CONSENT_NEEDED no user has logged in/,
        /^npx procurios-sync login --embedded$/,
      ),
    ]);
  });

  test('doctor reports a token URL that leads to another page', async () => {
    const { problems } = await examine(members({}, { tokenUrl: `${simulator.url}/oauth/token` }), {
      env: CLIENT,
    });

    expect(problems).toMatchObject([
      finding('token', 'failure', /NOT_PROCURIOS .*404/, /set tokenUrl to the token request endpoint/),
    ]);
  });

  test('doctor reports a host that cannot be reached', async () => {
    const gone = await startHttpServer(() => {});
    await gone[Symbol.asyncDispose]();

    const { problems } = await examine(configFor(gone.origin), { env: CLIENT });

    expect(problems).toMatchObject([
      finding(
        'token',
        'failure',
        /HOST_UNREACHABLE .*127\.0\.0\.1:\d+: the connection was refused/,
        /^start the simulator: npx procurios-sync simulator --port \d+$/,
      ),
    ]);
  });

  test('doctor reports that a website answers at the host', async () => {
    await using server = await startHttpServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<title>Welcome</title>');
    });

    const { problems } = await examine(configFor(server.origin), { env: CLIENT });

    expect(problems).toMatchObject([
      finding(
        'token',
        'failure',
        /NOT_PROCURIOS .*an HTML page/,
        /a website answers there, not the token endpoint/,
      ),
    ]);
  });

  test('doctor reports that another API answers at the host', async () => {
    await using server = await startHttpServer((_request, response) =>
      answerJson(response, { hello: 'world' }),
    );

    const { problems } = await examine(configFor(server.origin), { env: CLIENT });

    expect(problems).toMatchObject([
      finding('token', 'failure', /RESPONSE_INVALID .*access_token/, /correct host or tokenUrl/),
    ]);
  });

  test('doctor reports a host that redirects to another one', async () => {
    await using server = await startHttpServer((_request, response) => {
      response.writeHead(301, { location: 'https://new.example.com/l/oauth2/token' }).end();
    });

    const { problems } = await examine(configFor(server.origin), { env: CLIENT });

    expect(problems).toMatchObject([
      finding(
        'token',
        'failure',
        /a redirect to https:\/\/new\.example\.com\//,
        /set host or tokenUrl to new\.example\.com/,
      ),
    ]);
  });

  test.each([
    ['failure', 400, /7 minutes ahead of/],
    ['warning', 90, /9\d seconds ahead of/],
  ])('doctor reports a wrong clock as a %s', async (status, seconds, what) => {
    await using server = await startHttpServer((request, response) => {
      response.setHeader('date', new Date(Date.now() - seconds * 1000).toUTCString());
      return procurios(() => things(1, 3))(request, response);
    });

    const { problems } = await examine(configFor(server.origin), { env: CLIENT });

    expect(problems).toMatchObject([finding('clock', status, what, /set the clock/)]);
  });

  test('doctor reports a rate that Procurios throttles', async () => {
    await using server = await startHttpServer((request, response) => {
      if (request.path.startsWith('/l/oauth2') || server.requests.length > 2)
        return procurios(() => things(1, 3))(request, response);
      answerJson(response, {}, 429, { 'retry-after': '0' });
    });

    const { problems } = await examine(configFor(server.origin), { env: CLIENT });

    expect(problems).toMatchObject([finding('rate', 'warning', /1 throttled/, /lower requestsPerSecond/)]);
  });
});

describe('doctor, examining a stream', () => {
  test('doctor reports a wrong path', async () => {
    const { problems } = await examine(members({ path: '/l/relation_list_api/collections' }), {
      env: CLIENT,
    });

    expect(problems).toMatchObject([
      finding(
        'stream members',
        'failure',
        /answered 404/,
        /check the stream's path: there is nothing at this address; .*discover/,
      ),
    ]);
  });

  test('doctor reports a wrong media type', async () => {
    const { problems } = await examine(
      members({ mediaType: 'application/vnd.procurios.relation+json; version=7' }),
      { env: CLIENT },
    );

    expect(problems).toMatchObject([
      finding(
        'stream members',
        'failure',
        /answered 406/,
        /set mediaType: 'application\/vnd\.procurios\.relation\+json; version=1'/,
      ),
    ]);
  });

  test('doctor reports a login page as the answer', async () => {
    simulator.control.fault({ route: '/l/relation_list_api', do: { kind: 'loginPage' } });

    const { problems } = await examine(members(), { env: CLIENT });

    expect(problems).toMatchObject([
      finding(
        'stream members',
        'failure',
        /NOT_PROCURIOS .*an HTML page/,
        /check host and the stream's path/,
      ),
    ]);
  });

  test('doctor warns of a failure that may pass', async () => {
    simulator.control.fault({ route: '/l/relation_list_api', do: { kind: 'status', status: 503 } });

    const { problems } = await examine(members(), { env: CLIENT });

    expect(problems).toMatchObject([
      finding('stream members', 'warning', /UNAVAILABLE .*503/, /try again later/),
    ]);
  });

  test('doctor reports a key that no object has', async () => {
    simulator.control.switches({ fieldKeys: 'generated' });
    const { problems } = await examine(members({ key: 'relation_id' }), { env: CLIENT });
    simulator.control.switches({ fieldKeys: 'readable' });

    expect(problems).toMatchObject([
      finding('stream members', 'failure', /no object on page 1 has the key relation_id/, /set key: 'id'/),
    ]);
  });

  test('doctor reports a key that some objects lack', async () => {
    await using server = await startHttpServer(
      procurios(() =>
        things(1, 5).map((thing, index) =>
          index === 2 ? { ...thing, code: null } : { ...thing, code: index },
        ),
      ),
    );

    const { problems } = await examine(configFor(server.origin, { key: 'code' }), { env: CLIENT });

    expect(problems).toMatchObject([
      finding('stream things', 'failure', /1 of 5 objects on page 1 have no key code/, /set key: 'id'/),
    ]);
  });

  test('doctor reports a key that is not unique', async () => {
    const { problems } = await examine(contactMoments({ key: 'senderId' }), { env: CLIENT });

    expect(problems).toMatchObject([
      finding(
        'stream things',
        'failure',
        /the key senderId is not unique: \d+ of 25 objects/,
        /set key: 'id'/,
      ),
    ]);
  });

  test('doctor reports a pointer that leads to no list', async () => {
    const { problems } = await examine(members({ objects: '/relations' }), { env: CLIENT });

    expect(problems).toMatchObject([
      finding(
        'stream members',
        'failure',
        /no list at objects: '\/relations'; the answer has a list at '\/_embedded\/relations'/,
        /set objects: '\/_embedded\/relations', or leave objects out/,
      ),
    ]);
  });

  test('doctor reports an answer with two lists', async () => {
    await using server = await startHttpServer(
      procurios(() => ({ things: things(1, 3), tags: [{ id: 1 }], notes: [] })),
    );

    const { problems } = await examine(configFor(server.origin), { env: CLIENT });

    expect(problems).toMatchObject([
      finding(
        'stream things',
        'failure',
        /the answer has several lists, and the config does not say which one to read/,
        /set objects: '\/things' or '\/tags'/,
      ),
    ]);
  });

  test('doctor reports an answer without a list', async () => {
    await using server = await startHttpServer(procurios(() => ({ thing: things(1, 1)[0] })));

    const { problems } = await examine(configFor(server.origin), { env: CLIENT });

    expect(problems).toMatchObject([
      finding(
        'stream things',
        'failure',
        /the answer has no list of objects/,
        /it is not the path of a listing/,
      ),
    ]);
  });

  test('doctor warns of objects that cannot be stored', async () => {
    await using server = await startHttpServer(procurios(() => [...things(1, 3), { id: 9, _hash: 'mine' }]));

    const { problems } = await examine(configFor(server.origin), { env: CLIENT });

    expect(problems).toMatchObject([
      finding(
        'stream things',
        'warning',
        /1 of 4 objects on page 1 cannot be stored: RESERVED_NAME \(_hash\)/,
        /a pull records them as rejects/,
      ),
    ]);
  });
});

describe('doctor, examining the paging of a stream', () => {
  const numbered = { kind: 'numberedPages', ahead: 1 };

  test.each([
    [
      'onePage() for pages with links',
      { kind: 'onePage' },
      /link to the next one in _links\.next\.href/,
      /set paging: hal\(\)/,
    ],
    [
      'linkedPages() for hal()',
      { kind: 'linkedPages' },
      /linkedPages\(\) does not fit/,
      /set paging: hal\(\)/,
    ],
    [
      'after() for hal()',
      { kind: 'after', field: 'id' },
      /after\('id'\) does not fit/,
      /set paging: hal\(\)/,
    ],
  ])('doctor reports %s', async (_name, paging, what, fix) => {
    const { problems } = await examine(members({ paging }), { env: CLIENT });

    expect(problems).toMatchObject([finding('stream members', 'failure', what, fix)]);
  });

  test('doctor warns of numberedPages() for a listing of hal(), because it works', async () => {
    const { problems } = await examine(members({ paging: numbered }), { env: CLIENT });

    expect(problems).toMatchObject([
      finding('stream members', 'warning', /link to the next one/, /set paging: hal\(\)/),
    ]);
  });

  test('doctor reports hal() for a listing of linkedPages()', async () => {
    const archive = {
      path: '/l/relation_archive_api/relations/export',
      mediaType: 'application/vnd.procurios.archived_relations+json; version=1',
      key: 'archived_relation_id',
    };
    const auth = { grant: 'clientCredentials', scopes: ['relation_archive_api/relations/export'] };

    const { problems } = await examine(members({ ...archive }, { auth }), { env: CLIENT });

    expect(problems).toMatchObject([
      finding(
        'stream members',
        'failure',
        /hal\(\) does not fit: .*a plain text/,
        /set paging: linkedPages\(\)/,
      ),
    ]);
  });

  test.each([
    ['hal()', { kind: 'hal' }, /page 1 has no _links/],
    ['linkedPages()', { kind: 'linkedPages' }, /page 1 has no _links/],
    ['onePage()', { kind: 'onePage' }, /page=2 returns other objects, which would never be read/],
  ])('doctor reports %s for a listing of numberedPages()', async (_name, paging, what) => {
    const { problems } = await examine(contactMoments({ paging }), { env: CLIENT });

    expect(problems).toMatchObject([
      finding('stream things', 'failure', what, /set paging: numberedPages\(\)/),
    ]);
  });

  test('doctor reports after() for a listing of numberedPages()', async () => {
    await using server = await startHttpServer(procurios(pages));

    const { problems } = await examine(configFor(server.origin, { paging: { kind: 'after', field: 'id' } }), {
      env: CLIENT,
    });

    expect(problems).toMatchObject([
      finding(
        'stream things',
        'failure',
        /after=… does not return the objects that follow/,
        /set paging: numberedPages\(\)/,
      ),
    ]);
  });

  test('doctor reports numberedPages() for a listing of one page or of after()', async () => {
    await using server = await startHttpServer(procurios(() => things(1, 25)));

    const { problems } = await examine(configFor(server.origin, { paging: numbered }), { env: CLIENT });

    expect(problems).toMatchObject([
      finding(
        'stream things',
        'failure',
        /page=2 returns page 1 again/,
        /set paging: onePage\(\), or after\('id'\)/,
      ),
    ]);
  });
});

describe('doctor, examining where a listing begins and ends', () => {
  const numbered = { kind: 'numberedPages', ahead: 1 };

  /** A listing of three things, two on a page, whose pages count from 0. */
  const fromZero = ({ searchParams }: URL) => {
    const page = Number(searchParams.get('page') ?? 0);
    return things(1, 3).slice(2 * page, 2 * page + 2);
  };

  test('doctor reports pages that count from 0, also if the list has only that page', async () => {
    await using server = await startHttpServer(procurios(fromZero));
    await using single = await startHttpServer(
      procurios((url) => (Number(url.searchParams.get('page') ?? 0) === 0 ? things(1, 2) : [])),
    );

    const several = await examine(configFor(server.origin, { paging: numbered }), { env: CLIENT });
    const only = await examine(configFor(single.origin, { paging: numbered }), { env: CLIENT });
    const configured = { ...numbered, first: 0 };
    const right = await examine(configFor(server.origin, { paging: configured }), { env: CLIENT });

    const problem = finding(
      'stream things',
      'failure',
      /numberedPages\(\) does not fit: the first page is page=0/,
      /^set paging: numberedPages\(\{ first: 0 \}\)$/,
    );
    expect(several.problems).toMatchObject([problem]);
    expect(only.problems).toMatchObject([problem]);
    expect(right.problems).toEqual([]);
  });

  test.each([
    ['hal()', { kind: 'hal' }],
    ["after('id')", { kind: 'after', field: 'id' }],
  ])('doctor never advises onePage() for %s where page 2 is refused or empty', async (_name, paging) => {
    for (const second of [404, 400, 200]) {
      await using server = await startHttpServer((request, response) => {
        const isFirst = !/[?&](page|after)=/.test(request.path);
        if (isFirst || second === 200)
          return procurios(() => (isFirst ? things(1, 3) : []))(request, response);
        answerJson(response, {}, second);
      });

      const { problems } = await examine(configFor(server.origin, { paging }), { env: CLIENT });

      expect(problems.map(({ fix }) => fix).join()).not.toContain('onePage()');
    }
  });

  test('doctor finds no problem in numbered pages or one page where page 2 is refused', async () => {
    await using server = await startHttpServer((request, response) =>
      request.path.includes('page=2')
        ? answerJson(response, {}, 404)
        : procurios(() => things(1, 3))(request, response),
    );

    const asNumbered = await examine(configFor(server.origin, { paging: numbered }), { env: CLIENT });
    const asOne = await examine(configFor(server.origin), { env: CLIENT });

    expect([asNumbered.problems, asOne.problems]).toEqual([[], []]);
  });

  test.each([
    ['failure', 2, /objects on page 1 share their changed/],
    ['warning', 1, /after\('changed'\) reads by a field that is not the key/],
  ])(
    'doctor reports a cursor that is not the key as a %s if %i objects share it',
    async (status, size, what) => {
      await using server = await startHttpServer(
        procurios(({ searchParams }) =>
          things(1, 6)
            .map((thing) => ({ ...thing, changed: Math.ceil(thing.id / size) }))
            .filter(({ changed }) => changed > Number(searchParams.get('after') ?? 0)),
        ),
      );
      const paging = { kind: 'after', field: 'changed' };

      const { problems } = await examine(configFor(server.origin, { paging }), { env: CLIENT });

      expect(problems).toMatchObject([
        finding('stream things', status, what, /set paging: after\('id'\), if Procurios accepts it/),
      ]);
    },
  );
});

describe('doctor, examining an operation', () => {
  test('doctor reports a schema that does not exist', async () => {
    const config = members({}, registering('/l/profile_api/registrationset/77/schema'));

    const { problems } = await examine(config, { env: CLIENT });

    expect(problems).toMatchObject([
      finding(
        'operation register',
        'failure',
        /registrationset\/77\/schema: answered 404/,
        /check the operation's schemaPath: .*discover/,
      ),
    ]);
  });

  test('doctor reports a schema that is not one', async () => {
    await using server = await startHttpServer(
      procurios(({ pathname }) => (pathname.endsWith('/schema') ? [1, 2] : things(1, 3))),
    );

    const { problems } = await examine(configFor(server.origin, {}, registering('/l/x/schema')), {
      env: CLIENT,
    });

    expect(problems).toMatchObject([
      finding(
        'operation register',
        'failure',
        /the answer is not a JSON Schema/,
        /check the operation's schemaPath/,
      ),
    ]);
  });
});

describe('doctor, examining this machine', () => {
  test('doctor reports every problem of an invalid config, and then ends', async () => {
    const config = members({ path: 'nonsense', paging: { kind: 'pages' } });

    const { problems, findings } = await examine(config, { env: CLIENT });

    expect(problems).toMatchObject([
      finding('config', 'failure', /streams\[0\]\.path$/, /^expected a path on the host/),
      finding('config', 'failure', /streams\[0\]\.paging/, /^expected hal\(\)/),
    ]);
    expect(findings.at(-1)?.check).toBe('config');
  });
});

test.each([
  ['unauthorized_client', 'CREDENTIALS_REFUSED'],
  ['unsupported_grant_type', 'RESPONSE_INVALID'],
])(
  'doctor reports a client of another grant (%s) as such, not as a wrong secret or host',
  async (error, code) => {
    await using server = await startHttpServer((_request, response) => answerJson(response, { error }, 400));

    const { problems } = await examine(configFor(server.origin), { env: CLIENT });

    expect(problems).toEqual([
      finding('token', 'failure', new RegExp(`^${code} .*${error}`), /^set auth\.grant/),
    ]);
  },
);

test('doctor warns of a secret that was pasted with its line end', async () => {
  await using server = await startHttpServer(procurios(() => things(1, 3)));
  const env = { ...CLIENT, PROCURIOS_CLIENT_SECRET: `${CLIENT.PROCURIOS_CLIENT_SECRET}\n` };

  const { problems } = await examine(configFor(server.origin), { env });

  expect(problems).toEqual([
    finding(
      'credentials',
      'warning',
      /ends with a space or a line end$/,
      /^if Procurios refuses them, set PROCURIOS_CLIENT_ID and /,
    ),
  ]);
});

test('doctor shows that a host comes from PROCURIOS_HOST instead of the config', async () => {
  await using server = await startHttpServer(procurios(() => things(1, 3)));

  const { findings } = await examine(configFor('https://acme.procurios.site'), {
    env: { ...CLIENT, PROCURIOS_HOST: server.origin },
  });

  expect(findings.find(({ check }) => check === 'config')?.what).toContain(
    `acme at ${server.origin} (PROCURIOS_HOST), `,
  );
});

test('doctor reports a list of texts as such, not as objects without a key', async () => {
  await using server = await startHttpServer(procurios(() => ['a', 'b']));

  const { problems } = await examine(configFor(server.origin), { env: CLIENT });

  expect(problems).toEqual([
    finding('stream things', 'failure', /entries that are not objects$/, /^check the stream's path/),
  ]);
});
