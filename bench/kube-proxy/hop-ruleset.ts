/** The proxy's way from the text of list pages to the kernel, and its single changes. */
import { keyOf } from '../../proxies/kit/api/watch-cache.ts';
import type { KubeObject } from '../../proxies/kit/api/api-client.ts';
import { openNftConnection } from '../../proxies/kit/nftables/connection.ts';
import { nodeNetwork } from '../../proxies/kit/testing/node-network.ts';
import type { SyncResult } from '../../proxies/kube-proxy/dataplane.ts';
import type { EndpointSlice, Service } from '../../proxies/kube-proxy/endpoints/api-objects.ts';
import { createServiceTracker } from '../../proxies/kube-proxy/endpoints/service-tracker.ts';
import { createNftablesDataplane } from '../../proxies/kube-proxy/nftables/nftables-dataplane.ts';

export interface HopRuleset extends AsyncDisposable {
  /** Everything, from the text of pages; they are taken out of the lists as they are read. */
  load(services: string[], slices: string[]): Promise<SyncResult>;
  /** One object of a watch event: resolves when the kernel has it. */
  change(
    change: { readonly service: Service } | { readonly slice: EndpointSlice },
  ): Promise<SyncResult>;
  /** Deletes the table, and writes it anew. */
  clear(): Promise<void>;
  reload(): Promise<SyncResult>;
}

export async function openHopRuleset(): Promise<HopRuleset> {
  await using opening = new AsyncDisposableStack();
  const connection = opening.use(await openNftConnection());
  const tracker = createServiceTracker({
    nodeName: 'node-1',
    families: ['IPv4'],
    log: (line) => process.stderr.write(`${line}\n`),
  });
  const dataplane = opening.use(
    await createNftablesDataplane({
      family: 'IPv4',
      podCIDRs: nodeNetwork.podCIDRs,
      nodePortIPs: [nodeNetwork.nodeIP],
      nodeIPs: [nodeNetwork.nodeIP],
      masqueradeBit: 14,
      masqueradeAll: false,
      connection,
      log: (line) => process.stderr.write(`${line}\n`),
    }),
  );
  const sync = () =>
    dataplane.sync({ ...tracker.takeChanges('IPv4'), serviceCIDRs: [nodeNetwork.services] });
  const owned = opening.move();
  return {
    load: (services, slices) => {
      for (const item of itemsOf(services)) tracker.serviceChanged(item, keyOf(item));
      for (const item of itemsOf(slices)) tracker.sliceChanged(item as EndpointSlice, keyOf(item));
      return sync();
    },
    change: (change) => {
      if ('service' in change) tracker.serviceChanged(change.service, keyOf(change.service));
      else tracker.sliceChanged(change.slice, keyOf(change.slice));
      return sync();
    },
    clear: async () => {
      await connection.run('delete table ip kube-proxy');
    },
    reload: () => {
      dataplane.distrust();
      return sync();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function* itemsOf(pages: string[]): Iterable<KubeObject> {
  for (let page = pages.shift(); page !== undefined; page = pages.shift()) {
    // Our own pages.
    yield* (JSON.parse(page) as { readonly items: readonly KubeObject[] }).items;
  }
}
