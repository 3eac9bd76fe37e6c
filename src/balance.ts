/** How many requests are spread over the pods of a Service, and when their shares count as equal. */
import { apiserverProxy } from '../proxies/apiserver-proxy/descriptor.ts';

const claim = apiserverProxy.claims.find(({ id }) => id === 'apiserver-proxy.load-balances');

/** The Service that is asked: behind it stand pods that say in their answers who they are. */
export const balanced = {
  namespace: 'default',
  service: 'web',
  port: 'http',
  requests: Number(claim?.values.requests),
} as const;

export interface Evenness {
  readonly result: 'even' | 'uneven';
  /** Pearson's chi-square against equal shares, and what 999 of 1000 fair runs stay below. */
  readonly figures: { readonly chiSquare: number; readonly critical: number };
}

/** Upper 0.1 % points of the chi-square distribution, by degrees of freedom from 1. */
export const criticalValues = [
  10.83, 13.82, 16.27, 18.47, 20.52, 22.46, 24.32, 26.12, 27.88,
] as const;

/** @param counts How often each pod answered; more pods than the table knows count as uneven. */
export function evenness(counts: readonly number[]): Evenness {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  const critical = criticalValues[counts.length - 2] ?? 0;
  return {
    result: chiSquare < critical ? 'even' : 'uneven',
    figures: { chiSquare: Math.round(chiSquare * 100) / 100, critical },
  };
}
