import type { SyncErrorCode } from '../lambda/core/errors.ts';
import type { CommandErrorCode } from './command-error.ts';
import { ACCESS_ERRORS } from './error-guide/access.ts';
import { AWS_ERRORS } from './error-guide/aws.ts';
import { COMMAND_ERRORS } from './error-guide/commands.ts';
import type { GuideEntry } from './error-guide/entry.ts';
import { PROCURIOS_ERRORS } from './error-guide/procurios.ts';

/** Every code that a command can end with. */
export type ErrorCode = SyncErrorCode | CommandErrorCode | 'BUG';

/** What `procurios-sync help CODE` shows. `docs/errors.md` has the lines `happened` and `remedy` in a table. */
export const ERROR_GUIDE: Readonly<Record<ErrorCode, GuideEntry>> = {
  ...COMMAND_ERRORS,
  ...ACCESS_ERRORS,
  ...PROCURIOS_ERRORS,
  ...AWS_ERRORS,
};

/** Narrows a text to an error code. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERROR_GUIDE, text);
}
