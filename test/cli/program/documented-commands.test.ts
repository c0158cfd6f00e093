import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Command } from 'commander';
import { addCommands } from '../../../cli/program/commands.ts';
import { ALARMS, type AlarmKey, alarmDescription } from '../../../lambda/deployment/alarms.ts';
import { ERROR_GUIDE } from '../../../operator/error-guide.ts';

const ROOT = new URL('../../../', import.meta.url);
const PREFIX = 'npx procurios-sync ';
/** What stands for a value of the reader's, where only some values are taken. */
const STAND_INS: Readonly<Record<string, string>> = { SHELL: 'bash', COMMAND: 'pull' };

/** Every command of a program, itself included. */
function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

/** The command line as it is declared; nothing is run. */
function declared(writeOut: (text: string) => void = () => {}): Command {
  const program = new Command('procurios-sync');
  addCommands(program, async () => {});
  for (const command of everyCommand(program)) {
    command.exitOverride().configureOutput({ writeOut, writeErr: () => {}, outputError: () => {} });
  }
  return program;
}

/** @returns Why the command line does not take it; undefined: it does. */
async function problemOf(commandLine: string): Promise<string | undefined> {
  const words = commandLine.slice(PREFIX.length).match(/"[^"]*"|\S+/g) ?? [];
  try {
    await declared().parseAsync(
      words.map((word) => STAND_INS[word] ?? word.replaceAll('"', '')),
      { from: 'user' },
    );
    return undefined;
  } catch (error) {
    const { exitCode, message } = error as { exitCode?: number; message: string };
    return exitCode === 0 ? undefined : message;
  }
}

/** Commands in Markdown: spans between backticks, which may go on in the next line, and lines of blocks of code. */
function commandsIn(markdown: string): string[] {
  const blocks = markdown.match(/^ *```[^`]*^ *```/gm) ?? [];
  const spans = markdown.replace(/^ *```[^`]*^ *```/gm, '').match(/`[^`]+`/g) ?? [];
  return [
    ...spans.map((span) => span.slice(1, -1).replace(/\s+/g, ' ')),
    ...blocks.flatMap((block) => block.replace(/\\\n\s*/g, '').split('\n')),
  ].flatMap(commandsInLine);
}

/** `npx procurios-sync a && npx procurios-sync b > file  # why` has two. */
function commandsInLine(line: string): string[] {
  return line
    .replace(/\s#.*/, '')
    .split(/ && | \| | [<>] /)
    .flatMap((part) => {
      const start = part.indexOf(PREFIX);
      // In prose, as an alarm's, a command ends with its part of the sentence.
      return start < 0
        ? []
        : [
            part
              .slice(start)
              .replace(/[.,](?:\s.*)?$/, '')
              .trim(),
          ];
    });
}

function helpTexts(): string[] {
  const texts: string[] = [];
  for (const command of everyCommand(declared((text) => texts.push(text)))) command.outputHelp();
  return texts;
}

const docs = readdirSync(new URL('docs/', ROOT)).map((name) => `docs/${name}`);
const sources: [where: string, commands: string[]][] = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', ...docs].map(
    (file): [string, string[]] => [file, commandsIn(readFileSync(new URL(file, ROOT), 'utf8'))],
  ),
  [
    'alarms',
    (Object.keys(ALARMS) as AlarmKey[]).flatMap((key) =>
      commandsInLine(alarmDescription(key, { grant: 'authorizationCode', environment: 'acme' })),
    ),
  ],
  [
    'the guide to errors',
    Object.values(ERROR_GUIDE).flatMap(({ look, steps, remedy, meaning }) =>
      commandsIn([remedy, meaning, ...look, ...steps].join('\n')),
    ),
  ],
  [
    'help',
    helpTexts().flatMap((text) =>
      text
        .replace(/\\\n\s*/g, '')
        .split('\n')
        // A shell's function takes whatever it is given.
        .filter((line) => line.startsWith('  $ ') && !line.includes('"$@"'))
        // An example and what it does are two spaces apart.
        .flatMap((line) => commandsInLine(line.slice(4).replace(/ {2,}.*/, ''))),
    ),
  ],
];
const cases = sources.flatMap(([where, commands]) =>
  [...new Set(commands)].map((command) => [where, command] as const),
);

test('documents and messages contain commands to check', () => {
  const places = new Set(cases.map(([where]) => where));

  for (const place of ['README.md', 'docs/runbook.md', 'docs/deploy.md', 'alarms', 'help']) {
    expect(places).toContain(place);
  }
  expect(cases.length).toBeGreaterThan(60);
});

test.each(cases)('%s shows a command that the program accepts: %s', async (_where, command) => {
  expect(await problemOf(command)).toBeUndefined();
});

test.each([
  'npx procurios-sync pull STREAM --dry-run',
  'npx procurios-sync pull --streams members',
  'npx procurios-sync changes settle b7c1 --acepted',
  'npx procurios-sync stats',
])('%s is refused, so the check of commands finds mistakes', async (command) => {
  expect(await problemOf(command)).toBeDefined();
});
