import { styleText } from 'node:util';
import type { ClosedModule, Discovery, Offer } from '../../operator/discover/discovery.ts';
import { countOf, oneLine, shortened } from '../../operator/words.ts';
import { type Column, tableOf } from '../terminal/table.ts';
import { tableWidth } from '../terminal/terminal.ts';
import { textWidth, wrapped } from '../terminal/text.ts';

/** A discovery as text for the terminal. */
export function discoveryText(discovery: Discovery): string {
  const sections = [
    scopesText(discovery),
    offersText(discovery.offers),
    notesText(discovery.offers),
    setsText(discovery),
    closedText(discovery.closed),
    elsewhereText(),
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

function heading(text: string): string {
  return styleText('bold', text, { stream: process.stdout });
}

function paragraphs(lines: readonly string[]): string {
  const width = textWidth(process.stdout);
  return lines.map((line) => wrapped(oneLine(line), width, { first: '  ', rest: 4 })).join('\n');
}

function scopesText({ scopes: { asked, granted, refused } }: Discovery): string {
  const lines =
    granted === undefined
      ? [`${countOf(asked.length, 'scope')} asked for; the token endpoint does not say which it granted`]
      : [`granted: ${granted.join(' ') || 'none'}`];
  const missing = asked.filter(
    (scope) => granted !== undefined && !granted.includes(scope) && !refused.includes(scope),
  );
  if (missing.length > 0) lines.push(`not granted: ${missing.join(' ')}`);
  if (refused.length > 0) lines.push(`refused: ${refused.join(' ')}`);
  return `${heading('Scopes')}\n${paragraphs(lines)}`;
}

function offersText(offers: readonly Offer[]): string {
  if (offers.length === 0) return `${heading('Streams')}\n  none`;
  const remarks = offers.map(({ obstacle, notes }) => {
    if (obstacle !== undefined) return 'cannot be pulled';
    return notes.length > 0 ? 'see below' : '';
  });
  const columns: Column[] = [
    { head: 'stream', cells: offers.map(({ name }) => name) },
    { head: 'what', cells: offers.map(({ title }) => shortened(oneLine(title), 30)) },
    { head: 'fields', cells: offers.map(({ fields }) => String(fields.length)), isNumber: true },
    { head: 'on page 1', cells: offers.map(({ objects }) => String(objects)), isNumber: true },
    ...(remarks.some((remark) => remark !== '') ? [{ head: '', cells: remarks }] : []),
  ];
  const table = tableOf(columns, tableWidth());
  return `${heading('Streams')}\n${table}`;
}

function notesText(offers: readonly Offer[]): string {
  const lines = offers.flatMap(({ name, notes, obstacle }) =>
    [...(obstacle === undefined ? [] : [obstacle]), ...notes].map((note) => `${name}: ${note}`),
  );
  return lines.length === 0 ? '' : paragraphs(lines);
}

function setsText({ sets }: Discovery): string {
  if (sets.length === 0) return '';
  const lines = sets.map(
    ({ kind, id, title, fields }) => `${kind} set ${id}, ${title}: ${countOf(fields.length, 'field')}`,
  );
  return `${heading('Sets of fields')}\n${paragraphs(lines)}`;
}

function closedText(closed: readonly ClosedModule[]): string {
  if (closed.length === 0) return '';
  const lines = closed.map(({ title, reason, scopes, message }) => {
    if (reason === 'scope') return `${title}: refused (403); needs the scope ${scopes.join(' or ')}`;
    return reason === 'absent' ? `${title}: does not exist here (404)` : `${title}: ${message}`;
  });
  return `${heading('Not readable')}\n${paragraphs(lines)}`;
}

/** Names the listings that are not offered, because they need an id and Procurios lists no such ids. */
function elsewhereText(): string {
  return paragraphs([
    'Attendees are read per meeting, recipients per email, and orders per shop (--shop NUMBER…): see config/catalogue/streams.ts. For other modules use stream(name, { … }).',
  ]);
}
