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
import { DEPLOY_OR_REVERT, fixOfRefusal, RUN_DEPLOY } from './fixes.ts';
import { judgeTable } from './judge-table.ts';
import type { Subject } from './subject.ts';

interface ReadTable {
  readonly name: string;
  readonly expected: TableKeys;
  /** Undefined if the table does not exist. */
  readonly found: TableDescription | undefined;
}

/**
 * Checks the tables and the queues.
 *
 * @param isDeployed - Whether there is a stack, which should have created them.
 */
export async function* checkStores(subject: Subject, isDeployed: boolean): AsyncGenerator<Finding> {
  try {
    const tables = await readTables(subject);
    const areExpected = isDeployed || tables.some(({ found }) => found !== undefined);
    if (!areExpected) {
      yield subject.session.isAlone
        ? information('tables', 'none in .procurios-sync yet; the first pull creates them')
        : information(
            'deployment',
            'not deployed yet',
            `run ${RUN_DEPLOY}, which creates tables, queues, functions and alarms`,
          );
      return;
    }
    yield* judgeTables(subject, tables);
    yield* checkQueues(subject, isDeployed);
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    yield failure('tables', `${error.code} ${error.message}`, fixOfRefusal(error));
  }
}

async function readTables({ config, session }: Subject): Promise<ReadTable[]> {
  const { environment, streams } = config;
  const tables: ReadTable[] = [];
  const look = async (name: string, expected: TableKeys) => {
    tables.push({ name, expected, found: await readTable(session.dynamoDb, name) });
  };
  await look(stateTableName(environment), STATE_TABLE);
  for (const { name } of streams) await look(streamTableName(environment, name), STREAM_TABLE);
  return tables;
}

function* judgeTables({ session }: Subject, tables: readonly ReadTable[]): Generator<Finding> {
  const findings = tables.flatMap(({ name, expected, found }) => {
    // Embedded tables have no time to live, and each pull creates the missing ones.
    if (found !== undefined) return judgeTable('tables', name, expected, found, !session.isAlone);
    return session.isAlone
      ? [information('tables', `${name} does not exist yet; the next pull creates it`)]
      : [
          failure(
            'tables',
            `${name} does not exist`,
            `check account and region (AWS_PROFILE, AWS_REGION), then run ${DEPLOY_OR_REVERT}`,
          ),
        ];
  });
  const good = findings.filter(({ status }) => status === 'ok').length;
  if (good > 0) yield ok('tables', `${countOf(good, 'table')} with the right keys and settings`);
  yield* findings.filter(({ status }) => status !== 'ok');
}

async function* checkQueues({ config, session }: Subject, isDeployed: boolean): AsyncGenerator<Finding> {
  const hasOperations = Object.keys(config.operations).length > 0;
  if (session.isAlone) return;
  const name = changeQueueName(config.environment);
  const queue = await readQueue(session.sqs, name);
  if (queue === undefined) {
    yield isDeployed || hasOperations
      ? failure('queue', `${name} does not exist, so changes cannot be queued`, DEPLOY_OR_REVERT)
      : information('queue', 'there is none; the config has no operations, so none is needed');
    return;
  }
  const deadLetterName = deadLetterQueueName(config.environment);
  const deadLetters = await readQueue(session.sqs, deadLetterName);
  if (deadLetters === undefined || queue.deadLetters !== deadLetterName) {
    const what = `${name} does not move messages that keep failing to ${deadLetterName}`;
    yield warning('queue', what, DEPLOY_OR_REVERT);
  } else if (deadLetters.messages > 0) {
    const what = `${countOf(deadLetters.messages, 'message')} in ${deadLetterName}, which never reached the ledger`;
    yield failure(
      'queue',
      what,
      'see docs/runbook.md#change-dead-letters; once the cause is removed, start a DLQ redrive in SQS',
    );
  } else yield ok('queue', `${name}: ${countOf(queue.messages, 'message')} waiting`);
}
