/** The machine `cloud-load-balancer`: the cloud of the lab, which serves Services of type LoadBalancer. */
import { createServiceEvents } from '../../proxies/cloud-load-balancer/controller/tell-event.ts';
import { createHopCloud } from '../../proxies/cloud-load-balancer/hop-cloud/provider.ts';
import { relayHops } from '../../proxies/kit/hop-channel.ts';
import { createApiClient } from '../../proxies/kit/api/api-client.ts';
import { readConnection } from '../../proxies/kit/api/read-connection.ts';
import { serveHealth } from '../controllers/serve-health.ts';
import { runProgram } from '../machines/program.ts';
import { cloudLoadBalancer } from '../topology.ts';
import { answerSupervisor } from './answer-supervisor.ts';
import { hopSourceOf } from './hop-source.ts';
import { keepServing } from './keep-serving.ts';
import { profileOf } from './profile-of.ts';
import { startDataplane } from './start-dataplane.ts';

const flagNames = ['kubeconfig', 'address-pool', 'dataplane', 'admin-bind-address'] as const;

/** A reader waits for it: more than upstream's 1. */
const concurrentServiceSyncs = 8;
const syncTimeoutMs = 10_000;

await runProgram(flagNames, async (flags) => {
  const { kubeconfig = '', dataplane: kind } = flags;
  const pools = (flags['address-pool'] ?? '').split(',');
  const connection = await readConnection(kubeconfig, 'hop-cloud-lb');
  await using starting = new AsyncDisposableStack();
  const client = starting.use(createApiClient(connection));
  const events = starting.use(createServiceEvents(client));
  const dataplane = starting.use(
    await startDataplane({ kind: kind === 'nftables' ? kind : 'userspace', pools, log }),
  );
  const { modes } = dataplane.abilities;
  const cloud = starting.use(
    await createHopCloud({
      dataplane,
      addressPools: pools,
      profileOf,
      // The node sees the client's own address where that can be.
      ipMode: modes.includes('VIP') ? 'VIP' : 'Proxy',
      tell: events.tell,
      log,
    }),
  );
  starting.use(answerSupervisor(cloud));
  starting.use(relayHops(hopSourceOf(dataplane)));
  const controller = {
    client,
    provider: cloud,
    tell: events.tell,
    log,
    concurrentServiceSyncs,
    loadBalancerClass: null,
    syncTimeoutMs,
  };
  starting.use(keepServing(controller, cloudLoadBalancer.name));
  const admin = starting.use(await serveHealth(flags['admin-bind-address'] ?? ''));
  const running = starting.move();
  return { address: admin.address, [Symbol.asyncDispose]: () => running.disposeAsync() };
});

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}
