import * as z from 'zod';
import { parseHost, parseSafeUrl } from './addresses.ts';
import { AUTH } from './auth-schema.ts';
import { OPERATIONS } from './operation-schema.ts';
import { type CrossProblem, nameUpTo, options, repeatedIn, text, withRules } from './options.ts';
import { STREAM } from './stream-schema.ts';

/** @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html */
const SECRET_NAME = /^[\w/+=.@-]{1,512}$/;
const ACCEPT_LANGUAGE = /^[A-Za-z0-9*,;=. -]+$/;

const rateExpected = 'a number above 0, at most 1000';
const RATE = z
  .number({ error: rateExpected })
  .positive({ error: rateExpected })
  .max(1000, { error: rateExpected });

const STREAMS = z.array(STREAM, { error: 'a list of streams' }).min(1, { error: 'at least one stream' });

/** A config as it is written; what depends on several of its fields is filled in afterwards. */
export const CONFIG = options('an object made by defineConfig({ … })', {
  environment: nameUpTo(32),
  host: text(
    'https://… with neither path, query nor credentials; http:// for 127.0.0.1 and [::1] only',
    (value) => parseHost(value) !== undefined,
  ),
  tokenUrl: text(
    'https://… without credentials or fragment; http:// for 127.0.0.1 and [::1] only',
    (value) => parseSafeUrl(value) !== undefined,
  ).optional(),
  acceptLanguage: text('languages: nl-NL,nl;q=0.9,en;q=0.5', (value) => ACCEPT_LANGUAGE.test(value)).default(
    'nl-NL,nl;q=0.9,en;q=0.5',
  ),
  auth: AUTH,
  requestsPerSecond: options('{ pull: 8, push: 2 }', {
    pull: RATE.default(8),
    push: RATE.default(2),
  }).prefault({}),
  secretName: text('letters, digits and /_+=.@-, at most 512', (value) => SECRET_NAME.test(value)).optional(),
  streams: withRules(STREAMS, differentNames),
  operations: OPERATIONS.prefault({}),
});

function differentNames(streams: unknown): CrossProblem[] {
  const names = Array.isArray(streams) ? streams.map((stream) => stream?.name) : [];
  return repeatedIn(names).map((index) => ({
    path: [index, 'name'],
    expected: `another name: streams[${names.indexOf(names[index])}] has it already`,
  }));
}
