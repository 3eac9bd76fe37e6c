import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layTestNetwork, type TestNetwork } from './testing/laid-network.ts';
import { whyNotIsolated } from './testing/why-not-isolated.ts';

const reason = await whyNotIsolated();

describe.skipIf(reason !== null)(`an isolated network (${reason ?? 'to be had here'})`, () => {
  let network: TestNetwork;
  /** A packet that is dropped is sent again for two minutes. */
  const prohibitedWithinMs = 10_000;
  const pods = ['10.244.1.5', 'fd00:10:244:1::5'];

  beforeAll(async () => {
    network = await layTestNetwork('isolated');
    await network.run('node-1', ['ip', 'address', 'add', `${pods[0] ?? ''}/32`, 'dev', 'pods']);
    const batch = ['ip', 'address', 'add', `${pods[1] ?? ''}/128`, 'dev', 'pods', 'nodad'];
    await network.run('node-1', batch);
    await network.serve(
      'node-1',
      `const { createServer } = require('node:net');
       const hosts = ${JSON.stringify([...pods, '172.30.0.21', 'fd00:172:30::21'])};
       let left = hosts.length;
       for (const host of hosts)
         createServer((socket) => socket.end(socket.remoteAddress))
           .listen({ host, port: 80 }, () => --left || ready());`,
    );
    const tellWho = `require('node:net').createServer((socket) => socket.end(socket.remoteAddress))`;
    await network.serve(
      'store',
      `require('node:net').createServer((socket) => socket.end('store'))
         .listen({ host: '::', port: 80 }, ready);`,
    );
    for (const machine of ['client', 'node-2', 'apiserver-1', 'apiserver-load-balancer'])
      await network.serve(machine, `${tellWho}.listen({ host: '::', port: 80 }, ready);`);
  });
  afterAll(() => network[Symbol.asyncDispose]());

  /** Who we are to the one that we reach there, or why we do not. */
  const dial = async (machine: string, host: string, localAddress?: string) => {
    const options = JSON.stringify({ host, port: 80, localAddress });
    const script = `const socket = require('node:net').connect(${options});
      socket.on('error', ({ code }) => console.log(code)).pipe(process.stdout);`;
    const { stdout } = await network.run(machine, [process.execPath, '-e', script]);
    return stdout.trim();
  };

  it('has no way out', async () => {
    for (const address of ['8.8.8.8', '2001:4860:4860::8888']) {
      const { status, stderr } = await network.run('router', ['ip', 'route', 'get', address]);
      expect(status).not.toBe(0);
      expect(stderr).toContain('Network is unreachable');
    }
    const links = await network.run('router', ['ip', '-brief', 'link']);
    const names = links.stdout.split('\n').map((line) => line.split(/[ @]/)[0] ?? '');
    expect(names.filter((name) => name !== '').sort()).toEqual(
      [
        'lo',
        'outside',
        'cluster',
        'store',
        'apiserver-1',
        'apiserver-lb',
        'cloud-lb',
        'cloud-lb-in',
        'controllers',
        'node-1',
        'node-2',
        'client',
      ].sort(),
    );
  });

  it.each(pods)('lets other nodes and the control plane reach a pod at %s', async (pod) => {
    const family = pods.indexOf(pod);
    expect(await dial('node-2', pod)).toBe(['172.30.0.22', 'fd00:172:30::22'][family]);
    expect(await dial('apiserver-1', pod)).toBe(['172.30.0.11', 'fd00:172:30::11'][family]);
    expect(await dial('node-1', pod)).toBe(pod);
  });

  it.each(pods)('keeps a pod at %s from the client outside', async (pod) => {
    expect(await dial('client', pod)).toMatch(/^(ENETUNREACH|EHOSTUNREACH)$/);
  });

  it.each(pods)(
    'lets a pod at %s reach the outside, as its node, and the cluster as itself',
    async (pod) => {
      const family = pods.indexOf(pod);
      const outside = ['192.0.2.10', '2001:db8::10'][family] ?? '';
      expect(await dial('node-1', outside, pod)).toBe(
        ['::ffff:172.30.0.21', 'fd00:172:30::21'][family],
      );
      const neighbour = ['172.30.0.22', 'fd00:172:30::22'][family] ?? '';
      expect(await dial('node-1', neighbour, pod)).toMatch(new RegExp(`^(::ffff:)?${pod}$`));
    },
  );

  it.each(['172.30.0.10', 'fd00:172:30::10'])(
    'keeps the store at %s, which asks nobody who they are, from nodes and their pods',
    async (address) => {
      const pod = pods[address.includes(':') ? 1 : 0] ?? '';
      for (const localAddress of [pod, undefined])
        expect(await dial('node-1', address, localAddress)).toBe('EHOSTUNREACH');
      expect(await dial('apiserver-1', address)).toBe('store');
    },
  );

  it.each([
    ['172.30.0.11', 'fd00:172:30::11', 'an apiserver'],
    ['172.30.0.10', 'fd00:172:30::10', 'the store'],
    ['172.30.0.9', 'fd00:172:30::9', 'the controllers'],
  ])('tells the client outside at once that it may not go to %s nor %s: %s', async (four, six) => {
    const startedAt = performance.now();
    // `prohibit`, as IPv4 and IPv6 tell it.
    expect(await dial('client', four)).toBe('EHOSTUNREACH');
    expect(await dial('client', six)).toBe('EACCES');
    expect(performance.now() - startedAt).toBeLessThan(prohibitedWithinMs);
  });

  it('lets the load balancer outside reach the apiservers, and be reached by all', async () => {
    expect(await dial('apiserver-load-balancer', '172.30.0.11')).toBe('::ffff:192.0.2.2');
    expect(await dial('apiserver-load-balancer', 'fd00:172:30::11')).toBe('2001:db8::2');
    expect(await dial('client', '192.0.2.2')).toBe('::ffff:192.0.2.10');
    expect(await dial('apiserver-1', '192.0.2.2')).toBe('::ffff:172.30.0.11');
    expect(await dial('apiserver-1', '2001:db8::2')).toBe('fd00:172:30::11');
  });

  describe('the cloud, which is outside and on the nodes’ network, too', () => {
    const cloud = 'cloud-load-balancer';

    it('reaches a node from either of its addresses', async () => {
      expect(await dial(cloud, '172.30.0.21')).toBe('172.30.0.3');
      expect(await dial(cloud, 'fd00:172:30::21')).toBe('fd00:172:30::3');
      expect(await dial('client', '192.0.2.3')).toBe('ECONNREFUSED');
      expect(await dial('node-1', '172.30.0.3')).toBe('ECONNREFUSED');
    });

    it.each(['172.30.0.11', '172.30.0.10', '172.30.0.9'])(
      'may go to %s no more than others outside, and sends nobody there',
      async (address) => {
        expect(await dial(cloud, address)).toBe('EACCES');
        expect(await dial(cloud, address, '172.30.0.3')).toBe('EACCES');
        const six = address.replace('172.30.0.', 'fd00:172:30::');
        expect(await dial(cloud, six)).toBe('EACCES');
        await network.run('client', ['ip', 'route', 'add', address, 'via', '192.0.2.3']);
        expect(await dial('client', address)).toBe('EHOSTUNREACH');
        await network.run('client', ['ip', 'route', 'delete', address]);
      },
    );

    it('reaches the load balancer of the apiservers', async () => {
      expect(await dial(cloud, '192.0.2.2')).toBe('::ffff:192.0.2.3');
      expect(await dial(cloud, '2001:db8::2')).toBe('2001:db8::3');
    });

    const pooled = ['203.0.113.7', '2001:db8:113::7'] as const;

    it.each(pooled)('is where whoever asks for %s is sent', async (address) => {
      await network.run(cloud, addressOn('add', address, 'lo'));
      for (const machine of ['client', 'router', 'apiserver-load-balancer', 'node-2'])
        expect(await dial(machine, address), machine).toBe('ECONNREFUSED');
      await network.run(cloud, addressOn('delete', address, 'lo'));
    });

    it.each(pooled)('hands on to a node what is for %s, which answers itself', async (address) => {
      const family = pooled.indexOf(address);
      const node = ['172.30.0.21', 'fd00:172:30::21'][family] ?? '';
      await network.run(cloud, ['ip', 'route', 'add', address, 'via', node]);
      // Nobody has it there: it does not go round in a circle.
      expect(await dial('client', address)).toMatch(/^E(NET|HOST)UNREACH$/);
      await network.run('node-1', addressOn('add', address, 'pods'));
      const script = `require('node:net').createServer((socket) => socket.end(socket.remoteAddress))
        .listen({ host: ${JSON.stringify(address)}, port: 80 }, ready);`;
      await network.serve('node-1', script);
      expect(await dial('client', address)).toBe(['192.0.2.10', '2001:db8::10'][family]);
      expect(await dial('router', address)).toBe(['192.0.2.1', '2001:db8::1'][family]);
    });

    function addressOn(what: 'add' | 'delete', address: string, device: string) {
      const isSix = address.includes(':');
      const range = `${address}/${isSix ? 128 : 32}`;
      const rest = isSix && what === 'add' ? ['nodad'] : [];
      return ['ip', 'address', what, range, 'dev', device, ...rest];
    }
  });

  it('lets the client outside reach a node', async () => {
    expect(await dial('client', '172.30.0.21')).toBe('192.0.2.10');
    expect(await dial('client', 'fd00:172:30::21')).toBe('2001:db8::10');
  });

  it('loses a machine whose link is cut, until it is mended', async () => {
    await network.run('router', ['ip', 'link', 'set', 'node-2', 'down']);
    const late = AbortSignal.timeout(500);
    await expect(
      network.run('router', [process.execPath, '-e', dialScript], late),
    ).rejects.toThrow();
    await network.run('router', ['ip', 'link', 'set', 'node-2', 'up']);
    expect(await dial('node-2', pods[0] ?? '')).toBe('172.30.0.22');
    expect(await dial('node-2', pods[1] ?? '')).toBe('fd00:172:30::22');
  });

  const dialScript = `require('node:net').connect(1, '172.30.0.22').on('error', () => undefined)`;
});
