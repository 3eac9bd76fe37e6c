/** The figures of a ruleset of upstream's kind, and of none, in this network namespace. */
import { openNftConnection } from '../../proxies/kit/nftables/connection.ts';
import { loadBlockingSockets } from '../../proxies/kit/testing/blocking-sockets.ts';
import { clusterIP, endpointIP, targetPort } from './cluster.ts';
import type { Figures } from './figures.ts';
import { kernelBytes } from './kernel-memory.ts';
import { timed } from './measure-hop.ts';
import { measurePackets } from './packets.ts';
import {
  runNft,
  upstreamChange,
  upstreamRuleset,
  type UpstreamVersion,
} from './upstream-ruleset.ts';

/** Each takes as long as the ruleset is large. */
const changes = 5;

export async function measureUpstream(version: UpstreamVersion, count: number): Promise<Figures> {
  const sockets = await loadBlockingSockets();
  await using connection = await openNftConnection();
  const chunks = upstreamRuleset(version, count);
  const empty = await kernelBytes();
  const loadedMs = await timed(async () => chunks.forEach(runNft));
  const loaded = await kernelBytes();
  const spawned: number[] = [];
  const connected: number[] = [];
  for (let turn = 1; turn <= changes; turn++) {
    const change = upstreamChange(version, turn, turn);
    spawned.push(await timed(async () => runNft(change)));
    const another = upstreamChange(version, turn, turn + changes);
    connected.push(await timed(() => connection.run(another)));
  }
  const packets = measurePackets(sockets, () => [clusterIP(Math.floor(Math.random() * count)), 80]);
  await connection.run('delete table ip kube-proxy');
  return {
    'full sync, ms': [loadedMs],
    'endpoint replaced, by a new nft, ms': spawned,
    'endpoint replaced, ms': connected,
    'kernel memory, MB': [(loaded - empty) / 1e6],
    'kernel memory that stays, MB': [((await kernelBytes()) - empty) / 1e6],
    'first packet, µs': packets.firstPacketUs,
    'round trip, µs': packets.roundTripUs,
  };
}

/** Endpoints are called by their own addresses; there are no rules, and the kernel tracks no connections. */
export async function measureNone(count: number): Promise<Figures> {
  const sockets = await loadBlockingSockets();
  const target = () => [endpointIP(Math.floor(Math.random() * count), 0), targetPort] as const;
  const packets = measurePackets(sockets, target);
  return { 'first packet, µs': packets.firstPacketUs, 'round trip, µs': packets.roundTripUs };
}
