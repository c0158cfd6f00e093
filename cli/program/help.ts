import { styleText } from 'node:util';
import { CommandError } from '../../operator/command-error.ts';
import { ERROR_GUIDE, type ErrorCode, isErrorCode } from '../../operator/error-guide.ts';
import { suggestionFor } from '../../operator/nearest.ts';
import { printable } from '../../operator/words.ts';
import { EXIT, print } from '../terminal/output-lines.ts';
import { textWidth, wrapped } from '../terminal/text.ts';

/**
 * `procurios-sync help CODE`: prints what an error code means and what to do.
 *
 * @param commands - Names of the commands, to suggest one if the topic is misspelt.
 * @throws {CommandError} `USAGE` if there is no such code.
 */
export function helpWithCode(
  topic: string,
  commands: readonly string[],
  { json }: { readonly json?: boolean },
): number {
  const code = topic.toUpperCase().replace(/[- ]/g, '_');
  if (!isErrorCode(code)) {
    const suggestion = suggestionFor(topic, [...commands, ...Object.keys(ERROR_GUIDE)]);
    const message = `there is no help for ${printable(topic)}${suggestion}; name a command or an error code`;
    throw new CommandError('USAGE', message);
  }
  print(json ? JSON.stringify({ code, ...ERROR_GUIDE[code] }) : guideText(code));
  return EXIT.done;
}

function guideText(code: ErrorCode): string {
  const { happened, meaning, look, steps } = ERROR_GUIDE[code];
  const bold = (text: string) => styleText('bold', text, { stream: process.stdout });
  const width = textWidth(process.stdout);
  const list = (head: string, entries: readonly string[], mark: (index: number) => string) =>
    entries.length === 0
      ? []
      : [
          `\n${bold(head)}`,
          ...entries.map((entry, index) =>
            wrapped(withCode(entry), width, { first: `  ${mark(index)} `, rest: 5 }),
          ),
        ];
  return [
    wrapped(`${bold(code)}: ${withCode(happened)}`, width, { first: '', rest: 0 }),
    '',
    wrapped(withCode(meaning), width, { first: '', rest: 0 }),
    ...list('See more', look, () => ' -'),
    ...list('What to do', steps, (index) => `${index + 1}.`),
  ].join('\n');
}

/** The text without its backticks. What they enclose is coloured if the terminal shows colours. */
function withCode(text: string): string {
  return text.replace(/`([^`]+)`/g, (_whole, code: string) =>
    styleText('cyan', code, { stream: process.stdout }),
  );
}
