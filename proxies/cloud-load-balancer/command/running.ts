/** A cloud as a process of its own: its addresses, its data path, its cluster, and its admin server. */
import { startAdminServer } from '../../kit/apiserver/admin-server.ts';
import { keyOf } from '../../kit/api/watch-cache.ts';
import type { Terminal } from '../../kit/command.ts';
import { endWithin } from '../../kit/end-within.ts';
import type { Serving } from '../../kit/flag-command.ts';
import { relayHops } from '../../kit/hop-channel.ts';
import { adminPaths } from '../admin/admin-paths.ts';
import { countFlows } from '../admin/flow-counts.ts';
import { createProviderErrors } from '../admin/provider-errors.ts';
import type { Configuration } from '../config/configuration.ts';
import { createServiceEvents } from '../controller/tell-event.ts';
import { createDoors } from '../doors/doors.ts';
import { withDoors } from '../doors/with-doors.ts';
import { createHopCloud } from '../hop-cloud/provider.ts';
import type { TellEvent } from '../provider.ts';
import { createClusterClient } from './connect.ts';
import { hopSource } from './hop-source.ts';
import { loadDataplane } from './load-dataplane.ts';
import { ownPools } from './own-pools.ts';
import { createProfileOf } from './profile-of.ts';
import { reservedAddresses } from './reserved-addresses.ts';
import { eventsLevel, createSay } from './say.ts';
import { serveCluster, type ServingCluster } from './serving-cluster.ts';
import { tellAddresses } from './tell-addresses.ts';

/** Longer than an apiserver's patience; shorter than what a pod is given to end, and systemd's. */
const endMs = 20_000;

export interface RunOptions {
  readonly terminal: Terminal;
  readonly log: (line: string) => void;
}

export async function startRunning(
  configuration: Configuration,
  { terminal, log }: RunOptions,
): Promise<Serving> {
  const { pools, mode, check, isPortMapping, adminBindAddress } = configuration;
  const say = createSay(configuration.verbosity, log);
  const info = (text: string) => say('I', text);
  await using starting = new AsyncDisposableStack();
  starting.use(await ownPools(pools));
  const client = starting.use(createClusterClient(configuration, terminal, log));
  let serving: ServingCluster | null = null;
  // After all else: two must not answer for one address.
  starting.defer(async () => serving?.release());
  const events = starting.use(createServiceEvents(client));
  const tell: TellEvent = (service, type, reason, message) => {
    say('I', `${keyOf(service)}: ${reason}: ${message}`, eventsLevel);
    events.tell(service, type, reason, message);
  };
  const warn = (text: string) => say('W', text);
  const plain = await loadDataplane(configuration, { warn, owned: starting });
  const doors = isPortMapping ? starting.use(createDoors(info)) : null;
  const dataplane = doors ? withDoors(plain, doors) : plain;
  const cloud = starting.use(
    await createHopCloud({
      dataplane,
      addressPools: pools.map(({ text }) => text),
      reservedAddresses: await reservedAddresses(pools),
      profileOf: createProfileOf(configuration),
      ipMode: mode,
      check,
      name: configuration.profile.id,
      tell,
      log: warn,
    }),
  );
  const errors = createProviderErrors();
  const flows = countFlows(dataplane);
  if (flows) starting.use(flows);
  starting.use(relayHops(hopSource(dataplane)));
  const cluster = serveCluster({
    ...{ configuration, client, say, tell },
    provider: tellAddresses(errors.count(cloud), info),
  });
  serving = cluster;
  starting.defer(() => cluster.stop());
  const admin = await startAdminServer(
    adminBindAddress,
    adminPaths({
      ...{ configuration, errors, flows },
      stage: () => cluster.stage,
      loadBalancers: () => cloud.loadBalancers(),
      doors: (name) => doors?.of(name) ?? [],
      controller: () => cluster.controller,
    }),
  );
  starting.use(admin);
  if (admin.address !== null) info(`Serving status at ${admin.address}`);
  const owned = starting.move();
  return {
    addresses: { address: admin.address },
    ended: cluster.ended,
    [Symbol.asyncDispose]: async () => {
      const isServing = cluster.stage === 'serving';
      info(isServing ? 'Stopping: the addresses close, and stay the Services’ own' : 'Stopping');
      await endWithin(endMs, owned.disposeAsync(), () =>
        say('E', 'Not all of it ends: it is left'),
      );
    },
  };
}
