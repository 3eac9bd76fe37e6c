/** Quantities: amounts with suffixes, and the one form in which Kubernetes writes each of them. */

/** What a quantity must look like, in Kubernetes' words. */
export const quantityDetail =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

type Style = 'decimal' | 'binary' | 'exponent';

export interface Quantity {
  /** In billionths, rounded up: nothing finer is kept. */
  readonly nano: bigint;
  readonly style: Style;
}

const decimalSuffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const format = /^([+-]?)(\d*)(?:\.(\d*))?(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?\d+))?$/;
const billion = 1_000_000_000n;

/** @example parseQuantity('1.5Gi') // { nano: 1610612736000000000n, style: 'binary' } */
export function parseQuantity(text: string): Quantity | undefined {
  const parsed = format.exec(text);
  if (!parsed) return undefined;
  const [, sign, whole = '', fraction = '', binary, decimal = '', exponent] = parsed;
  if (whole === '' && fraction === '') return undefined;
  const places = Number(exponent ?? 3 * (decimalSuffixes.indexOf(decimal) - 3));
  // What is larger than any amount in use, or finer than what is kept, is no amount to count with.
  if (Math.abs(places) > 30) return undefined;
  const power = binary ? binarySuffixes.indexOf(binary) : 0;
  const numerator =
    BigInt(`${whole}${fraction}`) * billion * 1024n ** BigInt(power) * tens(Math.max(places, 0));
  const denominator = tens(fraction.length) * tens(Math.max(-places, 0));
  const nano = (numerator + denominator - 1n) / denominator;
  return {
    nano: sign === '-' ? -nano : nano,
    style: binary ? 'binary' : exponent === undefined ? 'decimal' : 'exponent',
  };
}

/**
 * The form that is stored: no fraction, and the largest suffix.
 *
 * @example canonicalQuantity('0.5') // '500m'
 */
export function canonicalQuantity(text: string): string {
  const quantity = parseQuantity(text);
  return quantity ? formatQuantity(quantity) : text;
}

function formatQuantity({ nano, style }: Quantity): string {
  if (nano === 0n) return '0';
  const isSmall = nano < 1024n * billion && nano > -1024n * billion;
  if (style === 'binary' && !isSmall) {
    const [amount, power] = divide(
      (nano + billion - 1n) / billion,
      1024n,
      binarySuffixes.length - 1,
    );
    return `${amount}${binarySuffixes[power] ?? ''}`;
  }
  const [amount, power] = divide(nano, 1000n, decimalSuffixes.length - 1);
  if (style !== 'exponent' || power === 3) return `${amount}${decimalSuffixes[power] ?? ''}`;
  return `${amount}e${3 * (power - 3)}`;
}

/** Divides as often as nothing is left over. */
function divide(value: bigint, by: bigint, most: number): readonly [bigint, number] {
  let [amount, times] = [value, 0];
  while (times < most && amount % by === 0n) {
    amount /= by;
    times += 1;
  }
  return [amount, times];
}

function tens(places: number): bigint {
  return 10n ** BigInt(places);
}
