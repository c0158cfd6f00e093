import type { Engine } from '../../lambda/core/pull/engine.ts';

interface Operation {
  readonly name: string;
  /** What the step returned, as JSON. */
  readonly result: string | undefined;
}

/** Thrown where an invocation ends: as with Lambda, whatever was under way is lost. */
export class InvocationEnds extends Error {}

/**
 * An engine that remembers, as Lambda does, and ends the invocation at every wait and wherever the test cuts it off.
 */
export class MemoryEngine {
  readonly operations: Operation[] = [];
  invocations = 0;
  /** Asked before each step that is not remembered is taken (`before`), and before what it returned is (`after`). */
  isCutOff: (name: string, when: 'before' | 'after') => boolean = () => false;
  /** Told how long the run waits, in milliseconds. */
  onWait: (ms: number) => void = () => {};

  readonly #mostOperations: number;

  constructor(mostOperations = 3000) {
    this.#mostOperations = mostOperations;
  }

  /** Runs the code from its beginning as often as it takes to reach its end. */
  async carryOut<Result>(
    run: (engine: Engine) => Promise<Result>,
    mostInvocations = 10_000,
  ): Promise<Result> {
    for (;;) {
      this.invocations += 1;
      if (this.invocations > mostInvocations) throw new Error('the run does not come to an end');
      try {
        return await run(this.#invocation());
      } catch (error) {
        if (!(error instanceof InvocationEnds)) throw error;
      }
    }
  }

  #invocation(): Engine {
    let at = 0;
    const recall = (name: string): Operation | undefined => {
      const known = this.operations[at];
      at += 1;
      if (known !== undefined && known.name !== name) {
        throw new Error(`replay diverged: ${name} in the place of ${known.name}`);
      }
      return known;
    };
    const remember = (operation: Operation): void => {
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
