import { SyncError } from '../../lambda/core/errors.ts';
import type { RunReceipt } from '../../lambda/core/pull/receipt.ts';
import { CommandError } from '../../operator/command-error.ts';
import { readConfig } from '../../operator/config.ts';
import { createDeployedClients } from '../../operator/deployed/aws-clients.ts';
import type { Execution, Started } from '../../operator/deployed/executions.ts';
import { type CommonOptions, flagsOf } from '../../operator/options.ts';
import { proxyFrom } from '../../operator/proxy.ts';
import { findDeployedPull, startDeployedPull } from '../../operator/pull/deployed-pull.ts';
import { type FollowOptions, followRun, type RunLook } from '../../operator/pull/follow-run.ts';
import { openSession, type Session } from '../../operator/session.ts';
import { readShrunkLists } from '../../operator/status/shrunk-lists.ts';
import { countOf, timeIn, wholeSeconds } from '../../operator/words.ts';
import { whileWatching } from '../terminal/interrupt.ts';
import { EXIT, print, say } from '../terminal/output-lines.ts';
import { createStatusLine } from '../terminal/status-line.ts';
import { exitCodeOf, type PullCommandOptions } from './pull.ts';
import { receiptsText } from './receipts.ts';

export interface PullDeployedOptions extends PullCommandOptions {
  readonly deployed: true;
}

/** `procurios-sync pull --deployed`: starts the pull function in AWS, or follows the run in progress. */
export async function pullDeployed(options: PullDeployedOptions): Promise<number> {
  refuseOtherOptions(options);
  const config = await readConfig(options);
  using clients = createDeployedClients(proxyFrom(process.env));
  await using session = await openSession(config, options);
  const deployed = await findDeployedPull(session, clients);
  const { functionArn, active } = deployed;
  const { timeZone } = config.schedule;
  if (active !== undefined && !options.wait) throw alreadyRunning(active, timeZone, options);

  const execution = active ?? (await startDeployedPull(session, clients, deployed));
  say(
    active
      ? `already in progress since ${timeIn(timeZone, active.startedAt)}: following that run`
      : `started: ${execution.name}`,
  );
  if (!options.wait) {
    if (options.json) print(JSON.stringify({ started: execution }));
    say(`to follow it: ${followingCommand(options)}`);
    return EXIT.done;
  }
  using interrupt = whileWatching(
    `no longer following; the run goes on in AWS. To follow it again: ${followingCommand(options)}`,
  );
  const { signal } = interrupt;
  const receipt = await followOnTerminal(session, execution, { lambda: clients.lambda, functionArn, signal });
  if (receipt === undefined) return EXIT.interrupted;
  if (options.json) print(JSON.stringify(receipt));
  else {
    const shrunk = await readShrunkLists(session, receipt);
    print(receiptsText(receipt, { isDryRun: false, shrunk, flags: flagsOf(options) }));
  }
  return exitCodeOf(receipt);
}

async function followOnTerminal(
  session: Session,
  execution: Started,
  options: Omit<FollowOptions, 'onLook'>,
): Promise<RunReceipt | undefined> {
  using status = createStatusLine();
  return await followRun(session, execution, { ...options, onLook: (look) => status.show(lookText(look)) });
}

function refuseOtherOptions({ stream, dryRun, embedded }: PullDeployedOptions): void {
  const given = [stream && '--stream', dryRun && '--dry-run', embedded && '--embedded'].filter(Boolean);
  if (given.length === 0) return;
  throw new CommandError(
    'USAGE',
    `--deployed pulls all streams in AWS: it does not go with ${given.join(', ')}`,
  );
}

function alreadyRunning({ name, startedAt }: Execution, timeZone: string, options: CommonOptions): SyncError {
  return new SyncError(
    'RUN_ACTIVE',
    `the deployed pull has been in progress since ${timeIn(timeZone, startedAt)} (execution ${name}); nothing was started; to follow it: ${followingCommand(options)}`,
  );
}

function followingCommand(options: CommonOptions): string {
  return `npx procurios-sync pull --deployed --wait${flagsOf(options)}`;
}

/** `4:05 min  members  12 pages  1,200 objects`. */
function lookText({ elapsedMs, walk }: RunLook): string {
  const place =
    walk === undefined
      ? 'reading'
      : `${walk.stream}  ${countOf(walk.pages, 'page')}  ${countOf(walk.fetched, 'object')}`;
  return `${wholeSeconds(elapsedMs)}  ${place}`;
}
