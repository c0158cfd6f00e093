import type { EmbeddedAws } from '../../../../local/endpoints/embedded-aws.ts';
import type { Simulator } from '../../../../local/simulator/simulator.ts';
import { type LineChange, openPushLine, type PushLine, type Worker } from '../../../support/push-line.ts';
import { expectPromisesKept, type Pushed } from '../../../support/push-promises.ts';
import type { Injection } from '../../../support/push-world.ts';

/** Two subjects with three changes each: of either kind, with a schema and a check before it and without. */
export function changesOf(prefix: string): readonly LineChange[] {
  const register = (id: string, subject: string): LineChange => ({
    changeId: `${prefix}-${id}`,
    operation: 'register',
    subject: `${prefix}/${subject}`,
    body: { first_name: 'Ada', last_name: `${prefix}-${id}` },
  });
  const thing = (id: string, subject: string, operation: 'createThing' | 'putThing'): LineChange => ({
    changeId: `${prefix}-${id}`,
    operation,
    subject: `${prefix}/${subject}`,
    ...(operation === 'putThing' && { parameters: { thing: 1 } }),
    body: { title: `${prefix}-${id}` },
  });
  return [
    register('1', 'a'),
    thing('2', 'b', 'putThing'),
    thing('3', 'a', 'createThing'),
    thing('4', 'b', 'createThing'),
    register('5', 'a'),
    thing('6', 'b', 'putThing'),
  ];
}

export interface FaultCases {
  readonly line: PushLine;
  /** Queues changes, has them sent with these injections, and expects what is promised. The first creation is throttled. */
  run(
    injections?: ReadonlyMap<number, Injection>,
  ): Promise<{ readonly calls: number; readonly pushed: Pushed }>;
}

export async function openFaultCases(
  simulator: Simulator,
  aws: EmbeddedAws,
  workerOf: (line: PushLine) => Worker,
): Promise<FaultCases> {
  const line = await openPushLine(simulator, aws);
  const worker = workerOf(line);
  let cases = 0;
  return {
    line,
    async run(injections = new Map()) {
      cases += 1;
      const changes = changesOf(`${line.config.environment}-${cases}`);
      simulator.control.clearFaults();
      simulator.control.fault({
        route: 'POST /l/module_api/object',
        nth: 1,
        do: { kind: 'status', status: 503 },
      });
      await line.queue(changes);
      const calls = await line.drain(worker, injections);
      const pushed = await line.pushed(changes);
      expectPromisesKept(changes, pushed);
      return { calls, pushed };
    },
  };
}
