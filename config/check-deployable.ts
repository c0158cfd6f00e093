import { countProblems, type Problem, SyncError } from '../lambda/core/errors.ts';
import type { Config } from '../lambda/deployment/config.ts';
import { clientSecretName, userSecretName } from '../lambda/deployment/names.ts';
import { nextStart } from './next-start.ts';
import { LONGEST_LOOK_BACK_HOURS } from './schema/schedule.ts';

/** A CloudFormation stack holds 500 resources. Each stream takes one, and everything else fewer than 100. */
const MOST_STREAMS = 400;

/**
 * Refuses a config that may run on this machine but cannot be deployed.
 *
 * `checkConfig` has refused before what no AWS service accepts, such as a wrong name, time zone or cron expression.
 *
 * @param region - Region of the deployment. `unknown` if neither the operator nor the config names one; undefined if the stack is
 * for no region, as on this machine.
 * @throws {SyncError} `CONFIG_INVALID` with every problem.
 */
export function checkDeployable(config: Config, region: Region): Config {
  const problems = [
    ...problemsOfAddresses(config),
    ...problemsOfSchedule(config),
    ...problemsOfStreams(config),
    ...problemsOfRegion(region),
    ...problemsOfKeys(config, region),
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

/** A region that the CDK chose by itself would put members' data in a part of the world that the operator did not choose. */
function problemsOfRegion(region: Region): Problem[] {
  return region === 'unknown'
    ? [
        {
          path: 'region',
          expected: "the region to deploy to, such as 'eu-west-1', because AWS_REGION is not set either",
        },
      ]
    : [];
}

/** A KMS key encrypts in its own region only. */
function problemsOfKeys(config: Config, region: Region): Problem[] {
  if (region === undefined || region === 'unknown') return [];
  return (['kmsKeyArn', 'secretKmsKeyArn'] as const).flatMap((path) => {
    const arn = config[path];
    return arn === undefined || regionOf(arn) === region
      ? []
      : [{ path, expected: `a key in ${region}, the region of the deployment` }];
  });
}

function problemsOfSecret({ environment, secretName, secretKmsKeyArn }: Config): Problem[] {
  const isStacks = secretName === clientSecretName(environment);
  return [
    // The login would write a user's token over the client's id and secret.
    ...(secretName === userSecretName(environment)
      ? [{ path: 'secretName', expected: "another name, because this one is for the user's token" }]
      : []),
    ...(isStacks && secretKmsKeyArn !== undefined
      ? [
          {
            path: 'secretKmsKeyArn',
            expected: 'no key without secretName, because kmsKeyArn encrypts the secret of the stack',
          },
        ]
      : []),
  ];
}

/** A region's name; see {@link checkDeployable}. */
export type Region = string | undefined;

/** The surroundings in which the CDK's command line runs the app. */
type Surroundings = Readonly<Record<string, string | undefined>>;

/** The region that the CDK's command line takes if it finds none. */
const REGION_OF_THE_CDK = 'us-east-1';

/**
 * The region to deploy to: the config's, the one that the surroundings name, or the one of the config's KMS key.
 *
 * The CDK's command line says `us-east-1` if the surroundings name no region. That cannot be told from a profile with this region,
 * so this region must be in the config or in `AWS_REGION`.
 */
export function deploymentRegion({ region, kmsKeyArn }: Config, surroundings: Surroundings): Region {
  const { AWS_REGION, AWS_DEFAULT_REGION, CDK_DEFAULT_REGION } = surroundings;
  const ofProfile = CDK_DEFAULT_REGION === REGION_OF_THE_CDK ? undefined : CDK_DEFAULT_REGION;
  const named =
    region ?? (AWS_REGION || AWS_DEFAULT_REGION || ofProfile || (kmsKeyArn && regionOf(kmsKeyArn)));
  return named ?? (CDK_DEFAULT_REGION && 'unknown');
}

/** The region in an ARN. */
export function regionOf(arn: string): string | undefined {
  return arn.split(':')[3];
}
