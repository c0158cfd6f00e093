/**
 * Returns one spelling for all decimals of equal value: the significant digits, `e`, and the exponent of the last digit.
 * `1.50`, `15e-1` and `1.5` all give `15e-1`. Every zero gives `0`.
 *
 * @param text - A JSON number, or the result of `String` for a finite number.
 */
export function canonicalDecimal(text: string): string {
  const sign = text.startsWith('-') ? '-' : '';
  const exponentAt = text.search(/e/i);
  const mantissa = text.slice(sign.length, exponentAt < 0 ? undefined : exponentAt);
  const exponent = exponentAt < 0 ? 0 : Number(text.slice(exponentAt + 1));
  const point = mantissa.indexOf('.');
  const digits = point < 0 ? mantissa : mantissa.slice(0, point) + mantissa.slice(point + 1);
  const decimals = point < 0 ? 0 : mantissa.length - point - 1;
  // A regular expression would take quadratic time on a long number with zeros in it.
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end -= 1;
  let start = 0;
  while (start < end && digits[start] === '0') start += 1;
  return start === end
    ? '0'
    : `${sign}${digits.slice(start, end)}e${exponent - decimals + digits.length - end}`;
}

/** Whether a double is equal to the decimal that was written, digit for digit. */
export function holdsExactly(double: number, text: string): boolean {
  const own = String(double);
  if (own === text) return true;
  // Two integers without an exponent have one spelling each, and most numbers with many digits are such integers.
  if (INTEGER.test(own) && INTEGER.test(text)) return false;
  return canonicalDecimal(own) === canonicalDecimal(text);
}

/** An integer that has one spelling, at most as long as the longest that `String` writes without an exponent. */
const INTEGER = /^-?[1-9]\d{0,20}$/;
