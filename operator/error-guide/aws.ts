import { type GuideEntry, RUN_DOCTOR } from './entry.ts';

/** Errors of the tables, of AWS, and of runs. */
export const AWS_ERRORS = {
  STORE_MISSING: {
    happened: 'a table or queue does not exist',
    remedy: 'create it, or use `--embedded`',
    meaning:
      'AWS answers, and has no table or queue of that name in this account and region. Nothing was written to it.',
    look: ['`npx procurios-sync doctor` lists the tables and queues, with those that are missing.'],
    steps: [
      'Check the account and the region: `AWS_PROFILE`, `AWS_REGION`.',
      'A new stream in the config gets its table with the next deployment: `npx cdk deploy`.',
      'To work on this machine instead, add `--embedded`.',
    ],
  },
  STORE_UNAVAILABLE: {
    happened: 'AWS refused or failed, or kept throttling',
    remedy: 'check credentials, region, rights',
    meaning: 'AWS could not be reached, did not accept the credentials, or refused this call.',
    look: [RUN_DOCTOR],
    steps: [
      'Sign in: `aws sso login`, or set `AWS_PROFILE`.',
      'AccessDenied: the role lacks the right that the message names. docs/deploy.md#permissions lists the rights of every command.',
      'To work on this machine instead, add `--embedded`.',
    ],
  },
  REGION_INVALID: {
    happened: 'no AWS region is set, or what is set is not the name of one',
    remedy: 'set `region` in the config, or `AWS_REGION`',
    meaning: 'The AWS SDK does not know which region to call, so nothing was sent.',
    look: ['The region of the deployed stack is the one in which `cdk deploy` ran.'],
    steps: [
      'Set `region` in the config, `AWS_REGION`, or a region in the profile that `AWS_PROFILE` names.',
      'To work on this machine instead, add `--embedded`.',
    ],
  },
  RUN_ACTIVE: {
    happened: 'another pull is in progress',
    remedy: 'wait for it',
    meaning:
      'Only one pull at a time may write to the tables of an environment. If a pull was killed, the next one takes over its lease by itself.',
    look: ['With `--embedded`: another command in this folder has the tables open.'],
    steps: [
      'Wait until the other pull or command ends, and try again.',
      'If that pull is gone and the message says that Lambda cannot be asked: `npx procurios-sync unlock`.',
    ],
  },
  NOT_DEPLOYED: {
    happened: 'the stack of the environment is not deployed, or its deployment has not finished',
    remedy: 'deploy it; check region and profile',
    meaning:
      'The command needs the deployed stack. CloudFormation has no such stack in this account and region, or the stack lacks an output that the command needs.',
    look: [
      '`aws sts get-caller-identity` shows the account. Commands use the region in `AWS_REGION` and the profile in `AWS_PROFILE`.',
    ],
    steps: [
      'Check that this is the account and region that it was deployed to. To use the config of another environment, add `--config FILE`.',
      'Deploy it: `npx cdk deploy`.',
    ],
  },
  RUN_FAILED: {
    happened: 'the deployed pull ended without a receipt: stopped, timed out, or it could not start',
    remedy: 'see `npx procurios-sync status`',
    meaning:
      'A run that ends normally leaves a receipt, even if streams failed. This run was stopped, exceeded its time, or Lambda could not start it. The next run resumes its walks.',
    look: [
      '`npx procurios-sync status` shows the firing alarms, each with its part of the runbook.',
      'The execution in the Lambda console, and the log of the pull function.',
    ],
    steps: ['Follow the runbook of the firing alarm, then run `npx procurios-sync pull --deployed --wait`.'],
  },
  UNBALANCED: {
    happened: 'the counts of the receipt do not add up, which is a bug',
    remedy: 'report it',
    meaning:
      'Every fetched object must be counted once, as written, unchanged, repeated or rejected. Here one was not counted, or counted twice, so the pull failed.',
    look: ['The receipt: `npx procurios-sync pull --json`.'],
    steps: ['Report it with the receipt, which only has counts.'],
  },
} satisfies Record<string, GuideEntry>;
