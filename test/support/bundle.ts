import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Config } from '../../lambda/deployment/config.ts';
import { pick, resourcesIn, synthesizeDemo } from './assembly.ts';

/** A function's code as it goes to AWS, with a config beside it. */
export interface Bundle extends AsyncDisposable {
  /** The file to import. */
  readonly file: string;
  /** Size of the file and of the modules beside it that it imports at once. */
  readonly bytes: number;
}

/** The beginning of the function's logical id in the template. */
const LOGICAL_IDS = { pull: 'PullFunction', push: 'PushFunction', enqueue: 'PushEnqueue' } as const;

/**
 * Copies a function's code from the demo's synthesized stack, because bundling takes seconds, and puts this config
 * beside it.
 */
export async function bundle(entry: keyof typeof LOGICAL_IDS, config: Config): Promise<Bundle> {
  const assembly = await synthesizeDemo();
  const { Properties } = pick(resourcesIn(assembly), 'AWS::Lambda::Function', LOGICAL_IDS[entry]);
  const asset = assembly.assets.get(Properties.Code.S3Key) ?? '';
  const folder = await mkdtemp(join(tmpdir(), 'procurios-sync-bundle-'));
  const file = join(folder, 'index.mjs');
  await cp(asset, folder, { recursive: true });
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  return {
    file,
    bytes: await bytesAtStart(file),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

async function bytesAtStart(file: string): Promise<number> {
  const loaded = new Set([file]);
  let bytes = 0;
  // The set grows while it is gone through.
  for (const each of loaded) {
    const code = await readFile(each, 'utf8');
    bytes += Buffer.byteLength(code);
    for (const [, name = ''] of code.matchAll(/(?:from|import)"\.\/([\w.-]+)"/g))
      loaded.add(join(dirname(file), name));
  }
  return bytes;
}
