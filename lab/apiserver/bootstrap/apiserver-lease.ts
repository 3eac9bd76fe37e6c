/**
 * Who serves the API: each apiserver holds a Lease, and the endpoints of the `kubernetes` Service are
 * those whose Leases hold (upstream: `--endpoint-reconciler-type=lease`).
 */
import { createHash, randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import type { Json, JsonObject } from '../../../proxies/kit/api/json.ts';
import { isObject, listAt, numberAt, textAt } from '../api-object.ts';
import { ignore, type Loopback } from '../loopback.ts';

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export interface ApiserverLease extends AsyncDisposable {
  /** Resolves when this apiserver is among the endpoints. */
  readonly announced: Promise<void>;
}

const renewEveryMs = 3_000;
const durationSeconds = 10;

const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases';
const identityLabel = 'apiserver.kubernetes.io/identity';
const endpointAnnotation = 'hop-by-hop.dev/advertised';
const endpoints = '/api/v1/namespaces/default/endpoints';
const slices = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';

/** Holds a lease until it is disposed, and keeps the endpoints right meanwhile. */
export function holdLease(
  api: Loopback,
  own: Endpoint,
  log: (line: string) => void,
): ApiserverLease {
  const address = `${own.address}:${own.port}`;
  const name = `apiserver-${createHash('sha256').update(address).digest('hex').slice(0, 26)}`;
  const holderIdentity = `${name}_${randomUUID()}`;
  let isEnding = false;

  const renew = async (): Promise<void> => {
    const spec = {
      holderIdentity,
      leaseDurationSeconds: durationSeconds,
      renewTime: new Date().toISOString().replace('Z', '000Z'),
    };
    const metadata = {
      name,
      labels: { [identityLabel]: 'kube-apiserver' },
      annotations: { [endpointAnnotation]: address },
    };
    const found = await api.find(`${leases}/${name}`);
    if (!found) await api.ensure(leases, { metadata, spec });
    else {
      // A Lease is not updated unseen.
      const resourceVersion = textAt(found, 'metadata', 'resourceVersion');
      const seen = { ...metadata, ...(resourceVersion && { resourceVersion }) };
      await api.send('PUT', `${leases}/${name}`, { metadata: seen, spec });
    }
  };

  const tick = async (): Promise<void> => {
    await renew();
    await reconcile(api);
  };

  // One after the other: a store that hangs must not gather ticks.
  let running = tick();
  const announced = running;
  const timer = setInterval(() => {
    running = running
      .catch(() => undefined)
      .then(() => (isEnding ? undefined : tick()))
      .catch((error: unknown) => log(`cannot renew the lease of this apiserver: ${String(error)}`));
  }, renewEveryMs).unref();

  return {
    announced,
    [Symbol.asyncDispose]: async () => {
      isEnding = true;
      clearInterval(timer);
      await running.catch(() => undefined);
      await api.send('DELETE', `${leases}/${name}`).catch(ignore(404));
      await reconcile(api);
    },
  };
}

/** Writes the endpoints of the leases that hold, and removes those that do not. */
async function reconcile(api: Loopback): Promise<void> {
  const list = await api.send('GET', `${leases}?labelSelector=${identityLabel}%3Dkube-apiserver`);
  const live: Endpoint[] = [];
  for (const lease of listAt(list, 'items')) {
    const endpoint = readEndpoint(textAt(lease, 'metadata', 'annotations', endpointAnnotation));
    if (holds(lease) && endpoint) live.push(endpoint);
    else {
      const path = `${leases}/${textAt(lease, 'metadata', 'name')}`;
      await api.send('DELETE', path).catch(ignore(404, 409));
    }
  }
  live.sort((one, other) => (one.address < other.address ? -1 : 1));
  await put(api, endpoints, endpointsOf(live));
  const families = Map.groupBy(live, ({ address }) => (isIP(address) === 6 ? 'IPv6' : 'IPv4'));
  for (const [family, own] of families) await put(api, slices, sliceOf(own, family));
  if (live.length === 0) await put(api, slices, sliceOf([], 'IPv4'));
}

function holds(lease: Json): boolean {
  const renewedAt = Date.parse(textAt(lease, 'spec', 'renewTime'));
  return renewedAt + numberAt(lease, 'spec', 'leaseDurationSeconds') * 1000 > Date.now();
}

function readEndpoint(text: string): Endpoint | undefined {
  const [, address, port] = /^(.+):(\d+)$/.exec(text) ?? [];
  return address === undefined ? undefined : { address, port: Number(port) };
}

/** Creates or replaces; who was faster knew as much, and the next turn mends what did not. */
async function put(api: Loopback, collection: string, wanted: JsonObject): Promise<void> {
  const metadata = isObject(wanted.metadata) ? wanted.metadata : {};
  const path = `${collection}/${textAt(metadata, 'name')}`;
  const found = await api.find(path);
  if (!found) {
    await api.ensure(collection, wanted);
    return;
  }
  const { metadata: old, ...rest } = found;
  const isSame = Object.entries(wanted).every(
    ([field, value]) =>
      field === 'metadata' || JSON.stringify(rest[field]) === JSON.stringify(value),
  );
  if (isSame) return;
  const resourceVersion = textAt(old, 'resourceVersion');
  const object = { ...wanted, metadata: { ...metadata, resourceVersion } };
  await api.send('PUT', path, object).catch(ignore(404, 409));
}

function endpointsOf(live: readonly Endpoint[]): JsonObject {
  const byPort = [...Map.groupBy(live, ({ port }) => port)];
  return {
    metadata: {
      name: 'kubernetes',
      labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' },
    },
    subsets: byPort.map(([port, own]) => ({
      addresses: own.map(({ address }) => ({ ip: address })),
      ports: [{ name: 'https', port, protocol: 'TCP' }],
    })),
  };
}

/** All of them at one port, as in a cluster; on loopback, where each has its own, the first's. */
function sliceOf(live: readonly Endpoint[], family: string): JsonObject {
  const [first] = live;
  return {
    metadata: {
      name: family === 'IPv4' ? 'kubernetes' : 'kubernetes-ipv6',
      labels: { 'kubernetes.io/service-name': 'kubernetes' },
    },
    addressType: family,
    endpoints: live
      .filter(({ port }) => port === first?.port)
      .map(({ address }) => ({ addresses: [address], conditions: { ready: true } })),
    ports: first ? [{ name: 'https', port: first.port, protocol: 'TCP' }] : [],
  };
}
