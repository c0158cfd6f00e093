import { SyncError } from '../../lambda/core/errors.ts';
import {
  changeQueueName,
  deadLetterQueueName,
  stateTableName,
  streamTableName,
} from '../../lambda/deployment/names.ts';
import { STATE_TABLE, STREAM_TABLE, type TableKeys } from '../../lambda/deployment/tables.ts';
import { readQueue } from '../deployed/queue.ts';
import { readTable, type TableDescription } from '../deployed/tables.ts';
import { countOf } from '../words.ts';
import { type Finding, failure, information, ok, warning } from './finding.ts';
import { DEPLOYING, SIGNING_IN } from './fixes.ts';
import { judgeTable } from './judge-table.ts';
import type { Subject } from './subject.ts';

interface Looked {
  readonly name: string;
  readonly expected: TableKeys;
  /** Undefined if the table does not exist. */
  readonly found: TableDescription | undefined;
}

/**
 * Tables and queues.
 *
 * @param isDeployed - Whether a stack should have made them.
 */
export async function* checkStores(subject: Subject, isDeployed: boolean): AsyncGenerator<Finding> {
  try {
    const tables = await lookAtTables(subject);
    const isThere = isDeployed || tables.some(({ found }) => found !== undefined);
    if (!isThere) {
      yield subject.session.isAlone
        ? information('tables', 'none in .procurios-sync yet: the first pull makes them')
        : information(
            'deployment',
            'not deployed yet',
            `${DEPLOYING} makes tables, queues, functions and alarms`,
          );
      return;
    }
    yield* judgeTables(subject, tables);
    yield* checkQueues(subject, isDeployed);
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    yield failure('tables', `${error.code} ${error.message}`, SIGNING_IN);
  }
}

async function lookAtTables({ config, session }: Subject): Promise<Looked[]> {
  const { environment, streams } = config;
  const tables: Looked[] = [];
  const look = async (name: string, expected: TableKeys) => {
    tables.push({ name, expected, found: await readTable(session.dynamoDb, name) });
  };
  await look(stateTableName(environment), STATE_TABLE);
  for (const { name } of streams) await look(streamTableName(environment, name), STREAM_TABLE);
  return tables;
}

function* judgeTables({ session }: Subject, tables: readonly Looked[]): Generator<Finding> {
  const findings = tables.flatMap(({ name, expected, found }) => {
    // Embedded tables have no time to live, and are made where they are missing.
    if (found !== undefined) return judgeTable('tables', name, expected, found, !session.isAlone);
    return session.isAlone
      ? [information('tables', `${name} is not there yet: the next pull makes it`)]
      : [
          failure(
            'tables',
            `${name} does not exist`,
            `${DEPLOYING}; check account and region (AWS_PROFILE, AWS_REGION)`,
          ),
        ];
  });
  const good = findings.filter(({ status }) => status === 'ok').length;
  if (good > 0) yield ok('tables', `${countOf(good, 'table')} as they should be`);
  yield* findings.filter(({ status }) => status !== 'ok');
}

async function* checkQueues({ config, session }: Subject, isDeployed: boolean): AsyncGenerator<Finding> {
  const hasOperations = Object.keys(config.operations).length > 0;
  if (session.isAlone) return;
  const name = changeQueueName(config.environment);
  const queue = await readQueue(session.sqs, name);
  if (queue === undefined) {
    yield isDeployed || hasOperations
      ? failure('queue', `${name} does not exist, so changes cannot be queued`, DEPLOYING)
      : information('queue', 'none, and no operations that would need one');
    return;
  }
  const deadLetterName = deadLetterQueueName(config.environment);
  const deadLetters = await readQueue(session.sqs, deadLetterName);
  if (deadLetters === undefined || queue.deadLetters !== deadLetterName) {
    const what = `${name} does not hand what fails for ever to ${deadLetterName}`;
    yield warning('queue', what, DEPLOYING);
  } else if (deadLetters.messages > 0) {
    const what = `${countOf(deadLetters.messages, 'message')} in ${deadLetterName}: they could not even be recorded`;
    yield failure(
      'queue',
      what,
      'see docs/runbook.md; move them back with a redrive in SQS once the cause is gone',
    );
  } else yield ok('queue', `${name}: ${countOf(queue.messages, 'message')} waiting`);
}
