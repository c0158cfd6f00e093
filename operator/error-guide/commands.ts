import { type GuideEntry, NEXT_PULL_RESUMES, PULL_AGAIN } from './entry.ts';

/** Errors in how a command is called, in its files, and in its answers. */
export const COMMAND_ERRORS = {
  USAGE: {
    happened: 'the command line is wrong',
    remedy: 'see `--help`',
    meaning: 'A command, a flag or a value is unknown, or something is missing. Nothing was done.',
    look: [
      '`npx procurios-sync --help` lists the commands, `npx procurios-sync COMMAND --help` has examples.',
    ],
    steps: ['Correct the command. The message names the mistake, and often the right spelling.'],
  },
  CONFIG_INVALID: {
    happened: 'the config breaks rules; all of them are listed with their paths',
    remedy: 'edit the config',
    meaning:
      'The config file is missing, does not run, or has settings that cannot work. All problems are listed at once, each with its path and the expected value. Nothing was done.',
    look: [
      'The comments in `procurios.config.ts`, and the settings in docs/configuration.md.',
      '`npx tsc` finds misspelled options before a command does.',
    ],
    steps: [
      'Correct each path that is listed.',
      'Or let the program write a config: `npx procurios-sync discover --out FILE`.',
      'To use the config of another environment, add `--config FILE`.',
    ],
  },
  CHANGE_INVALID: {
    happened: 'lines of the file are not changes; all problems are listed with their lines',
    remedy: 'correct the file; nothing was queued',
    meaning: 'The command checks all changes before it queues the first, so one wrong line stops them all.',
    look: ['`npx procurios-sync push --help` shows the form of a change.'],
    steps: ['Correct the lines that are listed, and push the file again.'],
  },
  DECLINED: {
    happened: 'the question was answered with no, or with another count',
    remedy: '',
    meaning:
      'The command asks before it writes, and the answer was not yes, or not the count of what it would do. Nothing was done.',
    look: [],
    steps: ['To run the command without the question, add `--yes`; for `deletes approve` also `--count`.'],
  },
  NOT_POSSIBLE: {
    happened: 'the stream or the change does not allow this now',
    remedy: 'see the message, or `changes show` or `deletes show`',
    meaning:
      'The change is in another state than the command needs: it may be in flight, accepted, or already settled by another operator. For `deletes`: what is named is not held or kept any more. For `discover`: the chosen stream cannot be pulled as it is.',
    look: [
      '`npx procurios-sync changes show ID` shows all that is known of the change.',
      '`npx procurios-sync deletes show STREAM` shows what the stream holds.',
    ],
    steps: ['Look at the change or the stream again, and decide on its present state.'],
  },
  NOT_FOUND: {
    happened: 'there is no item or change with that id, or `discover` finds nothing to pull',
    remedy: 'check the id',
    meaning:
      'The table has no item under that id, or the ledger no change. An id is the `_id` in the table, or the value of the key; with `--rejects`, that of a rejected object.',
    look: ['`npx procurios-sync show STREAM` lists ids, `npx procurios-sync changes list` lists changes.'],
    steps: ['Check the id. If the key has several fields, `/` joins them.'],
  },
  FILE_FAILED: {
    happened: 'a file or folder cannot be read or written, or is damaged',
    remedy: 'check the path',
    meaning:
      'The operating system refused the file or folder in the message, the disk is full, too many files are open, or the data folder of `--embedded` cannot be used.',
    look: [],
    steps: [
      'Check that the folder exists, that you may write to it, and that the disk is not full.',
      'If too many files are open (EMFILE), close other programs or raise the limit: `ulimit -n 4096`.',
      'Only if the message says that `.procurios-sync` is damaged, move it away and pull again, which fills new tables. The old ledger and queue stay in the folder that you moved.',
    ],
  },
  INTERRUPTED: {
    happened: 'the command was stopped, or the time limit of a pull was reached',
    remedy: PULL_AGAIN,
    meaning: 'What a pull has read is stored, and so is its position in the listing.',
    look: [],
    steps: [NEXT_PULL_RESUMES],
  },
  BUG: {
    happened: 'an unexpected error; the stack is on stderr',
    remedy: 'report it',
    meaning: 'The program has no answer for this error. It does not show the message, which may quote data.',
    look: ['The stack on stderr shows where it happened.'],
    steps: ['Report it with the stack.'],
  },
} satisfies Record<string, GuideEntry>;
