import type { CountedWalk, Held } from '../../lambda/core/deletes/evidence.ts';
import { countOf, grouped, timeIn } from '../../operator/words.ts';

/** `2026-11-24 04:00 Europe/Amsterdam, down, 997 shown`. */
export function walkText({ began, direction, shown, holes }: CountedWalk, timeZone: string): string {
  const empty = holes === 0 ? '' : `, ${countOf(holes, 'hole')}`;
  return `${timeIn(timeZone, began)}, ${direction}, ${grouped(shown)} shown${empty}`;
}

/** What is still held after a command. */
export function stillHeldText(held: Held | undefined): string {
  return held === undefined
    ? 'nothing is held any more'
    : `${countOf(held.count, 'item')} still held, under ${held.id}`;
}
