import { hostname } from 'node:os';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import demoConfig from '../examples/demo.config.ts';
import { readItem } from '../lambda/aws/read-items.ts';
import { checkConfig } from '../lambda/config/check-config.ts';
import type { Config } from '../lambda/config/config.ts';
import { streamTableName } from '../lambda/config/names.ts';
import { stringifyJson } from '../lambda/core/json.ts';
import type { RunReceipt } from '../lambda/core/receipt.ts';
import { runPull } from '../lambda/run-pull.ts';
import { createTables, deleteTables } from '../local/endpoints/tables.ts';
import { type Control, startSimulator } from '../local/simulator/simulator.ts';
import { flagsOf, print } from './command.ts';
import { showPush } from './demo-push.ts';
import { createProgress } from './progress.ts';
import { exitCodeOf } from './pull.ts';
import { connect, DATA_FOLDER, openSession, type Session } from './session.ts';
import { tableOf } from './table.ts';
import { duration, grouped } from './text.ts';

const RELATIONS = 3000;
/** The relation that the demo looks at in the end. */
const EDITED = 7;
/** The relation that outgrows what DynamoDB can hold. */
const OUTGROWN = 42;

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

    print(`A simulated Procurios with ${grouped(RELATIONS)} people and organisations, and an embedded`);
    print(`DynamoDB in ${DATA_FOLDER}/. Nothing leaves this machine: no AWS, no account.\n`);
    print('First pull: everything is new.');
    const first = await pullOnce(config, session);

    print('\nMeanwhile, people work in Procurios:');
    for (const line of edit(procurios.control)) print(`  ${line}`);

    print('\nSecond pull: everything is read and compared, only what differs is written.');
    const second = await pullOnce(config, session);

    print(`\n${sideBySide(first, second)}\n`);
    print(await whatCameOfIt(config, session));
    await showPush(config, session, procurios.control, pullOnce);
    print(farewell(performance.now() - beganAt));
    return Math.max(exitCodeOf(first), exitCodeOf(second));
  } finally {
    await procurios.close();
  }
}

async function pullOnce(config: Config, session: Session): Promise<RunReceipt> {
  using progress = createProgress(config.streams, false);
  return await runPull({
    config,
    streams: config.streams,
    procurios: connect(config, session),
    dynamoDb: session.dynamoDb,
    owner: `process ${process.pid} on ${hostname()}`,
    isAlone: true,
    readOwnerState: session.readOwnerState,
    progress,
    signal: new AbortController().signal,
  });
}

/** Changes the environment as people at work would, and says what was changed. */
function edit(control: Control): string[] {
  control.edit('relation', EDITED, { email_addresses: ['new.address@example.com'] });
  control.edit('relation', 1234, { last_name: 'van Buren' });
  control.create('relation', { first_name: 'Ada' });
  control.edit('relation', OUTGROWN, { remarks: 'A whole book. '.repeat(40_000) });
  control.merge(2000, 1999);
  for (let count = 0; count < 3; count += 1) control.create('contactMoment');
  control.create('order');
  return [
    `relation ${EDITED} gets another e-mail address, 1234 another name; one is added`,
    `relation ${OUTGROWN} gets 560 KB of remarks: more than an item in DynamoDB can hold`,
    'relation 2000 is merged into 1999: it leaves the list and enters the archive',
    'three contact moments and an order come in',
  ];
}

function sideBySide(first: RunReceipt, second: RunReceipt): string {
  const receipts = Object.entries(second.streams);
  const numbers = (head: string, values: readonly (number | undefined)[]) => ({
    head,
    cells: values.map((value) => grouped(value ?? 0)),
    isNumber: true,
  });
  const columns = [
    { head: 'stream', cells: receipts.map(([stream]) => stream) },
    numbers(
      '1st: written',
      receipts.map(([stream]) => first.streams[stream]?.written),
    ),
    numbers(
      '2nd: written',
      receipts.map(([, { written }]) => written),
    ),
    ...(['unchanged', 'rejected', 'requests'] as const).map((name) =>
      numbers(
        name,
        receipts.map(([, receipt]) => receipt[name]),
      ),
    ),
  ];
  return tableOf(columns, undefined);
}

async function whatCameOfIt(config: Config, session: Session): Promise<string> {
  const item = await readItem(
    session.dynamoDb,
    streamTableName(config.environment, 'members'),
    String(EDITED),
  );
  const address = stringifyJson(item?.email_addresses ?? null);
  return `members ${EDITED}     its item now has email_addresses ${address}
members ${OUTGROWN}    rejected, with its reason; its item is as it was
members 2000  still there: deletes are not carried yet`;
}

function farewell(elapsedMs: number): string {
  const file = relative(process.cwd(), fileURLToPath(new URL('../examples/demo.config.ts', import.meta.url)));
  const flags = flagsOf({ config: file, embedded: true });
  return `
Done in ${duration(elapsedMs)}. The tables are still there. Look at them:
  npx procurios-sync show members${flags}
  npx procurios-sync show members ${EDITED}${flags}
  npx procurios-sync show members --rejects${flags}
  npx procurios-sync export orders --format csv${flags}
  npx procurios-sync changes show no-answer${flags}
Break a simulated Procurios yourself:
  npx procurios-sync simulator
Pull from your own: edit procurios.config.ts, then
  PROCURIOS_CLIENT_ID=… PROCURIOS_CLIENT_SECRET=… npx procurios-sync pull --embedded`;
}
