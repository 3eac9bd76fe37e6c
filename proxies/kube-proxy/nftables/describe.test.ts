import { beforeAll, describe, expect, it } from 'vitest';
import { runInNamespace, whyNoNamespace } from '../../kit/testing/in-namespace.ts';

const reason = whyNoNamespace();

describe.skipIf(reason !== null)(`what a Service causes (${reason ?? 'to be had here'})`, () => {
  let said: Readonly<Record<'sticky' | 'plain' | 'inIPv6' | 'none', readonly string[]>>;
  beforeAll(async () => {
    said = (await runInNamespace(
      new URL('testing/describe-ports.ts', import.meta.url),
    )) as typeof said;
  }, 60_000);

  it('are its elements, and the chain that they lead to', () => {
    expect(said.plain).toEqual([
      'set cluster-ips: 172.30.0.42',
      'map tcp-endpoints: 172.30.0.42 . 80 . 0 : 10.180.0.1 . 80',
      'map tcp-endpoints: 172.30.0.42 . 80 . 1 : 10.180.0.2 . 80',
      'map tcp-endpoints: 172.30.0.42 . 80 . 2 : 10.180.0.3 . 80',
      'map service-ips: 172.30.0.42 . tcp . 80 comment "ns/plain:p80" : goto pick-3',
      expect.stringMatching(/^chain pick-3: dnat ip to .* map @tcp-endpoints$/),
      expect.stringMatching(/^chain pick-3: dnat ip to .* map @udp-endpoints$/),
      expect.stringMatching(/^chain pick-3: dnat ip to .* map @sctp-endpoints$/),
    ]);
  });

  it('are the ids of its affinity too, and chains that are reached from chains', () => {
    const lines = said.sticky.join('\n');
    expect(lines).toMatch(/^map affinity-ids: 172\.30\.0\.41 \. tcp \. 80 : 0x48000000$/m);
    expect(lines).toMatch(/^map nodeport-affinity-ids: tcp \. 30080 : 0x48000000$/m);
    expect(lines).toMatch(/^map affinity-timeouts: 0x48000000 : jump remember-600$/m);
    expect(lines).toMatch(/^chain affinity-2: goto pick-2$/m);
    expect(lines).toMatch(/^chain remember-600: update @affinity /m);
    const chains = said.sticky.flatMap((line) => /^chain (\S+):/.exec(line)?.[1] ?? []);
    expect([...new Set(chains)].toSorted()).toEqual([
      'affinity-2',
      'affinity-nodeport-2',
      'mark-external',
      'pick-2',
      'pick-nodeport-2',
      'remember-600',
    ]);
    expect(new Set(said.sticky).size).toBe(said.sticky.length);
  });

  it('are the same in IPv6', () => {
    const lines = said.inIPv6.join('\n');
    expect(lines).toMatch(/^map affinity-ids: fd00:172::41 \. tcp \. 80 : 0x48000000$/m);
    expect(lines).toMatch(/^chain pick-1: /m);
  });

  it('are none without a port', () => {
    expect(said.none).toEqual([]);
  });
});
