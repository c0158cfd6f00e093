import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../lambda/deployment/config.ts';
import { bundle as bundleFunction, writeBundle } from '../../lib/bundle.ts';

/** An entry point bundled as it goes to AWS, with its config beside it. */
export interface Bundle extends AsyncDisposable {
  /** The file to import. */
  readonly file: string;
  /** Size of the code. */
  readonly bytes: number;
}

/** Writes the bundle of an entry point of `lambda/` into a folder of its own. */
export async function bundle(entryPoint: string, config: Config): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), 'procurios-sync-bundle-'));
  const bundled = bundleFunction(entryPoint, config);
  writeBundle(bundled, folder);
  return {
    file: join(folder, 'index.mjs'),
    bytes: bundled.codeBytes,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
