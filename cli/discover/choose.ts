import { checkbox, input } from '@inquirer/prompts';
import { CommandError } from '../../operator/command-error.ts';
import { originOf } from '../../operator/discover/address.ts';
import type { Offer } from '../../operator/discover/discovery.ts';
import { countOf, oneLine, shortened } from '../../operator/words.ts';
import { answered, canAsk } from '../terminal/terminal.ts';

/** Not checked at first, because tables of forms are rarely useful. */
const RARELY_WANTED = ['profileSets', 'registrationSets'];

/**
 * Asks for the address of the environment.
 *
 * @returns An origin.
 * @throws {CommandError} `USAGE` if there is no terminal; `INTERRUPTED`.
 */
export async function askHost(): Promise<string> {
  requireTerminal('--host https://acme.procurios.site');
  const validate = (text: string) =>
    originOf(text) !== undefined ||
    'Expected https://… without a path and without a query, as in https://acme.procurios.site';
  const message = "Your Procurios environment's address";
  const host = await answered((context) => input({ message, validate }, context), NOTHING_WRITTEN);
  return originOf(host) ?? '';
}

/**
 * Lets the operator choose streams with the keyboard.
 *
 * @throws {CommandError} `INTERRUPTED`; `NOT_FOUND` if nothing can be pulled.
 */
export async function askStreams(offers: readonly Offer[]): Promise<Offer[]> {
  const choices = offers.map((offer) => ({
    name: shortened(choiceText(offer), (process.stderr.columns || 80) - 5),
    short: offer.name,
    value: offer,
    checked: offer.objects > 0 && !RARELY_WANTED.includes(offer.factory),
    disabled: offer.obstacle === undefined ? false : `(${shortened(oneLine(offer.obstacle), 60)})`,
  }));
  const validate = (chosen: readonly unknown[]) => chosen.length > 0 || 'Choose at least one stream.';
  const question = {
    message: 'Which streams should be pulled?',
    choices,
    pageSize: 15,
    loop: false,
    validate,
  };
  return await answered((context) => checkbox(question, context), NOTHING_WRITTEN);
}

const NOTHING_WRITTEN = 'nothing was written';

function choiceText({ name, title, fields, objects }: Offer): string {
  const count = objects === 0 ? 'empty' : `${countOf(fields.length, 'field')}`;
  return `${name.padEnd(24)} ${oneLine(title)}, ${count}`;
}

/**
 * @param flags - Those that answer the question instead.
 * @throws {CommandError} `USAGE` if there is no terminal.
 */
export function requireTerminal(flags: string): void {
  if (canAsk()) return;
  throw new CommandError('USAGE', `there is no terminal to ask on: add ${flags}`);
}
