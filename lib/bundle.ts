import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import type { Config } from '../lambda/deployment/config.ts';

/** A Lambda function's code: an entry point of `lambda/` with all that it imports, and the config it runs by. */
export interface Bundle {
  /** Files by name: `index.mjs`, its source map, and `config.json`. */
  readonly files: Readonly<Record<string, Uint8Array | string>>;
  /** Size of the code itself, in bytes. */
  readonly codeBytes: number;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CODE = 'index.mjs';

/**
 * Bundles an entry point into one minified ES module, the AWS SDK included: what was tested is what runs.
 *
 * @param entry - Path from the project's folder: `lambda/pull.ts`.
 */
export function bundle(entry: string, config: Config): Bundle {
  const { outputFiles } = buildSync({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    // Nothing is written here; a fixed place makes the source map, and so the asset's hash, the same everywhere.
    outfile: join('lambda', CODE),
    write: false,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // Packages' ES modules, which can be shaken: a third smaller than their CommonJS.
    mainFields: ['module', 'main'],
    sourcemap: true,
    // Places are enough for a stack trace; the sources are three times as large as the code.
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'error',
    // Some of the SDK's modules are CommonJS and ask for Node's own modules.
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

/** Writes a bundle's files into a folder, which is made if there is none. */
export function writeBundle({ files }: Bundle, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, contents] of Object.entries(files)) writeFileSync(join(folder, name), contents);
}
