import { createServer } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { flowName, type ConnectOutcome } from '../proxies/kit/connect-request.ts';
import type { Hop } from '../proxies/kit/hop.ts';
import { startLab, type Lab } from './index.ts';
import { whyNotIsolated } from './network/testing/why-not-isolated.ts';
import { kubectl, missingKubectl } from './testing/kubectl.ts';
import type { LabMode } from './topology.ts';

const reasons: Record<LabMode, string | null> = {
  isolated: await whyNotIsolated(),
  loopback: await whyNoServicesOnLoopback(),
};
const noKubectl = missingKubectl() !== undefined;
const outcomesOf = (protocol: string) =>
  protocol === 'SCTP' ? 'platform/signalling' : 'platform/echo';
const patience = { timeout: 20_000, interval: 250 };

describe.each([{ mode: 'isolated' }, { mode: 'loopback' }] as const)(
  'Services in the lab ($mode)',
  { timeout: 60_000 },
  ({ mode }) => {
    describe.skipIf(reasons[mode] !== null)('are reached', () => {
      let directory: string;
      let lab: Lab;
      const pod = { pod: 'default/web-0' };
      const isIsolated = mode === 'isolated';

      beforeAll(async () => {
        directory = await mkdtemp(join(tmpdir(), 'hop-services-'));
        lab = await startLab({ directory, mode, topology: { apiservers: 2, nodes: 2 } });
        // The last endpoint may have come a moment ago.
        await vi.waitFor(async () => {
          for (const protocol of ['TCP', 'UDP', ...(isIsolated ? ['SCTP'] : [])] as const) {
            const to = { service: outcomesOf(protocol), port: protocol.toLowerCase() };
            const request = { protocol: protocol as 'TCP', to, count: 30, concurrency: 10 };
            expect(backends(await lab.connect(pod, request)).size).toBe(3);
          }
        }, patience);
      }, 90_000);
      afterAll(async () => {
        await lab[Symbol.asyncDispose]();
        await rm(directory, { recursive: true });
      });

      const only = (isHere: boolean) => (isHere ? it : () => undefined);
      const exec = async (...command: readonly string[]) =>
        (await kubectl(lab.kubeconfigPath, 'exec', 'web-0', '--', ...command)).stdout;

      it.each(isIsolated ? (['TCP', 'UDP', 'SCTP'] as const) : (['TCP', 'UDP'] as const))(
        'by a pod at their ClusterIPs over %s, and spread over their endpoints',
        async (protocol) => {
          const seen: ConnectOutcome[] = [];
          const to = { service: outcomesOf(protocol), port: protocol.toLowerCase() };
          const outcomes = await lab.connect(
            pod,
            { protocol, to, count: 60, concurrency: 10 },
            { onOutcome: (outcome) => seen.push(outcome) },
          );
          expect(seen).toEqual(outcomes);
          expect(outcomes.filter(({ result }) => result !== 'ok')).toEqual([]);
          expect(backends(outcomes).size).toBe(3);
        },
      );

      only(isIsolated)('by a pod and by outsiders over IPv6', async () => {
        const target = { port: 'tcp', family: 'IPv6' } as const;
        const atService = { service: 'platform/echo-v6', ...target };
        const inside = await lab.connect(pod, { protocol: 'TCP', to: atService, count: 20 });
        expect(inside.map(({ result }) => result)).toEqual(Array(20).fill('ok'));
        expect(inside[0]?.remote).toContain('[fd00:10:96::');
        const atNode = {
          service: 'platform/echo-both',
          ...target,
          through: { nodePortOf: 'node-1' },
        };
        const [outside] = await lab.connect({ machine: 'client' }, { protocol: 'TCP', to: atNode });
        expect(outside).toMatchObject({ result: 'ok', remote: '[fd00:172:30::21]:30007' });
      });

      only(isIsolated)('by outsiders at the nodes, whose address the pods see', async () => {
        for (const protocol of ['TCP', 'UDP', 'SCTP'] as const) {
          const service = protocol === 'SCTP' ? 'platform/signalling' : 'platform/echo-both';
          const port = protocol.toLowerCase();
          const to = { service, port, family: 'IPv4', through: { nodePortOf: 'node-1' } } as const;
          const outcomes = await lab.connect({ machine: 'client' }, { protocol, to, count: 10 });
          const peers = outcomes.map(({ result, backend }) => [result, hostOf(backend?.peer)]);
          expect(peers, protocol).toEqual(Array(10).fill(['ok', '172.30.0.21']));
        }
      });

      only(isIsolated)(
        'by outsiders whose address the pods see, where only those of the node answer',
        async () => {
          const to = {
            service: 'platform/echo-local',
            port: 'tcp',
            through: { nodePortOf: 'node-2' },
          };
          const outcomes = await lab.connect(
            { machine: 'client' },
            { protocol: 'TCP', to, count: 10 },
          );
          for (const { backend } of outcomes) {
            expect(backend?.node).toBe('node-2');
            expect(hostOf(backend?.peer)).toBe('192.0.2.10');
          }
        },
      );

      only(!isIsolated)('at the NodePorts of whichever kube-proxy has its turn', async () => {
        const to = { service: 'platform/echo-both', port: 'tcp', family: 'IPv4' } as const;
        const [outcome] = await lab.connect(
          { machine: 'node-1' },
          { protocol: 'TCP', to: { ...to, through: { nodePortOf: 'node-1' } } },
        );
        expect(outcome).toMatchObject({ result: 'ok', remote: '127.0.0.1:30007' });
      });

      it('by a client that stays with its endpoint', async () => {
        const to = { service: 'platform/echo-sticky', port: 'tcp' };
        expect(backends(await lab.connect(pod, { protocol: 'TCP', to, count: 20 })).size).toBe(1);
      });

      only(isIsolated)('by a pod that is sent to its own node only', async () => {
        const to = { service: 'platform/echo-here', port: 'tcp' };
        const outcomes = await lab.connect(
          { machine: 'node-1' },
          { protocol: 'TCP', to, count: 20 },
        );
        expect(new Set(outcomes.map(({ backend }) => backend?.node))).toEqual(new Set(['node-1']));
      });

      it('by nobody where they have no endpoints: connections are refused', async () => {
        const to = { service: 'shop/returns', port: 'http' };
        const [outcome] = await lab.connect(pod, { protocol: 'TCP', to });
        expect(outcome).toMatchObject({ result: 'ECONNREFUSED', backend: null });
      });

      it.skipIf(noKubectl)('by name, in a shell of a pod', async () => {
        expect(await exec('nslookup', 'web')).toMatch(
          isIsolated ? /10\.96\.0\.10:53/ : /\.0\.10:53/,
        );
        const page = await exec('curl', '-s', '-m', '10', 'http://catalog.shop/');
        expect(JSON.parse(page)).toMatchObject({ pod: { namespace: 'shop' } });
        const lines = await exec('sh', '-c', 'echo quit | nc -w 10 echo.platform 70');
        expect(lines).toContain('hello pod=platform/echo-');
      });

      it('by whoever asks the cluster’s DNS over TCP', async () => {
        const to = { service: 'kube-system/kube-dns', port: 'dns-tcp' };
        const [outcome] = await lab.connect(pod, { protocol: 'TCP', to, messages: [] });
        expect(outcome).toMatchObject({ result: 'ok' });
      });

      it.skipIf(noKubectl)('by a program that knows the API from its environment', async () => {
        const token = '$(cat /var/run/secrets/kubernetes.io/serviceaccount/token)';
        const host = 'https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT';
        const ask = `curl -sk -m 10 -H "Authorization: Bearer ${token}"`;
        const [byAddress, byName] = await Promise.all([
          exec('sh', '-c', `${ask} ${host}/version`),
          exec('sh', '-c', `${ask} https://kubernetes.default/version`),
        ]);
        expect(JSON.parse(byAddress)).toMatchObject({ gitVersion: lab.version });
        expect(byName).toBe(byAddress);
      });

      it('by commands whose output is told as it comes', async () => {
        const seen = Promise.withResolvers<string>();
        const enough = new AbortController();
        const running = lab.run('node-1', ['sh', '-c', 'echo first; exec sleep 600'], {
          onStdout: (text) => seen.resolve(text),
          signal: enough.signal,
        });
        expect(await seen.promise).toBe('first\n');
        enough.abort();
        await running.catch(() => undefined);
      });

      it('while each connection is told as two hops', async () => {
        const hops: Hop[] = [];
        using following = lab.onHop((hop) => void hops.push(hop));
        await following.ready;
        for (const protocol of ['TCP', 'UDP'] as const) {
          const to = { service: 'platform/echo', port: protocol.toLowerCase() };
          const [outcome] = await lab.connect(pod, { protocol, to });
          const name = flowName(protocol, outcome?.local ?? '');
          const own = await vi.waitFor(() => {
            const found = hops.filter(({ request }) => request === name);
            expect(found).toHaveLength(2);
            return found;
          }, patience);
          expect(own.map(({ from, to: end }) => [from.station, end.station])).toEqual([
            ['pod', 'kube-proxy'],
            ['kube-proxy', 'pod'],
          ]);
          expect(own[0]?.to.address).toBe(outcome?.remote);
          expect(own[1]?.to.address).toBe(outcome?.backend?.self);
          const service = `platform/echo:${protocol.toLowerCase()}`;
          expect(own[0]?.decision.values).toMatchObject({ service });
        }
      });

      it.skipIf(noKubectl)('at as many endpoints as there are now', async () => {
        const to = { service: 'platform/echo', port: 'tcp' };
        const scale = (replicas: number) =>
          kubectl(
            lab.kubeconfigPath,
            'scale',
            '-n',
            'platform',
            'deploy/echo',
            `--replicas=${replicas}`,
          );
        const request = { protocol: 'TCP', to, count: 60, concurrency: 10 } as const;
        for (const replicas of [1, 3]) {
          await scale(replicas);
          await vi.waitFor(async () => {
            const outcomes = await lab.connect(pod, request);
            expect(outcomes.filter(({ result }) => result !== 'ok')).toEqual([]);
            expect(backends(outcomes).size).toBe(replicas);
          }, patience);
        }
      });

      only(isIsolated)(
        'also while the node’s program is gone, and by those who were connected before',
        async () => {
          const from = { machine: 'node-1' };
          const to = { service: 'platform/echo', port: 'tcp', family: 'IPv4' } as const;
          const hops: Hop[] = [];
          using following = lab.onHop((hop) => void hops.push(hop));
          await following.ready;
          const conversation = { messages: Array<string>(40).fill('whoami'), pauseMs: 250 };
          const talking = lab.connect(from, {
            protocol: 'TCP',
            to,
            count: 40,
            concurrency: 40,
            ...conversation,
          });
          const began = () => hops.filter(({ decision }) => decision.key === 'kube-proxy.service');
          await vi.waitFor(() => expect(began().length).toBeGreaterThanOrEqual(40), patience);
          await lab.act('node-1', 'kill');
          const meanwhile = await lab.connect(from, {
            protocol: 'TCP',
            to,
            count: 40,
            concurrency: 10,
          });
          // Its own pods are gone with it, and the rules know them still.
          expect(
            meanwhile.some(({ result, backend }) => result === 'ok' && backend?.node === 'node-2'),
          ).toBe(true);
          await lab.act('node-1', 'restart');
          await vi.waitFor(() => {
            const node = lab.machines().find(({ name }) => name === 'node-1');
            expect(node?.state).toBe('ready');
          }, patience);
          const elsewhere = (await talking).filter(({ backend }) => backend?.node === 'node-2');
          expect(elsewhere.length).toBeGreaterThan(0);
          expect(elsewhere.filter(({ result }) => result !== 'ok')).toEqual([]);
          await vi.waitFor(async () => {
            const outcomes = await lab.connect(from, {
              protocol: 'TCP',
              to,
              count: 60,
              concurrency: 10,
            });
            expect(outcomes.filter(({ result }) => result !== 'ok')).toEqual([]);
            expect(backends(outcomes).size).toBe(3);
          }, patience);
        },
      );

      only(!isIsolated)('through the other node’s kube-proxy when one is gone', async () => {
        const to = { service: 'platform/echo', port: 'tcp' };
        for (const name of ['node-1', 'node-2']) {
          await lab.act(name, 'kill');
          await vi.waitFor(async () => {
            const outcomes = await lab.connect(
              { machine: name },
              { protocol: 'TCP', to, count: 20 },
            );
            expect(outcomes.some(({ result }) => result === 'ok')).toBe(true);
          }, patience);
          await lab.act(name, 'restart');
          await vi.waitFor(async () => {
            const outcomes = await lab.connect(pod, {
              protocol: 'TCP',
              to,
              count: 60,
              concurrency: 10,
            });
            expect(backends(outcomes).size).toBe(3);
          }, patience);
        }
      });
    });
  },
);

function backends(outcomes: readonly ConnectOutcome[]): ReadonlySet<string> {
  return new Set(outcomes.flatMap(({ backend }) => (backend ? [backend.pod] : [])));
}

function hostOf(endpoint = ''): string {
  return endpoint.slice(0, endpoint.lastIndexOf(':'));
}

/** Their ports are below 1024, where not everybody may listen; and not every system has 127.0.0.0/8. */
async function whyNoServicesOnLoopback(): Promise<string | null> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(7, '127.127.255.254', resolve);
    });
    return null;
  } catch (error) {
    return String(error);
  } finally {
    server.close();
  }
}
