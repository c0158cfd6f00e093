import { DEFAULT_TOKEN_PATH } from '../../lambda/deployment/with-host.ts';
import { quoted } from '../quoted.ts';
import { oneLine, shortened } from '../words.ts';
import type { Address } from './address.ts';
import type { FieldSet, Offer } from './discovery.ts';
import { deletesTexts } from './offered-deletes.ts';

/** The content of the config to write. */
export interface ConfigParts extends Address {
  readonly environment: string;
  /** The chosen streams. */
  readonly offers: readonly Offer[];
  /** The field sets of the profile module. Those that are forms become examples of operations. */
  readonly sets: readonly FieldSet[];
  /** The scopes of the token; undefined if the token endpoint does not say. */
  readonly grantedScopes: readonly string[] | undefined;
}

/** Characters in a line, as the formatter has them. */
const WIDEST = 110;

/** The source of a config file, formatted as this project's formatter does. */
export function configSource(parts: ConfigParts): string {
  const { environment, host, tokenUrl, offers, grantedScopes = [] } = parts;
  const [first] = offers;
  const table = `procurios-sync-${environment}-${first?.name ?? 'STREAM'}`;
  const isUsual = tokenUrl === new URL(DEFAULT_TOKEN_PATH, host).href;
  const scopes = [...new Set(offers.map(({ scope }) => scope))];
  return `/**
 * What this deployment copies from Procurios. This is the only file to edit. Written by \`procurios-sync discover\`.
 *
 * The client's id and secret are not in this file. With --embedded the commands ask for them, or read PROCURIOS_CLIENT_ID
 * and PROCURIOS_CLIENT_SECRET. In AWS they are in Secrets Manager, where \`procurios-sync configure\` stores them.
 */
${importText(offers)}

export default defineConfig({
${commentLine(`Names the tables and the secret: ${table}, procurios-sync/${environment}/client.`, 2)}
  environment: ${quoted(environment)},

  // Where your Procurios environment is. Tokens come from /l/oauth2/token on the same host, unless \`tokenUrl\`
  // names another address.
  host: ${quoted(host)},
${isUsual ? '' : `  tokenUrl: ${quoted(tokenUrl)},\n`}
  // What the streams below need${spareText(grantedScopes.filter((scope) => !scopes.includes(scope)))}
  auth: {
    grant: 'clientCredentials',
    ${listText('scopes', scopes.map(quoted), 4)},
  },

  // How much of the rate agreed with Procurios each direction may use.
  requestsPerSecond: { pull: 8, push: 2 },

  // One table per stream. config/catalogue/streams.ts lists all known modules. \`deletes\` decides about the items of
  // objects that a list no longer shows: 'fromWalk' marks them as deleted once they are surely gone, 'report' only
  // counts them, and 'never' leaves them as they are.
  streams: [
${offers.map((offer) => streamText(offer, offers)).join('\n')}
  ],
${operationsText(parts.sets)}});
`;
}

/** The rest of a comment: granted scopes that no stream needs. */
function spareText(scopes: readonly string[]): string {
  if (scopes.length === 0) return '.';
  const [first = '', ...others] = wrapWords(
    oneLine(`; also granted: ${scopes.join(', ')}.`),
    WIDEST - 34,
    WIDEST - 5,
  );
  return [first, ...others.map((line) => `  // ${line}`)].join('\n');
}

/** Breaks a text at its spaces into lines of a width, which is another one for the first line. */
function wrapWords(text: string, firstWidth: number, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    const room = lines.length === 1 ? firstWidth : width;
    if (line !== '' && line.length + 1 + word.length > room) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}

function importText(offers: readonly Offer[]): string {
  const called = offers.flatMap(({ factory, paging }) =>
    [factory, paging?.replace(/\(.*/s, '') ?? []].flat(),
  );
  const names = [...new Set(['defineConfig', ...called])].sort();
  const line = `import { ${names.join(', ')} } from 'procurios-sync';`;
  return line.length <= WIDEST
    ? line
    : `import {\n${names.map((name) => `  ${name},\n`).join('')}} from 'procurios-sync';`;
}

function listText(name: string, entries: readonly string[], indent: number): string {
  const line = `${name}: [${entries.join(', ')}]`;
  if (indent + line.length + 1 <= WIDEST) return line;
  const space = ' '.repeat(indent);
  return `${name}: [\n${entries.map((entry) => `${space}  ${entry},\n`).join('')}${space}]`;
}

function streamText(offer: Offer, offers: readonly Offer[]): string {
  const { name, title, factory, id, key, paging, fields, notes } = offer;
  const overrides = [
    ...(id !== undefined && 'shop' in id ? [`shop: ${id.shop}`] : []),
    ...(key === undefined
      ? []
      : [`key: ${key.length === 1 ? quoted(key[0] ?? '') : `[${key.map(quoted).join(', ')}]`}`]),
    ...(paging === undefined ? [] : [`paging: ${paging}`]),
    ...deletesTexts(offer, offers),
  ];
  const given = [quoted(name), ...(id !== undefined && 'collection' in id ? [quoted(id.collection)] : [])];
  const comments = [`${title}: ${fields.join(', ') || 'no objects yet'}`, ...notes];
  return [...comments.map((comment) => commentLine(comment, 4)), callText(factory, given, overrides)].join(
    '\n',
  );
}

/** A comment of one line, because a line end in a text from Procurios would end the comment. */
function commentLine(text: string, indent: number): string {
  return `${' '.repeat(indent)}// ${shortened(oneLine(text), WIDEST - indent - 3)}`;
}

/** A call, broken as the formatter breaks it: at the overrides, or at every argument. */
function callText(factory: string, given: readonly string[], overrides: readonly string[]): string {
  const all = overrides.length === 0 ? given : [...given, `{ ${overrides.join(', ')} }`];
  const line = `    ${factory}(${all.join(', ')}),`;
  if (line.length <= WIDEST) return line;
  const head = `    ${factory}(${given.join(', ')}, {`;
  if (overrides.length > 0 && head.length <= WIDEST) {
    return `${head}\n${overrides.map((each) => `      ${each},\n`).join('')}    }),`;
  }
  return `    ${factory}(\n${all.map((each) => `      ${each},\n`).join('')}    ),`;
}

function operationsText(sets: readonly FieldSet[]): string {
  const forms = sets.filter(({ kind }) => kind === 'registration');
  if (forms.length === 0) return '';
  const lines = forms.map(({ id, title }) =>
    commentLine(`    ${operationName(title)}: registration({ set: ${number(id)} }),`, 2),
  );
  return `
  // The operations that queued changes can use: see config/catalogue/operations.ts. With the forms that were found:
  //   operations: {
${lines.join('\n')}
  //   },
`;
}

/** `Lid worden` becomes `lidWorden`. */
function operationName(title: string): string {
  const words =
    title
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .match(/[A-Za-z0-9]+/g) ?? [];
  const name = words
    .map((word, index) =>
      index === 0 ? word.toLowerCase() : word[0]?.toUpperCase() + word.slice(1).toLowerCase(),
    )
    .join('');
  return /^[A-Za-z]/.test(name) ? name.slice(0, 40) : `register${name}`;
}

function number(id: string): string {
  return /^\d{1,15}$/.test(id) ? id : quoted(id);
}
