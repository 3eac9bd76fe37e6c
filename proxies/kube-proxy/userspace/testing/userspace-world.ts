/** A dataplane on loopback with backends that say their names; ends with the test. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { DataplaneChange, SyncResult } from '../../dataplane.ts';
import { clusterIPAlone, type Backend, type ServicePortState } from '../../service-port.ts';
import type { UserspaceProblem } from '../problem.ts';
import {
  createUserspaceDataplane,
  type UserspaceDataplane,
  type UserspaceOptions,
} from '../userspace-dataplane.ts';

export interface UserspaceWorld extends AsyncDisposable {
  readonly dataplane: UserspaceDataplane;
  readonly problems: readonly UserspaceProblem[];
  sync(change: Partial<DataplaneChange>): Promise<SyncResult>;
  /** Says its name, then all that it hears. */
  tcpBackend(name: string): Promise<TcpBackend>;
  /** Answers each datagram with its name and what it heard. */
  udpBackend(name: string): Promise<Backend>;
}

export interface TcpBackend extends Backend, Disposable {
  readonly sockets: ReadonlySet<Socket>;
}

/** Each test file of a run has addresses of its own. */
export const vip = `127.180.${process.pid % 256}.${(process.pid >> 8) % 256}`;

export async function userspaceWorld(
  options: Partial<UserspaceOptions> = {},
): Promise<UserspaceWorld> {
  const stack = new AsyncDisposableStack();
  const problems: UserspaceProblem[] = [];
  const dataplane = stack.use(
    await createUserspaceDataplane({
      family: 'IPv4',
      podCIDRs: [],
      nodePortIPs: null,
      nodeIPs: [],
      masqueradeBit: 14,
      masqueradeAll: false,
      log: () => undefined,
      onProblem: (problem) => problems.push(problem),
      ...options,
    }),
  );
  return {
    dataplane,
    problems,
    sync: (change) => dataplane.sync({ changed: [], removed: [], serviceCIDRs: [], ...change }),
    tcpBackend: async (name) => stack.use(await startTcpBackend(name)),
    udpBackend: async (name) => {
      const socket = createSocket('udp4');
      socket.on('message', (message, { port, address }) => {
        socket.send(Buffer.concat([Buffer.from(name), message]), port, address);
      });
      socket.bind(0, '127.0.0.1');
      await once(socket, 'listening');
      stack.defer(() => void socket.close());
      return { address: '127.0.0.1', port: socket.address().port };
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function startTcpBackend(name: string): Promise<TcpBackend> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.write(name);
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { address, port } = server.address() as AddressInfo;
  return {
    address,
    port,
    sockets,
    [Symbol.dispose]: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** A port of a Service at `vip`, all endpoints usable from anywhere, but for what is said. */
export function servicePort(
  name: string,
  port: number,
  cluster: readonly Backend[],
  more: Partial<ServicePortState> = {},
): ServicePortState {
  const protocol = more.protocol ?? 'TCP';
  return {
    key: `IPv4 default/${name}:p/${protocol}`,
    family: 'IPv4',
    namespace: 'default',
    name,
    portName: 'p',
    protocol,
    clusterIP: vip,
    port,
    ...clusterIPAlone,
    cluster,
    local: [],
    reachableHere: [],
    hasEndpoints: cluster.length > 0,
    ...more,
  };
}

/** All that is said by what listens there, once we have said all. @throws the connection's error */
export function ask(
  port: number,
  address = vip,
  said = '',
  localAddress?: string,
): Promise<string> {
  const socket = connect({ host: address, port, localAddress, allowHalfOpen: true });
  socket.end(said);
  return text(socket);
}
