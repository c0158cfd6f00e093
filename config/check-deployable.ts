import { countProblems, type Problem, SyncError } from '../lambda/core/errors.ts';
import type { Config } from '../lambda/deployment/config.ts';
import { userSecretName } from '../lambda/deployment/names.ts';
import { nextStart } from './schema/next-start.ts';
import { LONGEST_LOOK_BACK_HOURS } from './schema/schedule.ts';

/** CloudFormation takes 500 resources in a stack; every stream is one of them, and all the others are fewer than 100. */
const MOST_STREAMS = 400;

/**
 * Refuses what may run on one machine, but not be deployed.
 *
 * What no AWS service would take (a wrong name, time zone or cron expression) is no config in the first place, see `checkConfig`.
 *
 * @param region - Where it is to be deployed; undefined: not known yet.
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

/** Plain http is for stand-ins on this machine, which a function in AWS cannot reach. */
function problemsOfAddresses({ host, tokenUrl }: Config): Problem[] {
  return Object.entries({ host, tokenUrl })
    .filter(([, address]) => !address.startsWith('https://'))
    .map(([path]) => ({ path, expected: 'https://…, for what is deployed' }));
}

/** Starts that are looked at: a year of nightly ones, so that the hour which the clocks go back is among them. */
const STARTS = 400;
const HOUR_MS = 60 * 60 * 1000;

/** A pull that never starts, or an alarm about its absence that stands between any two starts. */
function problemsOfSchedule({ schedule }: Config): Problem[] {
  const starts: number[] = [];
  while (starts.length < STARTS) {
    const next = nextStart(`cron(${schedule.cron})`, schedule.timeZone, starts.at(-1) ?? Date.now());
    if (next === undefined) break;
    starts.push(next);
  }
  if (starts.length === 0) {
    return [{ path: 'schedule.cron', expected: 'an expression with a start to come: this one has none' }];
  }
  const gaps = starts.slice(1).map((start, index) => start - (starts[index] as number));
  const gapHours = Math.floor(Math.max(0, ...gaps) / HOUR_MS);
  const leastHours = Math.min(gapHours + 1, LONGEST_LOOK_BACK_HOURS);
  return schedule.expectWithinHours >= leastHours
    ? []
    : [
        {
          path: 'schedule.expectWithinHours',
          expected: `at least ${leastHours}: there are up to ${gapHours} hours from one start to the next`,
        },
      ];
}

function problemsOfStreams({ streams }: Config): Problem[] {
  return streams.length > MOST_STREAMS
    ? [
        {
          path: 'streams',
          expected: `at most ${MOST_STREAMS} in a deployment: give the others an environment of their own`,
        },
      ]
    : [];
}

/** Nothing can be encrypted with a key that is elsewhere. */
function problemsOfKey({ kmsKeyArn }: Config, region: string | undefined): Problem[] {
  return kmsKeyArn === undefined || region === undefined || regionOf(kmsKeyArn) === region
    ? []
    : [{ path: 'kmsKeyArn', expected: `a key in ${region}, where this is deployed` }];
}

/** A user's token would take the place of the client's id and secret. */
function problemsOfSecret({ environment, secretName }: Config): Problem[] {
  return secretName === userSecretName(environment)
    ? [{ path: 'secretName', expected: "another name: this one is that of the user's token" }]
    : [];
}

/** The region in an ARN. */
export function regionOf(arn: string): string | undefined {
  return arn.split(':')[3];
}
