import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync, type Metafile } from 'esbuild';
import type { Config } from '../lambda/deployment/config.ts';

/** A Lambda function's code: an entry point of `lambda/` with all that it imports, and the config. */
export interface Bundle {
  /** Files by name: `index.mjs`, the modules that it imports, the code of its threads, their source maps, and `config.json`. */
  readonly files: Readonly<Record<string, Uint8Array | string>>;
  /** Size of `index.mjs` and of the modules that it imports at once, in bytes. */
  readonly codeBytes: number;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CODE = 'index.mjs';
/** The threads that an entry point starts, by the name of the file in which it looks for their code. */
const THREADS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'lambda/push.ts': { 'schema-worker': 'lambda/procurios/changes/schema-worker.ts' },
};

/** Packages that the functions have no use for, and the code that stands in their place. */
const SUBSTITUTES = {
  // The chain looks for credentials in files, processes and other services too. It was a quarter of the push's bundle.
  '@aws-sdk/credential-provider-node': './lambda/aws/environment-credentials.ts',
};

/**
 * Bundles an entry point and its threads into minified ES modules. The AWS SDK is included, so that the tested version runs.
 *
 * @param entry - Path from the project's folder: `lambda/pull.ts`.
 */
export function bundle(entry: string, config: Config): Bundle {
  const { outputFiles, metafile } = buildSync({
    absWorkingDir: ROOT,
    entryPoints: { index: entry, ...THREADS[entry] },
    // Nothing is written there. A fixed path makes the source map, and so the asset's hash, the same on every machine.
    outdir: 'lambda',
    outExtension: { '.js': '.mjs' },
    write: false,
    bundle: true,
    minify: true,
    format: 'esm',
    // What is imported when it is needed becomes a module of its own. In one module it would be compiled at each cold start, and
    // all that it shares with the rest would be wrapped in functions.
    splitting: true,
    metafile: true,
    platform: 'node',
    target: 'node24',
    // Prefers packages' ES modules, which can be tree-shaken: the bundle is a third smaller.
    mainFields: ['module', 'main'],
    alias: SUBSTITUTES,
    sourcemap: true,
    // Positions are enough for a stack trace, and the sources are three times as large as the code.
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'error',
    // Some modules of the SDK are CommonJS and require Node's own modules.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  const files = Object.fromEntries(outputFiles.map(({ path, contents }) => [basename(path), contents]));
  return {
    files: { ...files, 'config.json': JSON.stringify(config) },
    codeBytes: bytesAtStart(metafile),
  };
}

/** The size of {@link CODE} and of the modules that it imports at once. */
function bytesAtStart({ outputs }: Metafile): number {
  const loaded = new Set(Object.keys(outputs).filter((path) => basename(path) === CODE));
  let bytes = 0;
  // The set grows while it is gone through.
  for (const path of loaded) {
    const output = outputs[path];
    bytes += output?.bytes ?? 0;
    for (const { kind, external, path: imported } of output?.imports ?? []) {
      if (kind === 'import-statement' && !external) loaded.add(imported);
    }
  }
  return bytes;
}

/** Writes a bundle's files into a folder, which is created if it does not exist. */
export function writeBundle({ files }: Bundle, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, contents] of Object.entries(files)) writeFileSync(join(folder, name), contents);
}
