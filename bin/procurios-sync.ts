import { outliveReaders } from '../cli/command.ts';
import { reportError } from '../cli/report-error.ts';
import { runProgram } from './program.ts';

outliveReaders();
// What ends a worker thread comes here; Node's own report of it would show its message, which may quote values.
process.on('uncaughtException', (error) => {
  process.exit(reportError(error, { json: process.argv.includes('--json') }));
});
process.exitCode = await runProgram(process.argv.slice(2));
