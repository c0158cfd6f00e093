import { hostname } from 'node:os';
import demoConfig from '../examples/demo.config.ts';
import { readItem } from '../lambda/aws/read-items.ts';
import { checkConfig } from '../lambda/config/check-config.ts';
import type { Config } from '../lambda/config/config.ts';
import { streamTableName } from '../lambda/config/names.ts';
import type { RunReceipt } from '../lambda/core/receipt.ts';
import { runPull } from '../lambda/run-pull.ts';
import { createTables, deleteTables } from '../local/endpoints/tables.ts';
import { type Control, startSimulator } from '../local/simulator/simulator.ts';
import { EXIT, print } from './command.ts';
import { createProgress } from './progress.ts';
import { exitCodeOf } from './pull.ts';
import { duration, grouped, plainTable } from './receipts.ts';
import { connect, DATA_FOLDER, openSession, type Session } from './session.ts';

const RELATIONS = 3000;

/**
 * `procurios-sync demo`: a first pull, some edits in Procurios, and a second pull that writes only those. Procurios is
 * simulated; DynamoDB is the embedded one, in which the demo's tables are made anew and then left for a look.
 */
export async function demo(): Promise<number> {
  const beganAt = performance.now();
  const procurios = await startSimulator({ relations: RELATIONS });
  try {
    const config = checkConfig(demoConfig, { host: procurios.url });
    await using session = await openSession(config, { config: '', embedded: true });
    await deleteTables(session.dynamoDb, config);
    await createTables(session.dynamoDb, config);

    print(
      `A simulated Procurios with ${grouped(RELATIONS)} relations, and DynamoDB in ${DATA_FOLDER}/. No AWS, no account.\n`,
    );
    print('First pull: everything is new.');
    const first = await pullOnce(config, session);

    print('\nMeanwhile, in Procurios:');
    for (const line of edit(procurios.control)) print(`  ${line}`);

    print('\nSecond pull: only the differences are written.');
    const second = await pullOnce(config, session);

    print(`\n${sideBySide(first, second)}\n`);
    await showEdited(config, session);
    print(farewell(performance.now() - beganAt));
    return Math.max(exitCodeOf(first), exitCodeOf(second), EXIT.done);
  } finally {
    await procurios.close();
  }
}

async function pullOnce(config: Config, session: Session): Promise<RunReceipt> {
  return await runPull({
    config,
    streams: config.streams,
    procurios: connect(config, session),
    dynamoDb: session.dynamoDb,
    owner: `process ${process.pid} on ${hostname()}`,
    isAlone: true,
    progress: createProgress(config.streams, false),
    signal: new AbortController().signal,
  });
}

/** The relation that the demo looks at in the end. */
const MOVED = 7;

/** Changes the environment as people at work would, and says what was changed. */
function edit(control: Control): string[] {
  control.edit('relation', MOVED, { email: 'new.address@example.com' });
  control.edit('relation', 1234, { last_name: 'van Buren' });
  control.create('relation', { first_name: 'Ada' });
  control.merge(2000, 1999);
  for (let count = 0; count < 3; count += 1) control.create('contactMoment');
  control.create('order');
  return [
    'two relations get another address or name, one is added',
    'relation 2000 is merged into 1999: it leaves the list and enters the archive',
    'three contact moments and an order come in',
  ];
}

function sideBySide(first: RunReceipt, second: RunReceipt): string {
  const table = plainTable(['stream', 'fetched', '1st: written', '2nd: written', 'unchanged', 'requests'], 1);
  for (const [stream, receipt] of Object.entries(second.streams)) {
    const { fetched, written, unchanged, requests } = receipt;
    const before = first.streams[stream]?.written ?? 0;
    table.push([stream, ...[fetched, before, written, unchanged, requests].map(grouped)]);
  }
  return table.toString();
}

async function showEdited(config: Config, session: Session): Promise<void> {
  const tableName = streamTableName(config.environment, 'members');
  const item = await readItem(session.dynamoDb, tableName, String(MOVED));
  print(`Item ${MOVED} of ${tableName} now: email ${item?.email}, _changedAt ${item?._changedAt}`);
  print('Deletes are not carried yet: the merged relation is still in that table.');
}

function farewell(elapsedMs: number): string {
  const embedded = '--embedded --config examples/demo.config.ts';
  return `
Done in ${duration(elapsedMs)}. The tables are still there; try next:
  npx procurios-sync show members ${embedded}
  npx procurios-sync show members ${MOVED} ${embedded}
  npx procurios-sync export contact-moments --format csv --out contact-moments.csv ${embedded}
  npx procurios-sync simulator          a Procurios of your own to break, with a control interface
With credentials of your own: edit procurios.config.ts, then
  PROCURIOS_CLIENT_ID=… PROCURIOS_CLIENT_SECRET=… npx procurios-sync pull --embedded`;
}
