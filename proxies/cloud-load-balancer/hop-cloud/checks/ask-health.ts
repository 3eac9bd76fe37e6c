/** Asks a node for its health, as load balancers do: one GET of `/healthz`, and 200 is good. */
import { get } from 'node:http';
import type { Clock } from '../../../kit/clock.ts';

export interface HealthQuestion {
  /** Without brackets. */
  readonly address: string;
  readonly port: number;
  /** For the whole of it. */
  readonly timeoutMs: number;
}

/** Never rejects: no answer, a late one and an aborted one are no good ones. */
export function askHealth(
  { address, port, timeoutMs }: HealthQuestion,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const request = get({
    host: address,
    port,
    path: '/healthz',
    // One connection each: a node that cannot take another is not well.
    agent: false,
    headers: { 'user-agent': 'hop-cloud-lb-health-check' },
    signal,
  });
  const late = clock.after(timeoutMs, () => request.destroy());
  request.once('response', (response) => {
    response.resume();
    resolve(response.statusCode === 200);
  });
  request.on('error', () => resolve(false));
  request.once('close', () => {
    late[Symbol.dispose]();
    resolve(false);
  });
  return promise;
}
