/** How many requests or connections are spread over the pods of a Service, and when their shares count as equal. */
import { apiserverProxy } from '../proxies/apiserver-proxy/descriptor.ts';
import { kubeProxy } from '../proxies/kube-proxy/descriptor.ts';

/** The Service that is asked: behind it stand pods that say in their answers who they are. */
export const balances = {
  'apiserver-proxy': {
    namespace: 'default',
    service: 'web',
    port: 'http',
    requests: claimed(apiserverProxy.claims, 'apiserver-proxy.load-balances', 'requests'),
  },
  'kube-proxy': {
    namespace: 'platform',
    service: 'echo',
    port: 'tcp',
    requests: claimed(kubeProxy.claims, 'kube-proxy.load-balances', 'connections'),
  },
} as const satisfies Record<BalancedProxy, unknown>;

/** The proxies whose spreading can be watched. */
export const balancedProxies = ['apiserver-proxy', 'kube-proxy'] as const;
export type BalancedProxy = (typeof balancedProxies)[number];

export function isBalanced(id: string): id is BalancedProxy {
  return Object.hasOwn(balances, id);
}

/** As many as the claim's proof makes. */
function claimed(
  claims: readonly { readonly id: string; readonly values: Readonly<Record<string, unknown>> }[],
  id: string,
  value: string,
): number {
  return Number(claims.find((claim) => claim.id === id)?.values[value]);
}

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
