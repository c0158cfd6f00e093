import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll } from '@jest/globals';
import { build } from 'esbuild';
import { DataFolderInUse, lockDataFolder } from '../../local/endpoints/data-folder-lock.ts';
import { type Assembly, readAssembly } from '../../local/stack/read-assembly.ts';
import { synthesize } from '../../local/stack/synthesize.ts';

const example = (name: string) => fileURLToPath(new URL(`../../examples/${name}.config.ts`, import.meta.url));

const CACHE = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url));

/**
 * Synthesizes the demo's stack with the CDK app, or finds it in the cache, as long as no source has changed.
 *
 * One worker of Jest synthesizes; the others wait for it.
 */
export async function synthesizeDemo(): Promise<Assembly> {
  const release = await takeLock(join(CACHE, 'test-synthesis'));
  try {
    return await readAssembly(await synthesize({ configFiles: [example('demo-stack'), example('demo')] }));
  } finally {
    await release();
  }
}

/** Waits until no other process has the folder. A lock of a process that was killed is free. */
async function takeLock(folder: string): Promise<() => Promise<void>> {
  for (;;) {
    try {
      return await lockDataFolder(folder);
    } catch (error) {
      if (!(error instanceof DataFolderInUse)) throw error;
      await setTimeout(100);
    }
  }
}

/** A resource whose properties a test changes. */
// biome-ignore lint/suspicious/noExplicitAny: a template's properties are whatever CloudFormation takes.
export type Changeable = { Type: string; Properties: any };

/** A copy of an assembly, in which what `change` does to the template's resources is done. */
export function changed(
  assembly: Assembly,
  change: (resources: Record<string, Changeable>) => unknown,
): Assembly {
  const template = structuredClone(assembly.template);
  const copy = { ...assembly, template };
  change(resourcesIn(copy));
  return copy;
}

/** The template's resources, by their logical ids. */
export function resourcesIn({ template }: Assembly): Record<string, Changeable> {
  return template.Resources as Record<string, Changeable>;
}

/** The one resource of a type whose logical id begins like that. */
export function pick(resources: Record<string, Changeable>, type: string, beginning = ''): Changeable {
  const found = Object.entries(resources).filter(
    ([id, { Type }]) => Type === type && id.startsWith(beginning),
  );
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`${found.length} ${type} ${beginning}`);
  return first[1];
}

const folders: string[] = [];
afterAll(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

/** Modules of code of a test's own, as bundles: each is the asset `NAME.zip` with its `index.mjs`. */
export async function assetsOf(sources: Readonly<Record<string, string>>): Promise<Assembly['assets']> {
  await mkdir(CACHE, { recursive: true });
  const assets = await Promise.all(
    Object.entries(sources).map(async ([name, contents]) => {
      // Where an import that is not bundled would find the project's packages.
      const folder = await mkdtemp(join(CACHE, 'test-asset-'));
      folders.push(folder);
      const { outputFiles } = await build({
        stdin: { contents, resolveDir: import.meta.dirname },
        bundle: true,
        minify: true,
        write: false,
        format: 'esm',
        platform: 'node',
        mainFields: ['module', 'main'],
        external: ['not-bundled', 'zod'],
        banner: {
          js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
        },
      });
      await writeFile(join(folder, 'index.mjs'), outputFiles[0]?.contents ?? '');
      return [`${name}.zip`, folder] as const;
    }),
  );
  return new Map(assets);
}
