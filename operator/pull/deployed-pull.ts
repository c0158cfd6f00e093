import { randomUUID } from 'node:crypto';
import { SyncError } from '../../lambda/core/errors.ts';
import type { DeployedClients } from '../deployed/aws-clients.ts';
import { type Execution, listExecutions, type Started, startExecution } from '../deployed/executions.ts';
import { readStack, requireOutput } from '../deployed/stack.ts';
import type { Session } from '../session.ts';
import { readPullingProcess } from '../status/pulling-process.ts';
import { timeIn } from '../words.ts';

/** The pull function in AWS. */
export interface DeployedPull {
  readonly functionArn: string;
  /** Its execution in progress; undefined if no execution is. */
  readonly active: Execution | undefined;
}

/** @throws {CommandError} `NOT_DEPLOYED`. @throws {SyncError} `STORE_*`. */
export async function findDeployedPull(
  { config }: Session,
  { cloudFormation, lambda }: DeployedClients,
): Promise<DeployedPull> {
  const stack = await readStack(cloudFormation, config.environment);
  const functionArn = requireOutput(stack, 'pullFunction');
  const [active] = await listExecutions(lambda, functionArn, { areAtWork: true });
  return { functionArn, active };
}

/**
 * Starts the pull function, and does not wait for it.
 *
 * @throws {SyncError} `RUN_ACTIVE` if a process is pulling; `STORE_*`. Nothing was started then.
 */
export async function startDeployedPull(
  session: Session,
  { lambda }: DeployedClients,
  { functionArn }: DeployedPull,
): Promise<Started> {
  const pulling = await readPullingProcess(session.state(), Date.now());
  if (pulling !== undefined) {
    throw new SyncError(
      'RUN_ACTIVE',
      `another pull has been in progress since ${timeIn(session.config.schedule.timeZone, pulling.since)} (${pulling.owner}); nothing was started`,
    );
  }
  return await startExecution(lambda, functionArn, executionName());
}

/** `by-hand-20261124T040000Z-1b9d6bcd`: Lambda's console then shows that an operator started it. */
function executionName(): string {
  const now = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  return `by-hand-${now}-${randomUUID().slice(0, 8)}`;
}
