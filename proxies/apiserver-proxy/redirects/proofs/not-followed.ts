/**
 * A kubelet answers `exec` with a redirect to a second server, which must not hear of it. Refuted by
 * something in the apiserver's place that follows, as apiservers once did.
 */
import type { IncomingMessage } from 'node:http';
import { request as httpRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import { defineProof, type Notebook } from '../../../kit/proof.ts';
import { startApiserverLike } from '../../proofs/apiserver-like.ts';
import type { Asked } from '../../proofs/ask.ts';
import { makeNode, makePod, namespace, populate } from '../../proofs/cluster-objects.ts';
import { startTarget, type Target } from '../../proofs/target.ts';
import { askUpgrade } from './ask-upgrade.ts';

interface RedirectingWorld extends AsyncDisposable {
  readonly apiserver: Asked;
  readonly kubelet: Target;
  /** Where it sends its clients. */
  readonly second: Target;
}

const subresources = ['exec', 'attach', 'portforward'] as const;

export const notFollowed = defineProof<RedirectingWorld>({
  claimed: async (laboratory) => {
    await using stack = new AsyncDisposableStack();
    const servers = await redirectingServers(stack);
    const apiserver = stack.use(await laboratory.startApiserver());
    await populate(apiserver, async (client) => {
      await makeNode(client, { ...servers.kubelet, name: 'node-1' });
      await makePod(client, { ...servers.kubelet, name: 'web-0' }, 'node-1');
    });
    return worldOf(stack, { apiserver, ...servers });
  },
  refuted: async () => {
    await using stack = new AsyncDisposableStack();
    const servers = await redirectingServers(stack);
    const { kubelet } = servers;
    const apiserver = stack.use(
      await startApiserverLike(
        (_request, response) => response.writeHead(400).end(),
        (request, socket) => follow(request, socket, `https://${kubelet.host}:${kubelet.port}/`),
      ),
    );
    return worldOf(stack, { apiserver, ...servers });
  },
  probe: async ({ apiserver, kubelet, second }, notebook: Notebook, { signal }) => {
    for (const subresource of subresources) {
      const path = `/api/v1/namespaces/${namespace}/pods/web-0/${subresource}?command=id&stdout=true`;
      const before = kubelet.requests.length;
      const { status, message } = await askUpgrade(apiserver, path, signal);
      const asked = kubelet.requests[before];
      notebook.check(asked !== undefined, 'asked', { path: asked?.path ?? '', redirect: 302 });
      const address = `${second.host}:${second.port}`;
      notebook.check(second.connections() === 0, 'not-visited', {
        address,
        path: second.requests[0]?.path ?? '',
      });
      notebook.check(status >= 500, 'error', { status, message });
    }
  },
});

async function redirectingServers(stack: AsyncDisposableStack) {
  const second = stack.use(await startTarget({ name: 'the second server', isTls: true }));
  const location = `https://${second.host}:${second.port}/stream`;
  const kubelet = stack.use(
    await startTarget({
      name: 'the kubelet',
      isTls: true,
      answer: (_request, response) => response.writeHead(302, { Location: location }).end(),
    }),
  );
  return { kubelet, second };
}

function worldOf(
  stack: AsyncDisposableStack,
  parts: Omit<RedirectingWorld, typeof Symbol.asyncDispose>,
): RedirectingWorld {
  const owned = stack.move();
  return { ...parts, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** As apiservers did until 1.24: asks the kubelet, and then whomever it names. */
function follow({ url = '' }: IncomingMessage, socket: Duplex, kubelet: string): void {
  const visit = (target: URL) => {
    const request = httpRequest(target, { rejectUnauthorized: false, agent: false });
    request.once('response', ({ headers: { location }, statusCode = 0 }) => {
      if (location !== undefined) visit(new URL(location));
      else socket.end(`HTTP/1.1 ${statusCode} OK\r\nContent-Length: 0\r\n\r\n`);
    });
    request.once('error', () => socket.destroy());
    request.end();
  };
  visit(new URL(url, kubelet));
}
