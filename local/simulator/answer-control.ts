import type { IncomingMessage } from 'node:http';
import { type ApiReply, emptyReply, errorReply, textReply } from './api-reply.ts';
import type { Control } from './control.ts';
import type { Fields } from './data/object-set.ts';
import type { Fault } from './faults/fault-plan.ts';
import type { ObjectKind } from './object-kinds.ts';
import type { Switches } from './switches.ts';
import type { ClientCredentials } from './tokens.ts';

/** Root path of the control interface. */
export const CONTROL_ROOT = '/_simulator/';

interface ControlCommand {
  readonly control: Control;
  readonly kind: ObjectKind;
  /** The first number in the path; 0 if it has none. */
  readonly id: number;
  /** All numbers in the path. */
  readonly numbers: readonly number[];
  /** The parsed body; `{}` without a body. */
  readonly body: Fields;
}

/**
 * Header without which the control interface refuses a command, with any value.
 *
 * A web page cannot send it to another origin, because browsers first ask for consent (a CORS preflight), which the simulator
 * never gives.
 */
export const CONTROL_HEADER = 'x-simulator-control';

/** The first parts of the paths whose second part is a kind. */
const OF_A_KIND: ReadonlySet<string | undefined> = new Set(['objects', 'standing', 'changes']);

/** Commands by method and path below the root. `*` is a kind, `#` a number. */
const COMMANDS: Readonly<Record<string, (command: ControlCommand) => unknown>> = {
  'GET requests': ({ control }) => control.requests(),
  'DELETE requests': ({ control }) => control.resetRequests(),
  'GET applied': ({ control }) => control.applied(),
  'DELETE applied': ({ control }) => control.resetApplied(),
  'POST faults': ({ control, body }) => control.fault(body as unknown as Fault),
  'DELETE faults': ({ control }) => control.clearFaults(),
  'GET faults': ({ control }) => control.faults(),
  'GET faults/known': ({ control }) => control.knownFaults(),
  'POST walks': ({ control }) => control.beginWalk(),
  'GET walks': ({ control }) => control.walks(),
  'POST objects/*': ({ control, kind, body }) => ({ id: control.create(kind, body) }),
  'GET objects/*/#': ({ control, kind, id }) => control.get(kind, id),
  'PATCH objects/*/#': ({ control, kind, id, body }) => control.edit(kind, id, body),
  'DELETE objects/*/#': ({ control, kind, id }) => control.remove(kind, id),
  'POST objects/*/#/restore': ({ control, kind, id }) => control.restore(kind, id),
  'POST objects/*/#/renumber': ({ control, kind, id }) => ({ id: control.renumber(kind, id) }),
  'GET objects/*/#/key': ({ control, kind, id }) => control.keyOf(kind, id),
  'GET objects/*/#/absences': ({ control, kind, id }) => control.absences(kind, id),
  'GET moment': ({ control }) => control.moment(),
  'GET standing/*': ({ control, kind }) => control.standing(kind),
  'GET standing/*/#/#': ({ control, kind, numbers: [from, to] }) =>
    control.standing(kind, { ...(from !== undefined && { from }), ...(to !== undefined && { to }) }),
  'GET changes/*': ({ control, kind }) => control.changes(kind),
  'POST relations/#/archive': ({ control, id, body }) =>
    control.archive(id, body.reason === undefined ? undefined : String(body.reason)),
  'POST relations/#/merge': ({ control, id, body }) => control.merge(id, Number(body.keptRelationId)),
  'POST tokens/revoke': ({ control }) => control.revokeTokens(),
  'POST tokens/expire': ({ control }) => control.expireTokens(),
  'PUT credentials': ({ control, body }) => control.setCredentials(body as Partial<ClientCredentials>),
  'PATCH switches': ({ control, body }) => control.switches(body as Partial<Switches>),
};

/**
 * Performs a command of the control interface.
 *
 * @param path - The whole path, including the root.
 * @returns 200 with JSON, or 204. 400 for an invalid command; 403 without the {@link CONTROL_HEADER}; 404 for an unknown
 * command or object.
 */
export function answerControl(
  control: Control,
  { method = 'GET', headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  path: string,
  body: string,
): ApiReply {
  if (headers[CONTROL_HEADER] === undefined) {
    return errorReply(403, `The header ${CONTROL_HEADER} is missing; send it with any value`);
  }
  const parts = path.slice(CONTROL_ROOT.length).split('/');
  const [kind = ''] = OF_A_KIND.has(parts[0]) ? parts.slice(1) : [];
  const pattern = parts.map((part, index) => {
    if (/^\d+$/.test(part)) {
      return '#';
    }
    return index === 1 && OF_A_KIND.has(parts[0]) ? '*' : part;
  });
  const command = COMMANDS[`${method} ${pattern.join('/')}`];
  if (command === undefined) {
    return errorReply(404, `Unknown command; known are ${Object.keys(COMMANDS).join(', ')}`);
  }
  const numbers = parts.filter((part) => /^\d+$/.test(part)).map(Number);
  try {
    const result = command({
      control,
      kind: kind as ObjectKind,
      id: numbers[0] ?? 0,
      numbers,
      body: JSON.parse(body === '' ? '{}' : body) as Fields,
    });
    if (result !== undefined) {
      return textReply(`${JSON.stringify(result)}\n`, 'application/json');
    }
    return method === 'GET' ? errorReply(404, 'Unknown object') : emptyReply(204);
  } catch (error) {
    return errorReply(error instanceof RangeError ? 404 : 400, (error as Error).message);
  }
}
