/** Whether a stored value is of a form. A row may be damaged, or a later version may have written it. */
export type Shape = (value: unknown) => boolean;

export const isText: Shape = (value) => typeof value === 'string';
export const isFlag: Shape = (value) => typeof value === 'boolean';
export const isTime: Shape = (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value));
export const isCount: Shape = (value) => Number.isSafeInteger(value) && Number(value) >= 0;

export function optional(shape: Shape): Shape {
  return (value) => value === undefined || shape(value);
}

export function oneOf(...values: readonly string[]): Shape {
  return (value) => values.some((each) => each === value);
}

export function listOf(shape: Shape): Shape {
  return (value) => Array.isArray(value) && value.every(shape);
}

/** An object with fields of these forms. Other fields may be of any form. */
export function fieldsOf(shapes: Readonly<Record<string, Shape>>): Shape {
  const checks = Object.entries(shapes);
  return (value) => {
    if (typeof value !== 'object' || value === null) return false;
    const fields = value as Readonly<Record<string, unknown>>;
    return checks.every(([name, shape]) => shape(fields[name]));
  };
}
