import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * Which room imports from which others; `docs/architecture.md` draws it. A file belongs to the longest name that its path
 * begins with. Rooms that are not listed (`bench`, `test`) may import anything.
 */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  bin: ['cli', 'lib', 'config', 'lambda/deployment'],
  // The program lists the demo's command among its own.
  cli: ['cli/demo', 'operator', 'config', 'lambda/core', 'lambda/deployment'],
  // The demo and the simulator's command run what stands in for the outside world.
  'cli/demo': ['cli', 'operator', 'config', 'lambda/core', 'lambda/deployment', 'local', 'examples'],
  operator: [
    'config',
    'local',
    'lambda/wiring',
    'lambda/aws',
    'lambda/procurios',
    'lambda/runtime',
    'lambda/core',
    'lambda/deployment',
  ],
  lib: ['config', 'lambda/deployment'],
  config: ['lambda/core', 'lambda/deployment'],
  // Configs import the project by its package's name, as a user's own config does.
  examples: [],
  local: ['lambda/deployment'],
  lambda: [
    'lambda/wiring',
    'lambda/aws',
    'lambda/procurios',
    'lambda/runtime',
    'lambda/core',
    'lambda/deployment',
  ],
  'lambda/wiring': ['lambda/aws', 'lambda/procurios', 'lambda/runtime', 'lambda/core', 'lambda/deployment'],
  'lambda/aws': ['lambda/core', 'lambda/deployment'],
  'lambda/procurios': ['lambda/core', 'lambda/deployment'],
  'lambda/runtime': ['lambda/core', 'lambda/deployment'],
  'lambda/deployment': ['lambda/core'],
  'lambda/core': [],
};

/** The only places that may import these packages. */
const IMPORTERS: readonly { readonly packages: RegExp; readonly places: readonly string[] }[] = [
  { packages: /^ky$/, places: ['lambda/procurios/', 'bench/scripts/'] },
  {
    packages: /^@(aws-sdk|smithy)\//,
    places: ['lambda/aws/', 'operator/deployed/', 'local/', 'bench/', 'test/'],
  },
  { packages: /^(aws-cdk-lib|constructs|cdk-nag)(\/|$)/, places: ['lib/', 'bin/app.ts', 'test/'] },
  { packages: /^(@inquirer\/|ora$|open$)/, places: ['cli/'] },
  // The linter does not follow the package's own name, so it would miss circles through it.
  { packages: /^procurios-sync$/, places: ['examples/', 'procurios.config.ts'] },
];

/** Files that spread lists whose length the project itself limits. */
const SHORT_LISTS = [
  'bench/push-speed.ts',
  'bench/speed.ts',
  'bench/targets.ts',
  'config/check-deployable.ts',
  'lambda/aws/queue/send-changes.ts',
  'local/simulator/serve-listing.ts',
  'local/stack/start-stack.ts',
  'operator/changes/enqueue.ts',
];

/** What decisions may import besides themselves. */
const PURE = /^node:crypto$/;

const ENTRY_POINTS = ['lambda/pull.ts', 'lambda/push.ts', 'lambda/enqueue.ts'];
/** Code of threads, which no file imports. */
const THREADS = ['lambda/procurios/changes/schema-worker.ts'];
/** Code that the bundles have in place of a package. */
const SUBSTITUTES = ['lambda/aws/environment-credentials.ts'];

interface Import {
  readonly from: string;
  /** A file, from the project's root, or the name of a package. */
  readonly to: string;
  readonly isFile: boolean;
}

const files = ['bin', 'cli', 'operator', 'lib', 'config', 'lambda', 'local', 'bench', 'examples'].flatMap(
  (folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.[jt]s$/.test(name) && !name.endsWith('.d.ts'))
      .map((name) => join(folder, name)),
);

const imports = files.flatMap(importsOf);

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  // Statements begin a line, so what comments and templates quote is left out.
  const found = text.matchAll(
    /(?:^import |^(?:(?:import|export)\b[^'\n]*|\}) from |\bimport\(\s*)'([^'\n]+)'/gm,
  );
  return [...found].map(([, name = '']) => {
    const isFile = name.startsWith('.');
    return { from: file, to: isFile ? normalize(join(dirname(file), name)) : name, isFile };
  });
}

function roomOf(file: string): string {
  const rooms = Object.keys(ARROWS).filter((room) => file.startsWith(`${room}/`));
  return rooms.sort((a, b) => b.length - a.length)[0] ?? (file.split('/')[0] as string);
}

describe('rooms', () => {
  test.each(Object.entries(ARROWS))('%s imports only from the rooms that it may know', (room, allowed) => {
    const wrong = imports.filter(({ from, to, isFile }) => {
      const target = roomOf(to);
      return isFile && roomOf(from) === room && target !== room && !allowed.includes(target);
    });

    expect(wrong.filter(({ to }) => to !== 'package.json').map(({ from, to }) => `${from} → ${to}`)).toEqual(
      [],
    );
  });

  test('each room of the table exists', () => {
    const empty = Object.keys(ARROWS).filter((room) => !files.some((file) => roomOf(file) === room));

    expect(empty).toEqual([]);
  });

  test('packages are imported only where they belong', () => {
    const wrong = imports.filter(
      ({ from, to, isFile }) =>
        !isFile &&
        IMPORTERS.some(
          ({ packages, places }) => packages.test(to) && !places.some((place) => from.startsWith(place)),
        ),
    );

    expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });

  test('decisions in lambda/core do no I/O: they import no package but node:crypto', () => {
    const wrong = imports.filter(
      ({ from, to, isFile }) => from.startsWith('lambda/core/') && !isFile && !PURE.test(to),
    );

    expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });
});

test('no list is spread into the arguments of a call that takes any number, because a long one exhausts the stack', () => {
  const spread = /\.(?:push|unshift|splice|max|min|fromCharCode)\([^()[\]{}]*\.\.\./;
  const found = files.filter(
    (file) => !SHORT_LISTS.includes(file) && spread.test(readFileSync(join(ROOT, file), 'utf8')),
  );

  expect(found).toEqual([]);
});

test('every file of lambda/ is reached from one of the three functions', () => {
  const reached = new Set<string>();
  const next = [...ENTRY_POINTS, ...THREADS, ...SUBSTITUTES];
  for (let file = next.pop(); file !== undefined; file = next.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    next.push(...imports.filter(({ from, isFile }) => from === file && isFile).map(({ to }) => to));
  }

  expect(files.filter((file) => file.startsWith('lambda/') && !reached.has(file))).toEqual([]);
});

test('operator/ returns data and prints nothing', () => {
  const printing = files.filter(
    (file) =>
      file.startsWith('operator/') &&
      /process\.(stdout|stderr)|console\./.test(readFileSync(join(ROOT, file), 'utf8')),
  );

  expect(printing).toEqual([]);
});
