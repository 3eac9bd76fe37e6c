import { describe, expect, it } from 'vitest';
import { deleteTables } from '../../kit/nftables/delete-tables.ts';
import { createFakeNft } from '../../kit/nftables/fake.ts';
import type { NftRunOptions } from '../../kit/nftables/nft-connection.ts';
import { createFakeClock } from '../../kit/testing/fake-clock.ts';
import { fakeDataplane } from './testing/fake-dataplane.ts';
import { port } from './testing/port.ts';

const svc1 = port({
  name: 'svc1',
  clusterIP: '172.30.0.41',
  cluster: ['10.0.1.1', '10.0.1.2'],
  here: ['10.0.1.1'],
  affinitySeconds: 10800,
});
const svc2 = port({ name: 'svc2', clusterIP: '172.30.0.42', cluster: ['10.0.2.1'] });

/** How libnftables' JSON says them. */
const expressions: Readonly<Record<string, object>> = {
  ipv4_addr: { payload: { protocol: 'ip', field: 'daddr' } },
  inet_service: { payload: { protocol: 'tcp', field: 'dport' } },
  integer: { numgen: { mode: 'random', mod: 2, offset: 0 } },
};

describe('a start where rules are', () => {
  it('keeps what is right, and touches no element of it', async () => {
    const first = await fakeDataplane();
    await first.sync([svc1, svc2]);
    const before = first.ruleset();
    const second = await fakeDataplane({}, first.nft);
    const { kind } = await second.sync([svc2, svc1]);
    expect(kind).toBe('full');
    const text = first.nft.transactions.at(-1) ?? '';
    expect(text).not.toMatch(/^(?:add|delete) element|^flush (?:set|map|table)|^delete/m);
    expect(second.ruleset().elements).toEqual(before.elements);
  });

  it('keeps it where nft lists expressions instead of types, as from 1.1.2', async () => {
    const nft = createFakeNft();
    const connection = {
      ...nft,
      run: async (text: string, options?: NftRunOptions) =>
        (await nft.run(text, options)).replace(
          /"type":(\[[^\]]*"integer"[^\]]*\])/g,
          (_, types: string) => {
            const concat = (JSON.parse(types) as string[]).map((type) => expressions[type]);
            return `"type":${JSON.stringify({ typeof: { concat } })}`;
          },
        ),
    };
    await (await fakeDataplane({ connection }, nft)).sync([svc1, svc2]);
    await (await fakeDataplane({ connection }, nft)).sync([svc1, svc2]);
    expect(nft.transactions.at(-1)).not.toMatch(/^(?:add|delete) element|^delete/m);
  });

  it('brings the rest to what is wanted', async () => {
    const first = await fakeDataplane();
    await first.sync([svc1, svc2]);
    const moved = port({ name: 'svc2', clusterIP: '172.30.0.42', cluster: ['10.0.2.9'] });
    const second = await fakeDataplane({}, first.nft);
    await second.sync([moved]);
    expect(second.keys('cluster-ips')).toEqual(['172.30.0.42']);
    expect(second.elements('tcp-endpoints')).toEqual(['172.30.0.42 . 80 . 0 : 10.0.2.9 . 80']);
    expect(second.keys('affinity-timeouts')).toEqual([]);
  });

  it('takes another priority, another mark and other NodePort addresses', async () => {
    const first = await fakeDataplane();
    await first.sync([svc1]);
    await first.nft.run(
      [
        'delete chain ip kube-proxy nat-prerouting',
        'add chain ip kube-proxy nat-prerouting { type nat hook prerouting priority -90 ; }',
      ].join('\n'),
    );
    const second = await fakeDataplane({ masqueradeBit: 15, nodePortIPs: null }, first.nft);
    await second.sync([svc1]);
    const { chains, collections } = second.ruleset();
    expect(chains.get('nat-prerouting')?.hook?.priority).toBe(-100);
    expect(chains.get('mark-external')?.rules[0]?.text).toContain('0x00008000');
    expect(collections.has('nodeport-ips')).toBe(false);
  });

  it("replaces another layout, such as upstream's, in one transaction", async () => {
    const nft = createFakeNft();
    await nft.run(
      [
        'add table ip kube-proxy { comment "rules for kube-proxy" ; }',
        'add map ip kube-proxy firewall-ips { type ipv4_addr . inet_proto . inet_service : verdict ; }',
        'add chain ip kube-proxy service-P4ZYZVCF-ns/svc9/tcp/http',
      ].join('\n'),
    );
    const { sync, ruleset } = await fakeDataplane({}, nft);
    await sync([svc1]);
    expect(nft.transactions).toHaveLength(2);
    expect(nft.transactions[1]).toMatch(/^delete table ip kube-proxy\nadd table ip kube-proxy /);
    expect([...ruleset().chains.keys()].join()).not.toContain('svc9');
  });
});

describe('a first load', () => {
  it('goes in parts that the kernel takes in a user namespace, and the hooks come last', async () => {
    const nft = createFakeNft(200_000);
    const { sync, keys } = await fakeDataplane({}, nft);
    const many = Array.from({ length: 3000 }, (_, index) =>
      port({
        name: `svc-${index}`,
        clusterIP: `172.30.${index >> 8}.${index & 255}`,
        cluster: ['10.0.1.1', '10.0.1.2', '10.0.1.3'],
      }),
    );
    await sync(many);
    expect(keys('service-ips')).toHaveLength(3000);
    expect(nft.transactions.length).toBeGreaterThan(2);
    const hooked = nft.transactions.map((text) => / hook (?:input|prerouting) /.test(text));
    expect(hooked.indexOf(true)).toBe(nft.transactions.length - 1);
  });
});

describe('what goes wrong', () => {
  it('is repaired by a full sync after a transaction failed', async () => {
    const { sync, nft, keys } = await fakeDataplane();
    await sync([svc1]);
    nft.fail('Device or resource busy');
    await expect(sync([svc2])).rejects.toThrow('busy');
    nft.fail(null);
    expect((await sync([])).kind).toBe('full');
    expect(keys('cluster-ips').sort()).toEqual(['172.30.0.41', '172.30.0.42']);
  });

  it('is noticed where somebody else changed our table, and not another', async () => {
    let foreign: (change: { who: string; tables: ReadonlySet<string> | null }) => void = () =>
      undefined;
    const { sync, nft, dataplane, keys } = await fakeDataplane({
      watchRuleset: (listener) => {
        foreign = listener;
        return Promise.resolve({ [Symbol.dispose]: () => undefined });
      },
    });
    const heard: string[] = [];
    dataplane.onDrift((who) => heard.push(who));
    await sync([svc1]);
    foreign({ who: 'nft[1]', tables: new Set(['ip other']) });
    expect((await sync([])).kind).toBe('partial');
    await nft.run('delete table ip kube-proxy');
    foreign({ who: 'nft[2]', tables: new Set(['ip kube-proxy']) });
    expect((await sync([])).kind).toBe('full');
    expect(heard).toEqual(['nft[2]']);
    expect(keys('cluster-ips')).toEqual(['172.30.0.41']);
  });
});

describe('a node that is not known yet', () => {
  it('keeps the NodePorts that are in force', async () => {
    const { sync, nft, keys } = await fakeDataplane();
    await sync([svc1]);
    const unknown = { nodePortIPs: [], podCIDRs: [], isNodeUnknown: true };
    const restarted = await fakeDataplane(unknown, nft);
    await restarted.sync([svc1]);
    expect(keys('nodeport-ips')).toEqual(['192.168.0.2']);
    expect(keys('pod-cidrs')).toEqual(['10.0.0.0/8']);
  });
});

describe('ClientIP affinity', () => {
  it('forgets the clients of an endpoint that went, and nobody else', async () => {
    const { sync, nft, elements } = await fakeDataplane();
    await sync([svc1, svc2]);
    const [id = ''] = elements('affinity-timeouts').map((line) => line.split(' ')[0]);
    await nft.run(
      `add element ip kube-proxy affinity { 10.9.0.1 . ${id} : 10.0.1.1 . 80, 10.9.0.2 . ${id} : 10.0.1.2 . 80 }`,
    );
    await sync([{ ...svc1, cluster: svc1.cluster.slice(1) }]);
    expect(elements('affinity')).toEqual([`10.9.0.2 . ${id} : 10.0.1.2 . 80`]);
  });

  it('forgets a client that is recorded late, a second later', async () => {
    const clock = createFakeClock();
    const { sync, nft, elements } = await fakeDataplane({ clock });
    await sync([svc1, svc2]);
    const [id = ''] = elements('affinity-timeouts').map((line) => line.split(' ')[0]);
    await sync([{ ...svc1, cluster: svc1.cluster.slice(1) }]);
    await nft.run(
      `add element ip kube-proxy affinity { 10.9.0.1 . ${id} : 10.0.1.1 . 80, 10.9.0.2 . ${id} : 10.0.1.2 . 80 }`,
    );
    await clock.pass(999);
    expect(elements('affinity')).toHaveLength(2);
    await clock.pass(1);
    await expect.poll(() => elements('affinity')).toEqual([`10.9.0.2 . ${id} : 10.0.1.2 . 80`]);
  });

  it('forgets clients that time out while it looks', async () => {
    const nft = createFakeNft();
    const list = 'list map ip kube-proxy affinity';
    const connection = {
      ...nft,
      run: async (text: string, options?: NftRunOptions) => {
        const printed = await nft.run(text, options);
        if (text !== list) return printed;
        await nft.run(`delete element ip kube-proxy affinity { 10.9.0.1 . 0x48000000 }`);
        return printed.replace(
          /\[(\{"concat":\["10.9[^}]*\}),/,
          '[{"elem":{"val":$1,"expires":1}},',
        );
      },
    };
    const { sync, elements } = await fakeDataplane({ connection }, nft);
    await sync([svc1, svc2]);
    expect(elements('affinity-timeouts')).toEqual(['0x48000000 : jump remember-10800']);
    await nft.run(
      'add element ip kube-proxy affinity { 10.9.0.1 . 0x48000000 : 10.0.1.1 . 80, 10.9.0.2 . 0x48000000 : 10.0.1.1 . 80 }',
    );
    await sync([{ ...svc1, cluster: svc1.cluster.slice(1) }]);
    expect(elements('affinity')).toEqual([]);
  });
});

describe('cleanup', () => {
  it('deletes the tables that there are', async () => {
    const { sync, nft } = await fakeDataplane();
    await sync([svc1]);
    expect(await deleteTables(nft, 'kube-proxy')).toEqual(['ip kube-proxy']);
    expect(await deleteTables(nft, 'kube-proxy')).toEqual([]);
    expect(nft.ruleset('ip', 'kube-proxy')).toBeNull();
  });
});
