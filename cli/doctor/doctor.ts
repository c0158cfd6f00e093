import { styleText } from 'node:util';
import type { Retry } from '../../lambda/core/retry.ts';
import { readConfig } from '../../operator/config.ts';
import { examine, type PlacedFinding } from '../../operator/doctor/examination.ts';
import type { Finding, FindingStatus } from '../../operator/doctor/finding.ts';
import type { CommonOptions } from '../../operator/options.ts';
import { countOf, printable } from '../../operator/words.ts';
import { askForMissingCredentials } from '../terminal/missing-credentials.ts';
import { EXIT, print } from '../terminal/output-lines.ts';
import { createSpinner, isTerminal, retryText } from '../terminal/progress.ts';
import { textWidth, wrapped } from '../terminal/text.ts';

/** `procurios-sync doctor`: examines everything, changes nothing, and shows each problem with its fix. */
export async function doctor(options: CommonOptions): Promise<number> {
  // An invalid config is a finding of the examination.
  const config = await readConfig(options).catch(() => undefined);
  if (config !== undefined) await askForMissingCredentials(config, options);
  const spinner = createSpinner(!isTerminal());
  const screen = createScreen(options);
  try {
    const onRetry = (retry: Retry): void => {
      spinner.text = retryText(retry);
    };
    for await (const finding of examine(options, onRetry)) {
      spinner.stop();
      screen.show(finding);
      spinner.start('checking');
    }
  } finally {
    spinner.stop();
  }
  return screen.finish();
}

const MARKS = {
  ok: ['green', '✔'],
  information: ['blue', 'ℹ'],
  warning: ['yellow', '⚠'],
  failure: ['red', '✖'],
} as const satisfies Record<FindingStatus, unknown>;

interface Screen {
  show(finding: PlacedFinding): void;
  /** Prints the summary, and returns the exit code. */
  finish(): number;
}

function createScreen({ json }: CommonOptions): Screen {
  const findings: PlacedFinding[] = [];
  let shownGroup = '';
  return {
    show(finding) {
      findings.push(finding);
      if (json) return;
      if (finding.group !== shownGroup)
        print(`${shownGroup === '' ? '' : '\n'}${styled('bold', finding.group)}`);
      shownGroup = finding.group;
      print(findingText(finding));
    },
    finish() {
      const count = (status: FindingStatus) => findings.filter((finding) => finding.status === status).length;
      const [failures, warnings] = [count('failure'), count('warning')];
      const hasSteps = findings.some(({ fix }) => fix !== undefined);
      const status = failures > 0 ? 'failure' : warnings > 0 ? 'warning' : 'ok';
      if (json) print(JSON.stringify({ status, findings }));
      else print(`\n${summary(failures, warnings, hasSteps)}`);
      return failures > 0 ? EXIT.failed : EXIT.done;
    },
  };
}

function styled(style: Parameters<typeof styleText>[0], text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

function findingText({ check, status, what, fix }: Finding): string {
  const [color, mark] = MARKS[status];
  const width = textWidth(process.stdout);
  const first = `  ${styled(color, mark)} `;
  // Without `stream` or `operation`, because the group's heading has that word.
  const name = check.replace(/^(?:stream|operation) /, '');
  const text = wrapped(`${name}: ${printable(what)}`, width, { first, rest: 4 });
  if (fix === undefined) return text;
  return `${text}\n${wrapped(printable(fix), width, { first: `    ${styled('cyan', '→')} `, rest: 6 })}`;
}

/** @param hasSteps - Whether a finding names a step, which also information does: the first pull, for example. */
function summary(failures: number, warnings: number, hasSteps: boolean): string {
  if (failures === 0 && warnings === 0) {
    return styled('green', hasSteps ? 'Nothing is wrong; each → names what is still to do' : 'All is well.');
  }
  const parts = [failures > 0 && countOf(failures, 'failure'), warnings > 0 && countOf(warnings, 'warning')];
  return `${styled(failures > 0 ? 'red' : 'yellow', parts.filter(Boolean).join(', '))}; each → names the fix`;
}
