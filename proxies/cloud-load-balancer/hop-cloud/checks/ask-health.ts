/** Asks a node for its health, as load balancers do. */
import { get } from 'node:http';
import { connect } from 'node:net';
import type { Clock } from '../../../kit/clock.ts';

export interface HealthQuestion {
  /** Without brackets. */
  readonly address: string;
  readonly port: number;
  /** `healthz`: one GET of `/healthz`, and 200 is good. `connect`: whether it takes a connection. */
  readonly how: 'healthz' | 'connect';
  /** For the whole of it. */
  readonly timeoutMs: number;
}

/** Never rejects: no answer, a late one and an aborted one are no good ones. */
export function askHealth(
  question: HealthQuestion,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const asked =
    question.how === 'connect' ? knock(question, resolve) : getHealthz(question, resolve);
  const end = () => asked.destroy();
  const late = clock.after(question.timeoutMs, end);
  signal.addEventListener('abort', end);
  asked.on('error', () => resolve(false));
  asked.once('close', () => {
    late[Symbol.dispose]();
    signal.removeEventListener('abort', end);
    resolve(false);
  });
  if (signal.aborted) end();
  return promise;
}

function getHealthz({ address, port }: HealthQuestion, tell: (isGood: boolean) => void) {
  const request = get({
    host: address,
    port,
    path: '/healthz',
    // One connection each: a node that cannot take another is not well.
    agent: false,
    headers: { 'user-agent': 'hop-cloud-lb-health-check' },
  });
  request.once('response', (response) => {
    response.resume();
    tell(response.statusCode === 200);
  });
  return request;
}

function knock({ address, port }: HealthQuestion, tell: (isGood: boolean) => void) {
  const socket = connect({ host: address, port });
  socket.once('connect', () => {
    tell(true);
    socket.destroy();
  });
  return socket;
}
