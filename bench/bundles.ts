import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { checkConfig } from '../config/check-config.ts';
import demoConfig from '../examples/demo.config.ts';
import { bundle, writeBundle } from '../lib/bundle.ts';
import { median } from './median.ts';

/** Size of a function's bundle, and the cost of importing it. Medians of several processes. */
export interface BundleSize {
  readonly name: string;
  /** Size of the code without config and source map, in units of 1024 bytes. */
  readonly kilobytes: number;
  readonly importMs: number;
  /** CPU time of the whole process during the import, with all threads. */
  readonly importCpuMs: number;
}

const FUNCTIONS = ['pull', 'push', 'enqueue'];

/** Imports each bundle in new processes that do nothing else and share no compile cache. */
export async function measureBundles(processes: number): Promise<BundleSize[]> {
  const config = checkConfig(demoConfig);
  const folder = await mkdtemp(join(tmpdir(), 'procurios-sync-bench-'));
  try {
    const sizes: BundleSize[] = [];
    for (const name of FUNCTIONS) {
      const code = bundle(`lambda/${name}.ts`, config);
      writeBundle(code, join(folder, name));
      const imports: Import[] = [];
      for (let count = 0; count < processes; count += 1)
        imports.push(await importOnce(join(folder, name, 'index.mjs')));
      sizes.push({
        name,
        kilobytes: code.codeBytes / 1024,
        importMs: median(imports.map(({ wallMs }) => wallMs)),
        importCpuMs: median(imports.map(({ cpuMs }) => cpuMs)),
      });
    }
    return sizes;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Import {
  readonly wallMs: number;
  readonly cpuMs: number;
}

const SCRIPT = `
const beganAt = performance.now();
const before = process.cpuUsage();
await import(process.argv[1]);
const wallMs = performance.now() - beganAt;
const { user, system } = process.cpuUsage(before);
process.stdout.write(JSON.stringify({ wallMs, cpuMs: (user + system) / 1000 }));
process.exit();`;

async function importOnce(file: string): Promise<Import> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', SCRIPT, pathToFileURL(file).href],
    { env: { AWS_REGION: 'eu-west-1' } },
  );
  return JSON.parse(stdout) as Import;
}
