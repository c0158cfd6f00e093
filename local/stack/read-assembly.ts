import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Template } from './template.ts';

/** A stack as synthesized by the CDK. */
export interface Assembly {
  readonly stackName: string;
  readonly template: Template;
  /** Folders of the assets, by their keys in the asset bucket (`8d1f….zip`). */
  readonly assets: ReadonlyMap<string, string>;
}

const MANIFEST = z.object({
  artifacts: z.record(
    z.string(),
    z.object({ type: z.string(), properties: z.record(z.string(), z.unknown()).optional() }),
  ),
});
const STACK = z.object({ templateFile: z.string(), stackName: z.string().optional() });
const ASSETS = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.object({ path: z.string().optional(), packaging: z.string().optional() }),
      destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
    }),
  ),
});

/** Reads the only stack of a cloud assembly, which is the output folder of `cdk synth`. */
export async function readAssembly(folder: string): Promise<Assembly> {
  const { artifacts } = MANIFEST.parse(await readJson(join(folder, 'manifest.json')));
  const stacks = Object.entries(artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack');
  const [first] = stacks;
  if (first === undefined || stacks.length > 1) {
    throw new Error(`${folder} holds ${stacks.length} stacks; one is expected`);
  }
  const [id, { properties }] = first;
  const { templateFile, stackName = id } = STACK.parse(properties);
  const template = (await readJson(join(folder, templateFile))) as Template;
  const { files } = ASSETS.parse(await readJson(join(folder, `${id}.assets.json`)));
  const assets = Object.values(files).flatMap(({ source, destinations }) =>
    Object.values(destinations).map(({ objectKey }) => [objectKey, join(folder, source.path ?? '')] as const),
  );
  return { stackName, template, assets: new Map(assets) };
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8'));
}
