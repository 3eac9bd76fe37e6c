/**
 * Who holds the port that proxies: the apiserver's own process, which has no others and no other port.
 * Refuted by the proxy run by itself, in front of an apiserver.
 */
import { defineProof, type Notebook } from '../../kit/proof.ts';
import { ask } from './ask.ts';
import { makePod, namespace, populate } from './cluster-objects.ts';
import { childrenOf, holderOf, listenersOf } from './process-sockets.ts';
import { runApiserver } from './running-apiserver.ts';
import { runBastion } from './running-bastion.ts';
import { startTarget } from './target.ts';

const path = `/api/v1/namespaces/${namespace}/pods/web-0/proxy/`;
const requests = 10;

export const inProcess = defineProof({
  claimed: async (laboratory) => {
    await using stack = new AsyncDisposableStack();
    const apiserver = stack.use(await runApiserver(laboratory));
    const target = stack.use(await startTarget({ name: 'web-0' }));
    await populate(apiserver, (client) => makePod(client, target));
    const owned = stack.move();
    const { pid, port } = apiserver.process;
    return { apiserver, pid, port, [Symbol.asyncDispose]: () => owned.disposeAsync() };
  },
  refuted: async (laboratory) => {
    await using stack = new AsyncDisposableStack();
    const apiserver = stack.use(await runApiserver(laboratory));
    const bastion = stack.use(await runBastion(laboratory, apiserver.kubeconfig));
    const owned = stack.move();
    const { pid } = apiserver.process;
    const { port } = bastion;
    return { apiserver, pid, port, [Symbol.asyncDispose]: () => owned.disposeAsync() };
  },
  probe: async ({ apiserver, pid, port }, notebook: Notebook, { signal }) => {
    const holder = await holderOf(port);
    notebook.check(holder === pid, 'same-process', { port, holder, pid });
    const before = await listenersOf(pid);
    for (let sent = 0; sent < requests; sent += 1) {
      const { status } = await ask(apiserver, { path }, signal);
      if (sent === 0 || status !== 200) notebook.check(status === 200, 'proxied', { path, status });
    }
    const [children, sockets] = await Promise.all([childrenOf(pid), listenersOf(pid)]);
    const isAlone =
      children.length === 0 && sockets.length === 1 && sockets.join() === before.join();
    notebook.check(isAlone, 'nothing-beside', { requests, children: children.length, sockets });

    process.kill(pid, 'SIGKILL');
    await apiserver.process.ended;
    const after = await ask(apiserver, { path }, signal).then(
      ({ status }) => ({ status, cause: '' }),
      (error: unknown) => ({ status: 0, cause: codeOf(error) }),
    );
    notebook.check(after.status === 0, 'ends-with-it', after);
  },
});

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
