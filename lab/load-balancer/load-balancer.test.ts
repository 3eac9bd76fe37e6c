import { once } from 'node:events';
import type { ClientHttp2Session } from 'node:http2';
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { flowName } from '../../proxies/kit/connect-request.ts';
import type { Hop } from '../../proxies/kit/hop.ts';
import { paths } from '../controllers/testing/objects.ts';
import { startFaultLab, type FaultLab } from '../faults/testing/fault-lab.ts';
import { getOverHttp2, openHttp2, readRest } from '../faults/testing/wire.ts';
import type { MachineStatus } from '../machines/machine.ts';
import { whyNotIsolated } from '../network/testing/why-not-isolated.ts';
import { apiserverLoadBalancer } from '../topology.ts';
import type { ApiserverPath } from './messages.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const reason = await whyNotIsolated();
const { name } = apiserverLoadBalancer;
const patience = { timeout: 60_000, interval: 50 };

describe.each([{ mode: 'isolated' }, { mode: 'loopback' }] as const)(
  'the load balancer of the lab ($mode)',
  ({ mode }) => {
    describe.skipIf(mode === 'isolated' && reason !== null)('that runs', () => {
      let lab: FaultLab;
      const sessions = new Set<ClientHttp2Session>();

      beforeAll(async () => {
        lab = await startFaultLab({ mode, topology: { apiservers: 2, nodes: 1 } });
      });
      afterEach(async () => {
        for (const session of sessions) session.destroy();
        sessions.clear();
        await lab.heal();
      });
      afterAll(() => lab[Symbol.asyncDispose]());

      // A test of the one mode is none of the other: there it is not even skipped.
      const none = () => undefined;
      const itIsolated = mode === 'isolated' ? it : none;
      const itOnLoopback = mode === 'loopback' ? it : none;

      const open = async () => {
        const session = await openHttp2(lab.cluster.connection);
        sessions.add(session);
        return session;
      };
      const ask = async (session: ClientHttp2Session) =>
        readRest(await getOverHttp2(session, '/livez'));
      /** Our own end of it, on the host. */
      const endOf = ({ socket }: ClientHttp2Session) =>
        `${socket.localAddress ?? ''}:${socket.localPort ?? 0}`;
      const pathOf = async (session: ClientHttp2Session): Promise<ApiserverPath> => {
        const path = await lab.cluster.pathOf(endOf(session));
        if (path === null) throw new Error(`There is no path of ${endOf(session)}.`);
        return path;
      };
      /** One that went to this apiserver. */
      const openTo = (apiserver: string) =>
        vi.waitFor(async () => {
          const session = await open();
          const path = await pathOf(session);
          if (path.apiserver === apiserver) return session;
          session.destroy();
          throw new Error(`It went to ${path.backend}.`);
        }, patience);
      const machine = (): MachineStatus => {
        const found = lab.cluster.machines().find((one) => one.name === name);
        if (!found) throw new Error(`There is no ${name}.`);
        return found;
      };
      const isReady = ({ state, faults }: MachineStatus) =>
        state === 'ready' && faults.length === 0;

      it('is known to its clients before it is there', async () => {
        const { addresses } = machine();
        if (mode === 'isolated') expect(addresses).toEqual(['192.0.2.2', '2001:db8::2']);
        else expect(addresses).toEqual([expect.stringMatching(/^127\.0\.0\.1:1[67]\d{3}$/)]);
      });

      it('is whom the apiservers’ certificate names', async () => {
        const { server, caPem } = lab.cluster.connection;
        const { hostname, port } = new URL(server);
        const target = { host: hostname, port: Number(port), ca: caPem };
        const socket = connectTls({ ...target, servername: name });
        await once(socket, 'secureConnect');
        expect(socket.authorized).toBe(true);
        socket.destroy();
      });

      it('deals connections out to all apiservers, and says to whom', async () => {
        const seen = new Set<string | null>();
        // Whose check was answered late gets none for a moment.
        await vi.waitFor(async () => {
          const session = await open();
          expect(await ask(session)).toBe('ok');
          seen.add((await pathOf(session)).apiserver);
          expect(seen).toEqual(new Set(['apiserver-1', 'apiserver-2']));
        }, patience);
        expect(await lab.cluster.pathOf('127.0.0.1:1')).toBeNull();
      });

      it('tells each connection in two hops, and remembers those that are gone', async () => {
        const hops: Hop[] = [];
        using following = lab.cluster.onHop((hop) => hops.push(hop));
        await following.ready;
        const session = await open();
        const end = endOf(session);
        await ask(session);
        const closed = closeOf(session);
        session.destroy();
        await closed;
        const path = await vi.waitFor(async () => {
          const found = await lab.cluster.pathOf(end);
          expect(found).not.toBeNull();
          return found;
        }, patience);
        const request = flowName('TCP', path?.source ?? '');
        const own = () => hops.filter((hop) => hop.request === request);
        await expect.poll(own, patience).toHaveLength(2);
        expect(own()).toMatchObject([
          {
            from: { station: 'client', address: path?.source },
            to: { station: 'apiserver-load-balancer', address: path?.destination },
            protocol: 'TCP',
            tls: null,
            decision: {
              key: 'apiserver-load-balancer.accepted',
              values: { dataplane: path?.dataplane },
            },
          },
          {
            from: { station: 'apiserver-load-balancer', address: path?.seenAs },
            to: { station: 'apiserver', address: path?.backend },
            decision: { key: 'apiserver-load-balancer.forwarded' },
          },
        ]);
      });

      it('resets the connections of an apiserver that is paused, and no others', async () => {
        const [lost, kept] = [await openTo('apiserver-1'), await openTo('apiserver-2')];
        const closed = closeOf(lost);
        await lab.act('apiserver-1', 'pause');
        await closed;
        expect(await ask(kept)).toBe('ok');
        expect((await pathOf(await open())).apiserver).toBe('apiserver-2');
        await lab.act('apiserver-1', 'resume');
        await openTo('apiserver-1');
      });

      it('sends a client elsewhere whose apiserver is killed', async () => {
        const lost = await openTo('apiserver-2');
        const closed = closeOf(lost);
        await lab.act('apiserver-2', 'kill');
        await closed;
        expect((await pathOf(await open())).apiserver).toBe('apiserver-1');
        await lab.act('apiserver-2', 'restart');
        await openTo('apiserver-2');
      });

      itIsolated('is killed, and the kernel balances on until it is back', async () => {
        const session = await open();
        await lab.act(name, 'kill');
        await lab.until(name, ({ state }) => state === 'ended');
        expect(await ask(session)).toBe('ok');
        expect(await ask(await open())).toBe('ok');
        await lab.act(name, 'restart');
        await lab.until(name, isReady);
        expect(await ask(session)).toBe('ok');
        expect((await pathOf(session)).apiserver).toMatch(/^apiserver-[12]$/);
      });

      itOnLoopback('is killed, and everybody is cut off until it is back', async () => {
        const session = await open();
        const closed = closeOf(session);
        await lab.act(name, 'kill');
        await closed;
        await expect(open()).rejects.toThrow();
        const { addresses } = machine();
        await lab.act(name, 'restart');
        await lab.until(name, isReady);
        expect(machine().addresses).toEqual(addresses);
        await expect.poll(async () => ask(await open()), patience).toBe('ok');
      });

      it('is paused and resumed, and everybody recovers', async () => {
        await lab.act(name, 'pause');
        const paused = await lab.until(name, ({ state }) => state === 'unreachable');
        expect(paused).toMatchObject({ faults: ['paused'], message: 'no answer within 1500 ms' });
        await lab.act(name, 'resume');
        await lab.until(name, isReady);
        await lab.client.create(paths.configMaps, { metadata: { name: 'after-pause' } });
        await lab.untilAllReady();
      });

      itIsolated('is cut off and mended, and everybody recovers', async () => {
        await lab.act(name, 'cut');
        await lab.until(name, ({ state }) => state === 'unreachable');
        await lab.act(name, 'mend');
        await lab.until(name, isReady);
        await vi.waitFor(
          () => lab.client.create(paths.configMaps, { metadata: { name: 'after-cut' } }),
          patience,
        );
      });

      itIsolated('is the only way from outside to the apiservers', async () => {
        const ends = await endsOf(lab, 'client', [
          ['172.30.0.11', 6443],
          ['172.30.0.12', 6443],
          ['fd00:172:30::11', 6443],
          ['fd00:172:30::12', 6443],
          ['172.30.0.10', 2379],
          ['172.30.0.9', 10252],
          ['192.0.2.2', 6443],
          ['2001:db8::2', 6443],
        ]);
        // What the router answers: prohibited, as IPv4 and IPv6 put it.
        expect(ends).toEqual([
          'EHOSTUNREACH',
          'EHOSTUNREACH',
          'EACCES',
          'EACCES',
          'EHOSTUNREACH',
          'EHOSTUNREACH',
          'connected',
          'connected',
        ]);
      });

      itIsolated('is reached by pods and nodes of the cluster, too', async () => {
        const ends = await endsOf(lab, 'node-1', [
          ['192.0.2.2', 6443],
          ['2001:db8::2', 6443],
          ['172.30.0.11', 6443],
        ]);
        expect(ends).toEqual(['connected', 'connected', 'connected']);
      });

      itIsolated('tells readers outside how its backends are', async () => {
        const script = `fetch('http://192.0.2.2:${apiserverLoadBalancer.adminPort}/backends')
          .then((answer) => answer.text()).then(console.log)`;
        const { stdout } = await lab.cluster.run('client', [process.execPath, '-e', script]);
        expect(JSON.parse(stdout)).toMatchObject({ implementation: 'hop', dataplane: 'nftables' });
        expect(stdout).toContain('[fd00:172:30::12]:6443');
      });
    });
  },
);

/** However it ends. */
function closeOf(session: ClientHttp2Session): Promise<undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  session.once('close', () => resolve(undefined));
  return promise;
}

/** What becomes of a connection from there to each of these. */
async function endsOf(
  lab: FaultLab,
  machine: string,
  targets: readonly (readonly [host: string, port: number])[],
): Promise<readonly string[]> {
  const script = `const { connect } = require('node:net');
    const end = ([host, port]) => new Promise((resolve) => {
      const socket = connect({ host, port });
      socket.on('error', ({ code }) => resolve(code));
      socket.on('connect', () => { socket.destroy(); resolve('connected'); });
    });
    Promise.all(${JSON.stringify(targets)}.map(end)).then((ends) => console.log(JSON.stringify(ends)));`;
  const { stdout } = await lab.cluster.run(machine, [process.execPath, '-e', script]);
  return JSON.parse(stdout) as readonly string[];
}
