/** A load balancer in a process of its own: says when it serves, and ends when it is told to. */
import { join } from 'node:path';
import type { WantedBackend } from '../../proxies/apiserver-load-balancer/backend.ts';
import type { BalancerOptions } from '../../proxies/apiserver-load-balancer/balancer.ts';
import type { Dataplane } from '../../proxies/apiserver-load-balancer/dataplane.ts';
import { startHopBalancer } from '../../proxies/apiserver-load-balancer/hop-balancer.ts';
import { startHaproxy } from '../../proxies/apiserver-load-balancer/implementations/haproxy/start.ts';
import { startNginx } from '../../proxies/apiserver-load-balancer/implementations/nginx/start.ts';
import { loadDataplane } from '../../proxies/apiserver-load-balancer/load-dataplane.ts';
import type { Contender } from './figures.ts';
import { upstreamPorts, type Traffic } from './upstream.ts';
import { networkOf } from './world.ts';

const [, , contender, traffic, index, directory] = process.argv as [
  string,
  string,
  Exclude<Contender, 'none'>,
  Traffic,
  string,
  string,
];

const { balancer, upstreams } = networkOf(Number(index));

const port = upstreamPorts[traffic];
const options: BalancerOptions = {
  listen: [{ host: balancer[0], port }],
  balance: 'round-robin',
  dialTimeoutMs: 2000,
  keepAliveMs: 30_000,
  idleTimeoutMs: 0,
  maxConnectionAgeMs: 0,
  proxyProtocol: 'off',
  // The machine is busy, and nobody is to be called dead for it.
  check: {
    path: '/readyz',
    intervalMs: 1000,
    timeoutMs: 10_000,
    rise: 1,
    fall: 10,
    caPem: null,
    serverName: null,
  },
  whenNoneReady: 'try-all',
  drainTimeoutMs: 1000,
  log: () => undefined,
};
const backends: readonly WantedBackend[] = upstreams.map((address) => ({
  name: `${address}:${port}`,
  address,
  port,
  family: 'IPv4',
  isDraining: false,
}));

await using owned = new AsyncDisposableStack();
owned.use(await start());
process.send?.('serving');
await new Promise((resolve) => process.once('disconnect', resolve));

async function start(): Promise<AsyncDisposable> {
  if (contender === 'nftables' || contender === 'userspace') return startHop(contender);
  const own = { ...options, directory: join(directory, `${contender}-${traffic}`) };
  const started = await (contender === 'nginx'
    ? startNginx(own)
    : startHaproxy({ ...own, isSplicing: contender === 'haproxy-splice' }));
  await started.setBackends(backends);
  return started;
}

async function startHop(dataplane: Dataplane['kind']): Promise<AsyncDisposable> {
  if (traffic === 'tls') {
    const started = await startHopBalancer({ ...options, dataplane });
    await started.setBackends(backends);
    return started;
  }
  // Apiservers speak no plain HTTP, so there is nothing to check: only what moves the bytes.
  const create = await loadDataplane(dataplane);
  const running = await create({ ...options, onSighting: () => undefined });
  await running.apply({ eligible: backends, reset: [] });
  return running;
}
