import type { Draws } from './draws.ts';
import { drawsFor, type Model } from './model.ts';

export interface Person {
  readonly firstName: string;
  /** For example `van den`; null without an insertion. */
  readonly insertion: string | null;
  readonly lastName: string;
  readonly initials: string;
  readonly gender: 'm' | 'v' | '';
  readonly email: string;
}

export interface PostalAddress {
  readonly street: string;
  readonly number: number;
  readonly numberAdd: string;
  readonly postcode: string;
  readonly town: string;
}

const INSERTION = /^((?:(?:van|de|der|den|het|'t|ten|ter|te|in|op|la|le|von|da|el)\s)+)(.+)$/i;

/** Draws the person of a relation. These must be the relation's first draws, so that {@link personOf} returns the same person. */
export function drawPerson({ pools }: Model, id: number, draws: Draws): Person {
  const woman = draws.chance(52);
  const firstName = draws.pick(woman ? pools.women : pools.men);
  const name = draws.pick(pools.lastNames);
  const [, insertion = '', lastName = name] = INSERTION.exec(name) ?? [];
  const other = draws.chance(40) ? draws.pick('ABEHJMPW'.split('')) : '';
  return {
    firstName,
    insertion: insertion === '' ? null : insertion.trim(),
    lastName,
    initials: `${firstName.charAt(0)}.${other === '' ? '' : `${other}.`}`,
    gender: draws.chance(3) ? '' : woman ? 'v' : 'm',
    email: `${plainLetters(firstName)}.${plainLetters(lastName)}.${id}@example.com`,
  };
}

/** Returns the person of a relation, for other objects that name it. */
export function personOf(model: Model, relationId: number): Person {
  return drawPerson(model, relationId, drawsFor(model, 'relation', relationId));
}

export function drawAddress({ pools }: Model, draws: Draws): PostalAddress {
  return {
    street: draws.pick(pools.streets),
    number: draws.between(1, 240),
    numberAdd: draws.chance(20) ? draws.pick(['A', 'B', '-2', 'bis', 'huis']) : '',
    postcode: `${draws.between(1000, 9999)} ${draws.pick(LETTERS)}${draws.pick(LETTERS)}`,
    town: draws.pick(pools.towns),
  };
}

/** Returns for example `Bert van den Berg`. */
export function spokenName({ firstName, insertion, lastName }: Person): string {
  return [firstName, insertion, lastName].filter((part) => part !== null).join(' ');
}

/** Returns for example `Berg, B. van den (Bert)`, as in the samples of the fundraising export. */
export function sortedName({ firstName, insertion, lastName, initials }: Person): string {
  return `${[`${lastName},`, initials, insertion].filter((part) => part !== null).join(' ')} (${firstName})`;
}

const LETTERS = 'ABCDEGHJKLMNPRSTVWXZ'.split('');

function plainLetters(text: string): string {
  const letters = text
    .normalize('NFD')
    .replace(/[^a-z]/gi, '')
    .toLowerCase();
  return letters === '' ? 'x' : letters;
}
