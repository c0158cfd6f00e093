import { SyncError } from '../core/errors.ts';

/** What of an error may stand in a log: the message of our own ones, and only the place of all others. */
export function errorFields(error: unknown): { readonly code: string; readonly error: string } {
  if (error instanceof SyncError) return { code: error.code, error: error.message };
  const { name, stack = '' } = error instanceof Error ? error : new Error();
  const frames = stack.split('\n').filter((line) => line.startsWith('    at '));
  return { code: name, error: frames.slice(0, 5).join('; ') };
}
