/** A lab for tests of its cloud: Services that come and go, and who gets an answer from them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../../../proxies/kit/api/json.ts';
import type { ConnectOutcome, ConnectProtocol } from '../../../proxies/kit/connect-request.ts';
import { listAt, textAt } from '../../apiserver/api-object.ts';
import { startLab, type Lab } from '../../index.ts';
import type { MachineStatus } from '../../machines/machine.ts';
import { createTestClient, type TestClient } from '../../testing/client.ts';
import type { LabMode } from '../../topology.ts';

export interface CloudLab extends AsyncDisposable {
  readonly lab: Lab;
  readonly client: TestClient;
  /** Creates a Service of type LoadBalancer for the echo pods, in `platform`. */
  create(name: string, options?: ServiceOptions): Promise<void>;
  remove(name: string): Promise<void>;
  /** The Service in `platform`; null where there is none. */
  read(name: string): Promise<JsonObject | null>;
  /** What its status shows: addresses, and names. */
  shown(name: string): Promise<readonly string[]>;
  /** `Normal EnsuredLoadBalancer`, sorted. */
  events(name: string): Promise<readonly string[]>;
  /** One connection or datagram for `namespace/name`, to its address outside. */
  ask(service: string, options?: AskOptions): Promise<ConnectOutcome>;
  untilMachine(name: string, isSo: (status: MachineStatus) => boolean): Promise<void>;
}

export interface ServiceOptions {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec?: JsonObject;
  readonly app?: string;
}

export interface AskOptions {
  readonly protocol?: ConnectProtocol;
  readonly family?: 'IPv4' | 'IPv6';
  /** Default: the client; on loopback, where there is none, a node. */
  readonly machine?: string;
  readonly port?: string;
}

const namespace = '/api/v1/namespaces/platform';

export const echoPorts: readonly JsonObject[] = [
  { name: 'tcp', port: 7, targetPort: 'tcp' },
  { name: 'udp', port: 7, protocol: 'UDP', targetPort: 'udp' },
];

export async function startCloudLab(mode: LabMode): Promise<CloudLab> {
  await using starting = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'hop-cloud-'));
  starting.defer(() => rm(directory, { recursive: true }));
  const topology = { apiservers: 1, nodes: 2 };
  // On a busy machine, too, everything is ready in it.
  const lab = starting.use(await startLab({ directory, mode, topology, readyWithinMs: 90_000 }));
  const client = await createTestClient(lab.kubeconfigPath);
  const read: CloudLab['read'] = async (name) => {
    const { status, json } = await client.send('GET', `${namespace}/services/${name}`);
    return status === 200 ? json : null;
  };
  const running = starting.move();
  return {
    lab,
    client,
    read,
    create: async (name, { annotations = {}, spec = {}, app = 'echo' } = {}) => {
      const { status, text } = await client.send('POST', `${namespace}/services`, {
        metadata: { name, annotations },
        spec: { type: 'LoadBalancer', selector: { app }, ports: [...echoPorts], ...spec },
      });
      if (status !== 201) throw new Error(text);
    },
    remove: async (name) => {
      await client.send('DELETE', `${namespace}/services/${name}`);
    },
    shown: async (name) =>
      listAt((await read(name)) ?? undefined, 'status', 'loadBalancer', 'ingress').map(
        (one) => textAt(one, 'ip') || textAt(one, 'hostname'),
      ),
    events: async (name) => {
      const selector = encodeURIComponent(`involvedObject.name=${name}`);
      const { json } = await client.send('GET', `${namespace}/events?fieldSelector=${selector}`);
      const events = listAt(json, 'items');
      return events.map((one) => `${textAt(one, 'type')} ${textAt(one, 'reason')}`).sort();
    },
    ask: async (service, { protocol = 'TCP', family, machine, port } = {}) => {
      const from = { machine: machine ?? (mode === 'isolated' ? 'client' : 'node-1') };
      const to = {
        service,
        port: port ?? protocol.toLowerCase(),
        through: 'LoadBalancer' as const,
        ...(family && { family }),
      };
      const [outcome] = await lab.connect(from, { protocol, to, timeoutMs: 3_000 });
      if (!outcome) throw new Error('It was not tried.');
      return outcome;
    },
    untilMachine: (name, isSo) =>
      new Promise((resolve) => {
        const look = () => {
          const status = lab.machines().find((machine) => machine.name === name);
          if (!status || !isSo(status)) return;
          listening[Symbol.dispose]();
          resolve();
        };
        const listening = lab.onChange(look);
        look();
      }),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
