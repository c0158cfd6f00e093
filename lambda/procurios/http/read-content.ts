import { type Call, callFailure } from './call.ts';
import type { Answer } from './fetch-once.ts';

/**
 * Whether an answer without content is certain to be whole: its status says so, or the length or the chunks of its body do.
 *
 * A body that ends with its connection may have been cut.
 */
function isSurelyEmpty({ status, headers }: Answer): boolean {
  if (status === 204 || status === 205 || headers.get('content-length') === '0') return true;
  return headers.has('content-length') || headers.has('transfer-encoding');
}

/**
 * Reads the body of a 2xx.
 *
 * @returns Undefined for an answer without content.
 * @throws {SyncError} Those of {@link Answer.readText}, and `UNAVAILABLE`, transient, for an answer without content that may
 * have been cut short.
 */
export async function readContent(call: Call, answer: Answer): Promise<string | undefined> {
  const text = await answer.readText();
  if (text.trim() !== '') return text;
  if (isSurelyEmpty(answer)) return undefined;
  const { status } = answer;
  const what = 'an answer with nothing in it may be cut short';
  throw callFailure('UNAVAILABLE', call, what, { status, isTransient: true });
}
