/** Which message tells an observation. Browser-safe. */
import type { Observation } from './proof.ts';

/**
 * The key in the namespace `claims`; its values are the observation's.
 *
 * @example evidenceKey('kubectl-proxy.client-http', { key: 'no-tls', standing: 'contradicts', … })
 *   // 'kubectl-proxy.client-http.evidence.no-tls-not'
 */
export function evidenceKey(claim: string, { key, standing }: Observation): string {
  return `${claim}.evidence.${key}${standing === 'contradicts' ? '-not' : ''}`;
}
