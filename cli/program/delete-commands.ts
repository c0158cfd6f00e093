import type { Command } from 'commander';
import { DEMO_TABLES, type RunCommand, wholeNumber, withTables } from './options.ts';

const EXIT_CODES = `Exit codes:
  0    done
  1    failed, or not possible now; nothing was done
  2    wrong usage or configuration; nothing was done
  130  interrupted`;

/** Declares the commands about objects that Procurios no longer lists. */
export function addDeleteCommands(program: Command, run: RunCommand): void {
  const deletes = program.command('deletes').description('See what is gone from Procurios, and decide.');
  addList(deletes).action((stream, options) =>
    run(async () => (await import('../deletes/list.ts')).printDeletesList(stream, options)),
  );
  addShow(deletes).action((stream, options) =>
    run(async () => (await import('../deletes/show.ts')).printHeld(stream, options)),
  );
  addApprove(deletes).action((stream, heldId, ids, options) =>
    run(async () => (await import('../deletes/approve.ts')).approveHeld(stream, heldId, ids, options)),
  );
  addReject(deletes).action((stream, heldId, ids, options) =>
    run(async () => (await import('../deletes/keep.ts')).rejectHeld(stream, heldId, ids, options)),
  );
  addRelease(deletes).action((stream, ids, options) =>
    run(async () => (await import('../deletes/keep.ts')).releaseKept(stream, ids, options)),
  );
  addExplain(program).action((stream, id, options) =>
    run(async () => (await import('../deletes/explain.ts')).printStory(stream, id, options)),
  );
}

function addList(deletes: Command): Command {
  return withTables(deletes.command('list [stream]'))
    .description('Count what walks missed, by stream, and say what is held.')
    .addHelpText(
      'after',
      `
Missed: by how many counted walks in a row. Due: missed often enough, so gone.
Held: due, but an operator decides first. Kept: an operator rejected its delete.
Also says which walk counted last, and why the last one did not.

Examples:
  $ npx procurios-sync deletes list
  $ npx procurios-sync deletes list members --json
After npm start:
  $ npx procurios-sync deletes list ${DEMO_TABLES}`,
    );
}

function addShow(deletes: Command): Command {
  return withTables(deletes.command('show <stream>'))
    .description('Show what is held of a stream, and on what evidence.')
    .option('--limit <count>', 'list at most this many', wholeNumber(1), 50)
    .option('--reveal', 'also show the items, with their values')
    .addHelpText(
      'after',
      `
Shows the held id, which approve and reject take, the count beside the number of
live items, the walks that missed the objects, and what the archive says.

Examples:
  $ npx procurios-sync deletes show members
  $ npx procurios-sync deletes show members --limit 500 --json`,
    );
}

function addApprove(deletes: Command): Command {
  return withTables(deletes.command('approve <stream> <held-id> [id...]'))
    .description('Let held items be deleted: all of the set, or these.')
    .option('--note <text>', 'why')
    .option('--yes', 'do not ask; needs --count')
    .option('--count <count>', 'how many are expected, with --yes', wholeNumber(1))
    .addHelpText(
      'after',
      `
Asks for their count. Only what deletes show listed goes, and only if it is
still due. That happens at once, or in the next pull if a pull is at work. An
approval is valid for 7 days, or until the listing is read in another way.

Examples:
  $ npx procurios-sync deletes approve members 0f3a9c21b7d4
  $ npx procurios-sync deletes approve members 0f3a9c21b7d4 17 18 --yes --count 2

${EXIT_CODES}`,
    );
}

function addReject(deletes: Command): Command {
  return withTables(deletes.command('reject <stream> <held-id> [id...]'))
    .description('Keep held items: all of the set, or these.')
    .requiredOption('--note <text>', 'why')
    .addHelpText(
      'after',
      `
They stay while Procurios does not list their objects, and are not asked about
again. Not possible while a pull is at work.

Example:
  $ npx procurios-sync deletes reject members 0f3a9c21b7d4 17 --note "on leave"

${EXIT_CODES}`,
    );
}

function addRelease(deletes: Command): Command {
  return withTables(deletes.command('release <stream> <id...>'))
    .description('Take rejections back: walks that miss these count from zero.')
    .addHelpText(
      'after',
      `
Example:
  $ npx procurios-sync deletes release members 17

${EXIT_CODES}`,
    );
}

function addExplain(program: Command): Command {
  return withTables(program.command('explain <stream> <id>'))
    .description("Tell one object's story: written, missed, held, gone, and why.")
    .option('--reveal', 'also show the item, with its values')
    .addHelpText(
      'after',
      `
Says when and by which run the item was last written, which of the last counted
walks missed it, what the archive says, its reject, and, of the latest 1,000
changes, those whose subject is its id or ends with / and its id.

Examples:
  $ npx procurios-sync explain members 17
After npm start:
  $ npx procurios-sync explain members 7 ${DEMO_TABLES}`,
    );
}
