import { checkbox, input } from '@inquirer/prompts';
import { parseHost } from '../../lambda/deployment/safe-addresses.ts';
import { CommandError } from '../../operator/command-error.ts';
import type { Offer } from '../../operator/discover/discovery.ts';
import { suggestionFor } from '../../operator/nearest.ts';
import { countOf, oneLine, shortened } from '../../operator/words.ts';
import { answered, canAsk } from '../terminal/terminal.ts';

/** Lists of forms are rarely wanted as tables. */
const RARELY_WANTED = ['profileSets', 'registrationSets'];

/** @throws {CommandError} `USAGE`: there is no terminal. `INTERRUPTED`. */
export async function askHost(): Promise<string> {
  requireTerminal('--host https://acme.procurios.site');
  const validate = (text: string) =>
    originOf(text) !== undefined ||
    'https://… with neither path nor query, as in https://acme.procurios.site';
  const message = "Your Procurios environment's address";
  const host = await answered(input({ message, validate }, OUTPUT), NOTHING_WRITTEN);
  return originOf(host) ?? '';
}

/** The origin of an environment's address, which people also write without `https://`; undefined: it is none. */
export function originOf(text: string): string | undefined {
  const address = text.trim();
  const isBare = /^[^/:?#@\s]+\.[^/:?#@\s]+(?::\d+)?\/?$/.test(address);
  return parseHost(isBare ? `https://${address}` : address)?.origin;
}

/**
 * Has the streams chosen with the keyboard.
 *
 * @throws {CommandError} `INTERRUPTED`.
 */
export async function askStreams(offers: readonly Offer[]): Promise<Offer[]> {
  const choices = offers.map((offer) => ({
    name: shortened(choiceText(offer), (process.stderr.columns || 80) - 5),
    short: offer.name,
    value: offer,
    checked: offer.objects > 0 && !RARELY_WANTED.includes(offer.factory),
    disabled: offer.obstacle === undefined ? false : `(${shortened(oneLine(offer.obstacle), 60)})`,
  }));
  const validate = (chosen: readonly unknown[]) => chosen.length > 0 || 'At least one stream.';
  return await answered(
    checkbox({ message: 'What is to be pulled?', choices, pageSize: 15, loop: false, validate }, OUTPUT),
    NOTHING_WRITTEN,
  );
}

/** stdout holds results only. */
const OUTPUT = { output: process.stderr };
const NOTHING_WRITTEN = 'nothing was written';

function choiceText({ name, title, fields, objects }: Offer): string {
  const count = objects === 0 ? 'empty' : `${countOf(fields.length, 'field')}`;
  return `${name.padEnd(24)} ${oneLine(title)}, ${count}`;
}

/**
 * The offers with these names, or all that can be pulled.
 *
 * @throws {CommandError} `USAGE`, naming what there is; `NOT_POSSIBLE`: one of them cannot be pulled as it is.
 */
export function chosenByFlags(offers: readonly Offer[], names: readonly string[] | undefined): Offer[] {
  const possible = offers.filter(({ obstacle }) => obstacle === undefined);
  if (names === undefined) return possible;
  return [...new Set(names)].map((name) => {
    const offer = offers.find((each) => each.name === name);
    const known = offers.map((each) => each.name);
    if (offer === undefined) {
      const what = `there is no stream to be called ${oneLine(name)}${suggestionFor(name, known)}`;
      throw new CommandError('USAGE', `${what}; found were ${known.join(', ')}`);
    }
    if (offer.obstacle === undefined) return offer;
    throw new CommandError('NOT_POSSIBLE', `${name} cannot be pulled: ${oneLine(offer.obstacle)}`);
  });
}

/** @throws {CommandError} `USAGE`: nobody is there to be asked, and these flags would answer. */
export function requireTerminal(flags: string): void {
  if (canAsk()) return;
  throw new CommandError('USAGE', `there is no terminal to ask on: add ${flags}`);
}
