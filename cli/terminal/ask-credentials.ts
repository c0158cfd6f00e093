import { text } from 'node:stream/consumers';
import { password } from '@inquirer/prompts';
import type { Credentials } from '../../lambda/core/token/credentials.ts';
import { CommandError } from '../../operator/command-error.ts';
import { answered, canAsk } from './terminal.ts';

/** Far longer than any id or secret of Procurios. */
const LONGEST = 4096;

/**
 * Asks for the client's id and secret on the terminal, which shows stars for what is typed.
 *
 * @throws {CommandError} `USAGE` if there is no terminal. `INTERRUPTED`.
 */
export async function askCredentials(): Promise<Credentials> {
  if (!canAsk()) {
    throw new CommandError(
      'USAGE',
      'there is no terminal to ask on: give {"clientId": "…", "clientSecret": "…"} on stdin, and add --stdin',
    );
  }
  return { clientId: await ask("Client's id"), clientSecret: await ask("Client's secret") };
}

async function ask(message: string): Promise<string> {
  const validate = (value: string) => whatIsWrong(value) ?? true;
  const question = { message, mask: '*', toggleMask: false, validate };
  return await answered((context) => password(question, context), 'nothing was stored');
}

/**
 * Reads `{"clientId": "…", "clientSecret": "…"}` from stdin, for automation.
 *
 * @throws {CommandError} `USAGE`. The message names the field, and never quotes its value.
 */
export async function readCredentials(input: NodeJS.ReadableStream): Promise<Credentials> {
  const fields = parseFields(await text(input));
  for (const name of Object.keys(fields)) {
    if (name !== 'clientId' && name !== 'clientSecret')
      throw malformed('it has a field other than these two');
  }
  return { clientId: checked('clientId', fields), clientSecret: checked('clientSecret', fields) };
}

function parseFields(json: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    // Without a cause: the parser's message quotes the text.
    throw malformed(json.trim() === '' ? 'it is empty' : 'it is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw malformed('it is not an object');
  return { ...value };
}

function checked(name: keyof Credentials, fields: Readonly<Record<string, unknown>>): string {
  const value = fields[name];
  if (value === undefined) throw malformed(`it has no ${name}`);
  const problem = typeof value === 'string' ? whatIsWrong(value) : 'is not a text';
  if (problem !== undefined) throw malformed(`${name} ${problem}`);
  return value as string;
}

function malformed(problem: string): CommandError {
  return new CommandError(
    'USAGE',
    `stdin is not as expected, {"clientId": "…", "clientSecret": "…"}: ${problem}; nothing was stored`,
  );
}

/**
 * What is wrong with an id or a secret, in words that follow its name; undefined if nothing is. OAuth2 allows printable
 * ASCII. A space at an end is refused and not removed, because removing it could be a mistake too.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#appendix-A.1
 */
function whatIsWrong(value: string): string | undefined {
  if (value === '') return 'is empty';
  if (value !== value.trim()) return 'begins or ends with a space or a line end';
  if (!/^[\x20-\x7e]+$/.test(value)) return 'has characters other than printable ASCII';
  return value.length > LONGEST ? `is longer than ${LONGEST} characters` : undefined;
}
