import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { translate } from '../../lambda/aws/aws-errors.ts';
import { OUTPUTS, stackName } from '../../lambda/deployment/names.ts';
import { CommandError } from '../command-error.ts';

/** The stack of an environment, as CloudFormation describes it. */
export interface Stack {
  readonly name: string;
  /** CloudFormation's word: `UPDATE_COMPLETE`, `CREATE_IN_PROGRESS`, … */
  readonly status: string;
  /** When it was last deployed, RFC 3339. */
  readonly deployedAt: string;
  /** By the names in {@link OUTPUTS}; undefined if the stack lacks the output, as while it is created. */
  readonly outputs: Readonly<Partial<Record<keyof typeof OUTPUTS, string>>>;
}

/**
 * Reads the stack of an environment.
 *
 * @throws {CommandError} `NOT_DEPLOYED` if there is no such stack.
 * @throws {SyncError} `STORE_UNAVAILABLE`.
 */
export async function readStack(client: CloudFormationClient, environment: string): Promise<Stack> {
  const name = stackName(environment);
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    const [stack] = Stacks;
    if (stack === undefined) throw notDeployed(name);
    const values = new Map(stack.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
    const known = Object.entries(OUTPUTS).map(([key, output]) => [key, values.get(output)] as const);
    return {
      name,
      status: stack.StackStatus ?? 'UNKNOWN',
      deployedAt: (stack.LastUpdatedTime ?? stack.CreationTime ?? new Date(0)).toISOString(),
      outputs: Object.fromEntries(known.filter(([, value]) => value !== undefined)),
    };
  } catch (error) {
    // CloudFormation has no name of its own for this, so its text decides.
    if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message)) {
      throw notDeployed(name, error);
    }
    throw translate(error, `stack ${name}`);
  }
}

function notDeployed(name: string, cause?: Error): CommandError {
  return new CommandError('NOT_DEPLOYED', `there is no stack ${name} in this account and region`, { cause });
}

/**
 * Returns an output that every deployed stack has.
 *
 * @throws {CommandError} `NOT_DEPLOYED` if the stack lacks it, because its deployment failed or has not finished.
 */
export function requireOutput({ name, status, outputs }: Stack, output: keyof typeof OUTPUTS): string {
  const value = outputs[output];
  if (value !== undefined) return value;
  throw new CommandError(
    'NOT_DEPLOYED',
    `stack ${name} (${status}) has no output ${OUTPUTS[output]}: deploy again`,
  );
}
