import { type Json, type JsonObject, parseJson, stringifyJson } from '../../lambda/core/json.ts';
import { isHeld, type LedgerEntry } from '../../lambda/core/push/ledger-entry.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import { openLedger, readEntry } from '../../operator/changes/open-changes.ts';
import { withSafeWords } from '../../operator/changes/safe-words.ts';
import { type CommonOptions, flagsOf } from '../../operator/options.ts';
import { openSession, readConfig } from '../../operator/session.ts';
import { countOf, printable } from '../../operator/words.ts';
import { EXIT, print, say } from '../terminal/output-lines.ts';
import { outcomeText } from './texts.ts';

export interface ChangesShowOptions extends CommonOptions {
  /** Show the values of body and parameters too, and what the vendor's texts quote of them. */
  readonly reveal?: boolean;
}

/** `procurios-sync changes show ID`: all that is known of a change, for whoever has to decide about it. */
export async function showChange(changeId: string, options: ChangesShowOptions): Promise<number> {
  const config = await readConfig(options);
  await using session = await openSession(config, options);
  const entry = await readEntry(openLedger(config, session), changeId);
  const isRevealed = options.reveal ?? false;
  const shown = isRevealed ? entry : masked(entry);
  const leftOut = isRevealed ? {} : whatIsLeftOut(entry, shown);
  if (options.json) print(stringifyJson({ ...documentOf(shown, isRevealed), leftOut: Object.keys(leftOut) }));
  else {
    print(printable(textOf(shown, isRevealed, config)));
    const texts = Object.values(leftOut);
    if (texts.length > 0) say(`left out: ${texts.join(', and ')}; --reveal shows them`);
    if (isHeld(entry)) say(`held for a person: ${decisions(entry, options)}`);
  }
  return EXIT.done;
}

/** The commands that decide about a change, to be copied. */
function decisions({ changeId }: LedgerEntry, options: CommonOptions): string {
  // Some characters of an id are a shell's own: nobody is to copy those.
  const id = /^\w[\w./:@-]*$/.test(changeId) ? changeId : 'ID';
  const [resend, settle] = ['resend', 'settle'].map(
    (name) => `npx procurios-sync changes ${name} ${id}${flagsOf(options)}`,
  );
  return `${resend}, or\n${settle} --accepted (or --rejected) --note "how that is known"`;
}

/** The fields of which something is not shown, and what that is. */
function whatIsLeftOut(entry: LedgerEntry, shown: LedgerEntry): Readonly<Record<string, string>> {
  const { body, parameters = {}, errors } = entry;
  const cut = errors.filter((text, index) => text !== shown.errors[index]).length;
  return {
    ...(body !== undefined && { body: 'the values that were sent' }),
    ...(Object.keys(parameters).length > 0 && { parameters: 'the values of its parameters' }),
    ...(cut > 0 && { errors: `what ${countOf(cut, 'error')} may quote of what was sent` }),
  };
}

/** The vendor's texts may quote what was sent. Our own, about what is no change, do not. */
function masked(entry: LedgerEntry): LedgerEntry {
  const { operation, parameters = {}, bodyFields, errors } = entry;
  if (operation === undefined) return entry;
  const names = [...bodyFields, ...Object.keys(parameters)];
  return { ...entry, errors: errors.map((text) => withSafeWords(text, names)) };
}

/** @returns Undefined: there is none, or what is kept is not a change's. */
function bodyOf({ operation, body }: LedgerEntry): Json | undefined {
  return body === undefined || operation === undefined ? undefined : parseJson(body);
}

function documentOf(entry: LedgerEntry, isRevealed: boolean): JsonObject {
  const { version: _version, contentHash: _hash, attempt: _attempt, body, parameters = {}, ...shown } = entry;
  const known = { ...shown, held: isHeld(entry), parameterNames: Object.keys(parameters) };
  const document = parseJson(JSON.stringify(known)) as JsonObject;
  const values = bodyOf(entry) ?? body;
  return isRevealed ? { ...document, parameters, ...(values !== undefined && { body: values }) } : document;
}

function textOf(entry: LedgerEntry, isRevealed: boolean, config: Config): string {
  const { errors, attempts, status, reason, note } = entry;
  const lines: (readonly [label: string, text: string | undefined])[] = [
    ['change', entry.changeId],
    ['outcome', outcomeText(entry.outcome, { isHeld: isHeld(entry), isSettled: note !== undefined })],
    ['reason', reason],
    ['note', note],
    ['operation', operationText(entry, config)],
    ['subject', entry.subject],
    ['parameters', parametersText(entry, isRevealed)],
    ['queued', entry.queuedAt],
    ['changed', entry.changedAt],
    [
      'next try',
      entry.outcome === 'waiting' && entry.notBefore !== undefined ? timeOf(entry.notBefore) : undefined,
    ],
    ['expires', entry._expiresAt === undefined ? undefined : timeOf(entry._expiresAt * 1000)],
    ['status', status === undefined ? undefined : String(status)],
    ['applied', isInDoubt(entry) ? 'perhaps: an attempt had no answer' : undefined],
    ...Object.entries(entry.ids).map(([name, id]) => [name, id] as const),
    ...labelled('errors', errors),
    ...labelled(
      'attempts',
      attempts.map(({ attempt, at, result }) => `${attempt}  ${at}  ${result ?? 'cut off'}`),
    ),
    ...labelled('body', bodyLines(entry, isRevealed)),
  ];
  const shown = lines.filter((line) => line[1] !== undefined && line[1] !== '');
  const width = Math.max(...shown.map(([label]) => label.length));
  return shown.map(([label, text]) => `${label.padEnd(width)}  ${text}`).join('\n');
}

/** Not while it is being sent, when nothing else can be known, nor once it is settled. */
function isInDoubt({ mayBeApplied, outcome, note }: LedgerEntry): boolean {
  return mayBeApplied && note === undefined && outcome !== 'accepted' && outcome !== 'sending';
}

function labelled(label: string, texts: readonly string[]): (readonly [string, string])[] {
  return texts.map((text, index) => [index === 0 ? label : '', text]);
}

/** `register: POST /l/things_api/thing`. */
function operationText({ operation }: LedgerEntry, { operations }: Config): string | undefined {
  if (operation === undefined) return undefined;
  const known = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
  return known === undefined
    ? `${operation}, which the config no longer has`
    : `${operation}: ${known.method} ${known.path}${known.repeatable ? ', safe to repeat' : ''}`;
}

function parametersText({ parameters = {} }: LedgerEntry, isRevealed: boolean): string {
  return isRevealed
    ? Object.entries(parameters)
        .map(([name, value]) => `${name}=${value}`)
        .join(', ')
    : Object.keys(parameters).join(', ');
}

function bodyLines(entry: LedgerEntry, isRevealed: boolean): string[] {
  const { body, bodyFields } = entry;
  if (body === undefined) return bodyFields.length === 0 ? [] : [`dropped; it had ${bodyFields.join(', ')}`];
  if (!isRevealed) return [bodyFields.join(', ') || 'no fields of its own'];
  const values = bodyOf(entry);
  return (values === undefined ? body : stringifyJson(values, 2)).split('\n');
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
