import { type Json, type JsonObject, parseJson, stringifyJson } from '../../lambda/core/json.ts';
import { isHeld } from '../../lambda/core/push/ledger-entry.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import { readEntry } from '../../operator/changes/read-entry.ts';
import { type ShownChange, shownChange } from '../../operator/changes/shown-change.ts';
import { readConfig } from '../../operator/config.ts';
import { type CommonOptions, flagsOf } from '../../operator/options.ts';
import { openSession } from '../../operator/session.ts';
import { countOf, printable } from '../../operator/words.ts';
import { labelled, labelledLines } from '../terminal/labelled-lines.ts';
import { EXIT, print, say } from '../terminal/output-lines.ts';
import { outcomeText } from './texts.ts';

export interface ChangesShowOptions extends CommonOptions {
  /** Show the values of body and parameters, and the error texts of Procurios, which may quote them. */
  readonly reveal?: boolean;
}

/** `procurios-sync changes show ID`: all that is known about a change, for the operator who decides about it. */
export async function showChange(changeId: string, options: ChangesShowOptions): Promise<number> {
  const config = await readConfig(options);
  await using session = await openSession(config, options);
  const entry = await readEntry(session.ledger(), changeId);
  const change = shownChange(entry, options.reveal ?? false);
  if (options.json) print(stringifyJson(documentOf(change)));
  else {
    print(printable(textOf(change, config)));
    if (change.leftOut.length > 0) {
      const parts = change.leftOut.map((field) => leftOutText(field, change));
      say(`left out: ${parts.join(', and ')}; --reveal shows them`);
    }
    if (isHeld(entry)) say(`held for an operator: ${decisions(changeId, options)}`);
  }
  return EXIT.done;
}

function leftOutText(field: ShownChange['leftOut'][number], { entry }: ShownChange): string {
  if (field === 'body') return 'the values that were sent';
  if (field === 'parameters') return 'the values of its parameters';
  return `the text of ${countOf(entry.errors.length, 'error')}, which may quote values that were sent`;
}

/** The commands that decide about a change, for the operator to copy. */
function decisions(changeId: string, options: CommonOptions): string {
  // An id with characters that a shell would interpret is not put into a command to copy.
  const id = /^\w[\w./:@-]*$/.test(changeId) ? changeId : 'ID';
  const [resend, settle] = ['resend', 'settle'].map(
    (name) => `npx procurios-sync changes ${name} ${id}${flagsOf(options)}`,
  );
  return `${resend}, or\n${settle} --accepted (or --rejected) --note "how you know"`;
}

function documentOf({ entry, parameterNames, parameters, body, leftOut }: ShownChange): JsonObject {
  const { version: _version, contentHash: _hash, attempt: _attempt, ...shown } = entry;
  const known = { ...shown, held: isHeld(entry), parameterNames };
  return {
    ...(parseJson(JSON.stringify(known)) as JsonObject),
    ...(parameters !== undefined && { parameters }),
    ...(body !== undefined && { body }),
    leftOut: [...leftOut],
  };
}

function textOf(change: ShownChange, config: Config): string {
  const { entry } = change;
  const { outcome, notBefore, status, note, _expiresAt: expiresAt } = entry;
  return labelledLines([
    ['change', entry.changeId],
    ['outcome', outcomeText(entry)],
    ['reason', entry.reason],
    ['unchecked', entry.unchecked],
    ['note', note],
    ['operation', operationText(entry, config)],
    ['subject', entry.subject],
    ['parameters', parametersText(change)],
    ['queued', entry.queuedAt],
    ['changed', entry.changedAt],
    ['next try', outcome === 'waiting' && notBefore !== undefined ? timeOf(notBefore) : undefined],
    ['expires', expiresAt === undefined ? undefined : timeOf(expiresAt * 1000)],
    ['status', status === undefined ? undefined : String(status)],
    ['applied', isInDoubt(entry) ? 'perhaps: an attempt had no answer' : undefined],
    ...Object.entries(entry.ids),
    ...labelled('errors', entry.errors),
    ...labelled(
      'attempts',
      entry.attempts.map(({ attempt, at, result }) => `${attempt}  ${at}  ${result ?? 'cut off'}`),
    ),
    ...labelled('body', bodyLines(change)),
  ]);
}

/** Whether the change may have been applied. Not said while it is being sent, nor once it is accepted or settled. */
function isInDoubt({ mayBeApplied, outcome, note }: ShownChange['entry']): boolean {
  return mayBeApplied && note === undefined && outcome !== 'accepted' && outcome !== 'sending';
}

/** `register: POST /l/things_api/thing`; undefined if the message was no change. */
function operationText({ operation }: ShownChange['entry'], { operations }: Config): string | undefined {
  if (operation === undefined) return undefined;
  const known = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
  return known === undefined
    ? `${operation}, which the config no longer has`
    : `${operation}: ${known.method} ${known.path}${known.repeatable ? ', safe to repeat' : ''}`;
}

function parametersText({ parameterNames, parameters }: ShownChange): string {
  if (parameters === undefined) return parameterNames.join(', ');
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}

function bodyLines({ entry, hasBody, body }: ShownChange): string[] {
  const { bodyFields, operation } = entry;
  if (!hasBody) return bodyFields.length === 0 ? [] : [`dropped; it had ${bodyFields.join(', ')}`];
  if (body === undefined) return [bodyFields.join(', ') || 'no fields'];
  return (operation === undefined ? (body as string) : stringifyJson(body as Json, 2)).split('\n');
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
