import { fstatSync } from 'node:fs';
import { stringify } from 'csv-stringify/sync';
import { scanItems } from '../../lambda/aws/dynamodb/read-items.ts';
import { type Json, type JsonObject, objectFrom, stringifyJson } from '../../lambda/core/json.ts';
import { OWN_FIELDS } from '../../lambda/core/pull/prepare.ts';
import { streamTableName } from '../../lambda/deployment/names.ts';
import { CommandError } from '../../operator/command-error.ts';
import type { CommonOptions } from '../../operator/options.ts';
import { findStream, openSession, readConfig } from '../../operator/session.ts';
import { countOf } from '../../operator/words.ts';
import { onInterrupt } from '../terminal/interrupt.ts';
import { type Output, openOutput } from '../terminal/output-file.ts';
import { EXIT, print, say } from '../terminal/output-lines.ts';
import { createSpinner, isTerminal } from '../terminal/progress.ts';

export interface ExportCommandOptions extends CommonOptions {
  readonly format: 'jsonl' | 'csv';
  /** The file to write; absent: stdout. */
  readonly out?: string;
}

type Scan = AsyncIterable<readonly JsonObject[]>;

const OWN: ReadonlySet<string> = new Set(OWN_FIELDS);

/** `procurios-sync export STREAM`: the objects of a stream's table, as Procurios gave them. */
export async function exportStream(stream: string, options: ExportCommandOptions): Promise<number> {
  const { format, out, json } = options;
  if (json && format === 'csv' && out === undefined) {
    throw new CommandError('USAGE', 'with --json stdout holds JSON; write the CSV to a file with --out');
  }
  const config = await readConfig(options);
  const { name } = findStream(config, stream);
  await using session = await openSession(config, options);
  await using output = await openOutput(out);
  using interrupt = onInterrupt('stopping', () => {});

  const tableName = streamTableName(config.environment, name);
  const scan = (label: string): Scan =>
    counted(withoutOwn(scanItems(session.dynamoDb, tableName)), label, interrupt.signal, isToFile(out));
  const count = format === 'csv' ? await writeCsv(scan, output) : await writeLines(scan('exporting'), output);
  await output.finish();

  if (json && out !== undefined) print(JSON.stringify({ stream: name, objects: count, file: out }));
  else if (output.isWanted)
    say(`${countOf(count, 'object')} exported${out === undefined ? '' : ` to ${out}`}`);
  return EXIT.done;
}

/** Otherwise the objects, or what somebody makes of them, may scroll by in the very same terminal. */
function isToFile(out: string | undefined): boolean {
  return out !== undefined || fstatSync(process.stdout.fd).isFile();
}

async function* withoutOwn(scan: Scan): AsyncGenerator<readonly JsonObject[], void, undefined> {
  for await (const items of scan) {
    yield items.map((item) => objectFrom(Object.entries(item).filter(([name]) => !OWN.has(name))));
  }
}

/**
 * The objects, with a running count on a terminal where that is in nobody's way.
 *
 * @throws {CommandError} `INTERRUPTED`.
 */
async function* counted(
  scan: Scan,
  label: string,
  signal: AbortSignal,
  isShown: boolean,
): AsyncGenerator<readonly JsonObject[], void, undefined> {
  const spinner = createSpinner(!(isShown && isTerminal())).start(label);
  let count = 0;
  try {
    for await (const objects of scan) {
      if (signal.aborted) throw new CommandError('INTERRUPTED', 'the export was stopped; no file was left');
      yield objects;
      count += objects.length;
      spinner.text = `${label}: ${countOf(count, 'object')}`;
    }
  } finally {
    spinner.stop();
  }
}

async function writeLines(scan: Scan, output: Output): Promise<number> {
  let count = 0;
  for await (const objects of scan) {
    await output.write(objects.map((object) => `${stringifyJson(object)}\n`).join(''));
    count += objects.length;
    if (!output.isWanted) break;
  }
  return count;
}

/** A CSV file begins with the names of all columns, and only the whole table tells them: it is read twice. */
async function writeCsv(scan: (label: string) => Scan, output: Output): Promise<number> {
  const columns = new Set<string>();
  for await (const objects of scan('looking for columns')) {
    for (const object of objects) for (const name of Object.keys(object)) columns.add(name);
  }
  if (columns.size > 0) await output.write(stringify([[...columns]]));
  let count = 0;
  for await (const objects of scan('exporting')) {
    await output.write(
      stringify(objects.map((object) => [...columns].map((column) => csvCell(object, column)))),
    );
    count += objects.length;
    if (!output.isWanted) break;
  }
  return count;
}

/** Text as it is, null and absent as nothing, and lists and maps as JSON. */
function csvCell(object: JsonObject, column: string): string {
  const value: Json | undefined = Object.hasOwn(object, column) ? object[column] : undefined;
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : stringifyJson(value);
}
