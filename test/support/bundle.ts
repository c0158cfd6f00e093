import { cp, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../lambda/deployment/config.ts';
import { pick, resourcesIn, synthesizeDemo } from './assembly.ts';

/** A function's code as it goes to AWS, with a config beside it. */
export interface Bundle extends AsyncDisposable {
  /** The file to import. */
  readonly file: string;
  /** Size of the code. */
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
    bytes: (await stat(file)).size,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
