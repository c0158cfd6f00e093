import { say } from '../terminal/output-lines.ts';

/** Says that an earlier pull's lease is watched before it is taken. @param owner - That pull. */
export function sayWatching(owner: string): void {
  say(`an earlier pull (${owner}) did not end well: watching for up to 45 seconds whether it is at work`);
}
