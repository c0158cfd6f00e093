import type { Engine } from '../../lambda/core/pull/engine.ts';

interface KeptOperation {
  readonly name: string;
  /** The result of the step as JSON; undefined for a wait. */
  readonly result: string | undefined;
}

/** Thrown to end an invocation. As with Lambda, work in progress is lost. */
export class InvocationEnds extends Error {}

/**
 * An engine that keeps the results of steps, as Lambda does. It ends the invocation at every wait, and where the test cuts it off.
 */
export class MemoryEngine {
  readonly operations: KeptOperation[] = [];
  invocations = 0;
  /** Whether the invocation is cut off `before` a step runs, or `after` it ran but before its result is kept. */
  isCutOff: (name: string, when: 'before' | 'after') => boolean = () => false;
  /** Called for each wait, in milliseconds. */
  onWait: (ms: number) => void = () => {};

  readonly #mostOperations: number;

  constructor(mostOperations = 3000) {
    this.#mostOperations = mostOperations;
  }

  /** Runs the code again from its beginning, one invocation after the other, until it returns. */
  async carryOut<Result>(
    run: (engine: Engine) => Promise<Result>,
    mostInvocations = 10_000,
  ): Promise<Result> {
    for (;;) {
      this.invocations += 1;
      if (this.invocations > mostInvocations) throw new Error('the run does not end');
      try {
        return await run(this.#invocation());
      } catch (error) {
        if (!(error instanceof InvocationEnds)) throw error;
      }
    }
  }

  #invocation(): Engine {
    let at = 0;
    const recall = (name: string): KeptOperation | undefined => {
      const known = this.operations[at];
      at += 1;
      if (known !== undefined && known.name !== name) {
        throw new Error(`replay diverged: ${name} in the place of ${known.name}`);
      }
      return known;
    };
    const remember = (operation: KeptOperation): void => {
      this.operations.push(operation);
      if (this.operations.length > this.#mostOperations) throw new Error('too many operations');
    };
    const step = async <Result>(name: string, work: () => Promise<Result>): Promise<Result> => {
      const known = recall(name);
      if (known !== undefined) return parse(known.result);
      if (this.isCutOff(name, 'before')) throw new InvocationEnds();
      const result = JSON.stringify(await work());
      if (this.isCutOff(name, 'after')) throw new InvocationEnds();
      remember({ name, result });
      return parse(result);
    };
    const wait = async (name: string, ms: number): Promise<void> => {
      if (recall(name) !== undefined) return;
      remember({ name, result: undefined });
      this.onWait(ms);
      throw new InvocationEnds();
    };
    return { mostOperations: this.#mostOperations, step, wait };
  }
}

function parse<Result>(json: string | undefined): Result {
  return (json === undefined ? undefined : JSON.parse(json)) as Result;
}
