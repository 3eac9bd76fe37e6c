/** What an answer to `GET /readyz` says of the apiserver (specification 4.2). */
import { statusText } from '../../kit/http/status-text.ts';
import type { CheckEvent } from './check-state.ts';

/**
 * @example readAnswer(200, 'ok') // { kind: 'good' }
 * @example readAnswer(500, '[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed\n')
 * // { kind: 'bad', reason: 'answers 500: [-]etcd failed: reason withheld' }
 */
export function readAnswer(status: number, body: string): CheckEvent {
  if (status === 200) return { kind: 'good' };
  const detail = failedChecks(body) ?? statusMessage(body) ?? statusText(status);
  return { kind: 'bad', reason: `answers ${status}: ${detail}` };
}

/** The lines of the checks that fail. */
function failedChecks(body: string): string | null {
  const lines = body.split(/\r?\n/).filter((line) => line.startsWith('[-]'));
  return lines.length > 0 ? lines.join(', ') : null;
}

/** Of a `metav1.Status`: who is refused is told why there. */
function statusMessage(body: string): string | null {
  try {
    const status: unknown = JSON.parse(body);
    if (typeof status !== 'object' || status === null || !('message' in status)) return null;
    return typeof status.message === 'string' && status.message !== '' ? status.message : null;
  } catch {
    return null;
  }
}
