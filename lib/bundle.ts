import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import type { Config } from '../lambda/deployment/config.ts';

/** A Lambda function's code: an entry point of `lambda/` with all that it imports, and the config. */
export interface Bundle {
  /** Files by name: `index.mjs`, the code of its threads, their source maps, and `config.json`. */
  readonly files: Readonly<Record<string, Uint8Array | string>>;
  /** Size of `index.mjs`, in bytes. */
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
 * Bundles an entry point into one minified ES module, and each of its threads into another. The AWS SDK is included, so that the tested version runs.
 *
 * @param entry - Path from the project's folder: `lambda/pull.ts`.
 */
export function bundle(entry: string, config: Config): Bundle {
  const { outputFiles } = buildSync({
    absWorkingDir: ROOT,
    entryPoints: { index: entry, ...THREADS[entry] },
    // Nothing is written there. A fixed path makes the source map, and so the asset's hash, the same on every machine.
    outdir: 'lambda',
    outExtension: { '.js': '.mjs' },
    write: false,
    bundle: true,
    minify: true,
    format: 'esm',
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
    codeBytes: files[CODE]?.byteLength ?? 0,
  };
}

/** Writes a bundle's files into a folder, which is created if it does not exist. */
export function writeBundle({ files }: Bundle, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, contents] of Object.entries(files)) writeFileSync(join(folder, name), contents);
}
