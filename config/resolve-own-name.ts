import { registerHooks } from 'node:module';

const OWN_NAME = 'procurios-sync';
const INDEX = new URL('index.ts', import.meta.url).href;

/**
 * Makes this process resolve `import … from 'procurios-sync'` to this project, wherever the import stands.
 *
 * Node by itself resolves the name only for files inside the project's folder, but `--config` may name a file anywhere.
 */
export function resolveOwnName(): void {
  registerHooks({
    resolve: (specifier, context, resolveNext) =>
      specifier === OWN_NAME ? { url: INDEX, shortCircuit: true } : resolveNext(specifier, context),
  });
}
