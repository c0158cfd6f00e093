import type { SyncErrorCode } from '../lambda/core/errors.ts';
import type { CommandErrorCode } from './command-error.ts';

/** Every code that a command can end with. */
export type ErrorCode = SyncErrorCode | CommandErrorCode | 'BUG';

/** What `procurios-sync help CODE` says; the README's table has the first two. Names and commands stand in backticks. */
export interface ErrorGuide {
  /** What happened, in a line. */
  readonly happened: string;
  /** What to do, in a line; empty: nothing. */
  readonly remedy: string;
  /** What is behind it, and what the system does by itself. */
  readonly meaning: string;
  /** Where more can be seen, each a sentence. */
  readonly look: readonly string[];
  /** What to do, in the order in which it is worth trying. */
  readonly steps: readonly string[];
}

const DOCTOR = '`npx procurios-sync doctor` checks everything and names the fix.';
const GOES_ON = 'Nothing: the next pull goes on from where this one stopped.';

/** The one place where the codes are explained. */
export const ERROR_GUIDE: Readonly<Record<ErrorCode, ErrorGuide>> = {
  USAGE: {
    happened: 'the command was called wrongly',
    remedy: 'see `--help`',
    meaning: 'A command, a flag or a value is not known, or something is missing. Nothing was done.',
    look: [
      '`npx procurios-sync --help` lists the commands, `npx procurios-sync COMMAND --help` has examples.',
    ],
    steps: ['Correct the command; the message names what is wrong, and often what was meant.'],
  },
  CONFIG_INVALID: {
    happened: 'the config breaks rules; all are listed with their paths',
    remedy: 'edit the config',
    meaning:
      'The config file is absent, cannot be run, or holds what cannot work. All problems are listed at once, each with its path and what was expected there. Nothing was done.',
    look: [
      'The comments in `procurios.config.ts`, and the table of settings in the README.',
      '`npx tsc` finds misspelled options before a command does.',
    ],
    steps: [
      'Correct each path that is listed.',
      'Or have a config written: `npx procurios-sync discover --out FILE`.',
      'An environment is chosen with `--config FILE`.',
    ],
  },
  SECRET_INVALID: {
    happened:
      'the secret is missing, empty or not `{"clientId", "clientSecret"}`; or a user\'s token is damaged, or open to others',
    remedy: 'store it again: `npx procurios-sync configure`, or `login`',
    meaning:
      "The client's id and secret could not be read, so Procurios was not asked. A deployment makes the secret without a value.",
    look: [DOCTOR],
    steps: [
      'In AWS: `npx procurios-sync configure` asks for both, checks them and stores them.',
      'With `--embedded`: set `PROCURIOS_CLIENT_ID` and `PROCURIOS_CLIENT_SECRET`.',
      "Where the message names a user's token: `npx procurios-sync login` stores a new one.",
    ],
  },
  CREDENTIALS_REFUSED: {
    happened: 'Procurios refuses the id and secret, also after reading the secret anew',
    remedy: 'check them with Procurios',
    meaning:
      'The token endpoint answered, and does not know this id with this secret. For a minute nothing more is asked, so that a wrong secret does not lock the client out.',
    look: [DOCTOR],
    steps: [
      'Compare id and secret with what Procurios handed out: spaces at the ends, a test environment’s secret for the live one.',
      'Check that `host` and `tokenUrl` are those of the environment that the secret is for.',
      'Ask Procurios whether the client was withdrawn, and store the new secret: `npx procurios-sync configure`.',
    ],
  },
  CONSENT_NEEDED: {
    happened: 'no token of a user serves any more, or nobody has logged in',
    remedy: 'log in, by the command in the message',
    meaning:
      'The config has the authorization code grant: requests are made as a user who has consented in a browser. That token has run out, was revoked, or is refused, and cannot be renewed. A renewal whose reply was lost ends it too: what renews a token works once.',
    look: [DOCTOR],
    steps: [
      'Run `npx procurios-sync login`, with the flags that the message shows, as a user who may see what is pulled.',
      'Then nothing: the next pull goes on, and changes that wait are sent.',
    ],
  },
  LOGIN_FAILED: {
    happened:
      '`login`: the browser came back with something else than an answer to this login, or not at all',
    remedy: 'log in again',
    meaning:
      'The callback came too late, to another address, with another state or without a code, or the code was not accepted. Nothing was stored; a token stored before is still there.',
    look: ['The message says which it was.'],
    steps: [
      'Log in again, and finish in the browser before the time is up.',
      'Check that `auth.redirectUrl` is letter by letter one of those registered with Procurios.',
      'A callback never carries a state? The server may not send it back: `auth.state` false, if possible with `auth.pkce` true.',
      'The page in the browser complains? The server may speak the other dialect: `auth.dialect`.',
    ],
  },
  ACCESS_DENIED: {
    happened: 'the token is refused, or a scope is missing',
    remedy: 'ask for the scope, or take the stream out',
    meaning:
      'Procurios accepts the client, but not for this: a token without the scope of a module (403), a scope that may not be asked for (invalid_scope), or a token that is refused although it is new (401).',
    look: [
      '`npx procurios-sync doctor` compares the scopes that were granted with those asked for.',
      '`npx procurios-sync discover` lists what the client can reach, and the scope of what it cannot.',
    ],
    steps: [
      'Add the scope to `auth.scopes` in the config, if Procurios has granted it.',
      'Otherwise ask Procurios for it, or take the stream or operation out of the config.',
    ],
  },
  HOST_UNREACHABLE: {
    happened: 'no connection: name, refused, TLS',
    remedy: 'check the host and the network',
    meaning: 'No connection came about, also after several attempts; nothing was sent.',
    look: [DOCTOR],
    steps: [
      'Check `host` and `tokenUrl` in the config: open the address in a browser.',
      'Behind a proxy, set `HTTPS_PROXY`; one that reads TLS also needs `NODE_EXTRA_CA_CERTS`.',
      'If the address is right, wait: the next pull goes on from where this one stopped.',
    ],
  },
  NOT_PROCURIOS: {
    happened: 'something answers, but not the API: HTML, a redirect, a link to another host',
    remedy: 'check `host` and `path`',
    meaning:
      'The answer is a page for people, leads elsewhere, or is of another content type. No redirect is followed: the token goes to the configured host only.',
    look: [DOCTOR],
    steps: [
      'A redirect to another host: set `host` to that one, if it is yours.',
      'An HTML page: check `host`, `tokenUrl` and the `path` of the stream; a maintenance page goes away by itself.',
    ],
  },
  RESPONSE_INVALID: {
    happened: 'an answer that cannot be right: no list where one was, 204, 400, objects without their key',
    remedy: 'check `path`, `mediaType`, `key`, `objects`',
    meaning:
      'Procurios answered, but not with what the config says is there. What was read before stays stored, and the stream’s next walk begins at its first page.',
    look: ['`npx procurios-sync doctor` reads the first page of every stream and says what it looks like.'],
    steps: [
      '404: the `path` does not exist here. 406: the `mediaType` is another one, often another version.',
      'Nothing where the list should be: correct `objects`, or leave it out.',
      'Objects without their key: choose another `key`, or add the field to the collection in Procurios.',
    ],
  },
  LIST_AMBIGUOUS: {
    happened: 'the answer holds no list of objects, or several: they are named',
    remedy: 'set `objects`',
    meaning: 'Which list holds the objects could not be told from the first page, and is not guessed.',
    look: ['`npx procurios-sync doctor` names the lists and the fields of their objects.'],
    steps: [
      'Set `objects` of the stream to one of the pointers in the message.',
      'No list at all: the `path` is probably not that of a listing.',
    ],
  },
  PAGING_LOOP: {
    happened: 'the listing leads back to itself, or shows nothing new without ending',
    remedy: 'check `paging`',
    meaning:
      'Pages came that had been read already, or ten in a row without a new object. What was read is stored; the walk is incomplete.',
    look: ['`npx procurios-sync doctor` says which kind of paging the listing looks like.'],
    steps: [
      'Set the `paging` of the stream to the kind that it has: `hal()`, `linkedPages()`, `numberedPages()`, `after(field)` or `onePage()`.',
      'If it is right and the walk still fails, report it to Procurios.',
    ],
  },
  THROTTLED: {
    happened: 'Procurios asked for longer pauses than were waited for',
    remedy: 'nothing; the next pull goes on',
    meaning: 'Procurios answered 429, or asked for a pause that is longer than a command waits.',
    look: [DOCTOR],
    steps: [
      GOES_ON,
      'If it happens often, lower `requestsPerSecond` to what was agreed with Procurios; other clients share that rate.',
    ],
  },
  UNAVAILABLE: {
    happened: 'Procurios failed or stalled, also after several attempts',
    remedy: 'nothing; the next pull goes on',
    meaning: 'Answers of 5xx, connections that broke, or no whole answer in time, five times in a row.',
    look: [DOCTOR],
    steps: [GOES_ON, 'If it lasts, ask Procurios whether there is a disturbance.'],
  },
  STORE_MISSING: {
    happened: 'a table or queue does not exist',
    remedy: 'create it, or use `--embedded`',
    meaning:
      'AWS was reached, and has no table or queue of that name in this account and region. Nothing was written there.',
    look: ['`npx procurios-sync doctor` lists the tables and queues, and which of them are missing.'],
    steps: [
      'Check the account and the region: `AWS_PROFILE`, `AWS_REGION`.',
      'A stream that is new in the config gets its table with the next deployment: `npx cdk deploy`.',
      'To work on this machine instead, add `--embedded`.',
    ],
  },
  STORE_UNAVAILABLE: {
    happened: 'AWS refused, failed or went on throttling',
    remedy: 'check credentials, region, rights',
    meaning: 'AWS could not be reached, did not accept the credentials, or refused this call.',
    look: [DOCTOR],
    steps: [
      'Sign in: `aws sso login`, or set `AWS_PROFILE`; set `AWS_REGION`.',
      'AccessDenied: the role lacks a right for the table, queue or secret that the message names.',
      'To work on this machine instead, add `--embedded`.',
    ],
  },
  CHANGE_INVALID: {
    happened: 'lines of a file are not changes; all problems are listed with their lines',
    remedy: 'correct the file; nothing was queued',
    meaning: 'All changes are checked before the first is queued; one that is wrong stops them all.',
    look: ['`npx procurios-sync push --help` shows what a change looks like.'],
    steps: ['Correct the lines that are listed, and push the file again.'],
  },
  DECLINED: {
    happened: 'the question was answered with no',
    remedy: '',
    meaning: 'The command asks before it writes; the answer was not yes. Nothing was done.',
    look: [],
    steps: ['To go ahead without a question, add `--yes`.'],
  },
  NOT_POSSIBLE: {
    happened: 'the change, as it is, cannot be resent or settled',
    remedy: 'see `changes show`',
    meaning:
      'What was asked for does not fit what became of the change meanwhile: it may be on its way, accepted, or settled by somebody else.',
    look: ['`npx procurios-sync changes show ID` tells all that is known of it.'],
    steps: ['Look at the change again, and decide anew.'],
  },
  RUN_ACTIVE: {
    happened: 'another pull is running',
    remedy: 'wait for it',
    meaning:
      'One pull at a time may write to an environment’s tables. The lease of one that was killed is taken over by itself.',
    look: ['With `--embedded`: another command in this folder has the tables open.'],
    steps: ['Wait until the other one is done, and try again.'],
  },
  NOT_DEPLOYED: {
    happened: "the environment's stack is not deployed, or not yet",
    remedy: 'deploy it; check region and profile',
    meaning:
      'The command is about what runs in AWS, and CloudFormation has no such stack in this account and region, or one without the output that is needed.',
    look: [
      '`aws sts get-caller-identity` tells the account; `AWS_REGION` and `AWS_PROFILE` decide where commands look.',
    ],
    steps: [
      'Compare account and region with those it was deployed to; another environment is chosen with `--config FILE`.',
      'Deploy it: `npx cdk deploy`.',
    ],
  },
  RUN_FAILED: {
    happened: 'the deployed pull ended without a receipt: stopped, timed out, or it could not begin',
    remedy: 'see `npx procurios-sync status`',
    meaning:
      'A run that ends in good order leaves a receipt, also where streams failed. This one was stopped, ran out of time, or Lambda could not run it. The next one goes on where its walks are.',
    look: [
      '`npx procurios-sync status` has the alarms that fire, with where the runbook says what to do.',
      'The execution in the Lambda console, and the log of the pull function.',
    ],
    steps: ['Follow the runbook of the alarm that fires, then `npx procurios-sync pull --deployed --wait`.'],
  },
  NOT_FOUND: {
    happened: '`show`: the table has no item with that id',
    remedy: '',
    meaning: 'There is no item, or no change, under that id. An id is the key as text, percent-encoded.',
    look: ['`npx procurios-sync show STREAM` lists ids, `npx procurios-sync changes list` changes.'],
    steps: ['Check the id; several key fields are joined by `/`.'],
  },
  FILE_FAILED: {
    happened: 'a file or folder cannot be written, or is damaged',
    remedy: 'check the path',
    meaning:
      'The operating system refused the file or folder that the message names, or the data folder of --embedded does not open.',
    look: [],
    steps: [
      'Check that the folder exists, that you may write there, and that the disk is not full.',
      'Is .procurios-sync damaged, move it away and pull again: tables are filled anew. What its ledger and queue hold stays in the old folder.',
    ],
  },
  INTERRUPTED: {
    happened: 'the pull was stopped or its time was up',
    remedy: 'nothing; the next pull goes on',
    meaning: 'What was read is stored, and the place in the listing is saved.',
    look: [],
    steps: [GOES_ON],
  },
  UNBALANCED: {
    happened: 'the receipt does not add up: a bug',
    remedy: 'report it',
    meaning:
      'Every object that was fetched must be written, unchanged, repeated or rejected; here one was not, or was counted twice. The pull failed rather than hide it.',
    look: ['The receipt: `npx procurios-sync pull --json`.'],
    steps: ['Report it with the receipt; it holds counts only.'],
  },
  BUG: {
    happened: 'an unexpected error; the stack is on stderr',
    remedy: 'report it',
    meaning:
      'An error that the program has no answer for. No message of it is shown, since it may quote data.',
    look: ['The lines below it on stderr say where it happened.'],
    steps: ['Report it with those lines.'],
  },
};

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERROR_GUIDE, text);
}
