import { tableOf } from '../cli/terminal/table.ts';
import type { BundleSize } from './bundles.ts';
import type { CallCount } from './calls.ts';
import type { CapacityUse } from './capacity.ts';
import {
  AFTERNOON,
  AFTERNOON_1_PERCENT,
  AFTERNOON_UNCHANGED,
  type Contender,
  PUT_EACH,
} from './contenders.ts';
import type { Memory } from './memory.ts';
import type { NightCost } from './nights.ts';
import type { PushSpeed } from './push-speed.ts';
import { type Ratio, type RoundSpeed, ratioOf, type Speed } from './speed.ts';
import type { Target } from './targets.ts';

/** @param speeds - Measured with latencies. */
export function wallTable(speeds: ReadonlyMap<Contender, Speed>): string {
  return textOf(
    ['', 'objects', 'wall, s', 'one page, s', 'bound, s', 'reached', 'B1 ÷', 'B4 ÷'],
    [...speeds.values()].map((speed) => {
      const { contender, objects, wallMs, pages } = speed;
      return [
        contender.label,
        whole(objects),
        seconds(wallMs),
        seconds(pages?.onePageMs ?? NaN),
        seconds(pages?.boundMs ?? NaN),
        pages === undefined ? '–' : percentText(pages.reached),
        against(speeds, speed, PUT_EACH, 'wallUsPerObject'),
        against(speeds, speed, afternoonOver(contender.table), 'wallUsPerObject'),
      ];
    }),
  );
}

/** @param speeds - Measured without latencies. */
export function cpuTable(speeds: ReadonlyMap<Contender, Speed>): string {
  return textOf(
    ['', 'objects', 'CPU µs/object', 'B1 ÷', 'B4 ÷'],
    [...speeds.values()].map((speed) => [
      speed.contender.label,
      whole(speed.objects),
      whole(speed.cpuUsPerObject),
      against(speeds, speed, PUT_EACH, 'cpuUsPerObject'),
      against(speeds, speed, afternoonOver(speed.contender.table), 'cpuUsPerObject'),
    ]),
  );
}

/** The baseline's figure divided by this one. Wall times are compared only where as many pages are in flight. */
function against(
  speeds: ReadonlyMap<Contender, Speed>,
  speed: Speed,
  baseline: Contender,
  figure: keyof RoundSpeed,
): string {
  const other = speeds.get(baseline);
  const isFair = figure === 'cpuUsPerObject' || baseline.inFlight === speed.contender.inFlight;
  return other === undefined || !isFair ? '–' : ratioText(ratioOf(other, speed, figure));
}

/** The afternoon's script over the same table. */
function afternoonOver(table: Contender['table']): Contender {
  return { empty: AFTERNOON, unchanged: AFTERNOON_UNCHANGED, '1 % changed': AFTERNOON_1_PERCENT }[table];
}

function percentText({ median, least, most }: Ratio): string {
  const [middle, low, high] = [median, least, most].map((share) => (share * 100).toFixed(1));
  return `${middle} % (${low}–${high})`;
}

function ratioText({ median, least, most }: Ratio): string {
  return `${median.toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`;
}

export function pushTable(speeds: readonly PushSpeed[]): string {
  return textOf(
    ['', 'changes', 'wall, s', '± %', 'bound, s', 'reached', 'CPU µs/change'],
    speeds.map(({ label, changes, wallMs, spread, boundMs, cpuUsPerChange }) => [
      label,
      whole(changes),
      seconds(wallMs),
      String(Math.round(spread * 50)),
      seconds(boundMs),
      `${((boundMs / wallMs) * 100).toFixed(1)} %`,
      whole(cpuUsPerChange),
    ]),
  );
}

export function bundleTable(sizes: readonly BundleSize[]): string {
  return textOf(
    ['', 'code, KB', 'import, ms', 'CPU, ms', "of the SDK's alone"],
    sizes.map(({ name, kilobytes, importMs, importCpuMs, importCpuOfSdk }) => [
      name,
      whole(kilobytes),
      whole(importMs),
      whole(importCpuMs),
      importCpuOfSdk.toFixed(2),
    ]),
  );
}

export function memoryTable({ at10k, at1M, ofLargePages }: Memory): string {
  const of10k = (peak: number) => (peak / at10k.nightAfter).toFixed(2);
  return textOf(
    ['', 'first load, MB', 'night after, MB', 'of 10,000'],
    [
      ['10,000 objects', whole(at10k.firstLoad), whole(at10k.nightAfter), '1'],
      ['1,000,000 objects', whole(at1M.firstLoad), whole(at1M.nightAfter), of10k(at1M.nightAfter)],
      ['12,000 objects, 31 MB a page', whole(ofLargePages), '–', of10k(ofLargePages)],
    ],
  );
}

export function callTable(counts: readonly CallCount[]): string {
  return textOf(
    ['', 'objects', 'scans', 'fewest', 'reads by key', 'writes', 'fewest'],
    counts.map(({ label, objects, scans, scanFloor, reads, writes, writeFloor }) => [
      label,
      ...[objects, scans, scanFloor, reads, writes, writeFloor].map(whole),
    ]),
  );
}

export function capacityTable(uses: readonly CapacityUse[]): string {
  return textOf(
    ['object', 'KB', 'read units', 'write units'],
    uses.map(({ kilobytes, object, readPerObject, writePerObject }) => [
      object,
      String(kilobytes),
      readPerObject.toFixed(3),
      writePerObject.toFixed(2),
    ]),
  );
}

export function nightTable(nights: readonly NightCost[]): string {
  return textOf(
    ['objects', 'invocations', 'reads, table', 'reads, state', 'writes, state', 'units', 'a night'],
    nights.map(({ objects, invocations, streamReads, stateReads, stateWrites, units, dollars }) => [
      whole(objects),
      whole(invocations),
      ...[streamReads, stateReads, stateWrites, units].map((perObject) => perObject.toFixed(3)),
      `$${dollars.toFixed(3)}`,
    ]),
  );
}

export function targetTable(targets: readonly Target[]): string {
  return textOf(
    ['target', 'wanted', 'reached', ''],
    targets.map(({ label, wanted, reached, isMet }) => [label, wanted, reached, isMet ? 'met' : 'NOT MET']),
  );
}

const TEXT_COLUMNS = ['', 'target', 'object'];

function textOf(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = heads.map((head, index) => ({
    head,
    cells: rows.map((row) => row[index] ?? ''),
    isNumber: !TEXT_COLUMNS.includes(head),
  }));
  return tableOf(columns, undefined);
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(2);
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}
