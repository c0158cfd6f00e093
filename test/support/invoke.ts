/**
 * Runs a bundle's handler as Lambda would, in a process of its own: imports it, calls it once for each line on stdin
 * with that event, and writes what it returned or threw as a line of JSON on fd 3.
 *
 * Usage: node invoke.ts BUNDLE REMAINING_MS
 */
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [file = '', remainingMs = '900000'] = process.argv.slice(2);
const { handler } = await import(pathToFileURL(file).href);

let invocations = 0;
for await (const line of createInterface({ input: process.stdin })) {
  invocations += 1;
  const context = {
    awsRequestId: `invocation-${invocations}`,
    getRemainingTimeInMillis: () => Number(remainingMs),
  };
  try {
    writeSync(3, `${JSON.stringify({ result: await handler(JSON.parse(line), context) })}\n`);
  } catch (error) {
    const { name, code, message } = error as { name: string; code?: string; message: string };
    writeSync(3, `${JSON.stringify({ error: { name, code, message } })}\n`);
  }
}
