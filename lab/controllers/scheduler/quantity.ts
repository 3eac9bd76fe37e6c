/** Quantities of resources: `250m`, `64Mi`, `2`. */

const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** @example valueOf('250m') // 0.25. What cannot be read is 0. */
export function valueOf(quantity: string | number | undefined): number {
  const [, number, suffix = ''] =
    /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(String(quantity ?? 0)) ?? [];
  return Number(number ?? 0) * (factors[suffix] ?? 0);
}
