import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

/** An entry point bundled as it goes to AWS, with its config beside it. */
export interface Bundle extends AsyncDisposable {
  /** The file to import. */
  readonly file: string;
  readonly bytes: number;
}

/** Bundles an entry point of `lambda/` into one minified ES module. */
export async function bundle(entryPoint: string, config: object): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), 'procurios-sync-bundle-'));
  const file = join(folder, 'index.mjs');
  const { metafile } = await build({
    entryPoints: [entryPoint],
    outfile: file,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    metafile: true,
    logLevel: 'error',
    // Some of the SDK's modules are CommonJS and ask for Node's own modules.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  return {
    file,
    bytes: Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
