import { countProblems, type Problem, SyncError } from '../lambda/core/errors.ts';
import type { Config } from '../lambda/deployment/config.ts';
import { userSecretName } from '../lambda/deployment/names.ts';
import { nextStart } from './next-start.ts';
import { LONGEST_LOOK_BACK_HOURS } from './schema/schedule.ts';

/** A CloudFormation stack holds 500 resources. Each stream takes one, and everything else fewer than 100. */
const MOST_STREAMS = 400;

/**
 * Refuses a config that may run on this machine but cannot be deployed.
 *
 * `checkConfig` has refused before what no AWS service accepts, such as a wrong name, time zone or cron expression.
 *
 * @param region - Region of the deployment; undefined if it is not known yet.
 * @throws {SyncError} `CONFIG_INVALID` with every problem.
 */
export function checkDeployable(config: Config, region: string | undefined): Config {
  const problems = [
    ...problemsOfAddresses(config),
    ...problemsOfSchedule(config),
    ...problemsOfStreams(config),
    ...problemsOfKey(config, region),
    ...problemsOfSecret(config),
  ];
  if (problems.length === 0) return config;
  throw new SyncError('CONFIG_INVALID', `the config cannot be deployed: it has ${countProblems(problems)}`, {
    problems,
  });
}

/** Plain http is allowed for addresses on this machine only, and functions in AWS cannot reach those. */
function problemsOfAddresses({ host, tokenUrl }: Config): Problem[] {
  return Object.entries({ host, tokenUrl })
    .filter(([, address]) => !address.startsWith('https://'))
    .map(([path]) => ({ path, expected: 'https://…, because functions in AWS cannot reach this machine' }));
}

/** A schedule must start again, and its alarm must not be raised between any two starts. */
function problemsOfSchedule({ schedule }: Config): Problem[] {
  const starts = startsOf(schedule);
  if (starts.length === 0) {
    return [{ path: 'schedule.cron', expected: 'an expression with a start in the future' }];
  }
  const gapHours = Math.floor(longestGapMs(starts) / HOUR_MS);
  const leastHours = Math.min(gapHours + 1, LONGEST_LOOK_BACK_HOURS);
  if (schedule.expectWithinHours >= leastHours) return [];
  return [
    {
      path: 'schedule.expectWithinHours',
      expected: `at least ${leastHours}, because up to ${gapHours} hours pass between two starts`,
    },
  ];
}

/** Starts that are compared: more than a year of nightly ones, so the longer night in autumn is among them. */
const MOST_STARTS = 400;
const HOUR_MS = 60 * 60 * 1000;

/** The next starts, in milliseconds since the epoch. */
function startsOf({ cron, timeZone }: Config['schedule']): number[] {
  const starts: number[] = [];
  while (starts.length < MOST_STARTS) {
    const next = nextStart(`cron(${cron})`, timeZone, starts.at(-1) ?? Date.now());
    if (next === undefined) break;
    starts.push(next);
  }
  return starts;
}

function longestGapMs(starts: readonly number[]): number {
  return Math.max(0, ...starts.slice(1).map((start, index) => start - (starts[index] as number)));
}

function problemsOfStreams({ streams }: Config): Problem[] {
  return streams.length > MOST_STREAMS
    ? [
        {
          path: 'streams',
          expected: `at most ${MOST_STREAMS} in a deployment; put the others in another environment`,
        },
      ]
    : [];
}

/** A KMS key encrypts in its own region only. */
function problemsOfKey({ kmsKeyArn }: Config, region: string | undefined): Problem[] {
  return kmsKeyArn === undefined || region === undefined || regionOf(kmsKeyArn) === region
    ? []
    : [{ path: 'kmsKeyArn', expected: `a key in ${region}, the region of the deployment` }];
}

/** The login would write a user's token over the client's id and secret. */
function problemsOfSecret({ environment, secretName }: Config): Problem[] {
  return secretName === userSecretName(environment)
    ? [{ path: 'secretName', expected: "another name, because this one is for the user's token" }]
    : [];
}

/** The region in an ARN. */
export function regionOf(arn: string): string | undefined {
  return arn.split(':')[3];
}
