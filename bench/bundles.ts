import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { checkConfig } from '../config/check-config.ts';
import demoConfig from '../examples/demo.config.ts';
import { bundle, writeBundle } from '../lib/bundle.ts';
import { median } from './median.ts';

/** Size of a function's bundle, and the cost of importing it. Medians of several processes. */
export interface BundleSize {
  readonly name: string;
  /** Size of the code that is loaded at the start, without config and source maps, in units of 1024 bytes. */
  readonly kilobytes: number;
  readonly importMs: number;
  /** CPU time of the whole process during the import, with all threads. */
  readonly importCpuMs: number;
  /** That CPU time, of what a process takes to import the SDK's client of DynamoDB from node_modules, round by round. */
  readonly importCpuOfSdk: number;
}

const FUNCTIONS = ['pull', 'push', 'enqueue'];
const SDK = fileURLToPath(import.meta.resolve('@aws-sdk/client-dynamodb'));

/** Imports the SDK and each bundle by turns, in new processes that do nothing else and share no compile cache. */
export async function measureBundles(rounds: number): Promise<BundleSize[]> {
  const config = checkConfig(demoConfig);
  const folder = await mkdtemp(join(tmpdir(), 'procurios-sync-bench-'));
  try {
    const sizes: BundleSize[] = [];
    for (const name of FUNCTIONS) {
      const code = bundle(`lambda/${name}.ts`, config);
      writeBundle(code, join(folder, name));
      const imports: (Import & { readonly ofSdk: number })[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const sdk = await importOnce(SDK);
        const own = await importOnce(join(folder, name, 'index.mjs'));
        imports.push({ ...own, ofSdk: own.cpuMs / sdk.cpuMs });
      }
      sizes.push({
        name,
        kilobytes: code.codeBytes / 1024,
        importMs: median(imports.map(({ wallMs }) => wallMs)),
        importCpuMs: median(imports.map(({ cpuMs }) => cpuMs)),
        importCpuOfSdk: median(imports.map(({ ofSdk }) => ofSdk)),
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
