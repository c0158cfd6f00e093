import { runProgram } from '../cli/program/program.ts';
import { reportError } from '../cli/program/report-error.ts';
import { outliveReaders } from '../cli/terminal/output-lines.ts';
import { resolveOwnName } from '../config/resolve-own-name.ts';

outliveReaders();
resolveOwnName();
// An error that ends a worker thread arrives here. Node's own report would show its message, which may quote values.
process.on('uncaughtException', (error) => {
  process.exit(reportError(error, { json: process.argv.includes('--json') }));
});
process.exitCode = await runProgram(process.argv.slice(2));
