/** The machine `cloud-load-balancer`: the cloud of the lab, which serves Services of type LoadBalancer. */
import { adminPaths } from '../../proxies/cloud-load-balancer/admin/admin-paths.ts';
import { createProviderErrors } from '../../proxies/cloud-load-balancer/admin/provider-errors.ts';
import { hopSource } from '../../proxies/cloud-load-balancer/command/hop-source.ts';
import { createServiceEvents } from '../../proxies/cloud-load-balancer/controller/tell-event.ts';
import type { Forwarding } from '../../proxies/cloud-load-balancer/forwarding.ts';
import { readPool } from '../../proxies/cloud-load-balancer/hop-cloud/addresses/pool.ts';
import { createHopCloud } from '../../proxies/cloud-load-balancer/hop-cloud/provider.ts';
import { createApiClient } from '../../proxies/kit/api/api-client.ts';
import { readConnection } from '../../proxies/kit/api/read-connection.ts';
import { startAdminServer } from '../../proxies/kit/apiserver/admin-server.ts';
import { relayHops } from '../../proxies/kit/hop-channel.ts';
import { runProgram } from '../machines/program.ts';
import { cloudLoadBalancer } from '../topology.ts';
import { answerSupervisor } from './answer-supervisor.ts';
import { keepServing, lease } from './keep-serving.ts';
import { isNobodys, leavingToNobody } from './nobody.ts';
import { defaultProfile, profileOf } from './profile-of.ts';
import { startDataplane } from './start-dataplane.ts';

const flagNames = [
  'kubeconfig',
  'address-pool',
  'dataplane',
  'node-health-port',
  'admin-bind-address',
] as const;

/** A reader waits for it: more than upstream's 1. */
const concurrentServiceSyncs = 8;
const syncTimeoutMs = 10_000;

await runProgram(flagNames, async (flags) => {
  const { kubeconfig = '', dataplane: kind, 'admin-bind-address': adminBindAddress = '' } = flags;
  const pools = (flags['address-pool'] ?? '').split(',');
  const connection = await readConnection(kubeconfig, 'hop-cloud-lb');
  await using starting = new AsyncDisposableStack();
  const client = starting.use(createApiClient(connection));
  const { tell, ...events } = createServiceEvents(client);
  starting.use(events);
  const dataplane = starting.use(
    await startDataplane({ kind: kind === 'nftables' ? kind : 'userspace', pools, log }),
  );
  // The node sees the client's own address where that can be.
  const mode: Forwarding['mode'] = dataplane.abilities.modes.includes('VIP') ? 'VIP' : 'Proxy';
  const cloud = starting.use(
    await createHopCloud({
      ...{ dataplane, addressPools: pools, profileOf, ipMode: mode, tell, log },
      check: { port: Number(flags['node-health-port']) },
    }),
  );
  starting.use(answerSupervisor(cloud));
  starting.use(relayHops(hopSource(dataplane)));
  const errors = createProviderErrors();
  const controller = {
    ...{ client, tell, log, concurrentServiceSyncs, syncTimeoutMs },
    provider: errors.count(leavingToNobody(cloud)),
    loadBalancerClass: null,
    isLeftAlone: isNobodys,
  };
  const serving = starting.use(keepServing(controller, cloudLoadBalancer.name));
  const configuration = {
    ...{ clusterName: 'kubernetes', profile: defaultProfile, dataplane: dataplane.kind, mode },
    pools: pools.map(readPool),
    election: { lease },
  } as const;
  const admin = starting.use(
    await startAdminServer(
      adminBindAddress,
      adminPaths({
        ...{ configuration, errors, flows: null },
        stage: () => serving.stage,
        loadBalancers: () => cloud.loadBalancers(),
        doors: () => [],
        controller: () => serving.controller,
      }),
    ),
  );
  const running = starting.move();
  return {
    ...(admin.address !== null && { address: admin.address }),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
});

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}
