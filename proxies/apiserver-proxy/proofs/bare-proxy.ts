/**
 * The proxy by itself, behind a server that lets everybody in: for what can be asked of the proxy, and
 * not of an apiserver.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Notebook } from '../../kit/proof.ts';
import { StatusError } from '../../kit/api/status-error.ts';
import type { ApiserverProxyOptions } from '../proxy.ts';
import { startApiserverLike } from './apiserver-like.ts';
import type { Asked } from './ask.ts';
import { startTarget, type Target, type TargetOptions } from './target.ts';

export interface BareWorld extends AsyncDisposable {
  readonly apiserver: Asked;
  readonly targets: readonly [Target];
}

/** One target, which is the pod of its name, and the proxy in front of it. */
export async function bareWorld(
  target: TargetOptions,
  options: Omit<ApiserverProxyOptions, 'lookup' | 'allowsAddress'>,
  onHop: Notebook['hop'],
): Promise<BareWorld> {
  await using stack = new AsyncDisposableStack();
  const started = stack.use(await startTarget(target));
  const { createApiserverProxy } = await import('../proxy.ts');
  const nothing = async () => undefined;
  const proxy = stack.use(
    createApiserverProxy({
      ...options,
      lookup: { ...podOf(started), service: nothing, endpoints: nothing, node: nothing },
      allowsAddress: () => true,
    }),
  );
  proxy.setHopListener(onHop);

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const [, prefix = '', namespace = '', id = '', subpath = ''] =
      read.exec(request.url ?? '') ?? [];
    const closing = new AbortController();
    response.once('close', () => closing.abort());
    const named = { resource: 'pods', namespace, id, prefix, subpath } as const;
    try {
      await proxy.serve({
        request,
        response,
        signal: closing.signal,
        requestId: 'proof',
        ...named,
      });
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      response.writeHead(error.code, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(error.toStatus()));
    }
  };
  const apiserver = stack.use(
    await startApiserverLike((request, response) => {
      serve(request, response).catch(() => response.destroy());
    }),
  );
  const owned = stack.move();
  return { apiserver, targets: [started], [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

const read = /^(\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/proxy)([^?]*)/;

function podOf({ name, host, port }: Target): Pick<ApiserverProxyOptions['lookup'], 'pod'> {
  const containers = [{ ports: [{ containerPort: port }] }];
  const pod = { spec: { containers }, status: { podIPs: [{ ip: host }] } };
  return { pod: async (_, asked) => (asked === name ? pod : undefined) };
}
