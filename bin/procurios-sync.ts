import { runProgram } from '../cli/program/program.ts';
import { reportError } from '../cli/program/report-error.ts';
import { finishOutput, outliveOutput } from '../cli/terminal/output-lines.ts';
import { resolveOwnName } from '../config/resolve-own-name.ts';

outliveOutput();
resolveOwnName();
// An error that ends a worker thread arrives here. Node's own report would show its message, which may quote values.
process.on('uncaughtException', (error) => {
  process.exit(reportError(error, { json: process.argv.includes('--json') }));
});
const code = await finishOutput(await runProgram(process.argv.slice(2)));
// A command ends with its work, also if stdin, a browser or a connection is still open.
process.exit(code);
