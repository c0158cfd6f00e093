import { fstatSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { type Json, type JsonObject, stringifyJson } from '../../lambda/core/json.ts';
import { CommandError } from '../../operator/command-error.ts';
import { findStream, readConfig } from '../../operator/config.ts';
import type { CommonOptions } from '../../operator/options.ts';
import { openSession } from '../../operator/session.ts';
import { scanObjects } from '../../operator/tables/tables.ts';
import { countOf } from '../../operator/words.ts';
import { onInterrupt } from '../terminal/interrupt.ts';
import { type Output, openOutput } from '../terminal/output-file.ts';
import { EXIT, print, say } from '../terminal/output-lines.ts';
import { createSpinner, isTerminal } from '../terminal/progress.ts';
import { openSpool } from './spool.ts';

export interface ExportCommandOptions extends CommonOptions {
  readonly format: 'jsonl' | 'csv';
  /** CSV for an Excel that expects semicolons, as in Dutch: with these and with a byte order mark. */
  readonly excel?: boolean;
  /** Include objects that are gone. */
  readonly deleted?: boolean;
  /** The file to write; absent for stdout. */
  readonly out?: string;
}

type Scan = AsyncIterable<readonly JsonObject[]>;

/** `procurios-sync export STREAM`: the objects of a stream's table, as Procurios gave them. */
export async function exportStream(stream: string, options: ExportCommandOptions): Promise<number> {
  const { format, out, json, excel, deleted = false } = options;
  if (excel && format !== 'csv') throw new CommandError('USAGE', '--excel goes with --format csv');
  if (json && format === 'csv' && out === undefined) {
    throw new CommandError('USAGE', 'with --json, stdout holds JSON; write the CSV to a file with --out');
  }
  const config = await readConfig(options);
  const { name } = findStream(config, stream);
  await using session = await openSession(config, options);
  await using output = await openOutput(out);
  using interrupt = onInterrupt('stopping', () => {});

  const scan = counted(scanObjects(session, name, deleted), interrupt.signal, isToFile(out));
  const count = format === 'csv' ? await writeCsv(scan, output, options) : await writeLines(scan, output);
  await output.finish();

  if (json && out !== undefined) print(JSON.stringify({ stream: name, objects: count, file: out }));
  else if (output.isWanted)
    say(`${countOf(count, 'object')} exported${out === undefined ? '' : ` to ${out}`}`);
  return EXIT.done;
}

/** Whether the objects go to a file. On a terminal they would scroll through the running count. */
function isToFile(out: string | undefined): boolean {
  return out !== undefined || fstatSync(process.stdout.fd).isFile();
}

/**
 * Passes the objects on and counts them on the terminal.
 *
 * @param isShown - Whether the count is shown, if stderr is a terminal.
 * @throws {CommandError} `INTERRUPTED`.
 */
async function* counted(
  scan: Scan,
  signal: AbortSignal,
  isShown: boolean,
): AsyncGenerator<readonly JsonObject[], void, undefined> {
  const spinner = createSpinner(!(isShown && isTerminal())).start('exporting');
  let count = 0;
  try {
    for await (const objects of scan) {
      if (signal.aborted) throw new CommandError('INTERRUPTED', 'the export was stopped; no file was left');
      yield objects;
      count += objects.length;
      spinner.text = `exporting: ${countOf(count, 'object')}`;
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

/**
 * Writes CSV. The first line names the columns of all objects, so the objects wait in a temporary file until the table is
 * read. The table is read once, because a pull may add a column between two readings.
 */
async function writeCsv(scan: Scan, output: Output, { out, excel }: ExportCommandOptions): Promise<number> {
  await using spool = await openSpool(out === undefined ? tmpdir() : dirname(out));
  const columns = new Set<string>();
  for await (const objects of scan) {
    for (const object of objects) for (const name of Object.keys(object)) columns.add(name);
    await spool.add(objects);
  }
  const layout = excel ? { delimiter: ';' } : {};
  if (columns.size > 0) await output.write(stringify([[...columns]], { ...layout, bom: excel ?? false }));
  let count = 0;
  for await (const objects of spool.batches()) {
    const rows = objects.map((object) => [...columns].map((column) => csvCell(object, column)));
    await output.write(stringify(rows, layout));
    count += objects.length;
    if (!output.isWanted) break;
  }
  return count;
}

/** Text as it is, null and absent fields as an empty cell, lists and maps as JSON. */
function csvCell(object: JsonObject, column: string): string {
  const value: Json | undefined = Object.hasOwn(object, column) ? object[column] : undefined;
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : stringifyJson(value);
}
