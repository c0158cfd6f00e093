import { integerText, type Json, stringifyJson } from '../../core/json.ts';
import type { Change } from '../../core/push/change.ts';
import { fillPath, type Operation } from '../../core/push/operation.ts';
import type { ChangeReply } from '../../core/push/reply.ts';
import type { Client } from '../http/client.ts';
import { valueAt } from '../listing/pointer.ts';
import { errorsIn, isMixedList } from './vendor-errors.ts';

const LONGEST_ID = 500;

/**
 * Sends a change once, and once more with a new token if the first was refused.
 *
 * - `answered`: with the status. A 2xx whose body is cut short or not JSON does not count, because it may have held
 *   `errors`. A 2xx without a body counts if it is certain to be whole.
 * - `notSent`: nothing was written to a connection (no token, a pause, no turn in time, no connection), or the only
 *   answer refused the token.
 * - `lost`: the change was written to a connection, and no whole answer came.
 *
 * @param bounds - See {@link Client.send}.
 */
export async function sendChange(
  client: Pick<Client, 'send'>,
  operation: Operation,
  change: Change,
  { endMs, stop }: { readonly endMs: number; readonly stop: AbortSignal },
): Promise<ChangeReply> {
  const sent = await client.send({
    method: operation.method,
    path: fillPath(operation.path, change.parameters),
    shownPath: operation.path,
    mediaType: operation.mediaType,
    ...(change.body !== undefined && { body: stringifyJson(change.body) }),
    about: `change ${change.changeId}`,
    endMs,
    stop,
  });
  if (sent.kind !== 'answered') return sent;
  const { json, isProblem, ...answered } = sent;
  const isMixed = sent.status === 207 || isProblem || isMixedList(json);
  return {
    ...answered,
    errors: errorsIn(json),
    ids: json === undefined ? {} : idsIn(json, operation.ids),
    ...(isMixed && { isMixed }),
  };
}

/** The ids in the answer. A value that is neither a text nor an integer is left out. */
function idsIn(answer: Json, pointers: Operation['ids']): Record<string, string> {
  const ids = Object.entries(pointers).map(([name, pointer]) => [name, idOf(valueAt(pointer, answer))]);
  return Object.fromEntries(ids.filter(([, id]) => id !== undefined));
}

function idOf(value: Json | undefined): string | undefined {
  const id = typeof value === 'string' ? value : integerText(value);
  return id !== undefined && id !== '' && id.length <= LONGEST_ID ? id : undefined;
}
