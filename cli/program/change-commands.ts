import { type Command, InvalidArgumentError, Option } from 'commander';
import { OUTCOMES } from '../../lambda/core/push/ledger-entry.ts';
import { DEMO_TABLES, type RunCommand, wholeNumber, withTables } from './options.ts';

const EXIT_CODES = `Exit codes:
  0    done; if the command waited for outcomes, all are accepted
  1    failed, or not all outcomes are accepted
  2    wrong usage, configuration or changes; nothing was queued
  130  interrupted`;

/** Declares the commands for changes that are sent to Procurios. */
export function addChangeCommands(program: Command, run: RunCommand): void {
  addPush(program).action((file, options) =>
    run(async () => (await import('../changes/push.ts')).push(file, options)),
  );
  const changes = program.command('changes').description('See changes and decide about them.');
  addList(changes).action((options) =>
    run(async () => (await import('../changes/list.ts')).printChangeList(options)),
  );
  addShow(changes).action((id, options) =>
    run(async () => (await import('../changes/show.ts')).showChange(id, options)),
  );
  addResend(changes).action((ids, options) =>
    run(async () => (await import('../changes/resend.ts')).resendChanges(ids, options)),
  );
  addSettle(changes).action((id, options) =>
    run(async () => (await import('../changes/settle.ts')).settleByHand(id, options)),
  );
}

function addPush(program: Command): Command {
  return withTables(program.command('push [file]'))
    .description('Queue changes for Procurios.')
    .option('--wait', 'wait for their outcomes')
    .option('--yes', 'do not ask first')
    .addHelpText(
      'after',
      `
FILE has a change on each line; - reads stdin:
  {"operation": "register", "subject": "form/1", "body": {"first_name": "Ada"}}
A change without "changeId" gets one; "parameters" fill the operation's path.
All changes are checked before the first is queued. A change that is queued
again with the same changeId is not sent again.

With --embedded this command sends the changes itself, so it always waits.
Ctrl-C stops it, and changes on the queue stay there. The next push sends them,
also one of an empty file.

Examples:
  $ npx procurios-sync push changes.jsonl
  $ npx procurios-sync push changes.jsonl --wait --yes --json > outcomes.jsonl

${EXIT_CODES}`,
    );
}

function addList(changes: Command): Command {
  return withTables(changes.command('list'))
    .description('List changes and their outcomes, newest first.')
    .addOption(new Option('--outcome <outcome>', 'only changes of this outcome').choices(OUTCOMES))
    .option('--since <time>', 'only changes queued since: 2026-11-24 or 2026-11-24T04:00Z', time)
    .option('--limit <count>', 'list at most this many', wholeNumber(1), 20)
    .addHelpText(
      'after',
      `
Examples, after npm start:
  $ npx procurios-sync changes list ${DEMO_TABLES}
  $ npx procurios-sync changes list --outcome unknown ${DEMO_TABLES}`,
    );
}

function addShow(changes: Command): Command {
  return withTables(changes.command('show <id>'))
    .description('Show all that is known about a change.')
    .option('--reveal', 'also show the values that were sent, and error texts')
    .addHelpText('after', '\nExample:\n  $ npx procurios-sync changes show b7c1 --reveal');
}

function addResend(changes: Command): Command {
  return withTables(changes.command('resend <id...>'))
    .description('Send changes again that are rejected, held, queued or overdue.')
    .option('--yes', 'do not ask first')
    .addHelpText(
      'after',
      `
A change is held if it waited for 13 days, or if its outcome is unknown. Then it
may have been applied, so look in Procurios first. A queued change may have lost
its message. A change is overdue an hour after its attempt should have begun or
ended.

Example:
  $ npx procurios-sync changes resend b7c1 b7c2

${EXIT_CODES}`,
    );
}

function addSettle(changes: Command): Command {
  return withTables(changes.command('settle <id>'))
    .description('Declare the outcome of a change; its body is dropped.')
    .option('--accepted', 'the change was applied')
    .option('--rejected', 'it was not applied, and will not be sent again')
    .requiredOption('--note <text>', 'how you know the outcome')
    .addHelpText(
      'after',
      `
A wrong settlement can be settled again; both notes are kept.

Example:
  $ npx procurios-sync changes settle b7c1 --accepted --note "seen in Procurios"`,
    );
}

/** @returns Milliseconds since the epoch. */
function time(text: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}(?:T|$)/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(ms)) return ms;
  throw new InvalidArgumentError('Expected a date or a time: 2026-11-24 or 2026-11-24T04:00Z.');
}
