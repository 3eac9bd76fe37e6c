/** The figures of the proxy, for one number of Services, in this network namespace. */
import { openNftConnection } from '../../proxies/kit/nftables/connection.ts';
import { loadBlockingSockets } from '../../proxies/kit/testing/blocking-sockets.ts';
import { nodeNetwork } from '../../proxies/kit/testing/node-network.ts';
import { startProxyProcess } from '../../proxies/kube-proxy/testing/proxy-process.ts';
import { clusterIP, endpointIP, pages, service, slice, targetPort } from './cluster.ts';
import type { Figures } from './figures.ts';
import { openHopRuleset, type HopRuleset } from './hop-ruleset.ts';
import { kernelBytes } from './kernel-memory.ts';
import { EndpointServer, measurePackets } from './packets.ts';
import { startPagesServer } from './pages-server.ts';

const changes = 200;
const visibleChanges = 50;
const memoryRounds = 2;
const toldChanges = 3;

export async function measureHop(count: number): Promise<Figures> {
  const figures = new Map<string, number[]>();
  const add = (name: string, ...values: readonly number[]) => {
    figures.set(name, [...(figures.get(name) ?? []), ...values]);
  };
  await measureRuleset(count, add);
  await measureProcess(count, add);
  return Object.fromEntries(figures);
}

type Add = (name: string, ...values: readonly number[]) => void;

async function measureRuleset(count: number, add: Add): Promise<void> {
  const sockets = await loadBlockingSockets();
  const services = pages(service, count);
  const slices = pages((index) => slice(index), count);
  await using ruleset = await openHopRuleset();
  const before = process.cpuUsage();
  add('full sync, ms', await timed(() => ruleset.load(services, slices)));
  const { user, system } = process.cpuUsage(before);
  add('full sync, CPU ms', (user + system) / 1000);

  for (let turn = 1; turn <= changes; turn++) {
    const changed = slice(anyOf(count), [turn, 0, 0]);
    add('endpoint replaced, ms', await timed(() => ruleset.change({ slice: changed })));
  }
  for (let turn = 0; turn < changes; turn++) {
    const added = service(count + turn);
    add('Service added, ms', await timed(() => ruleset.change({ service: added })));
  }
  using server = new EndpointServer(sockets);
  for (let turn = 1; turn <= visibleChanges; turn++) {
    add(
      'endpoint replaced until a connection is there, ms',
      await untilThere(ruleset, server, turn, count),
    );
  }
  server[Symbol.dispose]();
  const packets = measurePackets(sockets, () => [clusterIP(anyOf(count)), 80]);
  add('first packet, µs', ...packets.firstPacketUs);
  add('round trip, µs', ...packets.roundTripUs);

  for (let round = 0; round < memoryRounds; round++) {
    const loaded = await kernelBytes();
    await ruleset.clear();
    const empty = await kernelBytes();
    add('kernel memory, MB', (loaded - empty) / 1e6);
    await ruleset.reload();
  }
  await ruleset.clear();

  async function untilThere(on: HopRuleset, at: EndpointServer, turn: number, of: number) {
    const index = anyOf(of);
    const changed = slice(index, [turn]);
    const startedAt = performance.now();
    await on.change({ slice: changed });
    const { client, server: accepted } = at.connect(clusterIP(index), 80);
    const took = performance.now() - startedAt;
    const reached = sockets.localAddress(accepted);
    sockets.reset(client);
    sockets.close(accepted);
    if (reached !== `${endpointIP(index, 0, turn)}:${targetPort}`)
      throw new Error(`${reached} is old`);
    return took;
  }
}

/** The whole program: first with nothing there, then over what it left. */
async function measureProcess(count: number, add: Add): Promise<void> {
  const sockets = await loadBlockingSockets();
  await using connection = await openNftConnection();
  await using server = await startPagesServer(count);
  const options = { server: server.url, podCIDRs: nodeNetwork.podCIDRs };
  {
    await using first = await startProxyProcess(options);
    add('process until synced, ms', first.syncedMs);
    add('resident, MB', first.residentBytes() / 1e6);
  }
  await using second = await startProxyProcess(options);
  const [report] = second.firstSyncs.filter(({ family }) => family === 'IPv4');
  add('restart until synced, ms', second.syncedMs);
  add('restart: sync, ms', report?.tookMs ?? NaN);
  add('resident after restart, MB', second.residentBytes() / 1e6);
  await server.untilWatched();
  using endpoint = new EndpointServer(sockets);
  for (let turn = 1; turn <= toldChanges; turn++) {
    // Longer than the least time between two syncs: a change that comes alone.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const index = anyOf(count);
    const reached = `${endpointIP(index, 0, turn)}:${targetPort}`;
    const changed = { ...slice(index, [turn]) };
    const told = {
      ...changed,
      metadata: { ...changed.metadata, resourceVersion: String(turn + 100_000) },
    };
    const startedAt = performance.now();
    await server.tell(told);
    for (let isThere = false; !isThere;) {
      const { client, server: accepted } = endpoint.connect(clusterIP(index), 80);
      isThere = sockets.localAddress(accepted) === reached;
      sockets.reset(client);
      sockets.close(accepted);
    }
    add('told by the API until a connection is there, ms', performance.now() - startedAt);
  }
  await connection.run('delete table ip kube-proxy');
}

function anyOf(count: number): number {
  return Math.floor(Math.random() * count);
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
