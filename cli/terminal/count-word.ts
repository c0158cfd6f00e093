import type { CountName } from '../../lambda/core/pull/counts.ts';

/** A count's name as a command shows it: a dry run only finds objects to write. */
export function countWord(name: CountName, isDryRun: boolean): string {
  return isDryRun && name === 'written' ? 'to write' : name;
}
