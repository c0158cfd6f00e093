import { describe, expect, test } from '@jest/globals';
import { SyncError } from '../../../../lambda/core/errors.ts';
import { MOST_LOST_REPLIES } from '../../../../lambda/core/push/decisions.ts';
import type { LedgerEntry } from '../../../../lambda/core/push/ledger-entry.ts';
import type { ChangeReply } from '../../../../lambda/core/push/reply.ts';
import { hold, requeue } from '../../../../lambda/core/push/transitions.ts';
import { answered, Crash, operationOf, PushWorld } from '../../../support/push-world.ts';

const change = (changeId: string, subject = 'relation/1', body: object = { name: 'Ada' }) => ({
  changeId,
  operation: 'register',
  subject,
  body,
});

describe('pushBatch()', () => {
  test('a change is sent once, and its entry has the ids of the reply and no body', async () => {
    const world = new PushWorld();
    world.queue(change('c1'));

    await world.drain();

    expect(world.applied).toEqual(['c1']);
    expect(world.ledger.get('c1')).toMatchObject({
      outcome: 'accepted',
      status: 200,
      ids: { thingId: '7' },
      attempt: 1,
      bodyFields: ['name'],
      attempts: [{ attempt: 1, at: '2026-11-24T04:00:00.000Z', result: 'accepted, status 200' }],
    });
    expect(world.ledger.get('c1')).not.toHaveProperty('body');
  });

  test('a change that is delivered twice is sent once', async () => {
    const world = new PushWorld();
    world.queue(change('c1'));
    world.queue(change('c1'));

    await world.drain();

    expect(world.applied).toEqual(['c1']);
  });

  test('a change that is delivered to two functions at once is sent once', async () => {
    const world = new PushWorld();
    const copy = { ...change('c1'), subject: 'relation/1' };
    world.queue(copy);
    const other = new PushWorld(world.operations);
    Object.assign(other, { ledger: world.ledger, applied: world.applied });
    other.queue(copy);

    await Promise.all([world.deliver(), other.deliver()]);
    await Promise.all([world.drain(), other.drain()]);

    expect(world.applied).toEqual(['c1']);
  });

  test.each([
    ['content', { ...change('c1'), body: { name: 'Grace' } }],
    ['subject', change('c1', 'relation/2')],
  ])(
    'a change whose id was used with another %s is rejected in an entry under the message id',
    async (_what, other) => {
      const world = new PushWorld();
      world.queue(change('c1'));
      world.queue(other);

      await world.drain();

      expect(world.applied).toEqual(['c1']);
      expect(world.ledger.get('c1')?.outcome).toBe('accepted');
      const refused = [...world.ledger.values()].find(({ changeId }) => changeId !== 'c1');
      expect(refused).toMatchObject({
        outcome: 'rejected',
        reason: 'the message says changeId c1',
        errors: ['changeId: was used for another change before'],
      });
    },
  );
});

describe('pushBatch() rejects', () => {
  test.each([
    ['not JSON', '{"changeId"', ['the message: expected JSON']],
    ['a list', '[]', ['the message: expected a JSON object']],
    [
      'wrong throughout',
      '{"changeId":"a b","operation":"nope","subject":"","extra":1}',
      [
        'changeId: expected 1 to 128 letters, digits and ASCII punctuation, no spaces',
        'subject: expected 1 to 128 letters, digits and ASCII punctuation, no spaces',
        'operation: expected one of register',
        'extra: expected only changeId, operation, subject, parameters, body',
      ],
    ],
    ['too large', `{"body":"${'x'.repeat(256 * 1024)}"}`, ['the message: expected at most 256 KB of JSON']],
  ])(
    'a message that is not a change (%s), with every reason, and sends the next one',
    async (_what, text, errors) => {
      const world = new PushWorld();
      world.queue({ changeId: 'x', subject: 'relation/1' }, text);
      world.queue(change('c1'));

      await world.drain();

      expect(world.applied).toEqual(['c1']);
      const rejected = [...world.ledger.values()].filter(({ outcome }) => outcome === 'rejected');
      expect(rejected.map((entry) => entry.errors)).toEqual([errors]);
    },
  );

  test('a change that lacks a parameter of its operation, or a body', async () => {
    const world = new PushWorld({
      cancel: operationOf({ name: 'cancel', path: '/m/{meeting}/r/{registration}' }),
    });
    world.queue({
      ...change('c1'),
      operation: 'cancel',
      parameters: { meeting: '..', other: 1 },
      body: undefined,
    });

    await world.drain();

    const [entry] = [...world.ledger.values()];
    expect(entry?.errors).toEqual([
      'parameters.meeting: expected a text or an integer',
      'parameters.registration: expected a text or an integer',
      'parameters.other: expected only meeting, registration',
      'body: expected the JSON to send',
    ]);
  });
});

test.each([
  ['subject', '{"changeId":"c1","operation":"register","subject":"a","subject":"relation/1","body":{}}'],
  [
    'body.iban',
    '{"changeId":"c1","operation":"register","subject":"relation/1","body":{"iban":"NL1","ib\\u0061n":"NL2"}}',
  ],
  [
    'body.lines.sku',
    '{"changeId":"c1","operation":"register","subject":"relation/1","body":{"lines":[{"sku":1},{"sku":1,"n":{"sku":"\\"","x":[]},"sku":2}]}}',
  ],
])(
  'a message in which the name %s stands twice is rejected, because one of its values would be lost',
  async (name, text) => {
    const world = new PushWorld();
    world.queue(change('c1'), text);

    await world.drain();

    expect(world.applied).toEqual([]);
    expect([...world.ledger.values()].map(({ errors }) => errors)).toEqual([
      [`${name}: expected to stand there once`],
    ]);
  },
);

describe('a message that is larger than a change may be', () => {
  const large = (kilobytes: number) =>
    JSON.stringify(change('c9', 'relation/1', { note: 'x'.repeat(kilobytes * 1024) }));

  test('a message of 257 KB names its changeId and its subject, and is kept', async () => {
    const world = new PushWorld();
    world.queue(change('c9'), large(257));

    await world.drain();

    const [entry] = [...world.ledger.values()];
    expect(entry).toMatchObject({
      subject: 'relation/1',
      reason: 'the message says changeId c9',
      errors: ['the message: expected at most 256 KB of JSON'],
      body: large(257),
    });
    expect(world.deadLetters).toEqual([]);
  });

  test.each([
    [
      'JSON',
      large(301),
      { reason: expect.stringMatching(/^the message says changeId c9; .*dead-letter queue$/) },
    ],
    [
      'not JSON',
      'x'.repeat(301 * 1024),
      { reason: expect.stringMatching(/^the message is not a change; .*dead-letter queue$/) },
    ],
  ])(
    'a message of 301 KB that is %s goes to the dead-letter queue, and its entry says so',
    async (_what, text, expected) => {
      const world = new PushWorld();
      world.queue(change('c9'), text);
      world.queue(change('c1'));

      await world.drain();

      const [entry] = [...world.ledger.values()];
      expect(entry).toMatchObject({ ...expected, outcome: 'rejected', subject: 'relation/1' });
      expect(entry).not.toHaveProperty('body');
      expect(world.deadLetters).toEqual(['message-1-c9']);
      expect(world.applied).toEqual(['c1']);
    },
  );
});

test('the entry of a huge message, or with huge errors, stays small', async () => {
  const world = new PushWorld();
  const many = Object.fromEntries(Array.from({ length: 9000 }, (_, index) => [`field-${index}`, 1]));
  world.queue({ changeId: 'x', subject: 'a' }, JSON.stringify(many));
  world.queue(change('c1', 'b', { ...many, ['n'.repeat(100_000)]: 1 }));
  world.answer = () => answered(400, { errors: Array.from({ length: 2000 }, () => 'e'.repeat(5000)) });

  await world.drain();

  const sizes = [...world.ledger.values()].map(({ body: _body, ...entry }) => JSON.stringify(entry).length);
  expect(sizes).toHaveLength(2);
  expect(Math.max(...sizes)).toBeLessThan(50_000);
});

describe('the outcome of a change', () => {
  const lost: ChangeReply = { kind: 'lost', reason: 'the connection broke' };

  test.each<[string, ChangeReply, object]>([
    [
      '400 with errors',
      answered(400, { errors: ['Unknown campaign'] }),
      { outcome: 'rejected', status: 400, errors: ['Unknown campaign'] },
    ],
    ['200 with errors', answered(200, { errors: ['too young'] }), { outcome: 'rejected', status: 200 }],
    ['422', answered(422), { outcome: 'rejected', status: 422 }],
    ['a lost reply', lost, { outcome: 'unknown', mayBeApplied: true, reason: 'the connection broke' }],
    ['500', answered(500), { outcome: 'unknown', status: 500 }],
    ['408', answered(408), { outcome: 'unknown', status: 408 }],
    ['an HTML page with 502', answered(502, { isHtml: true }), { outcome: 'unknown', status: 502 }],
    ['302', answered(302), { outcome: 'unknown', status: 302 }],
    [
      'HTML with 200',
      answered(200, { isHtml: true }),
      { outcome: 'unknown', reason: 'an HTML page answered' },
    ],
  ])('%s is a final outcome', async (_what, reply, entry) => {
    const world = new PushWorld();
    world.answer = () => reply;
    world.queue(change('c1'));

    await world.drain();

    expect(world.ledger.get('c1')).toMatchObject({ ...entry, attempt: 1, body: '{"name":"Ada"}' });
  });

  test.each([
    ['403', answered(403), 'our access was refused (403)'],
    ['401 to one token', answered(401, { refusedTokens: 1 }), 'our access was refused (401)'],
    [
      '403 to two tokens',
      answered(403, { refusedTokens: 2 }),
      'our access was refused (403), also with a new token',
    ],
    [
      'an HTML page with 403',
      answered(403, { isHtml: true }),
      'our access was refused (403) with an HTML page, which a firewall may have sent',
    ],
  ])(
    'after %s the ledger says which tokens were tried, and by what it was refused',
    async (_what, reply, reason) => {
      const world = new PushWorld();
      world.answer = () => reply;
      world.queue(change('c1'));

      await world.deliver();

      expect(world.ledger.get('c1')).toMatchObject({ outcome: 'waiting', reason });
    },
  );

  test('an answer that leaves open what was applied holds the change with its body, and does not repeat it', async () => {
    const world = new PushWorld({ register: operationOf({ repeatable: true }) });
    world.answer = () => answered(207, { isMixed: true, errors: ['x'] });
    world.queue(change('c1'));

    await world.drain();

    expect(world.ledger.get('c1')).toMatchObject({
      outcome: 'unknown',
      status: 207,
      errors: ['x'],
      mayBeApplied: true,
      attempt: 1,
      body: '{"name":"Ada"}',
    });
  });

  test.each<[number, ChangeReply]>([
    ...[400, 404, 409, 412, 422].map((status): [number, ChangeReply] => [
      status,
      answered(status, { errors: ['There is such a registration'] }),
    ]),
    [200, answered(200, { errors: ['There is such a registration'] })],
  ])(
    'a refusal with %i after a lost reply leaves open whether the change was applied',
    async (status, refusal) => {
      const world = new PushWorld({ register: operationOf({ repeatable: true }) });
      world.answer = (_id, attempt) => (attempt === 1 ? lost : refusal);
      world.queue(change('c1'));

      await world.drain();

      expect(world.ledger.get('c1')).toMatchObject({
        outcome: 'unknown',
        status,
        errors: ['There is such a registration'],
        reason: expect.stringMatching(/, but an earlier attempt may have been applied$/),
        mayBeApplied: true,
        attempt: 2,
      });
    },
  );

  test('a refusal of a change that the operator resent after a lost reply leaves it open too', async () => {
    const world = new PushWorld();
    world.answer = () => lost;
    world.queue(change('c1'));
    await world.drain();
    world.ledger.set('c1', requeue(world.ledger.get('c1') as LedgerEntry, world.clock.now()));
    world.answer = () => answered(409);
    world.queue(change('c1'));

    await world.drain();

    expect(world.ledger.get('c1')).toMatchObject({ outcome: 'unknown', status: 409, attempt: 2 });
  });

  test("a change that fails Procurios' check after a lost reply is unknown, because it may be there already", async () => {
    const world = new PushWorld({ register: operationOf({ repeatable: true, schemaPath: '/schema' }) });
    world.answer = () => lost;
    world.check = async () => {
      const isRepetition = (world.ledger.get('c1')?.attempt ?? 0) > 0;
      return { problems: isRepetition ? ['is registered already'] : [] };
    };
    world.queue(change('c1'));

    await world.drain();

    expect(world.ledger.get('c1')).toMatchObject({
      outcome: 'unknown',
      errors: ['is registered already'],
      mayBeApplied: true,
      attempt: 1,
    });
  });

  test.each<[string, ChangeReply, string]>([
    ['403', answered(403), 'our access was refused (403)'],
    ['401', answered(401, { refusedTokens: 2 }), 'our access was refused (401), also with a new token'],
    [
      '400 invalid_token',
      answered(400, { refusedTokens: 2 }),
      'our access was refused (400), also with a new token',
    ],
  ])('the reason after %s says whether a new token was tried', async (_what, reply, reason) => {
    const world = new PushWorld();
    world.answer = () => reply;
    world.queue(change('c1'));

    await world.deliver();

    expect(world.ledger.get('c1')).toMatchObject({ outcome: 'waiting', code: 'ACCESS_DENIED', reason });
  });

  test.each<[string, ChangeReply]>([
    ['429', answered(429)],
    ['503', answered(503)],
    ["a gateway's HTML page with 503", answered(503, { isHtml: true })],
    ['425', answered(425)],
    ['401 after a new token', answered(401, { refusedTokens: 2 })],
    ['400 that refuses the token', answered(400, { refusedTokens: 2 })],
    ['403', answered(403)],
    ['no connection', { kind: 'notSent', reason: 'HOST_UNREACHABLE no connection' }],
  ])('after %s the change waits and is sent again', async (_what, reply) => {
    const world = new PushWorld();
    world.answer = (_id, attempt) => (attempt <= 3 ? reply : answered(200));
    world.queue(change('c1'));

    await world.drain();

    expect(world.ledger.get('c1')).toMatchObject({ outcome: 'accepted', attempt: 4 });
    expect(world.applied).toEqual(['c1']);
  });

  test('a pause that Procurios asks for is kept', async () => {
    const world = new PushWorld();
    world.answer = (_id, attempt) =>
      attempt === 1 ? answered(429, { retryAfterMs: 3_600_000 }) : answered(200);
    world.queue(change('c1'));
    const begin = world.clock.now();

    await world.drain();

    expect(world.clock.now() - begin).toBeGreaterThanOrEqual(3_600_000);
    expect(world.ledger.get('c1')?.outcome).toBe('accepted');
  });

  test('a 403 that asks for a pause throttles, as some firewalls do, and is no alarm about access', async () => {
    const world = new PushWorld();
    world.answer = () => answered(403, { retryAfterMs: 60_000 });
    world.queue(change('c1'));

    await world.deliver();

    expect(world.ledger.get('c1')).toMatchObject({
      outcome: 'waiting',
      code: 'THROTTLED',
      notBefore: world.clock.now() + 60_000,
    });
  });

  test('hours of throttling lose no change and keep the order', async () => {
    const world = new PushWorld();
    const free = world.clock.now() + 30 * 60 * 60 * 1000;
    world.answer = () =>
      world.clock.now() < free ? answered(429, { retryAfterMs: 50_000_000 }) : answered(200);
    for (const id of ['c1', 'c2', 'c3']) world.queue(change(id));

    await world.drain();

    expect(world.applied).toEqual(['c1', 'c2', 'c3']);
  });

  test('a change that waited 13 days is held for the operator', async () => {
    const world = new PushWorld();
    world.answer = () => answered(503);
    world.queue(change('c1'));

    await world.drain(5000);

    const entry = world.ledger.get('c1');
    expect(entry).toMatchObject({ outcome: 'waiting', reason: 'it waited 13 days without an outcome' });
    expect(entry?.notBefore).toBeUndefined();
  });

  test('a schema that cannot be read for weeks does not use up the receives of the messages', async () => {
    const world = new PushWorld({ register: operationOf({ schemaPath: '/schema' }) });
    world.check = async () => {
      throw new SyncError('UNAVAILABLE', 'schema: answered 500');
    };
    world.answer = () => answered(503);
    for (const id of ['c1', 'c2', 'c3']) world.queue(change(id));

    await world.drain(3000);

    expect(world.deadLetters).toEqual([]);
    for (const id of ['c1', 'c2', 'c3']) {
      expect(world.ledger.get(id)).toMatchObject({
        outcome: 'waiting',
        reason: 'it waited 13 days without an outcome',
      });
    }
  });

  test('a change whose check fails for good is sent unchecked after four tries, and its entry says why', async () => {
    const world = new PushWorld({ register: operationOf({ schemaPath: '/schema' }) });
    let tries = 0;
    world.check = async () => {
      tries += 1;
      throw new SyncError('ACCESS_DENIED', 'schema: answered 403');
    };
    world.queue(change('c1'));
    const begin = world.clock.now();

    await world.drain();

    expect(world.ledger.get('c1')).toMatchObject({
      outcome: 'accepted',
      attempt: 1,
      unchecked: 'ACCESS_DENIED schema: answered 403',
    });
    expect(tries).toBe(5);
    expect(world.clock.now() - begin).toBeLessThan(10 * 60 * 1000);
  });

  test('a change that could be checked at its last attempt is not said to be unchecked', async () => {
    const world = new PushWorld({ register: operationOf({ schemaPath: '/schema' }) });
    world.check = async () => (world.ledger.get('c1')?.attempt === 0 ? { unchecked: 'answered 404' } : {});
    world.answer = (_id, attempt) => answered(attempt === 1 ? 503 : 200);
    world.queue(change('c1'));
    await world.deliver();
    const first = world.ledger.get('c1');

    await world.drain();

    expect(first).toMatchObject({ outcome: 'waiting', unchecked: 'answered 404' });
    expect(world.ledger.get('c1')).not.toHaveProperty('unchecked');
  });

  test('a change is in the ledger before it is checked', async () => {
    const world = new PushWorld({ register: operationOf({ schemaPath: '/schema' }) });
    const during: (string | undefined)[] = [];
    world.check = async () => {
      during.push(world.ledger.get('c1')?.outcome);
      return {};
    };
    world.queue(change('c1'));

    await world.drain();

    expect(during).toEqual(['queued']);
    expect(world.applied).toEqual(['c1']);
  });

  test('the 13 days count from when the message was sent, not from its first delivery', async () => {
    const world = new PushWorld();
    world.answer = () => answered(503);
    const sentMs = world.clock.now() - 13 * 24 * 60 * 60 * 1000;
    world.queue(change('c1'), undefined, { sentMs });

    await world.drain(3);

    expect(world.ledger.get('c1')).toMatchObject({
      outcome: 'waiting',
      reason: 'it waited 13 days without an outcome',
      queuedAt: new Date(sentMs).toISOString(),
    });
  });

  test('a repeatable change that always fails is held for the operator and its subject goes on', async () => {
    const world = new PushWorld({ register: operationOf({ method: 'PUT', repeatable: true }) });
    world.answer = (id) => (id === 'c1' ? answered(500) : answered(200));
    for (const id of ['c1', 'c2']) world.queue(change(id));
    const begin = world.clock.now();

    await world.drain();

    expect(world.ledger.get('c1')).toMatchObject({
      outcome: 'unknown',
      attempt: MOST_LOST_REPLIES,
      reason: 'Procurios answered 500, as the last of 24 attempts without a known outcome',
    });
    expect(world.applied).toEqual(['c2']);
    expect(world.clock.now() - begin).toBeLessThan(7 * 60 * 60 * 1000);
  });

  test('a repeatable change that crashes every function that sends it is held for the operator', async () => {
    const world = new PushWorld({ register: operationOf({ method: 'PUT', repeatable: true }) });
    world.whileSending = () => {
      throw new Crash();
    };
    world.queue(change('c1'));

    await world.drain();

    expect(world.ledger.get('c1')).toMatchObject({ outcome: 'unknown', attempt: MOST_LOST_REPLIES });
  });

  test('a change of a repeatable operation is sent again after a lost reply', async () => {
    const world = new PushWorld({ register: operationOf({ method: 'PUT', repeatable: true }) });
    world.answer = (_id, attempt) => (attempt === 1 ? lost : answered(200));
    world.queue(change('c1'));

    await world.drain();

    expect(world.ledger.get('c1')).toMatchObject({ outcome: 'accepted', attempt: 2 });
  });

  test.each([404, 410])(
    'a repeated DELETE that finds nothing (%d) is accepted, a first one is rejected',
    async (status) => {
      const operations = { register: operationOf({ method: 'DELETE', repeatable: true }) };
      const repeated = new PushWorld(operations);
      repeated.answer = (_id, attempt) => (attempt === 1 ? lost : answered(status));
      repeated.queue(change('c1'));
      const first = new PushWorld(operations);
      first.answer = () => answered(status);
      first.queue(change('c1'));

      await repeated.drain();
      await first.drain();

      expect(repeated.ledger.get('c1')?.outcome).toBe('accepted');
      expect(first.ledger.get('c1')?.outcome).toBe('rejected');
    },
  );
});

describe('a message group', () => {
  test('a group keeps its order when its first message has to wait, and other groups are sent', async () => {
    const world = new PushWorld();
    world.answer = (id, attempt) => (id === 'a1' && attempt === 1 ? answered(503) : answered(200));
    for (const id of ['a1', 'a2', 'a3']) world.queue(change(id, 'a'));
    world.queue(change('b1', 'b'));

    await world.deliver();
    const afterFirst = [...world.applied];
    await world.drain();

    expect(afterFirst).toEqual(['b1']);
    expect(world.applied).toEqual(['b1', 'a1', 'a2', 'a3']);
  });

  test('each message that goes back has an entry in the ledger, also those behind the one that waits', async () => {
    const world = new PushWorld();
    world.answer = () => answered(503);
    for (const id of ['a1', 'a2', 'a3']) world.queue(change(id, 'a'));

    await world.deliver();

    expect(['a1', 'a2', 'a3'].map((id) => world.ledger.get(id)?.outcome)).toEqual([
      'waiting',
      'queued',
      'queued',
    ]);
  });

  test('a stopped push finishes the attempt in flight and hands the rest of the group back in order', async () => {
    const world = new PushWorld();
    const stop = new AbortController();
    world.whileSending = (id) => {
      if (id === 'a1') stop.abort();
    };
    for (const id of ['a1', 'a2', 'a3']) world.queue(change(id, 'a'));

    await world.deliver(stop.signal);
    const atTheStop = [...world.applied];
    const entries = ['a1', 'a2', 'a3'].map((id) => world.ledger.get(id)?.outcome);
    await world.deliver();

    expect(atTheStop).toEqual(['a1']);
    expect(entries).toEqual(['accepted', 'queued', 'queued']);
    expect(world.applied).toEqual(['a1', 'a2', 'a3']);
    expect(world.queued).toBe(0);
  });

  test('a push that is stopped during the check of a change hands it back without an attempt', async () => {
    const world = new PushWorld({ register: operationOf({ schemaPath: '/schema' }) });
    const stop = new AbortController();
    world.check = async () => {
      stop.abort();
      throw stop.signal.reason;
    };
    world.queue(change('a1', 'a'));

    await world.deliver(stop.signal);

    expect(world.ledger.get('a1')).toMatchObject({ outcome: 'queued', attempt: 0 });
    expect(world.queued).toBe(1);
  });

  test('a message whose group is not its subject is rejected, because SQS would not keep the order', async () => {
    const world = new PushWorld();
    world.queue(change('a1', 'a'), undefined, { group: 'every-message-its-own' });

    await world.drain();

    expect(world.applied).toEqual([]);
    expect([...world.ledger.values()]).toMatchObject([
      {
        changeId: 'message-1-a1',
        outcome: 'rejected',
        reason: 'the message says changeId a1',
        errors: ['subject: expected the same as the message group of its message'],
      },
    ]);
  });

  test('a group is sent on after a change that is rejected or unknown', async () => {
    const world = new PushWorld();
    const replies: Record<string, ChangeReply> = { a1: answered(400), a2: answered(500), a3: answered(200) };
    world.answer = (id) => replies[id] ?? answered(200);
    for (const id of ['a1', 'a2', 'a3']) world.queue(change(id, 'a'));

    await world.deliver();

    expect(['a1', 'a2', 'a3'].map((id) => world.ledger.get(id)?.outcome)).toEqual([
      'rejected',
      'unknown',
      'accepted',
    ]);
    expect(world.queued).toBe(0);
  });
});

describe('an attempt that ends after its deadline', () => {
  /** Another function finds the attempt past its deadline and writes `unknown`, so the message leaves the queue. */
  function worldWith(reply: ChangeReply, more: { note?: string } = {}): PushWorld {
    const world = new PushWorld();
    world.answer = () => reply;
    world.whileSending = (id) => {
      const sending = world.ledger.get(id) as LedgerEntry;
      const held = hold(sending, 'cut off', world.clock.now(), { retentionDays: 30 });
      world.ledger.set(id, { ...held, ...more });
    };
    world.queue(change('c1'));
    return world;
  }

  test.each<[string, ChangeReply, object]>([
    ['accepted', answered(200), { outcome: 'accepted', status: 200 }],
    ['rejected', answered(400), { outcome: 'rejected', status: 400, mayBeApplied: false }],
    ['not handled', answered(503), { outcome: 'waiting', status: 503, mayBeApplied: false }],
  ])(
    'an attempt that ends after its deadline replaces the unknown outcome by the reply: %s',
    async (_what, reply, expected) => {
      const world = worldWith(reply);

      await world.deliver();

      const entry = world.ledger.get('c1');
      expect(entry).toMatchObject(expected);
      expect(entry?.attempts).toHaveLength(1);
      // Without a time, because the message that would be sent then is gone.
      expect(entry).not.toHaveProperty('notBefore');
      expect(world.queued).toBe(0);
    },
  );

  test.each<[string, ChangeReply, { note?: string }, string]>([
    ['is not known either', { kind: 'lost', reason: 'no reply' }, {}, 'cut off'],
    ['was declared by the operator', answered(200), { note: 'seen' }, 'cut off'],
  ])(
    'an attempt that ends after its deadline leaves the entry as it is if the outcome %s',
    async (_what, reply, more, reason) => {
      const world = worldWith(reply, more);

      await world.deliver();

      expect(world.ledger.get('c1')).toMatchObject({ outcome: 'unknown', reason, ...more });
    },
  );
});

test('an attempt whose change the operator resent meanwhile gives the outcome, so the change is not sent twice', async () => {
  const world = new PushWorld();
  let sent = 0;
  world.answer = () => {
    sent += 1;
    return answered(200);
  };
  world.whileSending = (id) => {
    const sending = world.ledger.get(id) as LedgerEntry;
    if (sent === 0) world.ledger.set(id, requeue(sending, world.clock.now()));
  };
  world.queue(change('c1'));

  await world.deliver();

  expect(world.ledger.get('c1')).toMatchObject({ outcome: 'accepted', attempt: 1 });
  expect(sent).toBe(1);
  expect(world.queued).toBe(0);
});

test('an attempt begun by a clock that was a year ahead does not hold up its subject for a year', async () => {
  const wrong = new PushWorld();
  wrong.clock.time += 365 * 24 * 60 * 60 * 1000;
  wrong.answer = () => {
    throw new Crash();
  };
  wrong.queue(change('c1'));
  await wrong.deliver();
  const right = new PushWorld();
  Object.assign(right, { ledger: wrong.ledger });
  for (const id of ['c1', 'c2']) right.queue(change(id));

  await right.drain();

  expect(right.ledger.get('c1')?.outcome).toBe('unknown');
  expect(right.ledger.get('c2')?.outcome).toBe('accepted');
});

test('a pause begun by a clock that was a year ahead does not hold up its subject', async () => {
  const wrong = new PushWorld();
  wrong.clock.time += 365 * 24 * 60 * 60 * 1000;
  wrong.answer = () => answered(503);
  wrong.queue(change('c1'));
  await wrong.deliver();
  const right = new PushWorld();
  Object.assign(right, { ledger: wrong.ledger });
  for (const id of ['c1', 'c2']) right.queue(change(id));
  const begin = right.clock.now();

  await right.drain();

  expect(right.applied).toEqual(['c1', 'c2']);
  expect(right.clock.now() - begin).toBeLessThan(60_000);
});

test('a pause that no date can express is shortened, so that the entry can be shown', async () => {
  const world = new PushWorld();
  world.answer = () => answered(503, { retryAfterMs: 8.64e15 });
  world.queue(change('c1'));

  await world.deliver();

  const notBefore = world.ledger.get('c1')?.notBefore as number;
  expect(notBefore).toBeLessThanOrEqual(world.clock.now() + 13 * 24 * 60 * 60 * 1000);
});

test('a body that is small in the message and too large when written out is rejected', async () => {
  const world = new PushWorld();
  const numbers = `[${Array(50_000).fill('1e20').join()}]`;
  const text = JSON.stringify(change('c1')).replace(/"body":.*/, `"body":${numbers}}`);
  world.queue(change('c1'), text);

  await world.drain();

  expect(text.length).toBeLessThan(256 * 1024);
  expect([...world.ledger.values()]).toMatchObject([
    { outcome: 'rejected', errors: ['the message: expected at most 256 KB of JSON'] },
  ]);
});
