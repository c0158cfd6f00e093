import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CACHE = join(ROOT, 'node_modules', '.cache', 'procurios-sync');
/** The inputs of a cloud assembly besides the config file: files and folders, relative to the project's folder. */
const SOURCES = ['bin/app.ts', 'config', 'lambda', 'lib', 'package.json', 'package-lock.json'];
/** Assemblies in the cache. More than one, so that switching between configs or branches does not synthesize again. */
const MOST_CACHED = 8;

interface SynthesizeOptions {
  /** The config file, followed by the project files that it imports (other than the package `procurios-sync` itself). */
  readonly configFiles: readonly [string, ...string[]];
  /** Called before synthesis begins; not called if the cache holds an assembly of the same sources. */
  readonly onBegin?: () => void;
}

/**
 * Synthesizes the stack of a config with the CDK app. A second call finds the assembly in the cache, as long as neither
 * the config nor the project's sources have changed. Needs no account, no credentials and no network.
 *
 * @returns The folder of the cloud assembly.
 */
export async function synthesize({ configFiles, onBegin }: SynthesizeOptions): Promise<string> {
  const hash = await hashOf([...SOURCES.map((source) => join(ROOT, source)), ...configFiles]);
  const folder = join(CACHE, `assembly-${hash}`);
  if (await exists(join(folder, 'manifest.json'))) return folder;
  onBegin?.();
  await mkdir(CACHE, { recursive: true });
  await removeOldest();
  const unfinished = await mkdtemp(join(CACHE, 'synth-'));
  try {
    await runApp(configFiles[0], unfinished);
    // A process that synthesized the same sources at the same time may have been faster; its assembly is the same.
    await rename(unfinished, folder).catch(async (error: unknown) => {
      if (!(await exists(join(folder, 'manifest.json')))) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return folder;
}

/** Runs the app as `cdk synth` does, but directly, because the CDK's command line takes seconds to start. */
async function runApp(configFile: string, outputFolder: string): Promise<void> {
  await promisify(execFile)(process.execPath, ['--no-warnings', 'bin/app.ts'], {
    cwd: ROOT,
    env: {
      ...process.env,
      CDK_OUTDIR: outputFolder,
      CDK_CONTEXT_JSON: JSON.stringify({ config: relative(ROOT, configFile) }),
      // The stack must not be bound to the user's account and region, because it runs on this machine.
      CDK_DEFAULT_ACCOUNT: undefined,
      CDK_DEFAULT_REGION: undefined,
      NODE_OPTIONS: undefined,
      // Checking CloudFormation's rules takes three seconds, so only `npm run synth` does it.
      CDK_VALIDATION: 'false',
    },
  });
}

async function hashOf(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const file of await filesIn(path)) {
      hash
        .update(`${relative(ROOT, file)}\0`)
        .update(await readFile(file))
        .update('\0');
    }
  }
  return hash.digest('hex').slice(0, 16);
}

async function filesIn(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
}

async function removeOldest(): Promise<void> {
  const names = (await readdir(CACHE)).filter((name) => name.startsWith('assembly-'));
  const folders = await Promise.all(
    names.map(async (name) => ({ name, madeAt: (await stat(join(CACHE, name))).mtimeMs })),
  );
  const oldest = folders.sort((a, b) => b.madeAt - a.madeAt).slice(MOST_CACHED - 1);
  await Promise.all(oldest.map(({ name }) => rm(join(CACHE, name), { recursive: true, force: true })));
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
