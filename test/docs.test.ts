import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const FOLDERS = [
  'bin',
  'cli',
  'operator',
  'lib',
  'config',
  'lambda',
  'local',
  'bench',
  'examples',
  'docs',
  'test',
];

const pages = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`),
  'bench/README.md',
];

const sources = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name)),
);

const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** Headings as GitHub makes anchors of them. */
function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('a document', () => {
  test.each(pages)('%s links only to files and headings that exist', (page) => {
    const links = [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    const broken = links.filter((link) => {
      if (/^[a-z]+:/.test(link)) return false;
      const [path = '', anchor] = link.split('#');
      const file = path === '' ? page : normalize(join(dirname(page), path));
      if (!existsSync(join(ROOT, file))) return true;
      return anchor !== undefined && !anchorsOf(textOf(file)).includes(anchor);
    });

    expect(broken).toEqual([]);
  });
});

test('every path of the project that a document or a comment names exists', () => {
  const named = new RegExp(
    `(?<![\\w./@-])(?:${FOLDERS.join('|')})/[\\w./-]*\\w\\.(?:ts|js|md)\\b(?!\\$)`,
    'g',
  );
  const missing = [...pages, ...sources].flatMap((file) => {
    const text = file.endsWith('.md') ? textOf(file) : commentsOf(textOf(file));
    const paths = [...new Set(text.match(named) ?? [])];
    return paths.filter((path) => !existsSync(join(ROOT, path))).map((path) => `${file}: ${path}`);
  });

  expect(missing).toEqual([]);
});

function commentsOf(source: string): string {
  return (source.match(/\/\*\*[\s\S]*?\*\/|(?<=^|\s)\/\/ .*$/gm) ?? []).join('\n');
}

test('the README is at most 150 lines', () => {
  expect(textOf('README.md').split('\n').length).toBeLessThanOrEqual(150);
});
