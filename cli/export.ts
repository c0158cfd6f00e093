import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import ora from 'ora';
import { scanItems } from '../lambda/aws/read-items.ts';
import { streamTableName } from '../lambda/config/names.ts';
import { type Json, type JsonObject, objectFrom, stringifyJson } from '../lambda/core/json.ts';
import { OWN_FIELDS } from '../lambda/core/prepare.ts';
import { type CommonOptions, EXIT, say, UsageError } from './command.ts';
import { grouped } from './receipts.ts';
import { findStream, openSession, readConfig, type Session } from './session.ts';

export interface ExportCommandOptions extends CommonOptions {
  readonly format: 'jsonl' | 'csv';
  /** The file to write; absent: stdout. */
  readonly out?: string;
}

const OWN: ReadonlySet<string> = new Set(OWN_FIELDS);

/** `procurios-sync export STREAM`: the objects of a stream's table, as Procurios gave them. */
export async function exportStream(stream: string, options: ExportCommandOptions): Promise<number> {
  const config = await readConfig(options);
  const { name } = findStream(config, stream);
  await using session = await openSession(config, options);
  const scan = (label: string) => countedScan(session, streamTableName(config.environment, name), label);

  const count = await writeTo(options.out, async (write) => {
    // A CSV file begins with the names of all columns, and only the whole table tells them.
    const columns = options.format === 'csv' ? await columnsOf(scan('looking for columns')) : [];
    if (options.format === 'csv') await write(csvLine(columns));
    let written = 0;
    for await (const objects of scan('exporting')) {
      const lines = objects.map((object) =>
        options.format === 'csv'
          ? csvLine(columns.map((column) => csvCell(object, column)))
          : `${stringifyJson(object)}\n`,
      );
      await write(lines.join(''));
      written += objects.length;
    }
    return written;
  });
  say(`${grouped(count)} objects exported${options.out === undefined ? '' : ` to ${options.out}`}`);
  return EXIT.done;
}

/** The table's objects without our own fields, with a running count on a terminal. */
async function* countedScan(
  session: Session,
  tableName: string,
  label: string,
): AsyncGenerator<readonly JsonObject[], void, undefined> {
  const spinner = ora({ stream: process.stderr, isSilent: !process.stderr.isTTY }).start(label);
  let count = 0;
  try {
    for await (const items of scanItems(session.dynamoDb, tableName)) {
      yield items.map((item) => objectFrom(Object.entries(item).filter(([name]) => !OWN.has(name))));
      count += items.length;
      spinner.text = `${label}: ${grouped(count)} objects`;
    }
  } finally {
    spinner.stop();
  }
}

async function columnsOf(scan: AsyncIterable<readonly JsonObject[]>): Promise<string[]> {
  const columns = new Set<string>();
  for await (const objects of scan) {
    for (const object of objects) for (const name of Object.keys(object)) columns.add(name);
  }
  return [...columns];
}

function csvLine(cells: readonly string[]): string {
  return stringify([[...cells]]);
}

/** Text as it is, null and absent as nothing, and lists and maps as JSON. */
function csvCell(object: JsonObject, column: string): string {
  const value: Json | undefined = Object.hasOwn(object, column) ? object[column] : undefined;
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : stringifyJson(value);
}

/** A file appears under its name only when it is whole. */
async function writeTo<Result>(
  file: string | undefined,
  fill: (write: (text: string) => Promise<void>) => Promise<Result>,
): Promise<Result> {
  if (file === undefined) return await fill((text) => writeText(process.stdout, text));
  const partial = `${file}.partial`;
  const output = createWriteStream(partial);
  try {
    await once(output, 'open').catch((error: NodeJS.ErrnoException) => {
      throw new UsageError(`${file} cannot be written (${error.code})`);
    });
    const result = await fill((text) => writeText(output, text));
    output.end();
    await once(output, 'close');
    await rename(partial, file);
    return result;
  } catch (error) {
    output.destroy();
    await rm(partial, { force: true });
    throw error;
  }
}

async function writeText(output: Writable, text: string): Promise<void> {
  if (text !== '' && !output.write(text)) await once(output, 'drain');
}
