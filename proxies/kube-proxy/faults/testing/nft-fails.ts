/** In a namespace: the kernel refuses transactions, on the first load and later. */
import { openNftConnection } from '../../../kit/nftables/connection.ts';
import { NftError, type NftConnection } from '../../../kit/nftables/nft-connection.ts';
import { createNftablesDataplane } from '../../nftables/nftables-dataplane.ts';
import type { ProxyMode } from '../../modes/mode.ts';
import type { KubeProxy } from '../../proxy.ts';
import { createFakeClock } from '../../../kit/testing/fake-clock.ts';
import { paths, slice } from '../../testing/objects.ts';
import { nextSync } from '../../testing/start-world.ts';
import { endpointIPs, openFaultWorld } from './fault-world.ts';

const syncPeriodMs = 30_000;

await using world = await openFaultWorld();
const { apiserver, traffic } = world;
const addresses = Array.from({ length: 40 }, (_, index) => world.serve(index + 1, 50));
const address = addresses[0] ?? '';
await using kernel = await openNftConnection();
/** How many transactions are still let through; lists always are. */
let allowed = 1;
const connection: NftConnection = {
  run: (text, options) => {
    if (!text.startsWith('list ') && allowed-- <= 0) {
      return Promise.reject(new NftError('Could not process rule: Device or resource busy'));
    }
    return kernel.run(text, options);
  },
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
const mode: ProxyMode = {
  name: 'nftables',
  createDataplane: (options) => createNftablesDataplane({ ...options, connection }),
  describe: () => Promise.resolve([]),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
const clock = createFakeClock();
const proxy = await world.start({ mode, clock, settings: { families: ['IPv4'], syncPeriodMs } });
const look = async (state: string) => ({
  state,
  ...(await healthAndFailures(proxy)),
  reached: traffic.connect(address),
});

const firstTry = await nextSync(proxy);
const whatIsThere = await kernel.run('list chains ip', { terse: true });
const told = [await look('the first load failed in the middle')];
const hasHooks = whatIsThere.includes(' hook ');
allowed = Infinity;
const second = nextSync(proxy);
await clock.pass(syncPeriodMs);
const secondTry = await second;
await proxy.synced;
told.push(await look('retried'));
const withAll = addresses.map((one) => traffic.connect(one));
traffic.keep(address, 20);

allowed = 0;
const refused = nextSync(proxy);
apiserver.put(paths.slices, slice('web-1', endpointIPs(1, 1, 200)));
await refused;
told.push(await look('a change failed'));
for (let failures = 1; failures <= 2; failures++) {
  const again = nextSync(proxy);
  await clock.pass(syncPeriodMs);
  await again;
}
told.push(await look('for a minute'));
allowed = Infinity;
const good = nextSync(proxy);
await clock.pass(syncPeriodMs);
const lastTry = await good;
told.push(await look('retried at last'));
console.log(
  JSON.stringify({
    hasHooks,
    kinds: [firstTry, secondTry, lastTry].map(({ kind, error }) => [kind, error]),
    told,
    withAll: withAll.filter((end) => end.startsWith('10.64.')).length,
    echoing: traffic.echoing(),
  }),
);
process.exit(0);

async function healthAndFailures({ healthzAddress, metricsAddress }: KubeProxy) {
  const { status } = await fetch(`http://${healthzAddress}/healthz`);
  const metrics = await (await fetch(`http://${metricsAddress}/metrics`)).text();
  const failures = /^kubeproxy_sync_proxy_rules_nftables_sync_failures_total\{.*\} (\d+)$/m.exec(
    metrics,
  );
  return { healthz: status, failures: Number(failures?.[1] ?? 0) };
}
