import type { Failure } from '../../lambda/core/pull/receipt.ts';
import { type Doubt, doubtsAbout } from '../../lambda/core/pull/verdict.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import { lackingScopes, lackText } from '../scopes.ts';
import { ago, countUpTo, minuteIn } from '../words.ts';
import type { Concern } from './concern.ts';
import type { PullReport } from './read-pulls.ts';
import { known, MOST_COUNTED } from './status-report.ts';

/**
 * Finds what needs an operator about the pulls.
 *
 * @param flags - The flags with which other commands use the same tables.
 * @param config - Whose lacking scopes are named; undefined if the caller names them.
 */
export function pullConcerns(report: PullReport, flags: string, config?: ScopedConfig): Concern[] {
  const cutOff = known(report.cutOff);
  const futureRun = known(report.futureRun);
  const pullingSince = known(report.atWork)?.since;
  const [latestRun] = known(report.runs) ?? [];
  const doubts = doubtsAbout({
    streams: known(report.streams) ?? [],
    ...(latestRun && { latestRun }),
    ...(futureRun && { futureRun }),
    ...(cutOff && { cutOff }),
    ...(pullingSince && { pullingSince }),
    nowMs: Date.parse(report.at),
    ...(report.expectWithinHours && { tooOldMs: report.expectWithinHours * 60 * 60 * 1000 }),
  });
  return doubts.map((doubt) => concernOf(doubt, report, flags, config));
}

type ScopedConfig = Pick<Config, 'auth' | 'streams'>;

function concernOf(
  doubt: Doubt,
  report: PullReport,
  flags: string,
  config: ScopedConfig | undefined,
): Concern {
  const at = (time: string): string =>
    `${minuteIn(report.timeZone, time)}, ${ago(time, Date.parse(report.at))}`;
  const pull = `npx procurios-sync pull${report.expectWithinHours === undefined ? '' : ' --deployed --wait'}${flags}`;
  switch (doubt.kind) {
    case 'cutOff': {
      const what = `the last pull was cut off: it began ${at(doubt.since)} (${doubt.owner})`;
      return { what, next: pull };
    }
    case 'runFailed': {
      const { code, message } = doubt.error;
      const what = `the last run failed ${code}: it began ${at(doubt.startedAt)}`;
      return { what, why: message, next: nextAfter(code, pull) };
    }
    case 'future':
      return futureConcern(doubt.startedAt, doubt.stream, pull);
    case 'walk': {
      const { status, error, streams } = doubt;
      const what = `last walk ${[status, error?.code].join(' ').trim()}: ${streams.join(', ')}`;
      return {
        what,
        ...(error && { why: whyFailed(error, streams, config), next: nextAfter(error.code, pull) }),
      };
    }
    case 'never':
      return { what: `never pulled completely: ${doubt.streams.join(', ')}`, next: pull };
    case 'old': {
      const hours = report.expectWithinHours;
      const what = `older than ${hours} hours: ${doubt.streams.join(', ')} (whole as of ${at(doubt.oldest)})`;
      return { what, next: pull };
    }
    case 'rejects': {
      const what = `${countUpTo(doubt.count, MOST_COUNTED, 'object')} rejected: ${doubt.stream}`;
      return { what, next: `npx procurios-sync show ${doubt.stream} --rejects${flags}` };
    }
  }
}

/** The error's sentence, and the scopes that refused streams need and the config lacks. */
function whyFailed(
  { code, message }: Failure,
  names: readonly string[],
  config: ScopedConfig | undefined,
): string {
  if (code !== 'ACCESS_DENIED' || config === undefined) return message;
  const { auth, streams } = config;
  const refused = streams.filter(({ name }) => names.includes(name));
  return [message, ...lackingScopes(auth, refused).map(lackText)].join('; ');
}

function futureConcern(startedAt: string, stream: string | undefined, pull: string): Concern {
  const clock = 'in the future, so a clock is or was wrong';
  return stream === undefined
    ? {
        what: `a run began ${clock}: ${startedAt}`,
        next: `once all clocks are right, delete the item run / ${startedAt}#… from the state table`,
      }
    : {
        what: `the last complete walk of ${stream} began ${clock}: ${startedAt}`,
        next: `once all clocks are right: ${pull}`,
      };
}

/** The command after a failure. What was interrupted needs a pull and no explanation. */
function nextAfter(code: string, pull: string): string {
  return code === 'INTERRUPTED' ? pull : `npx procurios-sync help ${code}`;
}
