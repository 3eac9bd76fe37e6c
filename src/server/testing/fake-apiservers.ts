/** Apiservers behind a load balancer, without either: connections in turn, watches that end with their apiserver. */
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { MachineStatus } from '../../../lab/machines/machine.ts';
import { createAuthority } from '../../../proxies/kit/pki/authority.ts';
import type { LabNetwork } from '../live/backend.ts';
import type { LabMachines } from '../live/machines.ts';
import type { RunningProxy } from '../live/running-proxy.ts';

export interface FakeApiservers extends AsyncDisposable {
  readonly proxy: RunningProxy;
  readonly lab: LabMachines;
  /** What was done to the machines. */
  readonly done: readonly string[];
  readonly pathOf: LabNetwork['pathOf'];
}

/** @param refusesFor so many connections after a kill are cut off */
export async function startFakeApiservers(
  names: readonly string[],
  refusesFor = 0,
): Promise<FakeApiservers> {
  const authority = await createAuthority();
  const { certificatePem: cert, keyPem: key } = await authority.issueServer(['127.0.0.1']);
  const states = new Map<string, MachineStatus['state']>(names.map((name) => [name, 'ready']));
  const listeners = new Set<() => void>();
  const done: string[] = [];
  const connections = new Map<string, { readonly socket: Socket; readonly apiserver: string }>();
  let refused = 0;
  let turn = 0;

  const server = createServer({ cert, key }, (request, response) => {
    if (request.url?.includes('watch=true')) response.flushHeaders();
    else response.end('{}');
  });
  server.on('connection', (socket: Socket) => {
    const source = `127.0.0.1:${socket.remotePort ?? 0}`;
    const ready = names.filter((name) => states.get(name) === 'ready');
    const isRefused = ready.length < names.length && refused < refusesFor;
    if (isRefused) refused += 1;
    if (isRefused) socket.resetAndDestroy();
    connections.set(source, { socket, apiserver: ready[turn++ % ready.length] ?? '' });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    done,
    pathOf: async (source) => {
      const apiserver = connections.get(source)?.apiserver;
      if (apiserver === undefined) return null;
      const place = { dataplane: 'userspace', balance: 'round-robin' } as const;
      return { source, destination: '', backend: '', seenAs: '', ...place, apiserver };
    },
    proxy: {
      address: `127.0.0.1:${port}`,
      hostname: '127.0.0.1',
      port,
      hops: {
        follow: () => ({ complete: async () => undefined, [Symbol.dispose]: () => undefined }),
      },
      tracedBy: 'connection',
      secure: {
        caPem: authority.certificatePem,
        identities: { reader: { token: 'reader' }, administrator: {}, nobody: {} },
      },
    },
    lab: {
      mode: 'isolated',
      machines: () =>
        [...states].map(([name, state]) => ({
          name,
          role: 'apiserver',
          addresses: [],
          state,
          since: '2026-01-02T03:04:05.000Z',
          faults: [],
          restarts: 0,
          pid: null,
          residentBytes: null,
        })),
      onChange: (listener) => {
        listeners.add(listener);
        return { [Symbol.dispose]: () => void listeners.delete(listener) };
      },
      act: async (name, action) => {
        done.push(`${action} ${name}`);
        states.set(name, action === 'kill' ? 'ended' : 'ready');
        for (const { socket, apiserver } of connections.values()) {
          if (action === 'kill' && apiserver === name) socket.destroy();
        }
        for (const listener of listeners) listener();
      },
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
