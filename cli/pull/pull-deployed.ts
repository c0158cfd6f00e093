import { randomUUID } from 'node:crypto';
import { createStateTable } from '../../lambda/aws/state/state-table.ts';
import { SyncError } from '../../lambda/core/errors.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import { stateTableName } from '../../lambda/deployment/names.ts';
import { CommandError } from '../../operator/command-error.ts';
import { createDeployedClients, type DeployedClients } from '../../operator/deployed/aws-clients.ts';
import {
  type Execution,
  listExecutions,
  type Started,
  startExecution,
} from '../../operator/deployed/executions.ts';
import { readStack, requireOutput } from '../../operator/deployed/stack.ts';
import { type CommonOptions, flagsOf } from '../../operator/options.ts';
import { proxyFrom } from '../../operator/proxy.ts';
import { openSession, readConfig, type Session } from '../../operator/session.ts';
import { readProcessAtWork } from '../../operator/status/process-at-work.ts';
import { whileWatching } from '../terminal/interrupt.ts';
import { EXIT, print, say } from '../terminal/output-lines.ts';
import { followRun } from './follow-run.ts';
import { exitCodeOf, type PullCommandOptions } from './pull.ts';
import { receiptsText } from './receipts.ts';

export interface PullDeployedOptions extends PullCommandOptions {
  readonly deployed: true;
}

/** `procurios-sync pull --deployed`: has the function in AWS pull now, or follows the run that is at work. */
export async function pullDeployed(options: PullDeployedOptions): Promise<number> {
  refuseOthers(options);
  const config = await readConfig(options);
  using clients = createDeployedClients(proxyFrom(process.env));
  await using session = await openSession(config, options);
  const functionArn = requireOutput(
    await readStack(clients.cloudFormation, config.environment),
    'pullFunction',
  );

  const [active] = await listExecutions(clients.lambda, functionArn, { status: 'RUNNING' });
  if (active === undefined) await refuseBesideProcess(config, session);
  else if (!options.wait) throw alreadyRunning(active, options);
  const execution = active ?? (await start(clients, functionArn));
  say(
    active ? `already at work since ${active.startedAt}: following that run` : `started: ${execution.name}`,
  );
  if (options.wait) return await follow(execution, { config, session, clients, functionArn, options });

  if (options.json) print(JSON.stringify({ started: execution }));
  say(`to follow it: ${followingCommand(options)}`);
  return EXIT.done;
}

function refuseOthers({ stream, dryRun, embedded }: PullDeployedOptions): void {
  const given = [stream && '--stream', dryRun && '--dry-run', embedded && '--embedded'].filter(Boolean);
  if (given.length === 0) return;
  throw new CommandError(
    'USAGE',
    `--deployed pulls all streams in AWS: it does not go with ${given.join(', ')}`,
  );
}

async function refuseBesideProcess({ environment }: Config, { dynamoDb }: Session): Promise<void> {
  const atWork = await readProcessAtWork(createStateTable(dynamoDb, stateTableName(environment)), Date.now());
  if (atWork === undefined) return;
  throw new SyncError(
    'RUN_ACTIVE',
    `another pull has been running since ${atWork.since} (${atWork.owner}); nothing was started`,
  );
}

function alreadyRunning({ name, startedAt }: Execution, options: CommonOptions): SyncError {
  return new SyncError(
    'RUN_ACTIVE',
    `the deployed pull has been at work since ${startedAt} (execution ${name}); nothing was started; to follow it: ${followingCommand(options)}`,
  );
}

function followingCommand(options: CommonOptions): string {
  return `npx procurios-sync pull --deployed --wait${flagsOf(options)}`;
}

/** `by-hand-20261124T040000Z-1b9d6bcd`: the name shows in Lambda's console whose it is. */
async function start({ lambda }: DeployedClients, functionArn: string): Promise<Started> {
  const now = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  return await startExecution(lambda, functionArn, `by-hand-${now}-${randomUUID().slice(0, 8)}`);
}

interface Following {
  readonly config: Config;
  readonly session: Session;
  readonly clients: DeployedClients;
  readonly functionArn: string;
  readonly options: PullDeployedOptions;
}

async function follow(execution: Started, following: Following): Promise<number> {
  const { config, session, clients, functionArn, options } = following;
  using interrupt = whileWatching(
    `no longer following; the run goes on in AWS. While it does: ${followingCommand(options)}`,
  );
  const receipt = await followRun(execution, {
    lambda: clients.lambda,
    functionArn,
    state: createStateTable(session.dynamoDb, stateTableName(config.environment)),
    streams: config.streams.map(({ name }) => name),
    signal: interrupt.signal,
  });
  if (receipt === undefined) return EXIT.interrupted;
  print(options.json ? JSON.stringify(receipt) : receiptsText(receipt, false, flagsOf(options)));
  return exitCodeOf(receipt);
}
