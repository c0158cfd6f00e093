import type { Config } from './config.ts';

/** After so many days without a counted walk an operator must look, because nothing is marked as gone meanwhile. */
export const MOST_DAYS_UNJUDGED = 14;

/** The alarms of an environment, with their impact. Each key is part of the alarm's name, and its heading in docs/runbook.md. */
export const ALARMS = {
  'no-complete-run':
    'No pull was complete for longer than expected, so readers of the tables may be working with old data.',
  'run-failed':
    'A pull failed for at least one stream. That table is as its last good pull left it, or partly newer.',
  'run-cut-off':
    'A pull was stopped or ran out of time. The next one resumes there; until then some tables are old.',
  'run-skipped':
    'Pulls are skipped again and again, because another one holds the lease. If that one is gone, the tables grow old.',
  'pull-dead-letters':
    'A pull could not start, or its execution did not end well, so the tables may not have been brought up to date.',
  'pull-errors':
    'The pull function crashed or was killed. Lambda resumes the run at its last slice; if that fails too, the tables grow old.',
  'stream-incomplete':
    'A stream was not read to its end, though nothing failed, or its pages contradict that they showed all of it. Objects may be missing, and none is marked as gone.',
  'objects-rejected':
    'Some objects could not be stored. They are missing from their tables, or are there in an older version.',
  'deletes-held':
    'Objects are gone from their listings, but an operator must decide whether their items may go too. Until then nothing else of these streams goes; pulls and all other streams go on.',
  'deletes-not-judged': `No walk of a stream has counted as evidence for ${MOST_DAYS_UNJUDGED} days, so objects that are gone from Procurios stay in its table.`,
  'access-refused':
    'Procurios refuses the credentials or a scope, so pulls and changes that need them stop. Changes wait, and none is lost.',
  'procurios-throttles':
    'Procurios asked for pauses, or failed, for more than a fifth of an hour. Pulls take longer and may not end in time.',
  'functions-throttled':
    'Lambda does not run the functions, for lack of concurrency. Pulls and changes are late.',
  'changes-rejected': 'Procurios or our checks rejected changes. They were not applied, and are not retried.',
  'changes-unknown':
    'It is unknown whether some changes were applied. They are held, and are not sent again without an operator.',
  'changes-held':
    'Changes are held for an operator: it is unknown whether they were applied, or they waited for 13 days. Nothing sends them by itself.',
  'changes-late': 'A change has been in the queue for more than an hour. Procurios does not have it yet.',
  'change-dead-letters':
    'Changes could not be recorded and are in the dead-letter queue. They were not applied, and the ledger may not have them.',
  'push-errors':
    'The push function crashed or was killed. What it was sending may end as unknown; the rest is sent later.',
  'enqueue-errors':
    'Changes that arrived as events could not be put on the queue. Lambda tries each twice more within three minutes, then gives it up.',
  'event-dead-letters':
    'Changes that arrived as events were given up. They are neither in the queue nor in the ledger.',
  'dead-letters-lost':
    'An event or a start that failed could not be put on its dead-letter queue either, so it is lost.',
} as const;

export type AlarmKey = keyof typeof ALARMS;

/** The alarm's name in CloudWatch. With `*`, a pattern that matches all alarms of the environment. */
export function alarmName(environment: string, alarm: AlarmKey | '*'): string {
  return `procurios-sync-${environment}-${alarm}`;
}

/** Where the runbook is in this project. */
const RUNBOOK = 'docs/runbook.md';

/** Finds in an alarm's text where the runbook says what to do; undefined if the text names no place. */
export function runbookIn(description: string): string | undefined {
  return /What to do: (\S+)$/.exec(description)?.[1];
}

/**
 * The alarm's text: its impact, and where the runbook says what to do.
 *
 * With the authorization code grant, refused access may need a user to log in again, so the text says how.
 */
export function alarmDescription(
  alarm: AlarmKey,
  {
    environment = '',
    grant,
    runbookUrl = RUNBOOK,
  }: {
    readonly environment?: string;
    readonly grant?: Config['auth']['grant'];
    readonly runbookUrl?: string | undefined;
  } = {},
): string {
  const isForUser = alarm === 'access-refused' && grant === 'authorizationCode';
  const login = isForUser
    ? ` If the code is CONSENT_NEEDED, a user logs in again: ${deployedLoginCommand(environment)}.`
    : '';
  return `${ALARMS[alarm]}${login} What to do: ${runbookUrl}#${alarm}`;
}

/** The command that logs a user in. The name of the config file is not known in AWS, so a sentence takes its place. */
export function deployedLoginCommand(environment: string): string {
  return `npx procurios-sync login, with the config of the environment ${environment}`;
}
