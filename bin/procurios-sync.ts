import { outliveReaders } from '../cli/command.ts';
import { runProgram } from './program.ts';

outliveReaders();
process.exitCode = await runProgram(process.argv.slice(2));
