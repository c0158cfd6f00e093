import * as z from 'zod';
import { MESSAGE_RETENTION_DAYS } from '../../lambda/deployment/queues.ts';
import { parseHost } from '../../lambda/deployment/safe-addresses.ts';
import { AUTH, safeUrl } from './auth.ts';
import { problemsOfArchives } from './deletes.ts';
import { OPERATIONS } from './operation.ts';
import {
  type CrossProblem,
  fieldOf,
  integer,
  nameUpTo,
  options,
  repeatedIn,
  text,
  withRules,
} from './rules.ts';
import { SCHEDULE } from './schedule.ts';
import { STREAM } from './stream.ts';

export const LONGEST_ENVIRONMENT = 32;
export const DEFAULT_ACCEPT_LANGUAGE = 'nl-NL,nl;q=0.9,en;q=0.5';
export const DEFAULT_REQUESTS_PER_SECOND = { pull: 8, push: 2 };

const ACCEPT_LANGUAGE = /^[A-Za-z0-9*,;=. -]+$/;
/** @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html */
const SECRET_NAME = /^[\w/+=.@-]{1,512}$/;
/** @see https://docs.aws.amazon.com/kms/latest/developerguide/concepts-key-id.html */
const KEY_ARN = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]{1,128}$/;
/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** @see https://docs.aws.amazon.com/general/latest/gr/rande.html */
const REGION = /^[a-z]{2}(?:-[a-z]+)+-\d$/;
/** @see https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const TAG_KEY = /^(?!aws:)[\p{L}\p{N} _.:/=+@-]{1,128}$/u;
const TAG_VALUE = /^[\p{L}\p{N} _.:/=+@-]{0,256}$/u;

const TAGS = z.record(
  text('letters, digits, spaces and _.:/=+@-, at most 128, without aws: in front', (key) =>
    TAG_KEY.test(key),
  ),
  text('letters, digits, spaces and _.:/=+@-, at most 256', (value) => TAG_VALUE.test(value)),
  { error: "texts by name: { team: 'crm' }" },
);
/** The least with which a function starts quickly; the most that a new account allows is 3008. */
const MEMORY = integer(256, 10_240);
export const DEFAULT_MEMORY_MB = 512;

const rateExpected = 'a number above 0, at most 1000';
const RATE = z
  .number({ error: rateExpected })
  .positive({ error: rateExpected })
  .max(1000, { error: rateExpected });

const KEY = text('the ARN of a KMS key: arn:aws:kms:<region>:<account>:key/<id>', (arn) => KEY_ARN.test(arn));

const STREAMS = z.array(STREAM, { error: 'a list of streams' }).min(1, { error: 'at least one stream' });

/** A config as an operator writes it. Defaults that depend on several options are filled in by `checkConfig`. */
export const CONFIG = options('an object made by defineConfig({ … })', {
  environment: nameUpTo(LONGEST_ENVIRONMENT),
  host: text(
    'https://… without path, query or credentials (http:// only for 127.0.0.1 and [::1])',
    (value) => parseHost(value) !== undefined,
  ),
  tokenUrl: safeUrl().optional(),
  acceptLanguage: text('languages: nl-NL,nl;q=0.9,en;q=0.5', (value) => ACCEPT_LANGUAGE.test(value)).default(
    DEFAULT_ACCEPT_LANGUAGE,
  ),
  auth: AUTH,
  requestsPerSecond: options('{ pull: 8, push: 2 }', {
    pull: RATE.default(DEFAULT_REQUESTS_PER_SECOND.pull),
    push: RATE.default(DEFAULT_REQUESTS_PER_SECOND.push),
  }).prefault({}),
  schedule: SCHEDULE.prefault({}),
  region: text("a region: 'eu-west-1'", (region) => REGION.test(region)).optional(),
  alarmEmail: z.email({ error: 'an e-mail address' }).max(254, { error: 'an e-mail address' }).optional(),
  runbookUrl: text('https://… without a fragment', (value) => {
    const url = URL.parse(value);
    return url?.protocol === 'https:' && url.hash === '' && value.length <= 500;
  }).optional(),
  kmsKeyArn: KEY.optional(),
  logRetentionDays: z
    .literal(LOG_RETENTION_DAYS, { error: `one of ${LOG_RETENTION_DAYS.join(', ')}` })
    .default(90),
  // At least as long as a message may stay in the queue: without its entry, a change would be sent again.
  ledgerRetentionDays: integer(MESSAGE_RETENTION_DAYS, 3650).default(400),
  secretName: text('letters, digits and /_+=.@-, at most 512', (value) => SECRET_NAME.test(value)).optional(),
  secretKmsKeyArn: KEY.optional(),
  memoryMb: options('{ pull: 512, push: 512 }', {
    pull: MEMORY.default(DEFAULT_MEMORY_MB),
    push: MEMORY.default(DEFAULT_MEMORY_MB),
  }).prefault({}),
  terminationProtection: z.boolean({ error: 'true or false' }).default(false),
  tags: TAGS.default({}),
  streams: withRules(STREAMS, (streams) => [...differentNames(streams), ...problemsOfArchives(streams)]),
  operations: OPERATIONS.prefault({}),
});

function differentNames(streams: unknown): CrossProblem[] {
  const names = Array.isArray(streams) ? streams.map((stream) => fieldOf(stream, 'name')) : [];
  return repeatedIn(names).map((index) => ({
    path: [index, 'name'],
    expected: `another name, because streams[${names.indexOf(names[index])}] has this one`,
  }));
}
