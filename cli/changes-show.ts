import type { Config } from '../lambda/config/config.ts';
import { type Json, type JsonObject, parseJson, stringifyJson } from '../lambda/core/json.ts';
import type { LedgerEntry } from '../lambda/core/ledger-entry.ts';
import { isHeld } from '../lambda/core/resolve-change.ts';
import { withSafeWords } from '../lambda/core/safe-words.ts';
import { openLedger, readEntry } from './change-access.ts';
import { outcomeText } from './change-texts.ts';
import { type CommonOptions, EXIT, print, say } from './command.ts';
import { openSession, readConfig } from './session.ts';
import { countOf, printable } from './text.ts';

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
  if (options.json) print(stringifyJson(documentOf(shown, isRevealed)));
  else {
    print(printable(textOf(shown, isRevealed, config)));
    const leftOut = whatIsLeftOut(entry, shown);
    if (!isRevealed && leftOut !== undefined) say(`${leftOut}; --reveal shows them`);
  }
  return EXIT.done;
}

function whatIsLeftOut(entry: LedgerEntry, shown: LedgerEntry): string | undefined {
  const cut = entry.errors.filter((text, index) => text !== shown.errors[index]).length;
  const inErrors = cut === 0 ? [] : [`what ${countOf(cut, 'error')} may quote of them`];
  const values = entry.body === undefined ? [] : ['the values that were sent'];
  const leftOut = [...values, ...inErrors];
  return leftOut.length === 0 ? undefined : `left out: ${leftOut.join(', and ')}`;
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

function documentOf(entry: LedgerEntry, isRevealed: boolean): Json {
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
