/** What an option of a fault must be. */
export interface OptionCheck {
  readonly isGood: (value: unknown) => boolean;
  readonly expected: string;
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isFields = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 1;
const listOf = (isGood: (value: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && value.every(isGood);

export const ANYTHING: OptionCheck = { isGood: () => true, expected: 'any value' };
export const TEXT: OptionCheck = { isGood: isText, expected: 'a text' };
export const TEXTS: OptionCheck = { isGood: listOf(isText), expected: 'a list of texts' };
export const FLAG: OptionCheck = {
  isGood: (value) => typeof value === 'boolean',
  expected: 'true or false',
};
export const FIELDS: OptionCheck = { isGood: isFields, expected: 'an object' };
export const COUNT: OptionCheck = { isGood: isCount, expected: 'a whole number from 1' };
export const PLACE: OptionCheck = {
  isGood: (value) => value === 0 || isCount(value),
  expected: 'a whole number from 0',
};
export const SHARE: OptionCheck = {
  isGood: (value) => typeof value === 'number' && value >= 0 && value <= 1,
  expected: 'a share from 0 to 1',
};
export const NUMBER_OR_TEXT: OptionCheck = {
  isGood: (value) => isText(value) || typeof value === 'number',
  expected: 'a number or a text',
};

const SELECTIONS: Readonly<Record<string, (value: unknown) => boolean>> = {
  numbers: listOf(isCount),
  oldest: isCount,
  newest: isCount,
  random: isCount,
  every: isCount,
};

export const SELECTION: OptionCheck = {
  isGood(value) {
    const [[name = '', chosen] = [], ...others] = isFields(value) ? Object.entries(value as object) : [];
    return others.length === 0 && Object.hasOwn(SELECTIONS, name) && SELECTIONS[name]?.(chosen) === true;
  },
  expected:
    'one of {"numbers": […]}, {"oldest": N}, {"newest": N}, {"random": N} and {"every": N}, with whole numbers from 1',
};

export function oneOf(...values: readonly (string | number)[]): OptionCheck {
  return {
    isGood: (value) => values.some((each) => each === value),
    expected: `one of ${values.join(', ')}`,
  };
}

/**
 * Checks the options of a fault.
 *
 * @param required - The options that must not be absent.
 * @throws {TypeError} If an option is unknown, has a wrong value or is missing.
 */
export function checkOptions(
  kind: string,
  options: Readonly<Record<string, unknown>>,
  checks: Readonly<Record<string, OptionCheck>>,
  required: readonly string[] = [],
): void {
  const missing = required.find((name) => options[name] === undefined);
  if (missing !== undefined) {
    throw new TypeError(`the fault '${kind}' needs '${missing}', ${checks[missing]?.expected}`);
  }
  for (const [name, value] of Object.entries(options)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (check === undefined) {
      const known = Object.keys(checks);
      throw new TypeError(
        `'${name}' is not an option of the fault '${kind}'; ${known.length === 0 ? 'it has none' : `known are ${known.join(', ')}`}`,
      );
    }
    if (value !== undefined && !check.isGood(value)) {
      throw new TypeError(`'${name}' of the fault '${kind}' must be ${check.expected}`);
    }
  }
}
