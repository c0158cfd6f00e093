import { tableOf } from '../cli/terminal/table.ts';
import type { BundleSize } from './bundles.ts';
import type { CallCount } from './calls.ts';
import type { CapacityUse } from './capacity.ts';
import type { Memory } from './memory.ts';
import type { PushSpeed } from './push-speed.ts';
import { BATCH_WRITE, type Contender, PUT_EACH, type Speed } from './speed.ts';
import type { Target } from './targets.ts';

export function speedTable(speeds: ReadonlyMap<Contender, Speed>): string {
  const wallOf = (contender: Contender) => speeds.get(contender)?.wallUsPerObject ?? NaN;
  const cpuOf = (contender: Contender) => speeds.get(contender)?.cpuUsPerObject ?? NaN;
  return textOf(
    [
      '',
      'objects',
      'wall, s',
      '± %',
      'bound, s',
      'reached',
      'wall µs/object',
      'B1 ÷',
      'B3 ÷',
      'CPU µs/object',
      'B1 ÷',
      'B3 ÷',
    ],
    [...speeds.values()].map((speed) => [
      speed.contender.label,
      whole(speed.objects),
      (speed.wallMs / 1000).toFixed(2),
      String(Math.round(speed.spread * 50)),
      speed.boundMs === 0 ? '–' : (speed.boundMs / 1000).toFixed(2),
      speed.boundMs === 0 ? '–' : `${((speed.boundMs / speed.wallMs) * 100).toFixed(1)} %`,
      whole(speed.wallUsPerObject),
      (wallOf(PUT_EACH) / speed.wallUsPerObject).toFixed(1),
      (wallOf(BATCH_WRITE) / speed.wallUsPerObject).toFixed(1),
      whole(speed.cpuUsPerObject),
      (cpuOf(PUT_EACH) / speed.cpuUsPerObject).toFixed(1),
      (cpuOf(BATCH_WRITE) / speed.cpuUsPerObject).toFixed(1),
    ]),
  );
}

export function pushTable(speeds: readonly PushSpeed[]): string {
  return textOf(
    ['', 'changes', 'wall, s', '± %', 'bound, s', 'reached', 'CPU µs/change'],
    speeds.map(({ label, changes, wallMs, spread, boundMs, cpuUsPerChange }) => [
      label,
      whole(changes),
      (wallMs / 1000).toFixed(2),
      String(Math.round(spread * 50)),
      (boundMs / 1000).toFixed(2),
      `${((boundMs / wallMs) * 100).toFixed(1)} %`,
      whole(cpuUsPerChange),
    ]),
  );
}

export function bundleTable(sizes: readonly BundleSize[]): string {
  return textOf(
    ['', 'code, KB', 'import, ms', 'CPU, ms'],
    sizes.map(({ name, kilobytes, importMs, importCpuMs }) => [
      name,
      whole(kilobytes),
      whole(importMs),
      whole(importCpuMs),
    ]),
  );
}

export function memoryTable(memories: readonly Memory[]): string {
  return textOf(
    ['peak memory, MB', '10,000 objects', '200,000 objects', '÷'],
    memories.map(({ label, at10k, at200k }) => [
      label,
      whole(at10k),
      whole(at200k),
      (at200k / at10k).toFixed(2),
    ]),
  );
}

export function callTable(counts: readonly CallCount[]): string {
  return textOf(
    ['', 'objects', 'reads', 'fewest', 'writes', 'fewest'],
    counts.map(({ label, objects, reads, readFloor, writes, writeFloor }) => [
      label,
      ...[objects, reads, readFloor, writes, writeFloor].map(whole),
    ]),
  );
}

export function capacityTable(uses: readonly CapacityUse[]): string {
  return textOf(
    ['object', 'read units', 'write units'],
    uses.map(({ label, readPerObject, writePerObject }) => [
      label,
      readPerObject.toFixed(2),
      writePerObject.toFixed(2),
    ]),
  );
}

export function targetTable(targets: readonly Target[]): string {
  return textOf(
    ['target', 'wanted', 'reached', ''],
    targets.map(({ label, wanted, reached, isMet }) => [label, wanted, reached, isMet ? 'met' : 'NOT MET']),
  );
}

const TEXT_COLUMNS = ['', 'target', 'object', 'peak memory, MB'];

function textOf(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = heads.map((head, index) => ({
    head,
    cells: rows.map((row) => row[index] ?? ''),
    isNumber: !TEXT_COLUMNS.includes(head),
  }));
  return tableOf(columns, undefined);
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}
