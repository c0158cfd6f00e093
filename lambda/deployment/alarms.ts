import type { Config } from './config.ts';

/**
 * The alarms of an environment. Each is named `procurios-sync-<environment>-<key>`, and has its heading, which is the key, in
 * docs/runbook.md.
 */
export const ALARMS = {
  'no-complete-run':
    'For longer than expected no pull has come to its end: what reads the tables may be working with old data.',
  'run-failed':
    'A pull failed, for one stream at least: that table is as it was when its last good pull ended, or partly newer.',
  'run-cut-off':
    'A pull was stopped or ran out of time. The next one goes on where it was; until then some tables are old.',
  'pull-dead-letters':
    'A pull could not be started, or its execution did not end well: the tables may not have been brought up to date.',
  'pull-errors':
    'The pull function crashed or was killed. Lambda resumes the run at its last slice; if it goes on, the tables grow old.',
  'stream-incomplete':
    'A stream was not read to its end, though nothing failed: newer objects may be missing, and none is marked as gone.',
  'objects-rejected':
    'Some objects could not be stored. They are missing from their tables, or are there as they were before.',
  'access-refused':
    'Procurios refuses our credentials or a scope: nothing is pulled or pushed that needs them. Changes wait meanwhile.',
  'procurios-throttles':
    'Procurios asks for pauses again and again, or a table throttles: pulls take longer, and may not end in their time.',
  'functions-throttled':
    'Lambda does not let our functions run, for lack of concurrency: pulls and changes are late.',
  'changes-rejected':
    'Procurios or our checks refused changes: they were not applied, and will not be by themselves.',
  'changes-unknown':
    'It is not known whether some changes were applied: they are held, and are not sent again by themselves.',
  'changes-held': 'Changes that waited for 13 days are held for a person: they were not applied.',
  'changes-late': 'A change has been in the queue for more than an hour: Procurios does not have it yet.',
  'change-dead-letters':
    'Changes could not even be recorded and are in the last-resort queue: they were not applied, and the ledger may not have them.',
  'push-errors':
    'The push function crashed or was killed. What it was sending may end as unknown; the rest is sent later.',
  'enqueue-errors':
    'Changes that arrive as events could not be put on the queue. EventBridge and Lambda try again for some hours.',
  'event-dead-letters':
    'Changes that arrived as events were given up: they are not in the queue, nor in the ledger.',
} as const;

export type AlarmKey = keyof typeof ALARMS;

/** The alarm's name in CloudWatch; `*`: what matches all of an environment's. */
export function alarmName(environment: string, alarm: AlarmKey | '*'): string {
  return `procurios-sync-${environment}-${alarm}`;
}

/**
 * What the alarm says: its impact, and where it is written what to do.
 *
 * @param auth - How which environment's tokens are obtained. @default - By client credentials.
 */
export function alarmDescription(
  alarm: AlarmKey,
  {
    environment = '',
    grant,
  }: { readonly environment?: string; readonly grant?: Config['auth']['grant'] } = {},
): string {
  const isUsers = alarm === 'access-refused' && grant === 'authorizationCode';
  const login = isUsers
    ? ` If the code is CONSENT_NEEDED, a user logs in again: ${deployedLoginCommand(environment)}.`
    : '';
  return `${ALARMS[alarm]}${login} What to do: docs/runbook.md#${alarm}`;
}

/** What logs a user in, as far as it is known in AWS: not what the file with the config is called. */
export function deployedLoginCommand(environment: string): string {
  return `npx procurios-sync login, with the config of the environment ${environment}`;
}
