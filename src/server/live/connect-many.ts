/** Connections to one Service, and which of its pods answered each. */
import type { Connect, ConnectOptions } from '../../../lab/connect.ts';
import type { ConnectFrom, ConnectRequest } from '../../../proxies/kit/connect-request.ts';
import type { LabNetwork } from './backend.ts';
import { LiveError } from './live-error.ts';

/** For connecting, and for each answer: the lab may be busy. */
export const patienceMs = 4000;

/** A pod with a name of its own, so that a reader can connect from it, too. */
export const connectingPod: ConnectFrom = { pod: 'default/web-0' };

/** @throws LiveError `connect-failed`, also where one of them is not answered */
export async function connectMany(
  network: LabNetwork,
  order: ConnectRequest,
  onAnswer: (pod: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const refused: string[] = [];
  await connectFrom(
    network,
    connectingPod,
    { ...order, timeoutMs: patienceMs },
    {
      signal,
      onOutcome: ({ backend, result, remote }) => {
        if (backend) onAnswer(nameOf(backend.pod));
        else refused.push(`${remote}: ${result}`);
      },
    },
  );
  const [message] = refused;
  if (message !== undefined) throw new LiveError('connect-failed', { message });
}

/** @throws LiveError `connect-failed`; the signal's reason when it was aborted */
export async function connectFrom(
  network: LabNetwork,
  from: ConnectFrom,
  order: ConnectRequest,
  options: ConnectOptions & { readonly signal: AbortSignal },
): ReturnType<Connect> {
  try {
    return await network.connect(from, order, options);
  } catch (cause) {
    options.signal.throwIfAborted();
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new LiveError('connect-failed', { message }, {}, cause);
  }
}

/** @example nameOf('platform/echo-0') // 'echo-0' */
function nameOf(pod: string): string {
  return pod.slice(pod.indexOf('/') + 1);
}
