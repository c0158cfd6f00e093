import { fstatSync } from 'node:fs';
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

export interface ExportCommandOptions extends CommonOptions {
  readonly format: 'jsonl' | 'csv';
  /** The file to write; absent for stdout. */
  readonly out?: string;
}

type Scan = AsyncIterable<readonly JsonObject[]>;

/** `procurios-sync export STREAM`: the objects of a stream's table, as Procurios gave them. */
export async function exportStream(stream: string, options: ExportCommandOptions): Promise<number> {
  const { format, out, json } = options;
  if (json && format === 'csv' && out === undefined) {
    throw new CommandError('USAGE', 'with --json, stdout holds JSON; write the CSV to a file with --out');
  }
  const config = await readConfig(options);
  const { name } = findStream(config, stream);
  await using session = await openSession(config, options);
  await using output = await openOutput(out);
  using interrupt = onInterrupt('stopping', () => {});

  const scan = (label: string): Scan =>
    counted(scanObjects(session, name), label, interrupt.signal, isToFile(out));
  const count = format === 'csv' ? await writeCsv(scan, output) : await writeLines(scan('exporting'), output);
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

/** Writes CSV. Reads the table twice, because the first line names all columns and only the whole table has them all. */
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

/** Text as it is, null and absent fields as an empty cell, lists and maps as JSON. */
function csvCell(object: JsonObject, column: string): string {
  const value: Json | undefined = Object.hasOwn(object, column) ? object[column] : undefined;
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : stringifyJson(value);
}
